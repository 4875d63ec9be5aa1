"""What may happen to a running legal clock: extended, paused, resumed, its first day corrected."""

import datetime

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tracker.dates import rules
from tracker.dates.periods import last_day, remaining
from tracker.models import Deadline, DeadlineChange, Document, ResponseRule, User
from tracker.services.clocks import (
    Calendars,
    ClockError,
    known_years,
    reckoned_fields,
    rule_in_force,
    rule_spec,
)
from tracker.services.deadline_history import (
    DeadlineBeforeAnchorError,
    check_order,
    require,
    save_change,
    snapshot,
    take,
)

Kind = DeadlineChange.Kind
State = Deadline.State


@transaction.atomic
def extend_deadline(
    *,
    deadline: Deadline,
    until: datetime.date,
    reason: str,
    by: User | None,
    at: datetime.datetime,
    norm: str = "",
    notice: Document | None = None,
    expected_version: int | None = None,
) -> Deadline:
    """Move a legal deadline to the exact day that was notified.

    The day is checked against what the rule allows; more than that is kept as notified, but
    flagged. Raises ClockError for a day that is no later or beyond the calendar, and for a date
    of our own.
    """
    deadline = take(deadline, expected_version)
    require(deadline, State.OPEN)
    rule, _first_day = _law(deadline)
    with known_years("until"):
        Calendars().of(rule, deadline.addressee).check_year(until.year)
    if until <= deadline.due_on:
        raise ClockError(
            _(
                "%(until)s is not later than %(due)s. To repair the deadline, correct the day it "
                "runs from."
            )
            % {"until": date_format(until), "due": date_format(deadline.due_on)},
            field="until",
        )
    before = snapshot(deadline)
    allowed = extension_limit(deadline)
    deadline.due_on = deadline.overdue_after = until
    deadline.explanation = {
        **deadline.explanation,
        "changes": [
            *deadline.explanation.get("changes", []),
            {"kind": "extended", "until": until.isoformat()},
        ],
    }
    return save_change(
        deadline,
        Kind.EXTENDED,
        before=before,
        by=by,
        at=at,
        reason=reason,
        norm=norm,
        notice=notice,
        beyond_rule=allowed is None or until > allowed,
        more={"until": until.isoformat(), "allowed": allowed.isoformat() if allowed else None},
    )


def extension_limit(deadline: Deadline) -> datetime.date | None:
    """The last day to which the rule lets the body extend, counted from the end of the period.

    None where the rule names no extension. Raises ClockError where the calendar ends.
    """
    rule, _first_day = _law(deadline)
    spec = rule_spec(rule)
    if spec.extension is None:
        return None
    calendar = Calendars().of(rule, deadline.addressee)
    holds = [change for change in past_changes(deadline) if change.kind == Kind.RESUMED]
    end = _reckon(deadline, holds)["overdue_after"]
    with known_years():
        return last_day(end, spec.extension, calendar, roll=spec.roll)


@transaction.atomic
def pause_deadline(
    *,
    deadline: Deadline,
    on: datetime.date,
    reason: str,
    by: User | None,
    at: datetime.datetime,
    expected_version: int | None = None,
) -> Deadline:
    """Hold a legal clock while the ball is with us; the days left are kept."""
    deadline = take(deadline, expected_version)
    require(deadline, State.OPEN)
    rule, anchor_on = _law(deadline)
    if on < anchor_on:
        raise DeadlineBeforeAnchorError(
            _("It cannot be paused before it began to run."), field="on"
        )
    if on >= deadline.overdue_after:
        raise ClockError(
            _("The time has run out by that day, so nothing is left to pause."), field="on"
        )
    before = snapshot(deadline)
    deadline.state, deadline.paused_on = State.PAUSED, on
    deadline.days_left = _days_left(rule, deadline, on)
    return save_change(
        deadline,
        Kind.PAUSED,
        before=before,
        by=by,
        at=at,
        reason=reason,
        more={"paused": on.isoformat(), "days_left": deadline.days_left},
    )


@transaction.atomic
def resume_deadline(
    *,
    deadline: Deadline,
    on: datetime.date,
    reason: str,
    by: User | None,
    at: datetime.datetime,
    expected_version: int | None = None,
) -> Deadline:
    """Let a paused clock run on; the days that were left count from the day after `on`."""
    deadline = take(deadline, expected_version)
    require(deadline, State.PAUSED)
    if deadline.paused_on is None or on < deadline.paused_on:
        raise ClockError(_("It cannot resume before it was paused."), field="on")
    before = snapshot(deadline)
    held = {"paused": deadline.paused_on.isoformat(), "resumed": on.isoformat()}
    this = DeadlineChange(kind=Kind.RESUMED, after=held)
    _set(deadline, _reckon(deadline, [*past_changes(deadline), this]))
    deadline.state, deadline.paused_on, deadline.days_left = State.OPEN, None, None
    return save_change(
        deadline, Kind.RESUMED, before=before, by=by, at=at, reason=reason, more=held
    )


@transaction.atomic
def correct_anchor(
    *,
    deadline: Deadline,
    anchor: str,
    anchor_on: datetime.date,
    reason: str,
    by: User | None,
    at: datetime.datetime,
    expected_version: int | None = None,
) -> Deadline:
    """Count again from another day or event; the old one stays in the change.

    The rule version in force on the new day applies. Raises ClockError where the rule cannot
    be counted from it.
    """
    deadline = take(deadline, expected_version)
    require(deadline, State.OPEN, State.PAUSED)
    rule, _first_day = _law(deadline)
    if deadline.paused_on and anchor_on > deadline.paused_on:
        raise DeadlineBeforeAnchorError(
            _("It was paused before that day. Resume it first."), field="anchor_on"
        )
    before = snapshot(deadline)
    deadline.rule = rule_in_force(code=rule.code, on=anchor_on)
    deadline.anchor, deadline.anchor_on = anchor, anchor_on
    _set(deadline, _reckon(deadline, past_changes(deadline)))
    # An extension notified to a day before the new beginning no longer makes sense.
    check_order(deadline.due_on, anchor_on)
    if deadline.paused_on:
        deadline.days_left = _days_left(deadline.rule, deadline, deadline.paused_on)
    return save_change(deadline, Kind.CORRECTED, before=before, by=by, at=at, reason=reason)


def past_changes(deadline: Deadline) -> list[DeadlineChange]:
    """The extensions and holds so far, oldest first."""
    return list(
        deadline.changes.filter(kind__in=[Kind.EXTENDED, Kind.RESUMED]).order_by("at", "pk")
    )


def _reckon(deadline: Deadline, changes: list[DeadlineChange]) -> dict:
    rule, anchor_on = _law(deadline)
    return reckoned_fields(
        rule=rule,
        anchor=rules.Anchor(rules.AnchorKind(deadline.anchor), anchor_on),
        calendar=Calendars().of(rule, deadline.addressee),
        changes=changes,
    )


def _days_left(rule: ResponseRule, deadline: Deadline, on: datetime.date) -> int:
    """Under the latest reading, in the unit of the rule."""
    calendar = Calendars().of(rule, deadline.addressee)
    with known_years():
        return remaining(on, deadline.overdue_after, rules.Unit(rule.unit), calendar).days


def _set(deadline: Deadline, fields: dict) -> None:
    for name, value in fields.items():
        setattr(deadline, name, value)


def _law(deadline: Deadline) -> tuple[ResponseRule, datetime.date]:
    """The rule and first day that every legal deadline has. Raises ClockError for the others."""
    if deadline.rule is None or deadline.anchor_on is None:
        raise ClockError(_("This is a date of our own, not of law; move it instead."))
    return deadline.rule, deadline.anchor_on
