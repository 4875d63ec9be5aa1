"""Which rungs a deadline has, whose they are and at what moment: arithmetic, no writes."""

import datetime
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from tracker.models import (
    LONGEST_NOTICE,
    LONGEST_PAUSE,
    MOST_REPEATS,
    Case,
    Deadline,
    ReminderPlan,
    Role,
    User,
)

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
        """Days from the end of the clock to its last repeat."""
        return self.repeat_every * self.repeat_at_most


DEFAULT = Schedule()
# Once an event has taken place there is nothing left to repeat.
DEFAULT_OF_KIND = {Deadline.Kind.EVENT.value: Schedule(repeat_at_most=0)}


@dataclass(frozen=True)
class Rung:
    """`number` in days relative to the deadline; `repeat` counts the repeats, 0 before them."""

    number: int
    fire_on: datetime.date
    repeat: int = 0


class Dates(Protocol):
    """What of a deadline decides on which days somebody is reminded."""

    case_id: int
    kind: str
    due_on: datetime.date
    overdue_after: datetime.date


class Clock(Dates, Protocol):
    """And who is told; a row of `values_list(named=True)`."""

    pk: int
    owner_id: int | None
    case__lead_id: int | None


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

    def of(self, clock: Dates) -> Schedule:
        own = self._plans.get((clock.case_id, clock.kind))
        general = self._plans.get((None, clock.kind))
        return own or general or DEFAULT_OF_KIND.get(clock.kind, DEFAULT)

    @property
    def longest_notice(self) -> int:
        """The most days before any deadline on which somebody is reminded."""
        return max((max(s.days_before, default=0) for s in self._all), default=0)

    @property
    def longest_span(self) -> int:
        return max(s.span for s in self._all)

    @property
    def _all(self) -> list[Schedule]:
        return [DEFAULT, *self._plans.values()]


def schedule_of(row: ReminderPlan) -> Schedule:
    """A row that came by another way than a form may hold anything.

    Raises ValueError, OverflowError or TypeError where it is no list of whole days within a year,
    or repeats beyond every measure.
    """
    days = tuple(sorted({int(day) for day in row.days_before}, reverse=True))
    if any(not 0 <= day <= LONGEST_NOTICE for day in days):
        raise ValueError("a day before lies within a year")
    if row.repeat_every > LONGEST_PAUSE or row.repeat_at_most > MOST_REPEATS:
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


def rungs_of(clock: Dates, schedule: Schedule) -> list[Rung]:
    """Earliest first. A legal clock has run out only after its latest reading."""
    before = [Rung(-days, clock.due_on - days * DAY) for days in schedule.days_before]
    every = schedule.repeat_every
    repeats = schedule.repeat_at_most if every else 0
    after = [
        Rung(number * every, clock.overdue_after + number * every * DAY, number)
        for number in range(1, repeats + 1)
    ]
    return before + after


def extra_rung(clock: Dates, schedule: Schedule, day: datetime.date) -> Rung:
    """A rung on a day that somebody chose; the plan's, if it has one for that day.

    Repeats are numbered from the latest reading of a law: between two readings a day can have
    the number of a repeat that is still to come. It then gets one beyond all of them.
    """
    number = (day - clock.due_on).days
    planned = rungs_of(clock, schedule)
    for rung in planned:
        if rung.fire_on == day:
            return rung
    taken = {rung.number for rung in planned}
    return Rung(number + schedule.span if number in taken else number, day)


def digest_instant(person: User, day: datetime.date) -> datetime.datetime:
    """The moment of that person's digest on a day of their own calendar, in UTC.

    An hour that the clocks skip rolls forward; of one that comes twice the first counts.
    """
    local = datetime.datetime(day.year, day.month, day.day, person.digest_hour, tzinfo=person.zone)
    return local.astimezone(datetime.UTC)


def digest_day(person: User, at: datetime.datetime) -> datetime.date:
    """The latest day of the person's calendar whose digest hour has come."""
    today = at.astimezone(person.zone).date()
    return today if digest_instant(person, today) <= at else today - DAY


class Staff:
    """Who is told: everybody by number, and the audience of each case asked about."""

    def __init__(self, cases: Iterable[int]) -> None:
        self.people = User.objects.active().order_by("pk").in_bulk()
        self._audiences = Case.objects.filter(pk__in=set(cases)).audiences()
        self._coordinators = [p for p in self.people.values() if p.role == Role.COORDINATOR]
        self._administrators = [p for p in self.people.values() if p.role == Role.ADMINISTRATOR]

    def sees(self, person_id: int, case_id: int) -> bool:
        """Active, and let through by the one gate."""
        if person_id not in self.people or case_id not in self._audiences:
            return False
        audience = self._audiences[case_id]
        return audience is None or person_id in audience

    def told(self, clock: Clock, rung: Rung, schedule: Schedule) -> list[User]:
        """The people of a rung, without repeats: whoever is away is replaced by the deputy."""
        first, second = self._first(clock), schedule.second_person_after
        people = list(first)
        if second and rung.repeat >= second:
            ladder = [self._seeing([clock.case__lead_id], clock), self._coordinators_of(clock)]
            further = [step for step in ladder if any(p not in first for p in step)]
            for step in further[: rung.repeat - second + 1]:
                people += step
        present = [self.present(person, clock.case_id, rung.fire_on) for person in people]
        return list(dict.fromkeys(present))

    def _first(self, clock: Clock) -> list[User]:
        """The owner, else the lead, else the coordinators; a date is never nobody's."""
        return (
            self._seeing([clock.owner_id], clock)
            or self._seeing([clock.case__lead_id], clock)
            or self._coordinators_of(clock)
            or self._seeing(sorted(self._audiences.get(clock.case_id) or ()), clock)
            or self._seeing([person.pk for person in self._administrators], clock)
        )

    def _coordinators_of(self, clock: Clock) -> list[User]:
        return self._seeing([person.pk for person in self._coordinators], clock)

    def _seeing(self, numbers: Iterable[int | None], clock: Clock) -> list[User]:
        return [self.people[n] for n in numbers if n and self.sees(n, clock.case_id)]

    def present(self, person: User, case_id: int, on: datetime.date) -> User:
        """The deputy of somebody away, or the deputy's; nobody to stand in: the person."""
        asked, stand_in = {person.pk}, person
        while stand_in.away_until and stand_in.away_until >= on:
            deputy = stand_in.deputy_id
            if deputy is None or deputy in asked or not self.sees(deputy, case_id):
                return person
            asked.add(deputy)
            stand_in = self.people[deputy]
        return stand_in
