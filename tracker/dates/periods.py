"""Adding a period to a day, extending it, and holding it while the ball is elsewhere."""

import calendar as gregorian
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from tracker.dates.business_days import add_working_days, count_working_days, on_or_after
from tracker.dates.calendars import ONE_DAY, WorkingCalendar
from tracker.dates.rules import Period, Roll, Unit


def add_months(day: date, months: int) -> date:
    """The same-numbered day `months` later, or that month's last day.

    31 January + 1 = 28 or 29 February, as in Regulation 1182/71, Art. 3(2)(c).
    """
    year, index = divmod(day.year * 12 + day.month - 1 + months, 12)
    month = index + 1
    return date(year, month, min(day.day, gregorian.monthrange(year, month)[1]))


def last_day(
    start: date,
    period: Period,
    calendar: WorkingCalendar,
    *,
    counted: bool = False,
    roll: Roll = Roll.NONE,
) -> date:
    """The last day of a period that runs from `start`; `counted`: that day is day 1.

    Raises YearOutOfRangeError when the period leaves the calendar's years.
    """
    calendar.check_year(start.year)
    match period.unit:
        case Unit.WORKING_DAY:
            end = add_working_days(start - ONE_DAY if counted else start, period.quantity, calendar)
        case Unit.CALENDAR_DAY:
            end = start + timedelta(days=period.quantity - counted)
        case Unit.MONTH:
            end = add_months(start, period.quantity)
            # A month counted from its first day ends the day before the same number,
            # except where that number is missing and the month's end already came first.
            if counted and end.day == start.day:
                end -= ONE_DAY
    calendar.check_year(end.year)
    return on_or_after(end, calendar) if roll is Roll.FORWARD else end


@dataclass(frozen=True, slots=True)
class Remaining:
    """What was left of a period when it was held; months are held as calendar days."""

    days: int
    unit: Unit


def remaining(on: date, due: date, unit: Unit, calendar: WorkingCalendar) -> Remaining:
    """The days left after `on` until `due`, in the period's unit; never negative."""
    if unit is Unit.WORKING_DAY:
        return Remaining(count_working_days(on, due, calendar), unit)
    return Remaining(max((due - on).days, 0), Unit.CALENDAR_DAY)


def resume(
    paused_on: date,
    resumed_on: date,
    due: date,
    unit: Unit,
    calendar: WorkingCalendar,
    *,
    roll: Roll = Roll.NONE,
) -> date:
    """The new last day after a hold: the days that were left run again from `resumed_on`.

    The day of the pause is used up, the day of the resumption is not counted. Never
    earlier than `due`; a hold on or after the last day changes nothing. Raises
    ValueError when the resumption precedes the pause, YearOutOfRangeError past the calendar.
    """
    if resumed_on < paused_on:
        raise ValueError("A period cannot resume before it was paused.")
    calendar.check_year(resumed_on.year)
    if paused_on >= due:
        return due
    left = remaining(paused_on, due, unit, calendar)
    if left.unit is Unit.WORKING_DAY:
        end = add_working_days(resumed_on, left.days, calendar)
    else:
        end = resumed_on + timedelta(days=left.days)
    end = max(end, due)
    calendar.check_year(end.year)
    return on_or_after(end, calendar) if roll is Roll.FORWARD else end


def resume_all(
    holds: Iterable[tuple[date, date]],
    due: date,
    unit: Unit,
    calendar: WorkingCalendar,
    *,
    roll: Roll = Roll.NONE,
) -> date:
    """`resume` for each (paused on, resumed on) in turn."""
    for paused_on, resumed_on in holds:
        due = resume(paused_on, resumed_on, due, unit, calendar, roll=roll)
    return due
