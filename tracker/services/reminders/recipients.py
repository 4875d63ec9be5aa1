"""Who is reminded: the owner, the second person of a repeat, the deputy of somebody away."""

import datetime
from collections.abc import Iterable
from typing import Protocol

from tracker.models import Case, Role, User
from tracker.services.reminders.schedule import Dates, Rung, Schedule


class Clock(Dates, Protocol):
    """And who is told; a row of `values_list(named=True)`."""

    pk: int
    owner_id: int | None
    case__lead_id: int | None


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
