"""When to remind: the offsets of a deadline and their moments. Arithmetic, no writes."""

import datetime
import logging
from dataclasses import dataclass
from typing import Protocol
from zoneinfo import ZoneInfo

from tracker.models import (
    KIND_FACTS,
    LONGEST_INTERVAL,
    LONGEST_NOTICE,
    MOST_REPEATS,
    ReminderPlan,
    User,
)
from tracker.services.days import today_of

log = logging.getLogger("tracker.reminders")

DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Schedule:
    """A reminder plan in force: `days_before` with 0 for the day itself, then the repeats."""

    days_before: tuple[int, ...] = (14, 7, 3, 1, 0)
    repeat_every: int = 7
    repeat_at_most: int = 8
    second_person_after: int = 2

    @property
    def span(self) -> int:
        """Days from the end of the time to its last repeat."""
        return self.repeat_every * self.repeat_at_most


DEFAULT = Schedule()
DEFAULT_OF_KIND = {
    kind: Schedule(repeat_at_most=facts.repeat_at_most) for kind, facts in KIND_FACTS.items()
}


@dataclass(frozen=True)
class Offset:
    """`days` relative to the deadline; `repeat` counts the repeats, 0 before them."""

    days: int
    fire_on: datetime.date
    repeat: int = 0


class DeadlineDates(Protocol):
    """What of a deadline decides on which days somebody is reminded."""

    case_id: int
    kind: str
    due_on: datetime.date
    overdue_after: datetime.date


# What `schedule_of` raises for a plan that is none.
UNREADABLE = (TypeError, ValueError, OverflowError)


class Schedules:
    """Every plan of the database: a case's own comes before the one for all cases."""

    def __init__(self) -> None:
        self._plans = {}
        for row in ReminderPlan.objects.order_by("pk"):
            try:
                self._plans[row.case_id, row.kind] = schedule_of(row)
            except UNREADABLE:
                log.error("plan=%s cannot be read; the default is used instead", row.pk)
        known = [DEFAULT, *self._plans.values()]
        # The most days before any deadline, and after it, on which somebody is reminded.
        self.longest_notice = max(max(plan.days_before, default=0) for plan in known)
        self.longest_span = max(plan.span for plan in known)

    def of(self, deadline: DeadlineDates) -> Schedule:
        own = self._plans.get((deadline.case_id, deadline.kind))
        general = self._plans.get((None, deadline.kind))
        return own or general or DEFAULT_OF_KIND.get(deadline.kind, DEFAULT)


def schedule_of(row: ReminderPlan) -> Schedule:
    """A row that came by another way than a form may hold anything.

    Raises ValueError, OverflowError or TypeError where it is no list of whole days within a year,
    or repeats beyond every measure.
    """
    days = tuple(sorted({int(day) for day in row.days_before}, reverse=True))
    if any(not 0 <= day <= LONGEST_NOTICE for day in days):
        raise ValueError("a day before lies within a year")
    if row.repeat_every > LONGEST_INTERVAL or row.repeat_at_most > MOST_REPEATS:
        raise ValueError("more repeats than anybody could want")
    return Schedule(days, row.repeat_every, row.repeat_at_most, row.second_person_after)


def unreadable_plans(user: User) -> list[ReminderPlan]:
    """Plans that are passed over for the default, as far as `user` may see them."""
    found = []
    for row in ReminderPlan.objects.visible_to(user).select_related("case").order_by("pk"):
        try:
            schedule_of(row)
        except UNREADABLE:
            found.append(row)
    return found


def offsets_of(deadline: DeadlineDates, schedule: Schedule) -> list[Offset]:
    """Earliest first. Time set by law has run out only after its latest reading."""
    before = [Offset(-days, deadline.due_on - days * DAY) for days in schedule.days_before]
    every = schedule.repeat_every
    repeats = schedule.repeat_at_most if every else 0
    # Repeats are of silence, so they count from the latest reading of the law.
    after = [
        Offset(number * every, deadline.overdue_after + number * every * DAY, number)
        for number in range(1, repeats + 1)
    ]
    return before + after


def offset_for_day(deadline: DeadlineDates, schedule: Schedule, day: datetime.date) -> Offset:
    """The offset of a day that somebody chose; the plan's, if it has one for that day.

    Repeats are numbered from the latest reading of a law: between two readings a day can have
    the number of a repeat that is still to come. It then gets one beyond all of them.
    """
    days = (day - deadline.due_on).days
    planned = offsets_of(deadline, schedule)
    for offset in planned:
        if offset.fire_on == day:
            return offset
    taken = {offset.days for offset in planned}
    return Offset(days + schedule.span if days in taken else days, day)


def digest_instant(person: User, day: datetime.date) -> datetime.datetime:
    """The moment of that person's digest on a day of their own calendar, in UTC.

    An hour that the clocks skip rolls forward; of one that comes twice the first counts.
    """
    zone = ZoneInfo(person.time_zone)
    local = datetime.datetime(day.year, day.month, day.day, person.digest_hour, tzinfo=zone)
    return local.astimezone(datetime.UTC)


def digest_day(person: User, at: datetime.datetime) -> datetime.date:
    """The latest day of the person's calendar whose digest hour has come."""
    today = today_of(person, at)
    return today if digest_instant(person, today) <= at else today - DAY
