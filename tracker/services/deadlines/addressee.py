"""The clocks of an addressee: started by its rule and its days, and kept in line with them."""

import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from tracker.models import Addressee, Anchor, Deadline, DeadlineChange, ResponseRule, User
from tracker.services.days import today_of
from tracker.services.deadlines.change import correct_anchor
from tracker.services.deadlines.compute import known_anchor
from tracker.services.deadlines.end import cancel_deadline, close_deadline, reopen_deadline
from tracker.services.deadlines.lock import running_by_law
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
    Returns what it started, moved or ended. Raises
    DeadlineRefused where a day makes no sense.
    """
    rule = addressee.rule
    found = list(running_by_law(addressee).select_related("rule").order_by("pk"))
    running = {deadline.rule.code: deadline for deadline in found if deadline.rule}
    steps = [rule] if rule else []
    if rule and rule.registration:
        steps.append(rule.registration)
    codes = {step.code for step in steps}
    touched = [
        _drop(deadline, _("Another rule, or none, binds this addressee."), by, at)
        for deadline in found
        if deadline.rule and deadline.rule.code not in codes
    ]
    for step in steps:
        deadline = running.get(step.code)
        if step != rule and addressee.registered_on:
            if deadline:
                touched.append(
                    close_deadline(
                        deadline=deadline,
                        reason=_("Registered."),
                        on=addressee.registered_on,
                        by=by,
                        at=at,
                        cause=Cause.REGISTERED,
                    )
                )
        elif step == rule and not _sent(addressee, rule) or step != rule and not _came(addressee):
            # One counted from the date of the text does not need a day of the addressee.
            if deadline and deadline.anchor != Anchor.DATED:
                reason = _("The day it ran from was taken back.")
                touched.append(_drop(deadline, reason, by, at))
        elif deadline:
            touched += _correct(deadline, addressee, step, by, at)
        elif ended := _last_of(addressee, step):
            if reason := _reason_to_reopen(ended):
                touched.append(reopen_deadline(deadline=ended, reason=reason, by=by, at=at))
                touched += _correct(touched[-1], addressee, step, by, at)
        else:
            kind = Deadline.Kind.STATUTORY if step == rule else Deadline.Kind.REGISTRATION
            touched.append(start_deadline(addressee=addressee, rule=step, kind=kind, by=by, at=at))
    return touched


def _drop(deadline: Deadline, reason: str, by: User | None, at: datetime.datetime) -> Deadline:
    """Cancel a clock that has lost its rule or day; it runs again when they are back."""
    on = today_of(by, at)
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
    last = deadline.changes.order_by("-at", "-pk").first()
    again = {
        Cause.OUT_OF_STEP: _("Its rule and its day are there again."),
        Cause.REGISTERED: _("The day of registration was taken back."),
    }
    if last is None or last.cause not in again:
        return ""
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


def _came(addressee: Addressee) -> bool:
    """It is known to have reached the office, which starts the time to register it."""
    return bool(addressee.delivered_on or addressee.received_on)


def _sent(addressee: Addressee, rule: ResponseRule) -> bool:
    if rule.anchor == Anchor.DATED:
        return bool(addressee.case.issued_on)
    return bool(addressee.sent_on or addressee.registered_on or _came(addressee))
