"""What a move between statuses must bring with it: day, reason, review, evidence.

To ask more of a status, change its line in `models/statuses.py`; the checks here read that table.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tracker.models import (
    MOVES,
    STATUS_FACTS,
    Action,
    Confidence,
    Demand,
    Document,
    Evidence,
    Status,
    StatusChange,
    User,
    needs_second_person,
)
from tracker.services.days import too_far
from tracker.services.documents import NewDocument
from tracker.services.refusals import Refused

OFFICIAL = (Document.Kind.OFFICIAL_ACT, Document.Kind.COURT_DECISION)


@dataclass(frozen=True)
class NewEvidence:
    """A document (known, or to be added) and what it says about the demand."""

    document: Document | NewDocument
    claim: str
    stance: str = Evidence.Stance.SUPPORTS
    confidence: str = Confidence.UNVERIFIED
    happened_on: datetime.date | None = None


@dataclass(frozen=True)
class StatusRequest:
    """A change of status as a person asks for it, who was shown the demand's `shown_version`."""

    to_status: str
    shown_version: int | None
    happened_on: datetime.date
    reason: str
    extent: str = ""
    missing: str = ""
    review_on: datetime.date | None = None
    noted: Sequence[Evidence] = ()
    added: Sequence[NewEvidence] = ()


def corrections_of(last: StatusChange) -> tuple[str, ...]:
    """What a mistaken last step may be replaced by: where it came from, or where else it led.

    Of a correction, that is what the step it first replaced may become. Never what takes two
    people, or one person could confirm alone by making a mistake first.
    """
    before = first_of(last).from_status
    found = [] if STATUS_FACTS[before].terminal else [before]
    found += [then for then in MOVES[before] if not needs_second_person(before, then)]
    return tuple(dict.fromkeys(found))


def first_of(change: StatusChange) -> StatusChange:
    """The step as it was first entered, before it was corrected once or more."""
    while change.corrects is not None:
        change = change.corrects
    return change


def check_request(
    demand: Demand,
    request: StatusRequest,
    today: datetime.date,
    weigh: bool = True,
    corrects: StatusChange | None = None,
) -> None:
    if not request.reason.strip():
        raise Refused("reason", _("Say in one sentence why."))
    if request.happened_on > today:
        raise Refused("happened_on", _("The date lies in the future. Enter when it happened."))
    if demand.case.issued_on and request.happened_on < demand.case.issued_on:
        raise Refused(
            "happened_on",
            _("The appeal is dated %(day)s; nothing before it can answer it.")
            % {"day": date_format(demand.case.issued_on)},
        )
    facts = STATUS_FACTS[request.to_status]
    if facts.reviewed and (request.review_on is None or request.review_on <= today):
        raise Refused("review_on", _("Choose a day after today to look at it again."))
    if facts.reviewed and request.review_on and (sentence := too_far(request.review_on, today)):
        raise Refused("review_on", sentence)
    if request.to_status == Status.PARTIAL and not request.extent:
        raise Refused("extent", _("Say whether these are first or substantive steps."))
    if request.to_status == Status.PARTIAL and not request.missing.strip():
        raise Refused("missing", _("List what is still missing."))
    if (
        request.to_status == Status.DISCONTINUED
        and not Action.objects.filter(case=demand.case).reminder_letters().exists()
    ):
        raise Refused(
            "to_status", _("Log at least one reminder letter before you give a demand up.")
        )
    if weigh:
        check_evidence(demand, request, corrects)


def check_correction(last: StatusChange, request: StatusRequest, by: User) -> None:
    """One person alone may put right what one person alone could have entered."""
    if STATUS_FACTS[request.to_status].terminal:
        raise Refused(
            "to_status",
            _("“%(status)s” takes two people. Change the status as usual and propose it.")
            % {"status": Status(request.to_status).label},
        )
    if request.to_status not in corrections_of(last):
        raise Refused(
            "to_status",
            _("Correct it to “%(status)s” first, then change the status as usual.")
            % {"status": first_of(last).get_from_status_display()},
        )
    leaves_contrary = last.to_status == Status.CONTRARY != request.to_status
    if leaves_contrary and last.by_id != by.pk:
        raise Refused(
            "to_status",
            _("Leaving “%(status)s” takes two people. Change the status as usual.")
            % {"status": last.get_to_status_display()},
        )
    if repeats(last, request, by):
        raise Refused(
            "",
            _(
                "Nothing in this step is changed. Correct what is wrong in it; the day to "
                "look at the demand again is set on its own page."
            ),
        )


def check_evidence(
    demand: Demand, request: StatusRequest, corrects: StatusChange | None = None
) -> None:
    """Enough different documents, and where asked one that is not the authority's own word.

    The evidence of a mistaken step may be weighed again for the step that `corrects` it.
    """
    facts = STATUS_FACTS[request.to_status]
    for row in request.noted:
        again = corrects is not None and row.status_change_id == corrects.pk
        weighed = (row.status_change_id or row.proposal_id) and not again
        if row.demand_id != demand.pk or weighed:
            raise Refused("evidence", _("Some of the evidence was weighed already."))
    documents: list[Document | NewDocument] = [row.document for row in request.noted]
    documents += [item.document for item in request.added]
    different = {d.pk if isinstance(d, Document) else (d.title, d.url) for d in documents}
    official = any(d.kind in OFFICIAL for d in documents)
    if len(different) < facts.evidence and not (facts.official_suffices and official):
        if facts.official_suffices:
            message = _("“%(status)s” needs two documents, or one official act.")
        else:
            message = _("“%(status)s” needs evidence: add a document or choose one already noted.")
        raise Refused("evidence", message % {"status": dict(Status.choices)[request.to_status]})
    if facts.independent and all(d.by_authority and d.kind not in OFFICIAL for d in documents):
        raise Refused(
            "evidence",
            _("The authority's own word is not enough. Add a source that does not depend on it."),
        )


def repeats(last: StatusChange, request: StatusRequest, by: User) -> bool:
    """Whether a correction would repeat the step it corrects, as far as the person sees it."""
    theirs = Evidence.objects.visible_to(by).filter(status_change=last).values_list("pk", flat=True)
    return (
        (request.to_status, request.extent, request.happened_on)
        == (last.to_status, last.extent, last.happened_on)
        and request.reason.strip() == last.reason
        and request.missing.strip() == last.missing
        and {row.pk for row in request.noted} == set(theirs)
        and not request.added
    )
