"""Who is reminded: the owner, the second person of a repeat, the deputy of somebody away."""

import datetime
from collections.abc import Iterable
from typing import Protocol

from tracker.models import Case, Role, User
from tracker.services.reminders.schedule import DeadlineDates, Offset, Schedule


class DeadlineRow(DeadlineDates, Protocol):
    """And who is reminded of it; a row of `values_list(named=True)`."""

    pk: int
    owner_id: int | None
    case__lead_id: int | None


class Staff:
    """Everybody by number, and the audience of each case asked about."""

    def __init__(self, cases: Iterable[int]) -> None:
        self.people = User.objects.active().order_by("pk").in_bulk()
        self._audiences = Case.objects.filter(pk__in=set(cases)).audiences()
        people = self.people.values()
        self._coordinators = [p.pk for p in people if p.role == Role.COORDINATOR]
        self._administrators = [p.pk for p in people if p.role == Role.ADMINISTRATOR]

    def can_see(self, person_id: int, case_id: int) -> bool:
        """Active, and let through by the one gate."""
        if person_id not in self.people or case_id not in self._audiences:
            return False
        audience = self._audiences[case_id]
        return audience is None or person_id in audience

    def recipients(
        self, deadline: DeadlineRow, offsets: Iterable[Offset], schedule: Schedule
    ) -> list[tuple[User, Offset]]:
        """Whom to remind on each day, nobody twice: a deputy stands in for whoever is away."""
        first, start = self._first(deadline), schedule.second_person_after
        found: dict[tuple[User, Offset], None] = {}
        for offset in offsets:
            people = first
            if start and offset.repeat >= start:
                line = self._next_in_line(deadline, first)[: offset.repeat - start + 1]
                people = first + [person for group in line for person in group]
            for person in people:
                present = self.or_deputy(person, deadline.case_id, offset.fire_on)
                found[present, offset] = None
        return list(found)

    def _first(self, deadline: DeadlineRow) -> list[User]:
        """The owner, else the lead, else the coordinators; a date is never nobody's."""
        return (
            self._able_to_see(deadline, [deadline.owner_id])
            or self._able_to_see(deadline, [deadline.case__lead_id])
            or self._able_to_see(deadline, self._coordinators)
            # No coordinator need be in the team of a restricted case: then all of it is told.
            or self._able_to_see(deadline, sorted(self._audiences.get(deadline.case_id) or ()))
            or self._able_to_see(deadline, self._administrators)
        )

    def _next_in_line(self, deadline: DeadlineRow, first: list[User]) -> list[list[User]]:
        """Nobody answered: from a repeat on the lead as well, from the next the coordinators.

        Whoever hears of it first already is no second person, so that the next in line is.
        """
        lead = self._able_to_see(deadline, [deadline.case__lead_id])
        line = [lead, self._able_to_see(deadline, self._coordinators)]
        return [people for people in line if any(person not in first for person in people)]

    def _able_to_see(self, deadline: DeadlineRow, numbers: Iterable[int | None]) -> list[User]:
        return [self.people[n] for n in numbers if n and self.can_see(n, deadline.case_id)]

    def or_deputy(self, person: User, case_id: int, on: datetime.date) -> User:
        """The deputy of somebody away, or the deputy's; nobody to stand in: the person."""
        passed, candidate = {person.pk}, person
        while candidate.away_until and candidate.away_until >= on:
            deputy_id = candidate.deputy_id
            # Two who stand in for each other, both away, would otherwise go round for ever.
            if deputy_id is None or deputy_id in passed or not self.can_see(deputy_id, case_id):
                return person
            passed.add(deputy_id)
            candidate = self.people[deputy_id]
        return candidate
