"""Taking or declining a proposed next step."""

import datetime

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tracker.models import Deadline, EscalationChoice, EscalationStep, User
from tracker.services.days import today_of, too_far
from tracker.services.deadlines.start import set_date
from tracker.services.events import record_event
from tracker.services.refusals import Refused


def take_step(
    *,
    deadline: Deadline,
    step: EscalationStep,
    do_by: datetime.date,
    until: datetime.date | None,
    owner: User | None,
    by: User,
    at: datetime.datetime,
) -> EscalationChoice:
    """Take the step: a date of ours (never called overdue) by which it is to be done.

    `until` is the last day of the step's window, if it has one. Raises Refused for a day
    that has passed, lies behind the window or more than ten years ahead, and when the step was
    decided already.
    """
    if do_by < today_of(by, at):
        raise Refused("do_by", _("Choose today or a later day."))
    if sentence := too_far(do_by, today_of(by, at)):
        raise Refused("do_by", sentence)
    if until and do_by > until:
        raise Refused(
            "do_by",
            _("This way is open until %(day)s. Choose a day before it closes.")
            % {"day": date_format(until)},
        )
    with transaction.atomic():
        _check_undecided(deadline, step)
        own_date = set_date(
            case=deadline.case,
            kind=Deadline.Kind.EXPECTED,
            due_on=do_by,
            title=step.name,
            addressee=deadline.addressee,
            owner=owner,
            by=by,
            at=at,
        )
        return _decide(
            EscalationChoice(
                deadline=deadline,
                step=step,
                decision=EscalationChoice.Decision.TAKEN,
                own_date=own_date,
                by=by,
                at=at,
            )
        )


def decline_step(
    *, deadline: Deadline, step: EscalationStep, reason: str, by: User, at: datetime.datetime
) -> EscalationChoice:
    """Say that the step is not for this case, and why. Raises Refused."""
    if not reason.strip():
        raise Refused("reason", _("Say why, so that a colleague does not ask again."))
    with transaction.atomic():
        _check_undecided(deadline, step)
        return _decide(
            EscalationChoice(
                deadline=deadline,
                step=step,
                decision=EscalationChoice.Decision.DECLINED,
                reason=reason.strip(),
                by=by,
                at=at,
            )
        )


def _check_undecided(deadline: Deadline, step: EscalationStep) -> None:
    # Of two people at once the second waits here, and then finds what the first has decided.
    Deadline.objects.select_for_update(of=("self",), no_key=True).get(pk=deadline.pk)
    if EscalationChoice.objects.filter(deadline=deadline, step=step).exists():
        raise Refused("", _("This step has been decided about already."))


def _decide(choice: EscalationChoice) -> EscalationChoice:
    choice.save()
    record_event(
        action=f"escalation.{choice.decision}",
        about=choice.deadline,
        case=choice.deadline.case,
        by=choice.by,
        at=choice.at,
        reason=choice.reason,
        details={"step": choice.step.code},
    )
    return choice
