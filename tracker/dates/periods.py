"""Adding a period to a day, extending it, and holding it while the ball is elsewhere."""

import calendar as gregorian
from dataclasses import dataclass
from datetime import date, timedelta

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
            first = start - ONE_DAY if counted else start
            end = calendar.add_working_days(first, period.quantity)
        case Unit.CALENDAR_DAY:
            end = start + timedelta(days=period.quantity - counted)
        case Unit.MONTH:
            end = add_months(start, period.quantity)
            # A month counted from its first day ends the day before the same number,
            # except where that number is missing and the month's end already came first.
            if counted and end.day == start.day:
                end -= ONE_DAY
    calendar.check_year(end.year)
    return rolled(end, calendar, roll)


@dataclass(frozen=True, slots=True)
class Remaining:
    """What was left of a period when it was held; months are held as calendar days."""

    days: int
    unit: Unit


def remaining(on: date, due: date, unit: Unit, calendar: WorkingCalendar) -> Remaining:
    """The days left after `on` until `due`, in the period's unit; never negative."""
    if unit is Unit.WORKING_DAY:
        return Remaining(calendar.count_working_days(on, due), unit)
    return Remaining(max((due - on).days, 0), Unit.CALENDAR_DAY)


def resume(
    paused_on: date, resumed_on: date, end: date, unit: Unit, calendar: WorkingCalendar
) -> date:
    """The new end of a held count: the days that were left run again from `resumed_on`.

    The day of the pause is used up, the day of the resumption is not counted. Never
    earlier than `end`; a hold on or after it changes nothing. Raises ValueError when the
    resumption precedes the pause, YearOutOfRangeError past the calendar.
    """
    if resumed_on < paused_on:
        raise ValueError("A period cannot resume before it was paused.")
    calendar.check_year(resumed_on.year)
    if paused_on >= end:
        return end
    left = remaining(paused_on, end, unit, calendar)
    if left.unit is Unit.WORKING_DAY:
        new = calendar.add_working_days(resumed_on, left.days)
    else:
        new = resumed_on + timedelta(days=left.days)
    calendar.check_year(new.year)
    return max(new, end)


@dataclass(frozen=True, slots=True)
class Hold:
    """A time that is not counted: from the day after `paused_on` to `resumed_on`."""

    paused_on: date
    resumed_on: date

    def holds(self, day: date) -> bool:
        return self.paused_on < day <= self.resumed_on


@dataclass(frozen=True, slots=True)
class Ending:
    """The last day that is counted, and the last day in time: later where that one rolled."""

    counted: date
    last: date

    def held(self, hold: Hold, unit: Unit, calendar: WorkingCalendar, roll: Roll) -> "Ending":
        """What a hold makes of it. The roll is applied once, at the end, not to what is left.

        A hold that begins after the count has ended, before a rolled last day, gives back
        the days to that day.
        """
        end = self.counted if hold.paused_on < self.counted else self.last
        new = resume(hold.paused_on, hold.resumed_on, end, unit, calendar)
        if new == end:
            return self
        return Ending(new, max(self.last, rolled(new, calendar, roll)))


def rolled(day: date, calendar: WorkingCalendar, roll: Roll) -> date:
    """The last day in time of a count that ended on `day`."""
    return calendar.on_or_after(day) if roll is Roll.FORWARD else day
