"""Counting working days. The starting day is never counted: day 1 is the day after it."""

from datetime import date

from tracker.dates.calendars import ONE_DAY, WorkingCalendar


def add_working_days(start: date, count: int, calendar: WorkingCalendar) -> date:
    """The `count`-th working day after `start`; `start` itself for 0.

    Raises ValueError for a negative count, YearOutOfRangeError past the calendar.
    """
    if count < 0:
        raise ValueError("A number of working days cannot be negative.")
    day = start
    while count:
        day += ONE_DAY
        count -= calendar.is_working(day)
    return day


def count_working_days(start: date, end: date, calendar: WorkingCalendar) -> int:
    """How many working days lie after `start`, `end` included; 0 when `end` is not later."""
    return sum(status.working for status in calendar.days(start + ONE_DAY, end))


def on_or_after(day: date, calendar: WorkingCalendar) -> date:
    """`day` if it is worked, else the next working day."""
    while not calendar.is_working(day):
        day += ONE_DAY
    return day
