"""Planning: the rungs of open deadlines become rows.

What ought to be planned follows from the database and the moment alone, so that two planners,
repeats and restarts change nothing.
"""

import datetime
import logging
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from tracker.models import Deadline, Quiet, Reminder, User
from tracker.services.reminders.recipients import Clock, Staff
from tracker.services.reminders.schedule import (
    DAY,
    Rung,
    Schedules,
    digest_instant,
    extra_rung,
    rungs_of,
)

log = logging.getLogger("tracker.reminders")

HORIZON = 14 * DAY  # how far ahead rungs are written down, so that people see what is coming
OLDEST = 30 * DAY  # a rung whose day is longer ago is recorded and never sent
URGENT = 3 * DAY  # a date that turns up this late is told at once
READ_AT_ONCE = 1000
WRITE_AT_ONCE = 1000

State = Reminder.State
Reason = Reminder.Reason
TOLD = (State.PLANNED, State.IN_MAIL, State.SENT)


@dataclass
class Changes:
    """What planning found to be different from what ought to be."""

    new: list[Reminder] = field(default_factory=list)
    moved: list[Reminder] = field(default_factory=list)
    unwanted: list[int] = field(default_factory=list)
    not_concerned: list[int] = field(default_factory=list)


def plan_reminders(*, at: datetime.datetime) -> int:
    """Write the rungs that have come near, take back those that no longer hold.

    Returns how many new rungs wait to be sent. One deadline that cannot be planned, or one row
    that cannot be written, is logged and does not stop the others.
    """
    Reminder.objects.stale().cancel(Reason.ENDED)
    schedules = Schedules()
    changes = Changes()
    found = clocks_to_plan(schedules, at)
    numbers = list(found.values_list("pk", flat=True))
    staff = Staff(found.order_by().values_list("case_id", flat=True).distinct())
    for start in range(0, len(numbers), READ_AT_ONCE):
        part = numbers[start : start + READ_AT_ONCE]
        existing = rows_of(part)
        quiets = quiets_of(part)
        for clock in found.filter(pk__in=part):
            try:
                compare(
                    clock,
                    wanted(clock, schedules, staff, quiets[clock.pk], at),
                    existing[clock.pk],
                    quiets[clock.pk],
                    changes,
                    at,
                )
            except Exception:
                log.exception("deadline=%s could not be planned", clock.pk)
    return apply(changes)


def clocks_to_plan(schedules: Schedules, at: datetime.datetime) -> QuerySet[Any, Any]:
    """Open deadlines with a rung that is near, due, or recorded as planned.

    Those whose last rung is long past are looked at once only, to record that it was skipped.
    """
    today = at.date()
    near = today + HORIZON + (schedules.longest_notice + 1) * DAY
    long_ago = today - OLDEST - (schedules.longest_span + 1) * DAY
    this_clock = {"deadline": OuterRef("pk"), "generation": OuterRef("generation")}
    rows = Reminder.objects.filter(**this_clock)
    snoozed = Quiet.objects.filter(**this_clock, until__gte=today - OLDEST)
    return (
        Deadline.objects.open()
        .exclude(case__phase="closed")
        .filter(Q(due_on__lte=near) | Exists(rows.filter(state=State.PLANNED)))
        .exclude(Q(overdue_after__lt=long_ago) & Exists(rows) & ~Exists(snoozed))
        .order_by("pk")
        .values_list(
            "pk", "generation", "case_id", "kind", "due_on", "overdue_after", "owner_id",
            "case__lead_id", named=True,
        )
    )  # fmt: skip


def rows_of(deadlines: list[int]) -> dict[int, dict[tuple[int, int], Any]]:
    """By deadline, then by person and rung: what is recorded for the clock that runs now."""
    rows: dict[int, dict[tuple[int, int], Any]] = defaultdict(dict)
    for row in (
        Reminder.objects.filter(deadline__in=deadlines, generation=F("deadline__generation"))
        .order_by("pk")
        .values_list("pk", "deadline_id", "person_id", "rung", "state", "fire_on", "send_at",
                     "at_once", named=True)
    ):  # fmt: skip
        rows[row.deadline_id][row.person_id, row.rung] = row
    return rows


def quiets_of(deadlines: list[int]) -> dict[int, dict[int, Quiet]]:
    """By deadline, then by person: the last quiet time asked for under the running clock."""
    quiets: dict[int, dict[int, Quiet]] = defaultdict(dict)
    for quiet in Quiet.objects.filter(
        deadline__in=deadlines, generation=F("deadline__generation")
    ).order_by("pk"):
        quiets[quiet.deadline_id][quiet.person_id] = quiet
    return quiets


def wanted(
    clock: Clock,
    schedules: Schedules,
    staff: Staff,
    quiets: dict[int, Quiet],
    at: datetime.datetime,
) -> dict[tuple[int, int], tuple[User, Rung, datetime.datetime]]:
    """Every rung of a clock up to the horizon, for each person, with its moment."""
    schedule = schedules.of(clock)
    last = at.date() + HORIZON
    found = {}
    for rung in rungs_of(clock, schedule):
        if rung.fire_on > last:
            continue
        for person in staff.told(clock, rung, schedule):
            found[person.pk, rung.number] = (person, rung, digest_instant(person, rung.fire_on))
    # A snooze ends with a reminder, whether or not a rung falls on that day.
    for person_id, quiet in quiets.items():
        snoozed = quiet.kind == Quiet.Kind.SNOOZED and quiet.until <= last
        if snoozed and any(told == person_id for told, _ in found):
            person = staff.people[person_id]
            rung = extra_rung(clock, schedule, quiet.until)
            found.setdefault(
                (person_id, rung.number), (person, rung, digest_instant(person, rung.fire_on))
            )
    return found


def compare(
    clock: Any,
    wanted: dict[tuple[int, int], tuple[User, Rung, datetime.datetime]],
    existing: dict[tuple[int, int], Any],
    quiets: dict[int, Quiet],
    changes: Changes,
    at: datetime.datetime,
) -> None:
    """Note what differs between the rungs that ought to be and the rows there are."""
    newest: dict[int, datetime.date] = {}
    for person, rung, send_at in wanted.values():
        if send_at <= at:
            newest[person.pk] = max(newest.get(person.pk, rung.fire_on), rung.fire_on)
    for (person_id, _rung), row in existing.items():
        # What somebody was told, or will be, out of turn makes older rungs old news as well.
        if row.state in TOLD and row.send_at <= at:
            newest[person_id] = max(newest.get(person_id, row.fire_on), row.fire_on)
    known = {person_id for person_id, _ in existing}
    for key, (person, rung, send_at) in wanted.items():
        row = existing.get(key)
        if row is None:
            reason = why_skipped(person, rung, newest, quiets.get(person.pk), at)
            fresh = person.pk not in known and send_at <= at
            changes.new.append(
                Reminder(
                    deadline_id=clock.pk,
                    generation=clock.generation,
                    person_id=person.pk,
                    rung=rung.number,
                    due_on=clock.due_on,
                    fire_on=rung.fire_on,
                    send_at=send_at,
                    at_once=not reason and fresh and is_urgent(clock, person, at),
                    state=State.SKIPPED if reason else State.PLANNED,
                    reason=reason,
                    created_at=at,
                )
            )
        elif send_at > at and may_move(row, rung, send_at):
            changes.moved.append(Reminder(pk=row.pk, fire_on=rung.fire_on, send_at=send_at))
    for key, row in existing.items():
        if row.state == State.PLANNED and key not in wanted and not row.at_once:
            (changes.unwanted if row.send_at > at else changes.not_concerned).append(row.pk)


def may_move(row: Any, rung: Rung, send_at: datetime.datetime) -> bool:
    """Planned for another moment, or taken back and wanted again. What goes at once stays."""
    if row.state == State.CANCELLED:
        return True
    planned = row.state == State.PLANNED and not row.at_once
    return planned and (row.fire_on, row.send_at) != (rung.fire_on, send_at)


def why_skipped(
    person: User,
    rung: Rung,
    newest: dict[int, datetime.date],
    quiet: Quiet | None,
    at: datetime.datetime,
) -> str:
    """The reason not to send a rung that is recorded for the first time, "" to send it."""
    if quiet is not None and rung.fire_on < quiet.until:
        return Reason.QUIET
    if at.astimezone(person.zone).date() - rung.fire_on > OLDEST:
        return Reason.TOO_OLD
    if rung.fire_on < newest.get(person.pk, rung.fire_on):
        return Reason.SUPERSEDED
    return ""


def is_urgent(clock: Clock, person: User, at: datetime.datetime) -> bool:
    """Due so soon that waiting for tomorrow's digest would be late, if the person wants that."""
    return person.mail_at_once and clock.due_on - at.astimezone(person.zone).date() <= URGENT


# Writing


def apply(changes: Changes) -> int:
    """Write in short transactions. Returns the number of rows that wait to be sent.

    What one person is told stands in one transaction, so that a digest written meanwhile holds
    either all of it or none.
    """
    Reminder.objects.filter(pk__in=changes.unwanted, state=State.PLANNED).delete()
    Reminder.objects.filter(pk__in=changes.not_concerned, state=State.PLANNED).update(
        state=State.CANCELLED, reason=Reason.NOT_CONCERNED
    )
    for row in changes.moved:
        Reminder.objects.filter(pk=row.pk, state__in=[State.PLANNED, State.CANCELLED]).update(
            state=State.PLANNED, reason="", fire_on=row.fire_on, send_at=row.send_at
        )
    planned = 0
    for batch in by_person(changes.new):
        try:
            with transaction.atomic():
                Reminder.objects.bulk_create(batch, ignore_conflicts=True)
        except DatabaseError:
            log.exception("batch of %d rungs refused; writing them one by one", len(batch))
            one_by_one(batch)
        planned += sum(row.state == State.PLANNED for row in batch)
    return planned


def by_person(rows: list[Reminder]) -> Iterator[list[Reminder]]:
    """About WRITE_AT_ONCE rows at a time, never cutting through what one person is told."""
    rows = sorted(rows, key=lambda row: row.person_id)
    batch: list[Reminder] = []
    for row in rows:
        if len(batch) >= WRITE_AT_ONCE and row.person_id != batch[-1].person_id:
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch


def one_by_one(rows: list[Reminder]) -> None:
    for row in rows:
        try:
            with transaction.atomic():
                Reminder.objects.bulk_create([row], ignore_conflicts=True)
        except DatabaseError:
            log.exception("deadline=%s rung=%s refused", row.deadline_id, row.rung)
