import calendar
import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories.authorities import AddresseeFactory
from tests.factories.cases import CaseFactory
from tests.factories.deadlines import DeadlineFactory, StatutoryDeadlineFactory
from tests.factories.demands import DemandFactory
from tests.factories.people import UserFactory
from tracker.models import Deadline
from tracker.reports.agenda import Choice, Span, agenda_page, period, weeks_of

TODAY = datetime.date(2026, 3, 11)  # a Wednesday
DAY = datetime.timedelta(days=1)
days = st.dates(datetime.date(1990, 1, 1), datetime.date(2100, 12, 31))


# Periods


@given(days)
def test_every_day_of_a_month_appears_exactly_once(day):
    first, last = period(Span.MONTH, day)
    weeks = weeks_of(first, last)
    length = calendar.monthrange(day.year, day.month)[1]
    assert [found for week in weeks for found in week if found] == [
        day.replace(day=number) for number in range(1, length + 1)
    ]


@given(days, st.sampled_from([Span.WEEK, Span.MONTH]))
def test_rows_of_days_begin_on_monday_and_have_seven_places(day, span):
    for week in weeks_of(*period(span, day)):
        assert len(week) == 7
        assert all(found.weekday() == place for place, found in enumerate(week) if found)


@given(days, st.sampled_from(list(Span)))
def test_a_period_holds_its_day_and_the_next_begins_where_it_ends(day, span):
    first, last = period(span, day)
    assert first <= day <= last
    assert period(span, first) == period(span, last) == (first, last)
    assert period(span, last + DAY)[0] == last + DAY


@pytest.mark.parametrize(
    ("day", "last"),
    [
        ("2024-02-10", "2024-02-29"),
        ("2025-02-28", "2025-02-28"),
        ("2100-02-01", "2100-02-28"),
        ("2026-12-31", "2026-12-31"),
    ],
)
def test_months_end_when_they_end(day, last):
    assert period(Span.MONTH, datetime.date.fromisoformat(day))[1].isoformat() == last


def test_a_week_may_begin_in_another_year():
    new_year = datetime.date(2027, 1, 1)
    assert period(Span.WEEK, new_year) == (
        datetime.date(2026, 12, 28),
        datetime.date(2027, 1, 3),
    )


# What stands on the days


def page(user, span=Span.MONTH, around=TODAY, on=TODAY, **choice):
    return agenda_page(user=user, span=span, around=around, on=on, choice=Choice(**choice))


def titles(shown) -> dict[int, list[str]]:
    return {
        day.day.day: [i.deadline.title if i.deadline else i.demand.text for i in day.items]
        for day in shown.days
        if day.items
    }


def test_each_open_date_stands_on_its_day(owner, case):
    for number, kind in enumerate(("look_again", "event", "expected"), start=10):
        DeadlineFactory(case=case, kind=kind, title=kind, due_on=TODAY.replace(day=number))
    StatutoryDeadlineFactory(case=case, title="legal", due_on=TODAY.replace(day=31))
    DemandFactory(case=case, text="review", review_on=TODAY.replace(day=1))
    assert titles(page(owner)) == {
        1: ["review"],
        10: ["look_again"],
        11: ["event"],
        12: ["expected"],
        31: ["legal"],
    }


def test_what_has_ended_or_waits_is_on_no_day(owner, case):
    closed = CaseFactory(phase="closed", closed_at="2026-01-01T00:00Z", close_reason="partly")
    DeadlineFactory(case=case, due_on=TODAY, state="closed", ended_on=TODAY)
    DeadlineFactory(case=case, due_on=TODAY, state="paused", paused_on=TODAY, days_left=3)
    DemandFactory(case=case, review_on=TODAY, status="implemented")
    DemandFactory(case=closed, review_on=TODAY)
    DemandFactory(case=case, review_on=None)
    assert page(owner).count == 0


def test_only_legal_clocks_are_overdue_and_only_after_the_latest_reading(owner, case):
    day = TODAY - 2 * DAY
    StatutoryDeadlineFactory(case=case, title="run out", due_on=day)
    StatutoryDeadlineFactory(case=case, title="strict", due_on=day, overdue_after=TODAY)
    for kind in ("look_again", "event", "expected"):
        DeadlineFactory(case=case, kind=kind, due_on=day)
    DemandFactory(case=case, review_on=day)
    shown = page(owner)
    items = [item for found in shown.days for item in found.items]
    assert (len(items), shown.overdue) == (6, 1)
    assert [i.deadline.title for i in items if i.overdue] == ["run out"]
    assert [i.deadline.title for i in items if i.strict_passed] == ["strict"]
    assert [i.latest_reading for i in items if i.strict_passed] == [TODAY]


def test_after_the_strict_reading_a_clock_stands_on_its_last_legal_day(owner, case):
    last = TODAY + 2 * DAY
    clock = StatutoryDeadlineFactory(
        case=case, title="last", due_on=TODAY - 2 * DAY, overdue_after=last
    )
    assert titles(page(owner, span=Span.DAY, around=last)) == {last.day: ["last"]}
    assert titles(page(owner)) == {last.day: ["last"]}
    assert page(owner, span=Span.DAY).next_after == last
    assert list(Deadline.objects.due_soon(2, TODAY)) == [clock]
    assert list(Deadline.objects.due_soon(1, TODAY)) == []


def test_it_tells_of_clocks_that_ran_out_before_and_of_the_next_date(owner, case):
    StatutoryDeadlineFactory(case=case, due_on=datetime.date(2026, 2, 27))
    DeadlineFactory(case=case, due_on=datetime.date(2026, 2, 26))
    DeadlineFactory(case=case, due_on=datetime.date(2026, 5, 2))
    DemandFactory(case=case, review_on=datetime.date(2026, 4, 30))
    shown = page(owner)
    assert (shown.count, shown.late_before) == (0, 1)
    assert shown.next_after == datetime.date(2026, 4, 30)


def test_previous_and_following_step_by_the_period(owner):
    shown = [page(owner, span=span) for span in Span]
    assert {s.span: (str(s.previous), str(s.following)) for s in shown} == {
        "day": ("2026-03-10", "2026-03-12"),
        "week": ("2026-03-02", "2026-03-16"),
        "month": ("2026-02-01", "2026-04-01"),
    }


def test_a_hidden_case_is_on_no_day_of_a_stranger(owner, stranger, team_case):
    DeadlineFactory(case=team_case, due_on=TODAY)
    DeadlineFactory(case=team_case, due_on=TODAY + 40 * DAY)
    StatutoryDeadlineFactory(case=team_case, due_on=TODAY - 40 * DAY)
    DemandFactory(case=team_case, review_on=TODAY)
    seen, hidden = page(owner), page(stranger)
    assert (seen.count, seen.late_before, seen.next_after) == (2, 1, TODAY + 40 * DAY)
    assert (hidden.count, hidden.late_before, hidden.next_after) == (0, 0, None)


def test_it_narrows_by_person_case_and_addressee(owner, colleague, case):
    asked = AddresseeFactory(case=case)
    other = CaseFactory(lead=colleague)
    DeadlineFactory(case=case, title="led", due_on=TODAY)
    DeadlineFactory(case=case, title="named", due_on=TODAY, owner=colleague)
    DeadlineFactory(case=other, title="elsewhere", due_on=TODAY)
    DeadlineFactory(case=case, title="asked", due_on=TODAY, addressee=asked)
    demand = DemandFactory(case=case, text="asked of them", review_on=TODAY)
    demand.addressees.add(asked)
    found = {
        name: sorted(titles(page(owner, **choice)).get(TODAY.day, []))
        for name, choice in {
            "owner": {"owner": owner},
            "colleague": {"owner": colleague},
            "case": {"case": other},
            "addressee": {"addressee": asked.authority},
            "both": {"owner": colleague, "case": case},
            "nothing": {"owner": UserFactory()},
        }.items()
    }
    assert found == {
        "owner": ["asked", "asked of them", "led"],
        "colleague": ["elsewhere", "named"],
        "case": ["elsewhere"],
        "addressee": ["asked", "asked of them"],
        "both": ["named"],
        "nothing": [],
    }


def test_it_asks_as_often_for_many_dates_as_for_one(owner, case, django_assert_num_queries):
    def add() -> None:
        row = CaseFactory(lead=owner)
        addressee = AddresseeFactory(case=row)
        StatutoryDeadlineFactory(case=row, addressee=addressee, due_on=TODAY)
        DemandFactory(case=row, review_on=TODAY)

    for _ in range(3):
        add()
        with django_assert_num_queries(5):
            shown = page(owner)
            for day in shown.days:
                for item in day.items:
                    str(item.case.lead), str(item.deadline and item.deadline.addressee.authority)
    assert Deadline.objects.count() == 3
