from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.dates.test_working_days import codes, dates, override_lists
from tracker.dates.calendars import WorkingCalendar, YearOutOfRangeError
from tracker.dates.periods import Remaining, add_months, last_day, remaining, resume
from tracker.dates.rules import Period, Roll, Unit

KG = WorkingCalendar("KG")
units = st.sampled_from(Unit)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2023, 1, 31), 1, date(2023, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2024, 3, 31), 1, date(2024, 4, 30)),
        (date(2024, 12, 15), 1, date(2025, 1, 15)),
        (date(2024, 11, 30), 3, date(2025, 2, 28)),
    ],
)
def test_months_end_on_the_same_number_or_the_last_day(start, months, end):
    assert add_months(start, months) == end


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (date(2023, 3, 1), date(2023, 3, 31)),
        (date(2023, 2, 1), date(2023, 2, 28)),
        (date(2023, 1, 15), date(2023, 2, 14)),
        (date(2023, 1, 31), date(2023, 2, 28)),
        (date(2023, 3, 31), date(2023, 4, 30)),
    ],
)
def test_a_month_counted_from_its_first_day_is_a_whole_month(start, end):
    assert last_day(start, Period(1, Unit.MONTH), KG, counted=True) == end


@pytest.mark.parametrize(
    ("start", "counted", "days30", "working30"),
    [
        (date(2020, 2, 4), False, date(2020, 3, 5), date(2020, 3, 17)),
        (date(2020, 2, 3), False, date(2020, 3, 4), date(2020, 3, 16)),
        (date(2020, 2, 5), False, date(2020, 3, 6), date(2020, 3, 18)),
    ],
)
def test_the_thirty_days_after_the_lawyers_period(start, counted, days30, working30):
    assert (
        last_day(start, Period(30, Unit.CALENDAR_DAY), KG, counted=counted, roll=Roll.FORWARD)
        == days30
    )
    assert (
        last_day(start, Period(30, Unit.WORKING_DAY), KG, counted=counted, roll=Roll.FORWARD)
        == working30
    )


def test_thirty_days_in_all_from_registration_roll_over_the_weekend_only_once():
    total = Period(30, Unit.CALENDAR_DAY)
    assert last_day(date(2020, 1, 15), total, KG, roll=Roll.FORWARD) == date(2020, 2, 14)
    assert last_day(date(2020, 1, 16), total, KG) == date(2020, 2, 15)
    assert last_day(date(2020, 1, 16), total, KG, roll=Roll.FORWARD) == date(2020, 2, 17)


def test_fourteen_calendar_days_would_be_a_mistake_of_six_days():
    assert last_day(date(2020, 1, 15), Period(14, Unit.CALENDAR_DAY), KG) == date(2020, 1, 29)


def test_a_period_that_leaves_the_calendar_is_an_error():
    with pytest.raises(
        YearOutOfRangeError,
        match=r"^The KG calendar covers the years 1992 to 2100; 2101 is outside it\.$",
    ):
        last_day(date(2100, 12, 20), Period(30, Unit.CALENDAR_DAY), KG)
    with pytest.raises(YearOutOfRangeError, match=r"; 1991 is outside it\.$"):
        last_day(date(1991, 12, 20), Period(30, Unit.CALENDAR_DAY), KG)


def test_a_period_of_nothing_is_refused():
    with pytest.raises(ValueError, match=r"^A period is at least one day or month long\.$"):
        Period(0, Unit.WORKING_DAY)


@settings(max_examples=800, deadline=None)
@given(codes, override_lists, dates, st.integers(1, 40), units)
def test_counting_the_first_day_is_never_later(code, overrides, start, quantity, unit):
    calendar = WorkingCalendar(code, overrides)
    if unit is Unit.MONTH:
        quantity = min(quantity, 12)
    period = Period(quantity, unit)
    for roll in Roll:
        counted = last_day(start, period, calendar, counted=True, roll=roll)
        excluded = last_day(start, period, calendar, roll=roll)
        assert start <= counted <= excluded


@settings(max_examples=800, deadline=None)
@given(codes, override_lists, dates, st.integers(1, 40), units)
def test_rolling_moves_to_a_worked_day_and_only_when_needed(code, overrides, start, quantity, unit):
    calendar = WorkingCalendar(code, overrides)
    period = Period(min(quantity, 12) if unit is Unit.MONTH else quantity, unit)
    plain = last_day(start, period, calendar)
    rolled = last_day(start, period, calendar, roll=Roll.FORWARD)
    assert calendar.status(rolled).working
    assert rolled == plain or not calendar.status(plain).working
    assert unit is not Unit.WORKING_DAY or rolled == plain


@settings(max_examples=500, deadline=None)
@given(codes, dates, st.integers(1, 45))
def test_calendar_days_are_plain_addition(code, start, quantity):
    calendar = WorkingCalendar(code)
    end = last_day(start, Period(quantity, Unit.CALENDAR_DAY), calendar)
    assert end == start + timedelta(days=quantity)


def test_what_is_left_is_kept_in_the_unit_of_the_period():
    assert remaining(date(2020, 1, 17), date(2020, 2, 4), Unit.WORKING_DAY, KG) == Remaining(
        12, Unit.WORKING_DAY
    )
    assert remaining(date(2020, 1, 17), date(2020, 2, 4), Unit.CALENDAR_DAY, KG) == Remaining(
        18, Unit.CALENDAR_DAY
    )
    assert remaining(date(2020, 1, 17), date(2020, 2, 4), Unit.MONTH, KG) == Remaining(
        18, Unit.CALENDAR_DAY
    )
    assert remaining(date(2020, 2, 10), date(2020, 2, 4), Unit.MONTH, KG) == Remaining(
        0, Unit.CALENDAR_DAY
    )


def test_a_hold_of_a_week_adds_its_working_days():
    held = resume(date(2020, 1, 17), date(2020, 1, 24), date(2020, 2, 4), Unit.WORKING_DAY, KG)
    assert held == date(2020, 2, 11)


def test_a_hold_after_the_last_day_changes_nothing():
    due = date(2020, 2, 4)
    assert resume(due, date(2020, 2, 20), due, Unit.WORKING_DAY, KG) == due


def test_a_period_cannot_resume_before_it_was_paused():
    with pytest.raises(ValueError, match=r"^A period cannot resume before it was paused\.$"):
        resume(date(2020, 1, 17), date(2020, 1, 16), date(2020, 2, 4), Unit.WORKING_DAY, KG)


@settings(max_examples=800, deadline=None)
@given(
    codes,
    override_lists,
    dates,
    st.integers(1, 30),
    st.integers(0, 60),
    st.integers(0, 60),
    units,
)
def test_pauses_never_shorten_a_count(code, overrides, start, quantity, before, held, unit):
    calendar = WorkingCalendar(code, overrides)
    due = last_day(
        start,
        Period(min(quantity, 12) if unit is Unit.MONTH else quantity, unit),
        calendar,
    )
    paused = start + timedelta(days=before)
    resumed = paused + timedelta(days=held)
    new_due = resume(paused, resumed, due, unit, calendar)
    assert new_due >= due
    if paused >= due:
        assert new_due == due
    else:
        left = remaining(paused, due, unit, calendar)
        assert remaining(resumed, new_due, unit, calendar).days >= left.days
    if held == 0:
        assert new_due == due
