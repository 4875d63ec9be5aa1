"""The clocks of an addressee: started by its rule and its days, and kept in line with them."""

import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from tracker.models import Addressee, Anchor, Deadline, DeadlineChange, ResponseRule, User
from tracker.services.days import today_of
from tracker.services.deadlines.change import correct_anchor
from tracker.services.deadlines.compute import known_anchor
from tracker.services.deadlines.end import (
    cancel_deadline,
    close_deadline,
    not_before,
    reopen_deadline,
)
from tracker.services.deadlines.lock import hold_running
from tracker.services.deadlines.start import start_deadline

Cause = DeadlineChange.Cause


@transaction.atomic
def sync_deadlines(
    *, addressee: Addressee, by: User | None, at: datetime.datetime
) -> list[Deadline]:
    """Bring the clocks of an addressee in line with its rule and days; safe to repeat.

    Starts what is missing, corrects what runs from a day since corrected, closes the
    registration step once registered, and cancels clocks whose rule or day was taken back.
    An addressee to whom nothing was sent yet has no clock; one that a person closed or
    cancelled stays so until a person reopens it; one that ended for want of its rule or day
    runs again with them, and so does a registration step whose registration was taken back.
    Returns what it started, moved or ended. Raises Refused where a day makes no sense.
    """
    rule = addressee.rule
    steps = [step for step in (rule, rule and rule.registration) if step]
    clocks = addressee.deadlines.by_law().exclude(rule=None).select_related("rule")
    found = list(hold_running(clocks))
    codes = {step.code for step in steps}
    touched = [
        _drop(deadline, _("Another rule, or none, binds this addressee."), by, at)
        for deadline in found
        if deadline.rule.code not in codes
    ]
    running = {deadline.rule.code: deadline for deadline in found}
    for step in steps:
        touched += _sync_step(addressee, step, running.get(step.code), by, at)
    return touched


def _sync_step(
    addressee: Addressee,
    step: ResponseRule,
    deadline: Deadline | None,
    by: User | None,
    at: datetime.datetime,
) -> list[Deadline]:
    """The clock of one step, the answer or the registration before it: what was changed of it."""
    registers = step != addressee.rule
    # Registered is no answer, but it ends the time to register; the cause lets it run again
    # should the day of registration turn out to be mistyped.
    if registers and addressee.registered_on:
        if not deadline:
            return []
        end, on, cause = _("Registered."), addressee.registered_on, Cause.REGISTERED
        return [close_deadline(deadline=deadline, reason=end, on=on, by=by, at=at, cause=cause)]
    if not (_reached_office(addressee) if registers else _sent(addressee, step)):
        # One counted from the date of the text does not need a day of the addressee.
        if not deadline or deadline.anchor == Anchor.DATED:
            return []
        # Days typed at the wrong addressee and removed would leave a clock and its mails.
        return [_drop(deadline, _("The day it ran from was taken back."), by, at)]
    if deadline:
        return _correct(deadline, addressee, step, by, at)
    if ended := _last_of(addressee, step):
        reason = _reason_to_reopen(ended)
        if not reason:
            return []
        again = reopen_deadline(deadline=ended, reason=reason, by=by, at=at)
        return [again, *_correct(again, addressee, step, by, at)]
    kind = Deadline.Kind.REGISTRATION if registers else Deadline.Kind.STATUTORY
    return [start_deadline(addressee=addressee, rule=step, kind=kind, by=by, at=at)]


def _drop(deadline: Deadline, reason: str, by: User | None, at: datetime.datetime) -> Deadline:
    """Cancel a clock that has lost its rule or day; it runs again when they are back."""
    on = not_before(deadline, today_of(by, at))
    return cancel_deadline(
        deadline=deadline, reason=reason, on=on, by=by, at=at, cause=Cause.OUT_OF_STEP
    )


def _last_of(addressee: Addressee, rule: ResponseRule) -> Deadline | None:
    ended = Deadline.objects.filter(addressee=addressee, rule__code=rule.code)
    return ended.order_by("-pk").first()


def _reason_to_reopen(deadline: Deadline) -> str:
    """Why a clock that ended may run again, "" where it stays ended.

    It ended for want of its rule or day, or with a registration since taken back, and no answer
    came, nor was it passed on, since.
    """
    # One step may write several changes at one moment, so that the number has to decide.
    last = deadline.changes.order_by("-at", "-pk").first()
    again = {
        Cause.OUT_OF_STEP: _("Its rule and its day are there again."),
        Cause.REGISTERED: _("The day of registration was taken back."),
    }
    if last is None or last.cause not in again:
        return ""
    # Of all its deadlines: an answer ends the one that runs, not the one that waits here.
    # That it was registered is no answer.
    since = DeadlineChange.objects.filter(
        deadline__addressee=deadline.addressee_id,
        kind__in=[DeadlineChange.Kind.CLOSED, DeadlineChange.Kind.FORWARDED],
        at__gt=last.at,
    ).exclude(deadline__kind=Deadline.Kind.REGISTRATION)
    return "" if since.exists() else again[Cause(last.cause)]


def _correct(
    deadline: Deadline,
    addressee: Addressee,
    rule: ResponseRule,
    by: User | None,
    at: datetime.datetime,
) -> list[Deadline]:
    anchor = known_anchor(addressee=addressee, runs_from=rule.anchor)
    if (deadline.anchor, deadline.anchor_on) == (anchor.kind.value, anchor.day):
        return []
    return [
        correct_anchor(
            deadline=deadline,
            anchor=anchor.kind.value,
            anchor_on=anchor.day,
            reason=_("The days of the addressee were entered or corrected."),
            by=by,
            at=at,
        )
    ]


def _reached_office(addressee: Addressee) -> bool:
    """It is known to have reached the office, which starts the time to register it."""
    return bool(addressee.delivered_on or addressee.received_on)


def _sent(addressee: Addressee, rule: ResponseRule) -> bool:
    if rule.anchor == Anchor.DATED:
        return bool(addressee.case.issued_on)
    return bool(addressee.sent_on or addressee.registered_on or _reached_office(addressee))
