from datetime import UTC, date, datetime

import pytest

from tests.factories.authorities import AuthorityFactory
from tests.factories.deadlines import (
    CalendarDayFactory,
    ResponseRuleFactory,
    StatutoryDeadlineFactory,
)
from tracker.dates.calendars import YearOutOfRangeError
from tracker.models import CalendarYear
from tracker.reports.calendars import (
    Novelty,
    calendar_list,
    novelties,
    unconfirmed_years,
    year_page,
)

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def confirm(code, year):
    return CalendarYear.objects.create(jurisdiction=code, year=year, confirmed_at=AT)


def test_nobody_is_asked_about_a_calendar_that_is_not_used():
    assert unconfirmed_years(date(2026, 11, 22)) == []


def test_the_next_year_is_asked_for_from_october_until_it_is_confirmed():
    StatutoryDeadlineFactory()
    AuthorityFactory(default_rule=ResponseRuleFactory(jurisdiction="KZ"))
    AuthorityFactory(default_rule=ResponseRuleFactory(jurisdiction=""))
    assert unconfirmed_years(date(2026, 9, 30)) == [("KZ", 2026)]
    asked = [("KG", 2027), ("KZ", 2026), ("KZ", 2027)]
    assert unconfirmed_years(date(2026, 10, 1)) == asked
    confirm("KG", 2027)
    assert unconfirmed_years(date(2026, 10, 1)) == asked[1:]


def test_the_list_says_how_far_each_calendar_is_known():
    StatutoryDeadlineFactory()
    CalendarDayFactory(day=date(2026, 1, 8))
    confirm("RU", 2028)
    shown = {c.code: (c.known_through, c.entered, c.asked_for) for c in calendar_list(AT.date())}
    assert shown == {
        "KG": (2026, 1, (2027,)),
        "KZ": (2025, 0, ()),
        "RU": (2028, 0, ()),
        "TJ": (2025, 0, ()),
        "UZ": (2026, 0, ()),
        "BE": (2100, 0, ()),
    }


def test_a_year_shows_its_feasts_its_moved_days_and_what_was_decided():
    CalendarDayFactory(day=date(2024, 1, 9), reason="Decree 5")
    page = year_page("KG", 2024)
    reasons = {status.day: status.reason for status in page.days}
    assert reasons[date(2024, 1, 9)] == "day off by decision: Decree 5"
    assert reasons[date(2024, 5, 11)] == "worked Saturday, for the day off on Fri 3 May 2024"
    assert date(2024, 5, 18) not in reasons
    assert (page.known, page.confirmed, page.previous, page.following) == (True, None, 2023, 2025)


def test_the_first_and_last_year_have_no_further_neighbour():
    assert year_page("KG", 1992).previous is None
    assert year_page("KG", 2100).following is None
    with pytest.raises(YearOutOfRangeError):
        year_page("KG", 2101)


def test_a_confirmed_year_is_known():
    assert year_page("KG", 2027).known is False
    confirm("KG", 2027)
    assert year_page("KG", 2027).known is True


def test_each_day_of_a_file_is_told_what_it_would_change():
    CalendarDayFactory(day=date(2027, 4, 7))
    days = {
        date(2027, 4, 8): Novelty.NEW,
        date(2027, 3, 9): Novelty.ESTIMATED,
        date(2027, 8, 31): Novelty.KNOWN,
        date(2027, 4, 7): Novelty.ENTERED,
        date(2027, 4, 10): Novelty.WEEKEND,
        date(2101, 1, 1): Novelty.OUTSIDE,
    }
    assert novelties("KG", days) == list(days.values())
