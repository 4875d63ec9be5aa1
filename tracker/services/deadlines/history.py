"""What is written down of each step in the life of a deadline."""

import datetime
from typing import Any

from tracker.models import Deadline, DeadlineChange, Reminder, User
from tracker.services.records import save_row


def snapshot(deadline: Deadline) -> dict[str, Any]:
    """What a change may alter, as stored in `DeadlineChange.before` and `.after`."""
    return {
        "state": str(deadline.state),
        "due_on": deadline.due_on.isoformat(),
        "overdue_after": deadline.overdue_after.isoformat(),
        "anchor": str(deadline.anchor),
        "anchor_on": deadline.anchor_on.isoformat() if deadline.anchor_on else None,
        "rule": f"{deadline.rule.code} v{deadline.rule.version}" if deadline.rule else None,
        "generation": deadline.generation,
    }


def save_change(
    deadline: Deadline,
    kind: str,
    *,
    before: dict[str, Any],
    by: User | None,
    at: datetime.datetime,
    **fields: Any,
) -> Deadline:
    """Save a taken deadline as a new clock, with its change, its event and no stale reminder."""
    deadline.generation += 1
    write_change(deadline, kind, before=before, by=by, at=at, **fields)
    # Closing and pausing too: nothing planned for the old clock may still be sent.
    Reminder.objects.filter(deadline=deadline).stale().cancel(f"deadline.{kind}")
    return deadline


def write_change(
    deadline: Deadline,
    kind: str,
    *,
    before: dict[str, Any],
    by: User | None,
    at: datetime.datetime,
    after: dict[str, Any] | None = None,
    **fields: Any,
) -> DeadlineChange:
    """Save the deadline with its event, and the DeadlineChange; `fields` are further columns of
    the change.
    """
    save_row(deadline, action=f"deadline.{kind}", by=by, at=at, reason=fields.get("reason", ""))
    after = after or snapshot(deadline)
    return DeadlineChange.objects.create(
        deadline=deadline, kind=kind, before=before, after=after, by=by, at=at, **fields
    )


def past_changes(deadline: Deadline) -> list[DeadlineChange]:
    """The extensions and holds so far, oldest first."""
    return list(
        deadline.changes.filter(
            kind__in=[DeadlineChange.Kind.EXTENDED, DeadlineChange.Kind.RESUMED]
        ).order_by("at", "pk")
    )
