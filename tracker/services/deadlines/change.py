"""What may happen to a deadline that runs: extended, paused, resumed, corrected, moved."""

import datetime

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tracker.dates.calendars import ONE_DAY
from tracker.dates.courses import Extension
from tracker.dates.periods import last_day
from tracker.models import Deadline, DeadlineChange, Document, ResponseRule, User
from tracker.services.deadlines.checks import (
    check_follows_appeal,
    check_has_come,
    check_near,
    check_not_held,
    check_notice_follows,
    check_order,
)
from tracker.services.deadlines.compute import (
    Calendars,
    count_again,
    days_left,
    recompute_fields,
    refusing_unknown_years,
    rule_and_first_day,
    rule_in_force,
    rule_spec,
    steps_of,
)
from tracker.services.deadlines.history import past_changes, save_change, snapshot
from tracker.services.deadlines.lock import check_state, lock
from tracker.services.refusals import Refused

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
    shown_version: int | None = None,
) -> Deadline:
    """Move a legal deadline to the exact day that was notified.

    The day is checked against what the rule allows; more than that is kept as notified, but
    flagged. A mistyped extension is put right by another one to the right day; one to the end of
    the time without it takes it back, and both stay on record. Raises Refused for a day
    that is no later than that end, beyond the calendar or more than ten years ahead, and for a
    date of our own.
    """
    deadline = lock(deadline, shown_version)
    check_state(deadline, State.OPEN)
    rule, _first_day = rule_and_first_day(deadline)
    with refusing_unknown_years("until"):
        # Nothing counts up to a notified day, so nobody else would miss its year.
        Calendars().of(rule, deadline.addressee).check_year(until.year)
    check_near(until, field="until", by=by, at=at)
    # A first extension has to end after the strict day. A day no later than that may put an earlier
    # extension right; it is held against the latest reading of the time without extensions, and
    # that very day takes them back.
    end, takes_back = deadline.due_on, False
    if until <= deadline.due_on and is_extended(deadline):
        end = end_without_extensions(deadline)
        takes_back = until == end
    if until <= end and not takes_back:
        raise Refused("until", _not_later(deadline, until, end))
    before = snapshot(deadline)
    allowed = extension_limit(deadline)
    notified = None if takes_back else until
    # Not saved yet: the arithmetic replays all changes, and this one with them.
    this = DeadlineChange(kind=Kind.EXTENDED, until=notified)
    count_again(deadline, [*past_changes(deadline), this])
    return save_change(
        deadline,
        Kind.EXTENDED,
        before=before,
        by=by,
        at=at,
        reason=reason,
        norm=norm,
        notice=notice,
        # Kept as notified though the law allows less: the office will act on its own day.
        beyond_rule=not takes_back and (allowed is None or until > allowed),
        until=notified,
        allowed_until=allowed,
    )


def _not_later(deadline: Deadline, until: datetime.date, end: datetime.date) -> str:
    words = {"until": date_format(until), "end": date_format(end)}
    if is_extended(deadline):
        return (
            _(
                "%(until)s is before %(end)s, the end of the time without the extension. Give "
                "that day to take the extension back, or a later one to put it right."
            )
            % words
        )
    return (
        _(
            "%(until)s is not later than %(end)s. To repair the deadline, correct the day it "
            "runs from."
        )
        % words
    )


def is_extended(deadline: Deadline) -> bool:
    """An extension stands that was not taken back."""
    return any(isinstance(step, Extension) for step in steps_of(past_changes(deadline)))


def end_without_extensions(deadline: Deadline) -> datetime.date:
    """The latest reading with the pauses so far, as if nothing had been extended.

    Raises Refused where the calendar ends.
    """
    holds = [change for change in past_changes(deadline) if change.kind == Kind.RESUMED]
    return recompute_fields(deadline, holds)["overdue_after"]


def extension_limit(deadline: Deadline) -> datetime.date | None:
    """The last day to which the rule lets the body extend, counted from the end of the period.

    None where the rule names no extension. Raises Refused where the calendar ends.
    """
    rule, _first_day = rule_and_first_day(deadline)
    spec = rule_spec(rule)
    if spec.extension is None:
        return None
    calendar = Calendars().of(rule, deadline.addressee)
    end = end_without_extensions(deadline)
    with refusing_unknown_years():
        return last_day(end, spec.extension, calendar, roll=spec.roll)


@transaction.atomic
def pause_deadline(
    *,
    deadline: Deadline,
    on: datetime.date,
    reason: str,
    by: User | None,
    at: datetime.datetime,
    shown_version: int | None = None,
) -> Deadline:
    """Hold a legal clock while the ball is with us; the days left are kept.

    Raises Refused for a day outside the period, and for one that has not come yet.
    """
    deadline = lock(deadline, shown_version)
    check_state(deadline, State.OPEN)
    rule, anchor_on = rule_and_first_day(deadline)
    if on < anchor_on:
        raise Refused("on", _("It cannot be paused before it began to run."))
    if on >= deadline.overdue_after:
        raise Refused("on", _("The time has run out by that day, so nothing is left to pause."))
    check_has_come(
        on, _("This day has not come yet. Pause it when it comes."), field="on", by=by, at=at
    )
    check_not_held(deadline, on, on + ONE_DAY)
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
        paused_on=on,
        days_left=deadline.days_left,
    )


@transaction.atomic
def resume_deadline(
    *,
    deadline: Deadline,
    on: datetime.date,
    reason: str,
    by: User | None,
    at: datetime.datetime,
    shown_version: int | None = None,
) -> Deadline:
    """Let a paused clock run on; the days that were left count from the day after `on`.

    Raises Refused for a day before the pause, and for one that has not come yet.
    """
    deadline = lock(deadline, shown_version)
    check_state(deadline, State.PAUSED)
    if deadline.paused_on is None or on < deadline.paused_on:
        raise Refused("on", _("It cannot resume before it was paused."))
    check_has_come(
        on, _("This day has not come yet. Let it run on when it comes."), field="on", by=by, at=at
    )
    check_not_held(deadline, deadline.paused_on, on)
    before = snapshot(deadline)
    hold = {"paused_on": deadline.paused_on, "resumed_on": on}
    this = DeadlineChange(kind=Kind.RESUMED, **hold)
    count_again(deadline, [*past_changes(deadline), this])
    deadline.state, deadline.paused_on, deadline.days_left = State.OPEN, None, None
    return save_change(deadline, Kind.RESUMED, before=before, by=by, at=at, reason=reason, **hold)


@transaction.atomic
def correct_anchor(
    *,
    deadline: Deadline,
    anchor: str,
    anchor_on: datetime.date,
    reason: str,
    by: User | None,
    at: datetime.datetime,
    shown_version: int | None = None,
) -> Deadline:
    """Count again from another day or event; the old one stays in the change.

    The rule version in force on the new day applies; an extension stands, for it is a day that
    was notified. Raises Refused where the rule cannot be counted from it, and for a day
    that has not come yet or lies before the appeal was written or sent.
    """
    deadline = lock(deadline, shown_version)
    check_state(deadline, State.OPEN, State.PAUSED)
    rule, _first_day = rule_and_first_day(deadline)
    if deadline.paused_on and anchor_on > deadline.paused_on:
        raise Refused("anchor_on", _("It was paused before that day. Resume it first."))
    check_has_come(
        anchor_on,
        _("This day has not come yet. Enter the day on which it happened."),
        field="anchor_on",
        by=by,
        at=at,
    )
    check_follows_appeal(deadline, anchor, anchor_on)
    before = snapshot(deadline)
    # Another day may fall under another version of the law.
    deadline.rule = rule_in_force(code=rule.code, on=anchor_on)
    deadline.anchor, deadline.anchor_on = anchor, anchor_on
    count_again(deadline, past_changes(deadline))
    check_notice_follows(deadline, anchor_on)
    if deadline.paused_on:
        # Or it would run on with the days that were left of the mistaken count.
        deadline.days_left = _days_left(deadline.rule, deadline, deadline.paused_on)
    return save_change(deadline, Kind.CORRECTED, before=before, by=by, at=at, reason=reason)


def _days_left(rule: ResponseRule, deadline: Deadline, on: datetime.date) -> int:
    return days_left(
        on=on,
        rule=rule,
        overdue_after=deadline.overdue_after,
        stored=deadline.explanation,
        calendar=Calendars().of(rule, deadline.addressee),
    )


@transaction.atomic
def move_date(
    *,
    deadline: Deadline,
    due_on: datetime.date,
    reason: str,
    by: User | None,
    at: datetime.datetime,
    shown_version: int | None = None,
) -> Deadline:
    """Move a date of ours to another day.

    Raises Refused for a legal one, and for a day more than ten years ahead.
    """
    deadline = lock(deadline, shown_version)
    check_state(deadline, State.OPEN)
    if deadline.by_law:
        raise Refused("", _("A legal deadline moves by an extension or a correction only."))
    check_order(due_on, deadline.anchor_on, field="due_on")
    check_near(due_on, field="due_on", by=by, at=at)
    before = snapshot(deadline)
    deadline.due_on = deadline.overdue_after = due_on
    return save_change(deadline, Kind.CORRECTED, before=before, by=by, at=at, reason=reason)
