"""Planning: the reminders of open deadlines become rows.

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

from tracker.models import Deadline, Mute, Reminder, User
from tracker.services.days import today_of
from tracker.services.reminders.recipients import DeadlineRow, Staff
from tracker.services.reminders.schedule import (
    DAY,
    Offset,
    Schedules,
    digest_instant,
    offset_for_day,
    offsets_of,
)

log = logging.getLogger("tracker.reminders")

HORIZON = 14 * DAY  # how far ahead rows are written, so that people see what is coming
OLDEST = 30 * DAY  # one whose day is longer ago is recorded and never sent
URGENT = 3 * DAY  # a date that turns up this late is told at once
READ_AT_ONCE = 1000
WRITE_AT_ONCE = 1000

State = Reminder.State
Reason = Reminder.Reason
STATES_OF_NEWS = (State.PLANNED, State.IN_MAIL, State.SENT)
Key = tuple[int, int]  # a person and an offset: what a row is known by, beside its deadline


@dataclass(frozen=True)
class Wanted:
    """A reminder that ought to be, and the moment of its digest."""

    person: User
    offset: Offset
    send_at: datetime.datetime


@dataclass
class Differences:
    """What planning found to be different from what ought to be."""

    new: list[Reminder] = field(default_factory=list)
    moved: list[Reminder] = field(default_factory=list)
    unwanted: list[int] = field(default_factory=list)
    not_concerned: list[int] = field(default_factory=list)


def plan_reminders(*, at: datetime.datetime) -> int:
    """Write the reminders that have come near, take back those that no longer hold.

    Returns how many new ones wait to be sent. One deadline that cannot be planned, or one row
    that cannot be written, is logged and does not stop the others.
    """
    # Whoever ends or restarts a date takes its reminders back; this finds what was planned at
    # the same moment.
    Reminder.objects.stale().cancel(Reason.ENDED)
    schedules = Schedules()
    found = Differences()
    deadlines = deadlines_to_plan(schedules, at)
    numbers = list(deadlines.values_list("pk", flat=True))
    staff = Staff(deadlines.order_by().values_list("case_id", flat=True).distinct())
    for start in range(0, len(numbers), READ_AT_ONCE):
        part = numbers[start : start + READ_AT_ONCE]
        reminders = reminders_by_deadline(part)
        mutes = mutes_by_deadline(part)
        for deadline in deadlines.filter(pk__in=part):
            muted = mutes[deadline.pk]
            try:
                wanted = wanted_reminders(deadline, schedules, staff, muted, at)
                compare(deadline, wanted, reminders[deadline.pk], muted, found, at)
            except Exception:
                log.exception("deadline=%s could not be planned", deadline.pk)
    return apply_differences(found)


def deadlines_to_plan(schedules: Schedules, at: datetime.datetime) -> QuerySet[Any, Any]:
    """Open deadlines with a day to remind that is near, due, or recorded as planned.

    Those whose last repeat is long past are looked at once only, to record that it was skipped. A
    snooze promises a reminder however far away the date is.
    """
    today = at.date()
    # A day of margin either way: `at` is UTC, and people's calendars run up to a day apart.
    near = today + HORIZON + (schedules.longest_notice + 1) * DAY
    long_ago = today - OLDEST - (schedules.longest_span + 1) * DAY
    same_generation = {"deadline": OuterRef("pk"), "generation": OuterRef("generation")}
    reminders = Reminder.objects.filter(**same_generation)
    muted = Mute.objects.filter(**same_generation, until__gte=today - OLDEST)
    return (
        Deadline.objects.open()
        .in_running_cases()
        .filter(
            Q(due_on__lte=near) | Exists(reminders.filter(state=State.PLANNED)) | Exists(muted)
        )
        .exclude(Q(overdue_after__lt=long_ago) & Exists(reminders) & ~Exists(muted))
        .order_by("pk")
        .values_list(
            "pk", "generation", "case_id", "kind", "due_on", "overdue_after", "owner_id",
            "case__lead_id", named=True,
        )
    )  # fmt: skip


def reminders_by_deadline(deadlines: list[int]) -> dict[int, dict[Key, Any]]:
    """What is recorded for the deadlines as they run now, by person and offset."""
    found: dict[int, dict[Key, Any]] = defaultdict(dict)
    for row in (
        Reminder.objects.filter(deadline__in=deadlines, generation=F("deadline__generation"))
        .order_by("pk")
        .values_list("pk", "deadline_id", "person_id", "offset_days", "state", "reason",
                     "fire_on", "send_at", "at_once", named=True)
    ):  # fmt: skip
        found[row.deadline_id][row.person_id, row.offset_days] = row
    return found


def mutes_by_deadline(deadlines: list[int]) -> dict[int, dict[int, Mute]]:
    """Each person's last word about the deadlines as they run now."""
    found: dict[int, dict[int, Mute]] = defaultdict(dict)
    running = Mute.objects.filter(deadline__in=deadlines, generation=F("deadline__generation"))
    for mute in running.order_by("pk"):
        found[mute.deadline_id][mute.person_id] = mute
    return found


def wanted_reminders(
    deadline: DeadlineRow,
    schedules: Schedules,
    staff: Staff,
    mutes: dict[int, Mute],
    at: datetime.datetime,
) -> dict[Key, Wanted]:
    """Every reminder of a deadline up to the horizon, for each person, with its moment."""
    schedule = schedules.of(deadline)
    last = at.date() + HORIZON
    offsets = [offset for offset in offsets_of(deadline, schedule) if offset.fire_on <= last]
    pairs = staff.recipients(deadline, offsets, schedule)
    # A snooze ends with a reminder, whatever the plan has for whoever asked for it.
    pairs += [
        (
            staff.or_deputy(staff.people[person_id], deadline.case_id, mute.until),
            offset_for_day(deadline, schedule, mute.until),
        )
        for person_id, mute in mutes.items()
        if mute.kind == Mute.Kind.SNOOZED
        and mute.until <= last
        and staff.can_see(person_id, deadline.case_id)
    ]
    wanted: dict[Key, Wanted] = {}
    for person, offset in pairs:
        moment = digest_instant(person, offset.fire_on)
        wanted.setdefault((person.pk, offset.days), Wanted(person, offset, moment))
    return wanted


def compare(
    deadline: Any,
    wanted: dict[Key, Wanted],
    existing: dict[Key, Any],
    mutes: dict[int, Mute],
    found: Differences,
    at: datetime.datetime,
) -> None:
    """Note what differs between the reminders that ought to be and the rows there are."""
    newest = newest_due(wanted, existing, at)
    # A day late for one person is not so yet for another, further west.
    todays = {person: today_of(person, at) for person in {each.person for each in wanted.values()}}
    known_people = {person_id for person_id, _offset in existing}
    for key, each in wanted.items():
        row = existing.get(key)
        if row is None:
            today = todays[each.person]
            reason = why_skipped(each, newest, mutes.get(each.person.pk), today)
            # Only the first that somebody hears of a date may go at once. A later one was planned
            # days before, so that its digest has come in time.
            first = each.person.pk not in known_people and each.send_at <= at
            at_once = not reason and first and is_urgent(deadline, each.person, today)
            found.new.append(new_reminder(deadline, each, reason=reason, at_once=at_once, at=at))
        elif each.send_at > at and may_move(row, each, mutes.get(each.person.pk)):
            # Only to a moment still to come: taken back and past, it is not sent after all.
            day = each.offset.fire_on
            found.moved.append(
                Reminder(pk=row.pk, state=row.state, fire_on=day, send_at=each.send_at)
            )
    for key, row in existing.items():
        if row.state == State.PLANNED and key not in wanted and not row.at_once:
            # Nobody has missed one whose day is still to come: it goes without a trace. Of one
            # that was due, people may ask why they never got it.
            (found.unwanted if row.send_at > at else found.not_concerned).append(row.pk)


def newest_due(
    wanted: dict[Key, Wanted], existing: dict[Key, Any], at: datetime.datetime
) -> dict[int, datetime.date]:
    """By person: the latest day whose moment has come. What is older is old news."""
    days = [(each.person.pk, each.offset.fire_on) for each in wanted.values() if each.send_at <= at]
    # A snooze or a date newly theirs was told out of turn: it makes older days old news too.
    days += [
        (person_id, row.fire_on)
        for (person_id, _offset), row in existing.items()
        if row.state in STATES_OF_NEWS and row.send_at <= at
    ]
    return dict(sorted(days))  # of each person the last, which is the latest


def new_reminder(
    deadline: Any, wanted: Wanted, *, reason: str, at_once: bool, at: datetime.datetime
) -> Reminder:
    """Unsaved; with a reason it is only recorded, so that nobody plans it again."""
    return Reminder(
        deadline_id=deadline.pk,
        generation=deadline.generation,
        person_id=wanted.person.pk,
        offset_days=wanted.offset.days,
        due_on=deadline.due_on,
        fire_on=wanted.offset.fire_on,
        send_at=wanted.send_at,
        at_once=at_once,
        state=State.SKIPPED if reason else State.PLANNED,
        reason=reason,
        created_at=at,
    )


def may_move(row: Any, wanted: Wanted, mute: Mute | None) -> bool:
    """Planned for another moment, or wanted again: taken back, or skipped by a mute that is over.

    What goes at once stays.
    """
    if row.state == State.CANCELLED or row.reason == Reason.MUTED:
        return not is_muted(wanted, mute)
    planned = row.state == State.PLANNED and not row.at_once
    return planned and (row.fire_on, row.send_at) != (wanted.offset.fire_on, wanted.send_at)


def is_muted(wanted: Wanted, mute: Mute | None) -> bool:
    return mute is not None and wanted.offset.fire_on < mute.until


def why_skipped(
    wanted: Wanted,
    newest: dict[int, datetime.date],
    mute: Mute | None,
    today: datetime.date,
) -> str:
    """The reason not to send one that is recorded for the first time, "" to send it."""
    day = wanted.offset.fire_on
    if is_muted(wanted, mute):
        return Reason.MUTED
    if today - day > OLDEST:
        return Reason.TOO_OLD
    if day < newest.get(wanted.person.pk, day):
        return Reason.SUPERSEDED
    return ""


def is_urgent(deadline: DeadlineRow, person: User, today: datetime.date) -> bool:
    """Due so soon that waiting for tomorrow's digest would be late, if the person wants that."""
    return person.mail_at_once and deadline.due_on - today <= URGENT


# Writing


def apply_differences(found: Differences) -> int:
    """Write in short transactions. Returns the number of rows that wait to be sent.

    What one person is told stands in one transaction, so that a digest written meanwhile holds
    either all of it or none.
    """
    # Each statement asks for the state again: a digest may have taken the row meanwhile.
    Reminder.objects.filter(pk__in=found.unwanted, state=State.PLANNED).delete()
    Reminder.objects.filter(pk__in=found.not_concerned, state=State.PLANNED).update(
        state=State.CANCELLED, reason=Reason.NOT_CONCERNED
    )
    for row in found.moved:
        Reminder.objects.filter(pk=row.pk, state=row.state).update(
            state=State.PLANNED, reason="", fire_on=row.fire_on, send_at=row.send_at
        )
    planned = 0
    for batch in by_person(found.new):
        try:
            with transaction.atomic():
                # Another sweep may have been first: the unique key decides.
                Reminder.objects.bulk_create(batch, ignore_conflicts=True)
        except DatabaseError:
            log.exception("batch of %d reminders refused; writing them one by one", len(batch))
            one_by_one(batch)
        # With those that another sweep wrote first: `ignore_conflicts` does not tell which.
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
            log.exception("deadline=%s offset_days=%s refused", row.deadline_id, row.offset_days)
