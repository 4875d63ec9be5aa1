from datetime import date, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.dates.test_working_days import codes, dates, override_lists
from tracker.dates.calendars import Override, WorkingCalendar
from tracker.dates.courses import Extension, run_through
from tracker.dates.periods import Hold
from tracker.dates.readings import StripKind, compute
from tracker.dates.rules import Anchor, AnchorKind, FirstDay, Period, Roll, RuleSpec, Unit

KG = WorkingCalendar("KG")
KG_67 = RuleSpec(
    code="kg-67-reply-14",
    version="1",
    period=Period(14, Unit.WORKING_DAY),
    anchor=AnchorKind.REGISTERED,
    first_day=FirstDay.TWO_READINGS,
    roll=Roll.FORWARD,
    calendar="KG",
)
RU_59 = RuleSpec(
    code="ru-59-reply",
    version="1",
    period=Period(30, Unit.CALENDAR_DAY),
    anchor=AnchorKind.REGISTERED,
    roll=Roll.FORWARD,
    calendar="RU",
)


def course(rule, anchor, *steps, calendar=KG):
    known = Anchor(AnchorKind.REGISTERED, anchor)
    return run_through(compute(rule, known, calendar), steps, calendar)


def last_days(found):
    return found.strict.last, found.latest.last


def test_two_holds_add_up():
    found = course(
        KG_67,
        date(2020, 1, 15),
        Hold(date(2020, 1, 17), date(2020, 1, 24)),
        Hold(date(2020, 1, 28), date(2020, 1, 29)),
    )
    assert last_days(found) == (date(2020, 2, 11), date(2020, 2, 12))


def test_a_hold_before_the_period_began_gives_nothing_back():
    whole = course(KG_67, date(2020, 1, 27), Hold(date(2020, 1, 17), date(2020, 1, 24)))
    assert last_days(whole) == (date(2020, 2, 13), date(2020, 2, 14))
    assert whole.steps == ()
    part = course(KG_67, date(2020, 1, 22), Hold(date(2020, 1, 17), date(2020, 1, 24)))
    # Two of its working days, the 23rd and the 24th, lie after the 22nd.
    assert last_days(part) == (date(2020, 2, 12), date(2020, 2, 13))
    assert part.steps == (Hold(date(2020, 1, 22), date(2020, 1, 24)),)


@pytest.mark.parametrize(
    ("until", "last", "moves"),
    [
        (date(2020, 2, 3), (date(2020, 2, 3), date(2020, 2, 4)), False),
        (date(2020, 2, 4), (date(2020, 2, 4), date(2020, 2, 4)), True),
        (date(2020, 2, 8), (date(2020, 2, 8), date(2020, 2, 8)), True),
    ],
)
def test_an_extension_never_shortens_what_the_law_gives(until, last, moves):
    found = course(KG_67, date(2020, 1, 15), Extension(until))
    assert last_days(found) == last
    assert bool(found.steps) is moves


def test_the_roll_is_applied_once_after_the_hold():
    russia = WorkingCalendar("RU")
    # 30 days from 4 September 2025 end on Saturday the 4th, moved to Monday 6 October.
    found = course(
        RU_59, date(2025, 9, 4), Hold(date(2025, 9, 10), date(2025, 9, 11)), calendar=russia
    )
    assert (found.latest.counted, found.latest.last) == (date(2025, 10, 5), date(2025, 10, 6))
    late = course(
        RU_59, date(2025, 9, 4), Hold(date(2025, 10, 5), date(2025, 10, 7)), calendar=russia
    )
    assert last_days(late) == (date(2025, 10, 8), date(2025, 10, 8))


def test_the_days_drawn_are_those_it_really_ran():
    found = course(KG_67, date(2020, 1, 15), Hold(date(2020, 1, 17), date(2020, 1, 24)))
    drawn = {day.status.day: day for day in found.result.strip}
    held = [day for day, drawn_day in drawn.items() if drawn_day.kind is StripKind.HELD]
    assert held == [date(2020, 1, 17) + timedelta(days=n + 1) for n in range(7)]
    assert drawn[date(2020, 1, 17)].number == 2
    assert drawn[date(2020, 1, 27)].number == 3
    last = found.result.strip[-1]
    assert (last.status.day, last.kind, last.number) == (date(2020, 2, 11), StripKind.LAST, 14)
    assert [status.day for status in found.result.skipped] == [
        date(2020, 1, 25),
        date(2020, 1, 26),
        date(2020, 2, 1),
        date(2020, 2, 2),
        date(2020, 2, 8),
        date(2020, 2, 9),
    ]


def test_a_hold_into_a_year_nobody_knows_makes_it_provisional():
    plain = course(KG_67, date(2026, 10, 15))
    assert plain.result.provisional is False
    held = course(KG_67, date(2026, 10, 15), Hold(date(2026, 10, 20), date(2027, 3, 3)))
    assert [(doubt.kind, doubt.day) for doubt in held.result.uncertainties] == [
        ("year_not_known", date(2027, 1, 1)),
        ("estimated", date(2027, 3, 9)),
    ]


def test_a_decided_worked_day_within_a_hold_is_not_told_as_counted():
    calendar = WorkingCalendar("KG", [Override(date(2020, 1, 18), off=False)])
    held = course(
        KG_67, date(2020, 1, 15), Hold(date(2020, 1, 17), date(2020, 1, 24)), calendar=calendar
    )
    assert held.result.worked == ()


def slow_end(start, counted, rule, holds, calendar):
    """Day by day with a pencil: a held day and a day of the wrong kind are not counted."""
    day = start - timedelta(days=1) if counted else start
    left = rule.period.quantity
    while left:
        day += timedelta(days=1)
        held = any(hold.paused_on < day <= hold.resumed_on for hold in holds)
        working = rule.period.unit is Unit.CALENDAR_DAY or calendar.status(day).working
        left -= working and not held
    return day


@settings(max_examples=400, deadline=None)
@given(
    codes,
    override_lists,
    dates,
    st.integers(1, 30),
    st.sampled_from([Unit.WORKING_DAY, Unit.CALENDAR_DAY]),
    st.sampled_from(Roll),
    st.lists(st.integers(0, 20), max_size=6),
)
def test_holds_agree_with_counting_day_by_day(code, overrides, start, quantity, unit, roll, gaps):
    calendar = WorkingCalendar(code, overrides)
    rule = RuleSpec(
        "rule",
        "1",
        Period(quantity, unit),
        AnchorKind.REGISTERED,
        first_day=FirstDay.TWO_READINGS,
        roll=roll,
        calendar=code,
    )
    day, marks = start, []
    for gap in gaps[: len(gaps) // 2 * 2]:
        day += timedelta(days=gap)
        marks.append(day)
    holds = [Hold(*pair) for pair in zip(marks[::2], marks[1::2], strict=True)]
    found = course(rule, start, *holds, calendar=calendar)
    for counted, ending in ((True, found.strict), (False, found.latest)):
        end = slow_end(start, counted, rule, holds, calendar)
        # In the days of the roll nothing is counted any more; a hold there is told above.
        assume(not any(end <= hold.paused_on < ending.last for hold in holds))
        assert ending.counted == end
        while roll is Roll.FORWARD and not calendar.status(end).working:
            end += timedelta(days=1)
        assert ending.last == end
    strip = found.result.strip
    numbers = [day.number for day in strip if day.number]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) == quantity
    assert strip[-1].status.day == found.latest.last


@settings(max_examples=300, deadline=None)
@given(
    dates,
    st.sampled_from([KG_67, RU_59]),
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 40), st.booleans()), max_size=4),
)
def test_no_step_ever_shortens_and_the_readings_keep_their_order(start, rule, drawn):
    calendar = WorkingCalendar(rule.calendar)
    steps = []
    ends = last_days(course(rule, start, calendar=calendar))
    for offset, length, extends in drawn:
        day = start + timedelta(days=offset)
        if extends:
            steps = [step for step in steps if isinstance(step, Hold)] + [Extension(day)]
            plain = [step for step in steps if isinstance(step, Hold)]
            ends = last_days(course(rule, start, *plain, calendar=calendar))
        else:
            steps.append(Hold(day, day + timedelta(days=length)))
        now = last_days(course(rule, start, *steps, calendar=calendar))
        assert now[0] >= ends[0] and now[1] >= ends[1] and now[0] <= now[1]
        ends = now
