"""What happened in a case, day by day."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.utils import timezone

from tracker.models import (
    Action,
    Addressee,
    Case,
    Deadline,
    DeadlineChange,
    Document,
    Evidence,
    ResponseGrade,
    StatusChange,
    User,
)

TOLD_CHANGES = (
    DeadlineChange.Kind.EXTENDED,
    DeadlineChange.Kind.PAUSED,
    DeadlineChange.Kind.RESUMED,
    DeadlineChange.Kind.CORRECTED,
    DeadlineChange.Kind.FORWARDED,
    DeadlineChange.Kind.REOPENED,
    DeadlineChange.Kind.CANCELLED,
)


@dataclass(frozen=True)
class TimelineEntry:
    """Something on a day; `kind` says which sentence tells it."""

    day: datetime.date
    kind: str
    what: Any


def timeline(
    case: Case,
    user: User,
    addressees: list[Addressee],
    deadlines: list[Deadline],
    grades: Iterable[ResponseGrade],
    on: datetime.date,
) -> list[TimelineEntry]:
    """What happened, the newest first; an event after a demand is told, not credited to it."""
    found = [
        TimelineEntry(change.happened_on, "status", change) for change in changes_of(case, user)
    ]
    actions = list(
        Action.objects.filter(case=case)
        .select_related("addressee__authority", "by", "response")
        .prefetch_related(
            # Each paper has a gate of its own: a step may name one of a case not seen here.
            Prefetch("documents", Document.objects.visible_to(user)),
            "response__grades__demand",
        )
        .order_by("happened_on", "pk")
    )
    found += [
        TimelineEntry(a.happened_on, "response" if hasattr(a, "response") else "action", a)
        for a in actions
    ]
    told = (
        DeadlineChange.objects.filter(deadline__case=case, kind__in=TOLD_CHANGES)
        .select_related("deadline", "by")
        .order_by("at", "pk")
    )
    found += [TimelineEntry(timezone.localtime(c.at).date(), "deadline", c) for c in told]
    found += [
        # To register late is not silence: the office was once offered to be graded as silent
        # while its time to answer was running.
        TimelineEntry(d.overdue_after, "ran_out" if d.facts.silent_when_late else "unregistered", d)
        for d in deadlines
        if _ran_out(d, on)
    ]
    sent: dict[datetime.date, list[Addressee]] = defaultdict(list)
    for addressee in addressees:
        if addressee.sent_on:
            sent[addressee.sent_on].append(addressee)
        if addressee.registered_on:
            found.append(TimelineEntry(addressee.registered_on, "registered", addressee))
    found += [TimelineEntry(day, "sent", to) for day, to in sent.items()]
    found += [TimelineEntry(rows[0].graded_on, "silence", rows) for rows in silences(grades)]
    published = any(a.kind == Action.Kind.APPEAL for a in actions)
    if case.issued_on and not published:
        found.append(TimelineEntry(case.issued_on, "issued", case))
    order = (
        "issued",
        "sent",
        "registered",
        "unregistered",
        "ran_out",
        "silence",
        "action",
        "response",
        "deadline",
        "status",
    )
    return sorted(found, key=lambda h: (h.day, order.index(h.kind)), reverse=True)


def changes_of(case: Case, user: User) -> QuerySet[StatusChange]:
    return (
        StatusChange.objects.filter(demand__case=case)
        .select_related("demand", "by", "confirmed_by")
        .annotate(corrected=Exists(StatusChange.objects.filter(corrects=OuterRef("pk"))))
        .prefetch_related(
            Prefetch(
                "evidence",
                Evidence.objects.visible_to(user).select_related("document").order_by("pk"),
            )
        )
        .order_by("happened_on", "seq", "pk")
    )


def _ran_out(deadline: Deadline, on: datetime.date) -> bool:
    """Nobody answered, or registered, in time, whatever came of the clock later."""
    if not deadline.by_law or deadline.state == Deadline.State.CANCELLED:
        return False
    if deadline.is_overdue(on):
        return True
    # A late answer stays late when the clock is closed by it.
    return deadline.ended_on is not None and deadline.ended_on > deadline.overdue_after


def silences(grades: Iterable[ResponseGrade]) -> list[list[ResponseGrade]]:
    """Grades of silence that were put on record together, in the order of the demands."""
    found: dict[tuple[Any, ...], list[ResponseGrade]] = defaultdict(list)
    for row in grades:
        if row.response_id is None:
            found[row.graded_on, row.addressee_id, row.grade, row.by_id].append(row)
    return [sorted(rows, key=lambda row: (row.demand.number, row.pk)) for rows in found.values()]
