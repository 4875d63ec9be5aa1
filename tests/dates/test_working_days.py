from datetime import date, timedelta

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.dates.calendars import JURISDICTIONS, Override, WorkingCalendar

# A second, slow and obvious implementation: the package asked afresh about single days.
PACKAGE = {code: holidays.country_holidays(code, years=range(2014, 2033)) for code in JURISDICTIONS}


def obviously_working(code, overrides, day):
    for override in overrides:
        if override.day == day:
            return not override.off
    return PACKAGE[code].is_working_day(day)


def slow_add(code, overrides, start, count):
    day = start
    found = 0
    while found < count:
        day = day + timedelta(days=1)
        if obviously_working(code, overrides, day):
            found = found + 1
    return day


def slow_count(code, overrides, start, end):
    total = (end - start).days
    return len(
        [
            n
            for n in range(1, total + 1)
            if obviously_working(code, overrides, start + timedelta(days=n))
        ]
    )


codes = st.sampled_from(sorted(JURISDICTIONS))
dates = st.dates(date(2015, 1, 1), date(2030, 12, 31))
override_lists = st.lists(
    st.builds(Override, day=dates, off=st.booleans()),
    max_size=6,
    unique_by=lambda override: override.day,
)


@settings(max_examples=1000, deadline=None)
@given(codes, override_lists, dates, st.integers(0, 60))
def test_adding_then_counting_back_gives_the_same_number(code, overrides, start, count):
    calendar = WorkingCalendar(code, overrides)
    end = calendar.add_working_days(start, count)
    assert end == slow_add(code, overrides, start, count)
    assert calendar.count_working_days(start, end) == count
    assert slow_count(code, overrides, start, end) == count


@settings(max_examples=800, deadline=None)
@given(codes, override_lists, dates, st.integers(1, 60))
def test_the_day_found_is_worked_and_is_the_earliest_with_its_number(code, overrides, start, count):
    calendar = WorkingCalendar(code, overrides)
    end = calendar.add_working_days(start, count)
    assert calendar.status(end).working
    assert calendar.count_working_days(start, end - timedelta(days=1)) == count - 1


@settings(max_examples=500, deadline=None)
@given(codes, override_lists, dates)
def test_rolling_forward_passes_over_days_off_only(code, overrides, day):
    calendar = WorkingCalendar(code, overrides)
    rolled = calendar.on_or_after(day)
    passed = [day + timedelta(days=n) for n in range((rolled - day).days)]
    assert obviously_working(code, overrides, rolled)
    assert [d for d in passed if obviously_working(code, overrides, d)] == []


@pytest.mark.parametrize("code", sorted(JURISDICTIONS))
def test_every_day_of_2015_to_2030_agrees_with_the_package(code):
    calendar = WorkingCalendar(code)
    every_day = [
        date(2015, 1, 1) + timedelta(days=n)
        for n in range((date(2031, 1, 1) - date(2015, 1, 1)).days)
    ]
    assert [
        d for d in every_day if calendar.status(d).working != obviously_working(code, [], d)
    ] == []


def test_a_worked_saturday_ends_the_period_a_day_before_the_naive_loop():
    """Registered Monday 29 April 2024: 22 May; a loop over weekdays and holidays says 23 May."""
    assert WorkingCalendar("KG").add_working_days(date(2024, 4, 29), 14) == date(2024, 5, 22)
    country = holidays.country_holidays("KG", years=2024)
    naive, left = date(2024, 4, 29), 14
    while left:
        naive += timedelta(days=1)
        left -= naive.weekday() < 5 and naive not in country
    assert naive == date(2024, 5, 23)


def test_days_missing_from_the_package_move_16_january_2026_to_the_20th():
    decided = [Override(date(2026, 1, d), True, "24.kg", public_only=True) for d in (8, 9)]
    assert WorkingCalendar("KG").add_working_days(date(2025, 12, 22), 14) == date(2026, 1, 16)
    assert WorkingCalendar("KG", decided).add_working_days(date(2025, 12, 22), 14) == date(
        2026, 1, 20
    )


def test_both_ends_are_not_counted():
    calendar = WorkingCalendar("KG")
    assert calendar.count_working_days(date(2020, 1, 15), date(2020, 2, 4)) == 14
    assert (
        holidays.country_holidays("KG").get_working_days_count(date(2020, 1, 15), date(2020, 2, 4))
        == 15
    )


def test_nothing_lies_between_a_day_and_itself_or_an_earlier_one():
    calendar = WorkingCalendar("KG")
    assert calendar.count_working_days(date(2020, 1, 15), date(2020, 1, 15)) == 0
    assert calendar.count_working_days(date(2020, 1, 15), date(2020, 1, 10)) == 0


def test_a_negative_number_of_days_is_refused():
    with pytest.raises(ValueError, match=r"^A number of working days cannot be negative\.$"):
        WorkingCalendar("KG").add_working_days(date(2020, 1, 15), -1)
