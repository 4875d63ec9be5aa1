"""What becomes of a demand: moves between statuses, the second person, corrections, reviews."""

import datetime
from dataclasses import replace
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tracker.models import (
    MOVES,
    STATUS_FACTS,
    Demand,
    Evidence,
    Status,
    StatusChange,
    StatusProposal,
    User,
    needs_second_person,
)
from tracker.services.days import today_of, too_far
from tracker.services.deadlines.end import close_demand_dates
from tracker.services.documents import NewDocument, add_document
from tracker.services.events import record_event
from tracker.services.records import save_row
from tracker.services.refusals import Refused, StaleRecord, check_shown
from tracker.services.status_rules import (
    StatusRequest,
    check_correction,
    check_request,
    first_of,
)


def change_status(
    *, demand: Demand, request: StatusRequest, by: User, at: datetime.datetime
) -> StatusChange | StatusProposal:
    """Move a demand to another status, or propose it where a second person must agree.

    Dates are days in the person's own time zone. Raises StaleRecord when the demand has moved
    on since `shown_version`, Refused when the move, its date or its evidence is not good enough or
    the file of an added document cannot be taken.
    """
    today = today_of(by, at)
    with transaction.atomic():
        demand = _lock(demand, request.shown_version)
        if request.to_status not in MOVES[demand.status]:
            raise Refused(
                "to_status",
                _("A demand that is “%(now)s” cannot become “%(then)s”. Choose one of the list.")
                % {
                    "now": demand.get_status_display(),
                    "then": dict(Status.choices).get(request.to_status, request.to_status),
                },
            )
        check_request(demand, request, today=today)
        waiting = demand.proposals.filter(decision=StatusProposal.Decision.WAITING).first()
        if waiting:
            raise Refused(
                "",
                _("%(name)s has proposed “%(status)s”. Confirm or decline that first.")
                % {"name": waiting.by.name, "status": waiting.get_to_status_display()},
            )
        if needs_second_person(demand.status, request.to_status):
            return _propose(demand, request, by, at)
        change = _write_change(demand, request, by=by, at=at)
        _file_evidence(demand, request, by, at, change=change)
        _apply(demand, change, request.review_on, by, at)
    return change


def correct_status(
    *, demand: Demand, request: StatusRequest, by: User, at: datetime.datetime
) -> StatusChange:
    """Replace a mistaken last step by what should have been entered; both stay on record.

    The evidence of the mistaken step may be among `request.noted`; it goes over to the correction,
    unless that takes the demand back to where it was before.
    Raises StaleRecord and Refused as `change_status` does, and for a correction that changes
    nothing. A status that takes two people is neither reached nor left this way, but for
    the slip of whoever entered “contrary”.
    """
    with transaction.atomic():
        demand = _lock(demand, request.shown_version)
        last = demand.changes.order_by("-seq").first()
        if last is None:
            raise Refused("", _("There is no step to correct yet."))
        check_correction(last, request, by)
        back = request.to_status == first_of(last).from_status != last.to_status
        if back:
            request = replace(
                request, noted=[e for e in request.noted if e.status_change_id != last.pk]
            )
        today = today_of(by, at)
        check_request(demand, request, today=today, weigh=not back, corrects=last)
        change = _write_change(demand, request, by=by, at=at, corrects=last)
        _file_evidence(demand, request, by, at, change=change)
        _apply(demand, change, request.review_on, by, at)
    return change


def confirm_proposal(*, proposal: StatusProposal, by: User, at: datetime.datetime) -> StatusChange:
    """The second person agrees: the proposed change is made, in the first person's name.

    Raises Refused when the same person confirms, when it was decided already, or when
    stopping a demand is not confirmed by a coordinator, and when the demand moved on.
    """
    with transaction.atomic():
        demand = _lock(proposal.demand)
        proposal = _waiting(proposal)
        if proposal.by == by:
            raise Refused("", _("Another person must confirm this. Ask a colleague."))
        if proposal.to_status == Status.DISCONTINUED and not by.coordinates:
            raise Refused("", _("A coordinator must confirm that a demand is given up."))
        if demand.status_seq != proposal.seq - 1:
            raise Refused(
                "", _("The demand was changed after this was proposed. Read it again first.")
            )
        request = StatusRequest(
            to_status=proposal.to_status,
            shown_version=None,
            happened_on=proposal.happened_on,
            reason=proposal.reason,
            extent=proposal.extent,
            missing=proposal.missing,
        )
        change = _write_change(demand, request, by=proposal.by, at=at, confirmed_by=by)
        proposal.evidence.update(status_change=change)
        _decide(proposal, StatusProposal.Decision.CONFIRMED, "", by, at)
        _apply(demand, change, demand.review_on, proposal.by, at)
    return change


def decline_proposal(
    *, proposal: StatusProposal, reason: str, by: User, at: datetime.datetime
) -> StatusProposal:
    """The second person disagrees, and says why; the evidence goes back to be weighed again."""
    if not reason.strip():
        raise Refused("reason", _("Say why, so that your colleague can go on."))
    with transaction.atomic():
        demand = _lock(proposal.demand)
        proposal = _waiting(proposal)
        if proposal.by == by:
            raise Refused("", _("Another person must decide this. Ask a colleague."))
        proposal.evidence.update(proposal=None)
        _decide(proposal, StatusProposal.Decision.DECLINED, reason.strip(), by, at)
        _note_proposal(demand, proposal, action="demand.proposal_declined", by=by, at=at)
    return proposal


def withdraw_proposal(
    *, proposal: StatusProposal, by: User, at: datetime.datetime
) -> StatusProposal:
    """Its author takes it back; the evidence may be weighed again. Raises Refused."""
    with transaction.atomic():
        demand = _lock(proposal.demand)
        proposal = _waiting(proposal)
        if proposal.by != by:
            raise Refused("", _("Only its author can take a proposal back. Decline it."))
        proposal.evidence.update(proposal=None)
        _decide(proposal, StatusProposal.Decision.WITHDRAWN, "", by, at)
        _note_proposal(demand, proposal, action="demand.proposal_withdrawn", by=by, at=at)
    return proposal


def _note_proposal(
    demand: Demand, proposal: StatusProposal, *, action: str, by: User, at: datetime.datetime
) -> None:
    record_event(
        action=action,
        about=demand,
        case=demand.case,
        by=by,
        at=at,
        details={"to_status": proposal.to_status},
    )


@transaction.atomic
def set_review_date(
    *,
    demand: Demand,
    review_on: datetime.date,
    by: User,
    at: datetime.datetime,
    shown_version: int | None = None,
) -> Demand:
    """Say when to look at the demand again.

    Raises StaleRecord when the demand has moved on since `shown_version`, and Refused for a day
    that has passed or is more than ten years ahead.
    """
    demand = _lock(demand, shown_version)
    if review_on < today_of(by, at):
        raise Refused("review_on", _("Choose today or a later day."))
    if sentence := too_far(review_on, today_of(by, at)):
        raise Refused("review_on", sentence)
    if review_on != demand.review_on:
        demand.review_on = review_on
        save_row(demand, action="demand.review_date", by=by, at=at)
    return demand


def _lock(demand: Demand, shown_version: int | None = None) -> Demand:
    # Its case is read with it and not held: its other demands go on meanwhile.
    locked = (
        Demand.objects.select_for_update(of=("self",), no_key=True)
        .select_related("case")
        .get(pk=demand.pk)
    )
    check_shown(locked, shown_version)
    return locked


def _waiting(proposal: StatusProposal) -> StatusProposal:
    proposal = (
        StatusProposal.objects.select_for_update(of=("self",), no_key=True)
        .select_related("by")
        .get(pk=proposal.pk)
    )
    if proposal.decision:
        raise Refused("", _("This proposal has been decided already."))
    return proposal


def _write_change(
    demand: Demand,
    request: StatusRequest,
    *,
    by: User,
    at: datetime.datetime,
    confirmed_by: User | None = None,
    corrects: StatusChange | None = None,
) -> StatusChange:
    try:
        # A savepoint: in PostgreSQL nothing can be asked any more after an error without one.
        with transaction.atomic():
            return StatusChange.objects.create(
                **_asked(demand, request),
                by=by,
                at=at,
                confirmed_by=confirmed_by,
                corrects=corrects,
            )
    except IntegrityError:
        # The unique step is the last guard where the row lock is not one.
        now = Demand.objects.get(pk=demand.pk)
        if now.status_seq != demand.status_seq:
            raise StaleRecord(now) from None
        raise


def _asked(demand: Demand, request: StatusRequest) -> dict[str, Any]:
    """What a step and a proposal of one have in common."""
    return {
        "demand": demand,
        "seq": demand.status_seq + 1,
        "from_status": demand.status,
        "to_status": request.to_status,
        "extent": request.extent,
        "happened_on": request.happened_on,
        "reason": request.reason.strip(),
        "missing": request.missing.strip(),
    }


def _file_evidence(
    demand: Demand,
    request: StatusRequest,
    by: User,
    at: datetime.datetime,
    change: StatusChange | None = None,
    proposal: StatusProposal | None = None,
) -> None:
    for row in request.noted:
        Evidence.objects.filter(pk=row.pk).update(
            status_change=change, proposal=proposal or row.proposal
        )
    for item in request.added:
        document = item.document
        if isinstance(document, NewDocument):
            document = add_document(new=document, cases=[demand.case], by=by, at=at)
        Evidence.objects.create(
            demand=demand,
            document=document,
            status_change=change,
            proposal=proposal,
            stance=item.stance,
            claim=item.claim.strip() or document.title,
            happened_on=item.happened_on or request.happened_on,
            confidence=item.confidence,
        )


def _propose(
    demand: Demand, request: StatusRequest, by: User, at: datetime.datetime
) -> StatusProposal:
    proposal = StatusProposal.objects.create(
        **_asked(demand, request),
        by=by,
        at=at,
    )
    _file_evidence(demand, request, by, at, proposal=proposal)
    record_event(
        action="demand.proposed",
        about=demand,
        case=demand.case,
        by=by,
        at=at,
        reason=proposal.reason,
        details={
            "to_status": proposal.to_status,
            "extent": proposal.extent,
            "missing": proposal.missing,
            "happened_on": proposal.happened_on,
        },
    )
    return proposal


def _decide(
    proposal: StatusProposal, decision: str, reason: str, by: User, at: datetime.datetime
) -> None:
    proposal.decision = decision
    proposal.decision_reason = reason
    proposal.decided_by = by
    proposal.decided_at = at
    proposal.save()


def _apply(
    demand: Demand,
    change: StatusChange,
    review_on: datetime.date | None,
    by: User,
    at: datetime.datetime,
) -> None:
    """Bring the demand's cached status up to its last step."""
    facts = STATUS_FACTS[change.to_status]
    demand.status = change.to_status
    demand.extent = change.extent
    demand.status_on = change.happened_on
    demand.status_seq = change.seq
    demand.review_on = review_on if facts.reviewed else None
    save_row(demand, action="demand.status", by=by, at=at, reason=change.reason)
    if facts.terminal:
        close_demand_dates(
            demand=demand,
            reason=change.get_to_status_display(),
            on=today_of(by, at),
            by=by,
            at=at,
        )
