"""Taking or declining a proposed next step."""

import datetime

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tracker.models import Deadline, EscalationChoice, EscalationStep, User
from tracker.services.days import SECOND_CLICK, today_of, too_far
from tracker.services.deadlines.start import set_date
from tracker.services.events import record_event


class StepRefused(Exception):
    """The step cannot be decided so; the message says what to do instead."""


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

    `until` is the last day of the step's window, if it has one. Raises StepRefused for a day
    that has passed, lies behind the window or more than ten years ahead, and when the step was
    decided already.
    """
    if do_by < today_of(by, at):
        raise StepRefused(_("Choose today or a later day."))
    if sentence := too_far(do_by, today_of(by, at)):
        raise StepRefused(sentence)
    if until and do_by > until:
        raise StepRefused(
            _("This way is open until %(day)s. Choose a day before it closes.")
            % {"day": date_format(until)}
        )
    with transaction.atomic():
        if first := _same_click(deadline, step, EscalationChoice.Decision.TAKEN, by, at):
            return first
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
    """Say that the step is not for this case, and why. Raises StepRefused."""
    if not reason.strip():
        raise StepRefused(_("Say why, so that a colleague does not ask again."))
    with transaction.atomic():
        if first := _same_click(deadline, step, EscalationChoice.Decision.DECLINED, by, at):
            return first
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


def _same_click(
    deadline: Deadline, step: EscalationStep, decision: str, by: User, at: datetime.datetime
) -> EscalationChoice | None:
    """What this person has just decided in the same way; raises StepRefused for anything else
    that was decided about the step.
    """
    # Locks the clock, so that a double click cannot open two dates.
    Deadline.objects.select_for_update(of=("self",)).get(pk=deadline.pk)
    first = EscalationChoice.objects.filter(deadline=deadline, step=step).first()
    if first is None:
        return None
    if (first.decision, first.by_id) == (decision, by.pk) and first.at > at - SECOND_CLICK:
        return first
    raise StepRefused(_("This step has been decided about already."))


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
