"""After a rule or the calendar was edited: which open deadlines would move, and moving them.

Nothing moves by itself. `preview` compares what is stored with what the rules and calendars
say now; `request_recomputation` keeps a person's "move them"; `recompute_next` does the next
two thousand of it, and can be called again after any crash.
"""

import copy
import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from tracker.dates import rules
from tracker.models import (
    Case,
    Deadline,
    DeadlineChange,
    Recomputation,
    Reminder,
    ResponseRule,
    User,
)
from tracker.services.deadlines.compute import computed_fields, days_left
from tracker.services.deadlines.history import snapshot
from tracker.services.deadlines.rulebook import Rulebook, stored_rulebook
from tracker.services.events import NewEvent, record_event, record_events
from tracker.services.records import changes
from tracker.services.refusals import Refused

CHUNK = 2000
WRITTEN = [
    "rule",
    "due_on",
    "overdue_after",
    "provisional",
    "explanation",
    "generation",
    "days_left",
    "version",
]
REPLAYED = (DeadlineChange.Kind.EXTENDED, DeadlineChange.Kind.RESUMED)


@dataclass(frozen=True, slots=True)
class Recalculation:
    """One running deadline that is no longer what its rule and calendar give."""

    deadline: Deadline
    rule: ResponseRule
    fields: dict[str, Any]
    days_left: int | None

    @property
    def restarts(self) -> bool:
        """False where the days stay and only their explanation changed."""
        return (self.fields["due_on"], self.fields["overdue_after"]) != (
            self.deadline.due_on,
            self.deadline.overdue_after,
        )


@dataclass
class Preview:
    """`moves` in the order of the old days; `problems` are (deadline, sentence).

    `total` counts what the person may see; `others` says that there is more, and not how much.
    """

    moves: list[Recalculation] = field(default_factory=list)
    problems: list[tuple[Deadline, str]] = field(default_factory=list)
    total: int = 0
    others: bool = False


@dataclass(frozen=True)
class Progress:
    """How far one has come with what a person may see; `others` says that there is more."""

    total: int
    done: int
    moved: int
    others: bool


def affected(*, rule_code: str = "", jurisdiction: str = "") -> QuerySet[Deadline]:
    """The running legal deadlines of a rule, of a calendar, or all of them."""
    found = Deadline.objects.running().by_law()
    if rule_code:
        found = found.filter(rule__code=rule_code)
    if jurisdiction:
        found = found.filter(rule__jurisdiction=jurisdiction)
    return found


def preview(*, user: User, rule_code: str = "", jurisdiction: str = "") -> Preview:
    """What would move, of the cases this person may see."""
    running = affected(rule_code=rule_code, jurisdiction=jurisdiction)
    cases = Case.objects.visible_to(user)
    seen = running.filter(case__in=cases)
    shown = Preview(total=seen.count(), others=running.exclude(case__in=cases).exists())
    book = stored_rulebook()
    for deadline in _ready_to_count(seen).iterator(chunk_size=CHUNK):
        _compare(deadline, book, shown)
    shown.moves = [move for move in shown.moves if move.restarts]
    shown.moves.sort(key=lambda move: (move.deadline.due_on, move.deadline.pk))
    return shown


def progress(*, run: Recomputation, user: User) -> Progress:
    """The figures on the row are of every case; a person is told those of what they may see."""
    running = affected(rule_code=run.rule_code, jurisdiction=run.jurisdiction)
    cases = Case.objects.visible_to(user)
    seen = running.filter(case__in=cases)
    total = seen.count()
    if run.state == Recomputation.State.DONE:
        done = total
    else:
        done = seen.filter(pk__lte=run.last_pk).count()
    moved = DeadlineChange.objects.filter(
        kind=DeadlineChange.Kind.RECOMPUTED,
        deadline__in=seen,
        by=run.requested_by,
        reason=run.reason,
        at__gte=run.requested_at,
    )
    if run.finished_at:
        moved = moved.filter(at__lte=run.finished_at)
    return Progress(
        total=total,
        done=done,
        moved=moved.values("deadline").distinct().count(),
        others=running.exclude(case__in=cases).exists(),
    )


@transaction.atomic
def request_recomputation(
    *,
    reason: str,
    by: User | None,
    at: datetime.datetime,
    rule_code: str = "",
    jurisdiction: str = "",
) -> Recomputation:
    """Keep the "move them" of a person; the worker does it in steps, visible on the row."""
    recomputation = Recomputation.objects.create(
        rule_code=rule_code,
        jurisdiction=jurisdiction,
        reason=reason,
        requested_by=by,
        requested_at=at,
        total=affected(rule_code=rule_code, jurisdiction=jurisdiction).count(),
    )
    record_event(
        action="recomputation.requested",
        about=recomputation,
        case=None,
        by=by,
        at=at,
        reason=reason,
        details={"rule": rule_code, "jurisdiction": jurisdiction},
    )
    return recomputation


@transaction.atomic
def fail_recomputation(*, recomputation_id: int, at: datetime.datetime, problem: str) -> None:
    """Stop one that cannot go on, and keep why, instead of trying it again for ever."""
    run = Recomputation.objects.select_for_update(no_key=True).get(pk=recomputation_id)
    run.state, run.finished_at = Recomputation.State.FAILED, at
    run.problems = [*run.problems, {"deadline": None, "problem": problem}]
    run.save()


@transaction.atomic
def recompute_next(
    *, recomputation_id: int, at: datetime.datetime, chunk: int = CHUNK
) -> Recomputation:
    """Look at the next `chunk` deadlines, move those that must, and say how far it got.

    One transaction with its own place kept in it: killed anywhere, it is repeated or went
    through whole. Two workers on one row wait for each other.
    """
    run = Recomputation.objects.select_for_update(no_key=True).get(pk=recomputation_id)
    if run.state in (Recomputation.State.DONE, Recomputation.State.FAILED):
        return run
    ahead = affected(rule_code=run.rule_code, jurisdiction=run.jurisdiction)
    taken = list(
        _ready_to_count(ahead.filter(pk__gt=run.last_pk))
        .select_for_update(of=("self",), no_key=True)
        # By number: one that begins meanwhile comes last, and is counted by today's rule anyway.
        .order_by("pk")[:chunk]
    )
    found = Preview()
    book = stored_rulebook()
    for deadline in taken:
        _compare(deadline, book, found)
    run.moved += _apply(found.moves, reason=run.reason, by=run.requested_by, at=at)
    run.problems += [{"deadline": d.pk, "problem": sentence} for d, sentence in found.problems]
    run.done += len(taken)
    run.last_pk = taken[-1].pk if taken else run.last_pk
    run.state = Recomputation.State.RUNNING
    if len(taken) < chunk:
        run.state, run.finished_at = Recomputation.State.DONE, at
    run.save()
    return run


def _ready_to_count(deadlines: QuerySet[Deadline]) -> QuerySet[Deadline]:
    """With what the arithmetic needs, in a number of queries that does not grow.

    `changes.all()` of each row are then the extensions and holds alone.
    """
    replayed = DeadlineChange.objects.filter(kind__in=REPLAYED).order_by("at", "pk")
    return deadlines.select_related("case", "addressee__authority", "rule").prefetch_related(
        Prefetch("changes", queryset=replayed)
    )


def _compare(deadline: Deadline, book: Rulebook, found: Preview) -> None:
    if deadline.rule is None or deadline.anchor_on is None:
        return
    rule = book.in_force(deadline.rule.code, deadline.anchor_on)
    if rule is None:
        found.problems.append((deadline, _("No version of its rule is in force on its first day.")))
        return
    calendar = book.calendars.of(rule, deadline.addressee)
    try:
        fields = computed_fields(
            rule=rule,
            anchor=rules.Anchor(rules.AnchorKind(deadline.anchor), deadline.anchor_on),
            calendar=calendar,
            changes=deadline.changes.all(),
            in_force=book.in_force,
        )
        left = deadline.days_left
        if deadline.paused_on:
            left = days_left(
                on=deadline.paused_on,
                rule=rule,
                overdue_after=fields["overdue_after"],
                stored=fields["explanation"],
                calendar=calendar,
            )
    except Refused as error:
        # One deadline that cannot be counted must not stop the others.
        found.problems.append((deadline, str(error)))
        return
    stored = {name: getattr(deadline, name) for name in fields}
    if fields != stored or rule.pk != deadline.rule_id or left != deadline.days_left:
        found.moves.append(Recalculation(deadline, rule, fields, left))


def _apply(
    moves: Iterable[Recalculation], *, reason: str, by: User | None, at: datetime.datetime
) -> int:
    """Write the moves; returns how many days changed.

    A deadline whose days stay gets its new explanation and keeps its clock and reminders.
    """
    rows, steps, events = [], [], []
    for move in moves:
        deadline, restarts = move.deadline, move.restarts
        stored, before = copy.copy(deadline), snapshot(deadline)
        deadline.rule, deadline.days_left = move.rule, move.days_left
        for name, value in move.fields.items():
            setattr(deadline, name, value)
        # Whoever compared it holds the row, so that nobody's version is passed over.
        deadline.version += 1
        rows.append(deadline)
        if restarts:
            deadline.generation += 1
            step, event = _step(stored, deadline, before, reason=reason, by=by, at=at)
            steps.append(step)
            events.append(event)
    if rows:
        # An upsert of rows that all exist: one statement, where bulk_update would build a CASE
        # over a thousand explanations.
        Deadline.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["id"], update_fields=WRITTEN
        )
        DeadlineChange.objects.bulk_create(steps)
        record_events(events)
        moved = [step.deadline_id for step in steps]
        Reminder.objects.filter(deadline__in=moved).stale().cancel("deadline.recomputed")
    return len(steps)


def _step(
    stored: Deadline,
    deadline: Deadline,
    before: dict[str, Any],
    *,
    reason: str,
    by: User | None,
    at: datetime.datetime,
) -> tuple[DeadlineChange, NewEvent]:
    kind, after = DeadlineChange.Kind.RECOMPUTED, snapshot(deadline)
    step = DeadlineChange(
        deadline=deadline, kind=kind, before=before, after=after, reason=reason, by=by, at=at
    )
    event = NewEvent(
        action=f"deadline.{kind}",
        about=deadline,
        case=deadline.case,
        by=by,
        at=at,
        reason=reason,
        changes=changes(stored, deadline),
    )
    return step, event
