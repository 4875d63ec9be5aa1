"""Taking a deadline, changing it, and writing down what changed: used by each of its services."""

import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tracker.models import Deadline, DeadlineChange, Reminder, User
from tracker.services.clocks import ClockError
from tracker.services.days import today_of, too_far
from tracker.services.events import record_event


class DeadlineBeforeAnchorError(ClockError):
    """A day that lies before the event it is counted from."""


class WrongStateError(ClockError):
    """The deadline is not in the state this step starts from."""


class ChangedMeanwhileError(ClockError):
    """Somebody else changed the deadline after the person opened it."""


def take(deadline: Deadline, expected_version: int | None) -> Deadline:
    """The row as it is now, held until the end of the transaction.

    Raises ChangedMeanwhileError when the person decided on an older version.
    """
    locked = (
        Deadline.objects.select_for_update(of=("self",))
        .select_related("case", "addressee__authority", "rule__registration")
        .get(pk=deadline.pk)
    )
    if expected_version is not None and locked.version != expected_version:
        raise ChangedMeanwhileError(
            _("Somebody changed this deadline while you were looking. Read it again, then decide.")
        )
    return locked


def require(deadline: Deadline, *states: str) -> None:
    """Raise WrongStateError unless the deadline is in one of the states."""
    if deadline.state not in states:
        raise WrongStateError(
            _("This deadline is “%(state)s”, so this cannot be done now.")
            % {"state": deadline.get_state_display()}
        )


def check_order(due_on: datetime.date, anchor_on: datetime.date | None) -> None:
    """Raise DeadlineBeforeAnchorError for a last day before the first."""
    if anchor_on and due_on < anchor_on:
        raise DeadlineBeforeAnchorError(
            _("%(due)s is before %(anchor)s, the day it is counted from. Correct one of them.")
            % {"due": date_format(due_on), "anchor": date_format(anchor_on)},
            field="due_on",
        )


def check_has_come(
    day: datetime.date, sentence: str, *, field: str, by: User | None, at: datetime.datetime
) -> None:
    """Raise ClockError for a day after today, by the person's own calendar."""
    if day > today_of(by, at):
        raise ClockError(sentence, field=field)


def check_near(day: datetime.date, *, field: str, by: User | None, at: datetime.datetime) -> None:
    """Raise ClockError for a day so far ahead that the year must be mistyped."""
    if sentence := too_far(day, today_of(by, at)):
        raise ClockError(sentence, field=field)


def snapshot(deadline: Deadline) -> dict[str, Any]:
    """What a change may alter, as stored in `DeadlineChange.before` and `.after`."""
    return {
        "state": str(deadline.state),
        "due_on": deadline.due_on.isoformat(),
        "overdue_after": deadline.overdue_after.isoformat(),
        "anchor": str(deadline.anchor),
        "anchor_on": deadline.anchor_on.isoformat() if deadline.anchor_on else None,
        "rule": f"{deadline.rule.code} v{deadline.rule.version}" if deadline.rule else None,
        "clock": deadline.clock,
    }


def save_change(
    deadline: Deadline,
    kind: str,
    *,
    before: dict[str, Any],
    by: User | None,
    at: datetime.datetime,
    more: dict[str, Any] | None = None,
    **fields: Any,
) -> Deadline:
    """Save a taken deadline as a new clock, with its change, its event and no stale reminder."""
    deadline.clock += 1
    deadline.version += 1
    deadline.save()
    write_change(deadline, kind, before=before, by=by, at=at, more=more, **fields)
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
    more: dict[str, Any] | None = None,
    **fields: Any,
) -> DeadlineChange:
    """The DeadlineChange and the event of a step; `more` goes into its `after`."""
    after = {**snapshot(deadline), **(more or {})}
    change = DeadlineChange.objects.create(
        deadline=deadline, kind=kind, before=before, after=after, by=by, at=at, **fields
    )
    record_event(
        action=f"deadline.{kind}",
        about=deadline,
        case=deadline.case,
        by=by,
        at=at,
        details={"before": before, "after": after, "reason": fields.get("reason", "")},
    )
    return change
