"""From a pasted text to a case: the draft, what is read in it, and its confirmation.

A draft keeps the text as it was given and what the person has typed so far, so that nothing is
lost on a bad value, a reload or a dead battery.
"""

import codecs
import datetime
import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tracker.intake import read_appeal
from tracker.models import (
    Addressee,
    Case,
    CitedNorm,
    Demand,
    Document,
    Draft,
    Signatory,
    User,
)
from tracker.services.addressees import add_addressee
from tracker.services.cases import create_case, edit_case
from tracker.services.demand_texts import add_demand
from tracker.services.documents import NewDocument, add_document
from tracker.services.events import record_event
from tracker.services.records import add_row
from tracker.services.refusals import Refused

# A long appeal has some 50,000 characters; ten times as many are still read within seconds.
LONGEST_TEXT = 500_000

_BINARY = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_TAIL = "346789CDFGHJKMNPQRTVWXY"
_PUNCTUATION = set("«»—–“”„’‘…№§•·°\u00a0\u00ad")


@dataclass(frozen=True)
class NewDemand:
    """`addressees` are positions in the list of new addressees."""

    demand: Demand
    addressees: Sequence[int] = ()


@dataclass(frozen=True)
class NewCase:
    """What a person confirmed; every row is unsaved and without its case.

    The authority of an addressee may be a new one, unsaved too.
    """

    case: Case
    addressees: Sequence[Addressee] = ()
    demands: Sequence[NewDemand] = ()
    signatories: Sequence[Signatory] = ()
    norms: Sequence[CitedNorm] = ()
    team: Sequence[User] = field(default=())


def decode_text(content: bytes) -> str:
    """The text of a file in UTF-8, UTF-16 (with its mark) or Windows-1251, line ends as they are.

    Raises Refused for an empty file, a PDF or Word document, and anything else that is no text.
    """
    if not content.strip():
        raise Refused("", _("The text is empty. Choose a file with words in it."))
    if content.startswith(b"%PDF"):
        raise Refused("", _("This is a PDF. Copy the text out of it and paste that."))
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"{\\rtf")):
        raise Refused(
            "", _("This is a word-processor document. Save it as plain text (.txt) first.")
        )
    text = _decode(content)
    if text is None or _BINARY.search(text):
        raise Refused("", _("This is not a text. Save it as plain text in UTF-8 and try again."))
    return text


def check_text(text: str) -> str:
    """The text with plain line ends. Raises Refused when it has no letters or is far too long."""
    # PostgreSQL keeps no text with a NUL in it.
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    if not re.search(r"[^\W\d_]", text):
        raise Refused("", _("The text is empty. Paste the words of the appeal."))
    if len(text) > LONGEST_TEXT:
        raise Refused(
            "",
            _("The text has more than %(limit)d characters. Send only the appeal itself.")
            % {"limit": LONGEST_TEXT},
        )
    return text


def _decode(content: bytes) -> str | None:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1251"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding != "cp1251" or _reads_as_cyrillic(text):
            return text
    return None


def _reads_as_cyrillic(text: str) -> bool:
    """Windows-1251 gives a letter to nearly every byte, so the letters must make sense."""
    foreign = [letter for letter in text if letter > "\x7f" and letter not in _PUNCTUATION]
    cyrillic = sum(1 for letter in foreign if "а" <= letter.lower() <= "я" or letter in "ёЁ")
    lower = sum(1 for letter in foreign if letter.islower())
    return cyrillic * 10 >= len(foreign) * 9 and lower * 2 >= len(foreign)


@transaction.atomic
def start_draft(
    *, text: str, by: User, at: datetime.datetime, filename: str = "", source_url: str = ""
) -> Draft:
    """Keep a text and what was read in it; an unfinished draft of the same text is gone on with.

    Raises Refused.
    """
    text = check_text(text)
    digest = hashlib.sha256(text.encode()).hexdigest()
    draft = Draft.objects.filter(by=by, sha256=digest, confirmed_at__isnull=True).first()
    if draft:
        return draft
    draft = Draft.objects.create(
        text=text,
        filename=filename[:200],
        source_url=source_url,
        sha256=digest,
        proposal=read_appeal(text).as_dict(),
        by=by,
        created_at=at,
    )
    _record(draft, "draft.started", None, by, at)
    return draft


def save_corrections(*, draft: Draft, corrected: dict[str, Any]) -> Draft:
    """Keep what the person has typed so far, right or wrong; a finished draft stays as it is."""
    Draft.objects.filter(pk=draft.pk, confirmed_at__isnull=True).update(corrected=corrected)
    draft.corrected = corrected
    return draft


@transaction.atomic
def confirm_draft(*, draft: Draft, data: NewCase, by: User, at: datetime.datetime) -> Case:
    """Make the case with all that belongs to it, and start its clocks; once per draft.

    A draft that is a case already gives that case. Raises Refused for one kept as a document,
    and ValidationError and Refused as the services below do.
    """
    draft = Draft.objects.select_for_update(no_key=True).get(pk=draft.pk)
    if draft.case:
        return draft.case
    if draft.confirmed_at:
        raise Refused("", _("This text was kept as a background document already."))
    case = create_case(case=data.case, by=by, at=at, team=data.team)
    case.source = add_document(
        new=NewDocument(
            title=case.title,
            kind=Document.Kind.SOURCE,
            url=draft.source_url,
            publisher=case.issuer[:200],
            dated_on=case.issued_on,
            text=draft.text,
            language=case.language,
            provenance=draft.filename and _("Uploaded as %(name)s.") % {"name": draft.filename},
        ),
        cases=[case],
        by=by,
        at=at,
    )
    # The paper needs its case and the case its source: one of them is saved twice.
    case = edit_case(case=case, by=by, at=at)
    for addressee in data.addressees:
        addressee.case = case
        add_addressee(addressee=addressee, by=by, at=at)
    for new in data.demands:
        new.demand.case = case
        asked = [data.addressees[index] for index in new.addressees]
        add_demand(demand=new.demand, addressees=asked, by=by, at=at)
    rows: list[Signatory | CitedNorm] = [*data.signatories, *data.norms]
    for row in rows:
        row.case = case
        add_row(row=row, by=by, at=at)
    draft.case, draft.confirmed_at = case, at
    draft.save(update_fields=["case", "confirmed_at"])
    _record(draft, "draft.confirmed", case, by, at)
    return case


@transaction.atomic
def keep_as_document(
    *, draft: Draft, new: NewDocument, cases: list[Case], by: User, at: datetime.datetime
) -> Document:
    """File the text as a background document of these cases instead of a case of its own.

    A draft kept already gives that document. Raises Refused when it became a case.
    """
    draft = Draft.objects.select_for_update(no_key=True).get(pk=draft.pk)
    if draft.case_id:
        raise Refused("", _("This text has become a case already."))
    if draft.confirmed_at:
        return Document.objects.get(code=draft.corrected["document"])
    document = add_document(new=new, cases=cases, by=by, at=at)
    draft.corrected, draft.confirmed_at = {"document": document.code}, at
    draft.save(update_fields=["corrected", "confirmed_at"])
    _record(draft, "draft.kept", cases[0] if cases else None, by, at)
    return document


@transaction.atomic
def discard_draft(*, draft: Draft, by: User, at: datetime.datetime) -> None:
    """Drop an unfinished draft; a finished one stays as the record of what was read."""
    unfinished = Draft.objects.select_for_update(no_key=True).filter(
        pk=draft.pk, confirmed_at__isnull=True
    )
    if unfinished.exists():
        _record(draft, "draft.discarded", None, by, at)
        unfinished.delete()


def free_reference(wish: str, *, seed: str = "") -> str:
    """The wished reference with a tail that stands for nothing; the same for the same seed, and
    without one another each time.

    A plain one where it is free, or the next number, would tell how many cases one may not see
    have such a reference.
    """
    base = re.sub(r"[^A-Z0-9]+", "-", wish.upper()).strip("-")[:34] or "APPEAL"
    seed = seed or secrets.token_hex(8)
    taken = set(Case.objects.filter(reference__startswith=base).values_list("reference", flat=True))
    return next(
        reference
        for number in count()
        if (reference := f"{base}-{_tail(f'{base} {seed} {number}')}") not in taken
    )


def _tail(text: str) -> str:
    """Three letters or digits that are not mistaken for each other and make no word."""
    digest = hashlib.sha256(text.encode()).digest()
    return "".join(_TAIL[byte % len(_TAIL)] for byte in digest[:3])


def _record(draft: Draft, action: str, case: Case | None, by: User, at: datetime.datetime) -> None:
    """The event names the draft by its number: its words may be about a case not open to all."""
    record_event(action=action, about=draft, case=case, by=by, at=at, label=str(draft.pk))
