"""How a deadline ends, and runs again."""

import datetime
from functools import partial

from django.db import transaction
from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tracker.models import (
    ENDED_BY_ANSWER,
    Addressee,
    Deadline,
    DeadlineChange,
    Demand,
    ResponseRule,
    User,
)
from tracker.services.deadlines.checks import check_has_come
from tracker.services.deadlines.compute import count_again
from tracker.services.deadlines.history import past_changes, save_change, snapshot
from tracker.services.deadlines.lock import RUNNING, check_state, hold_running, lock
from tracker.services.refusals import Refused

Kind = DeadlineChange.Kind
State = Deadline.State


@transaction.atomic
def end_deadline(
    *,
    deadline: Deadline,
    kind: str,
    reason: str,
    on: datetime.date,
    by: User | None,
    at: datetime.datetime,
    shown_version: int | None = None,
    cause: str = "",
) -> Deadline:
    """Nothing more is due.

    Raises Refused unless it runs, for a day before it began and for one that has not come yet.

    `cause` is kept with the change, for a program to know it by.
    """
    deadline = lock(deadline, shown_version)
    check_state(deadline, *RUNNING)
    if deadline.anchor_on and on < deadline.anchor_on:
        raise Refused(
            "on",
            _("%(day)s is before the clock began on %(anchor)s. Check the date.")
            % {"day": date_format(on), "anchor": date_format(deadline.anchor_on)},
        )
    if on != deadline.anchor_on:  # that may be tomorrow for a colleague further west
        check_has_come(
            on, _("This day has not come yet. Enter the day it ended."), field="on", by=by, at=at
        )
    before = snapshot(deadline)
    # Kept with its end: closed by mistake, a paused clock once came back running.
    pause = {"paused_on": deadline.paused_on, "days_left": deadline.days_left}
    deadline.state = State.CANCELLED if kind == Kind.CANCELLED else State.CLOSED
    deadline.ended_on = on
    deadline.paused_on = deadline.days_left = None
    return save_change(
        deadline,
        kind,
        before=before,
        by=by,
        at=at,
        reason=reason,
        ended_on=on,
        cause=cause,
        **pause,
    )


# Answered, done or looked at.
close_deadline = partial(end_deadline, kind=Kind.CLOSED)
# Passed to another body, whose own clock follows.
forward_deadline = partial(end_deadline, kind=Kind.FORWARDED)
# Set by mistake, or no longer of use.
cancel_deadline = partial(end_deadline, kind=Kind.CANCELLED)


@transaction.atomic
def reopen_deadline(
    *,
    deadline: Deadline,
    reason: str,
    by: User | None,
    at: datetime.datetime,
    shown_version: int | None = None,
) -> Deadline:
    """Closed or cancelled too soon: it is again what it was, running or paused.

    A date of ours keeps its day; a paused clock keeps its days and the days left too, for an edit
    of the calendar moves nothing before somebody confirms it. A legal one that runs is counted
    again, and its change says so: while it was closed, nobody could confirm one. Raises Refused.
    """
    deadline = lock(deadline, shown_version)
    check_state(deadline, State.CLOSED, State.CANCELLED)
    before = snapshot(deadline)
    deadline.state, deadline.ended_on = State.OPEN, None
    end = deadline.changes.filter(kind__in=DeadlineChange.ENDS).order_by("-at", "-pk").first()
    if end and end.paused_on:
        deadline.state = State.PAUSED
        deadline.paused_on, deadline.days_left = end.paused_on, end.days_left
    elif deadline.rule and deadline.anchor_on:
        # A day off confirmed while it was closed has not reached it: nobody could confirm that for
        # a closed one. If no version is in force on its first day any more, its own stands.
        versions = ResponseRule.objects.in_force(deadline.rule.code, deadline.anchor_on)
        deadline.rule = versions.first() or deadline.rule
        count_again(deadline, past_changes(deadline))
    return save_change(deadline, Kind.REOPENED, before=before, by=by, at=at, reason=reason)


@transaction.atomic
def close_answered(
    *,
    addressee: Addressee,
    reason: str,
    on: datetime.date,
    by: User | None,
    at: datetime.datetime,
) -> list[Deadline]:
    """An answer came: end what this addressee owed us by law or by our own expectation."""
    # Waits for whoever edits its days, for they put another date in place of one.
    Addressee.objects.select_for_update(no_key=True).get(pk=addressee.pk)
    owed = addressee.deadlines.filter(kind__in=ENDED_BY_ANSWER)
    return end_all(deadlines=owed, reason=reason, on=on, by=by, at=at)


@transaction.atomic
def close_demand_dates(
    *,
    demand: Demand,
    reason: str,
    on: datetime.date,
    by: User | None,
    at: datetime.datetime,
) -> list[Deadline]:
    """A demand came to its end: its own dates end with it; those of the whole case run on."""
    return end_all(deadlines=demand.deadlines.all(), reason=reason, on=on, by=by, at=at)


@transaction.atomic
def end_all(
    *,
    deadlines: QuerySet[Deadline],
    reason: str,
    on: datetime.date,
    by: User | None,
    at: datetime.datetime,
    kind: str = Kind.CLOSED,
) -> list[Deadline]:
    """End those of them that run; one that began after `on` ends on its first day."""
    return [
        end_deadline(
            deadline=deadline,
            kind=kind,
            reason=reason,
            on=not_before(deadline, on),
            by=by,
            at=at,
        )
        for deadline in hold_running(deadlines)
    ]


def not_before(deadline: Deadline, on: datetime.date) -> datetime.date:
    """An answer may be dated earlier than its clock, and further west today is still yesterday."""
    return max(on, deadline.anchor_on) if deadline.anchor_on else on
