"""Retention: what names people in a closed case goes, what it came to stays.

Dates, statuses, grades, counts, the demands and their history stay. Free words of ours (notes,
summary, closing note, reasons of steps) are not read by a program and stay too.
"""

import datetime
import logging
from collections.abc import Callable
from dataclasses import dataclass

from django.core.files.storage import Storage
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from tracker.dates.periods import add_months
from tracker.models import (
    Authority,
    Case,
    Document,
    Draft,
    EventValue,
    Mail,
    Phase,
    Signatory,
    User,
)
from tracker.services.events import forget, record_event
from tracker.services.refusals import Refused

log = logging.getLogger(__name__)

# What the log told of these, by the table of the event.
FORGOTTEN = {
    "case": ("contacts", "reply_address", "response_request"),
    "signatory": ("name", "role", "place", "group"),
}
FORGOTTEN_WITH_PAPERS = {"document": ("filename", "text", "provenance")}


@dataclass(frozen=True, kw_only=True)
class Anonymised:
    """How much went of a case."""

    signatories: int
    contacts: int
    persons: int
    drafts: int
    mails: int
    papers: int
    values: int

    def __bool__(self) -> bool:
        return any(vars(self).values())

    def __str__(self) -> str:
        return ", ".join(f"{name} {number}" for name, number in vars(self).items())


def due(*, months: int, at: datetime.datetime) -> QuerySet[Case]:
    """Cases closed for longer than so many months."""
    day = add_months(timezone.localdate(at), -months)
    return Case.objects.filter(phase=Phase.CLOSED, closed_at__date__lt=day).order_by("pk")


@transaction.atomic
def anonymise_case(
    *,
    case: Case,
    by: User | None,
    at: datetime.datetime,
    papers: bool = False,
    dry_run: bool = False,
) -> Anonymised:
    """Take the people out of a closed case; with `papers` its files and their text too.

    Done again it finds nothing and writes nothing; files are removed once all of it stands.
    `dry_run` tells the same numbers and leaves everything as it is. Raises Refused for a case that
    is not closed.
    """
    case = Case.objects.select_for_update(no_key=True).get(pk=case.pk)
    if not case.closed:
        raise Refused("", _("%(case)s is not closed. Close it first.") % {"case": case.reference})
    gone = Anonymised(
        signatories=_signatories(case),
        contacts=_contacts(case),
        persons=_persons(case),
        drafts=_drafts(case),
        mails=_mails(case),
        papers=_papers(case) if papers else 0,
        values=_values(case, papers, at),
    )
    if dry_run:
        transaction.set_rollback(True)
    elif gone:
        record_event(
            action="case.anonymised",
            about=case,
            case=case,
            by=by,
            at=at,
            details={"removed": vars(gone)},
        )
    return gone


def _signatories(case: Case) -> int:
    """Their number stays, and that one of them was at risk."""
    nobody = Q(name="", role="", place="", group="")
    rows = Signatory.objects.filter(case=case).exclude(nobody)
    return rows.update(name="", role="", place="", group="")


def _contacts(case: Case) -> int:
    nothing = Q(contacts="", reply_address="", response_request="")
    return (
        Case.objects.filter(pk=case.pk)
        .exclude(nothing)
        .update(contacts="", reply_address="", response_request="", version=F("version") + 1)
    )


def _persons(case: Case) -> int:
    """Ways to reach a person without office, where no other case is addressed to them."""
    others = Case.objects.exclude(pk=case.pk)
    persons = (
        Authority.objects.filter(kind=Authority.Kind.PERSON, addressees__case=case)
        .exclude(addressees__case__in=others)
        .exclude(address="", email="", notes="")
    )
    found = Authority.objects.filter(pk__in=list(persons.values_list("pk", flat=True)))
    return found.update(address="", email="", notes="")


def _drafts(case: Case) -> int:
    """What was pasted and read in it; that there was a draft stays."""
    return (
        Draft.objects.filter(case=case)
        .exclude(text="")
        .update(text="", filename="", source_url="", sha256="", proposal={}, corrected={})
    )


def _mails(case: Case) -> int:
    """The words of mails that told of the case; that they went, to whom and when stays.

    One that is still on its way is left to the next time.
    """
    told = Mail.objects.filter(reminders__deadline__case=case).exclude(state__in=Mail.UNFINISHED)
    found = Mail.objects.filter(pk__in=told.values("pk")).exclude(
        subject="", body_text="", body_html=""
    )
    return found.update(subject="", body_text="", body_html="")


def _papers(case: Case) -> int:
    """Files and texts of this case; a paper of another case too is that one's."""
    shared = Document.cases.through.objects.exclude(case=case).values("document")
    rows = (
        Document.objects.filter(cases=case)
        .exclude(pk__in=shared)
        .exclude(file="", text="", filename="", provenance="")
    )
    found = {document.pk: document.file for document in rows}
    for file in filter(None, found.values()):
        transaction.on_commit(_removal(file.storage, file.name))
    return Document.objects.filter(pk__in=found).update(
        file="", text="", filename="", provenance=""
    )


def _removal(storage: Storage, name: str) -> Callable[[], None]:
    def remove() -> None:
        try:
            storage.delete(name)
        except OSError:
            # The row has forgotten it already, so this line is all that knows of it.
            log.exception("%s could not be removed; remove it by hand.", name)

    return remove


def _values(case: Case, papers: bool, at: datetime.datetime) -> int:
    """What the log of the case told of them, and what somebody wrote who asked for a name."""
    told = Q(event__action__endswith=".revealed", field="reason")
    for model, fields in (FORGOTTEN | (FORGOTTEN_WITH_PAPERS if papers else {})).items():
        told |= Q(event__model=model, field__in=fields)
    held = Q(old__isnull=False) | Q(new__isnull=False)
    return forget(EventValue.objects.filter(told, held, event__case_id=case.pk), at=at)
