import datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from tests.factories.authorities import AuthorityFactory
from tests.factories.deadlines import ResponseRuleFactory
from tests.factories.people import UserFactory
from tracker.models import Addressee, Deadline
from tracker.services.addressees import add_addressee, edit_addressee
from tracker.services.cases import close_case
from tracker.services.days import LONGEST, today_of, too_far

EVENING = datetime.datetime(2026, 3, 2, 21, 0, tzinfo=datetime.UTC)  # 3 March in Bishkek


def test_the_day_is_that_of_the_person_wherever_the_page_is_shown():
    madrid = UserFactory.build(time_zone="Europe/Madrid")
    with timezone.override(ZoneInfo("Asia/Tokyo")):
        assert today_of(madrid, EVENING) == datetime.date(2026, 3, 2)


def test_the_system_keeps_the_day_of_the_installation():
    with timezone.override(ZoneInfo("America/Lima")):
        assert today_of(None, EVENING) == datetime.date(2026, 3, 3)


def test_a_day_more_than_ten_years_ahead_is_too_far():
    today = datetime.date(2026, 3, 2)
    day = today + LONGEST
    assert too_far(day, today) == ""
    later = day + datetime.timedelta(days=1)
    assert too_far(later, today) == "This is more than ten years away. Check the year."


@pytest.fixture
def dated(case, owner):
    """An addressee with a legal clock and a day of our own."""
    addressee = Addressee(
        case=case,
        authority=AuthorityFactory(),
        rule=ResponseRuleFactory(),
        sent_on=datetime.date(2026, 2, 2),
        expected_by=datetime.date(2026, 3, 20),
    )
    return add_addressee(addressee=addressee, by=owner, at=EVENING)


@pytest.mark.parametrize("end", ["closed case", "another rule", "no wish"])
def test_a_date_ends_on_the_day_of_whoever_ends_it(end, case, dated):
    madrid = UserFactory(time_zone="Europe/Madrid")
    with timezone.override(ZoneInfo("Asia/Bishkek")):
        if end == "closed case":
            close_case(case=case, close_reason="partly", note="Done.", by=madrid, at=EVENING)
        elif end == "another rule":
            dated.rule = None
            edit_addressee(addressee=dated, by=madrid, at=EVENING)
        else:
            dated.expected_by = None
            edit_addressee(addressee=dated, by=madrid, at=EVENING)
    ended = Deadline.objects.filter(state="cancelled")
    assert {deadline.ended_on for deadline in ended} == {datetime.date(2026, 3, 2)}
