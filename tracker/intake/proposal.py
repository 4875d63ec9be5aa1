"""The text of an appeal, read: everything a case needs, each thing with its place in the text."""

import datetime
from dataclasses import dataclass
from typing import Any

from tracker.intake.addressees import Addressee, Addressees
from tracker.intake.contacts import find_emails, find_phones
from tracker.intake.demands import DemandReader
from tracker.intake.heading import (
    find_issuers,
    find_kind,
    find_place,
    find_title,
    is_headline_demand,
    names_itself,
    naming_lines,
)
from tracker.intake.issued import FoundDate, find_issued_on
from tracker.intake.language import detect_language
from tracker.intake.letterhead import read_heading
from tracker.intake.lines import Block, read_blocks
from tracker.intake.prose import Demand
from tracker.intake.references import find_references
from tracker.intake.response import ResponseRequest, find_response_request
from tracker.intake.salutation import read_address_list, read_salutation, read_title
from tracker.intake.signatories import Signatory, find_signatories
from tracker.intake.spans import Span, quoted, read
from tracker.intake.verdict import is_appeal, is_report_of_appeal


@dataclass(frozen=True, slots=True)
class Proposal:
    """What was found in `text`.

    Every place is a pair of character offsets into `text`, `end` exclusive; the
    words shown are those between them with white space made single.
    For a text that is no appeal only date, place, title, norms and contacts are given.
    """

    text: str
    is_appeal: bool
    kind: str | None
    language: str | None
    title: Span | None
    issued_on: FoundDate | None
    place: Span | None
    issuers: tuple[Span, ...]
    addressees: tuple[Addressee, ...]
    demands: tuple[Demand, ...]
    response_request: ResponseRequest | None
    signatories: tuple[Signatory, ...]
    legal_references: tuple[Span, ...]
    emails: tuple[str, ...]
    phones: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON; dates are ISO strings.

        Where the schema has bare strings (title, date, place, issuers, norms), their
        places stand under `offsets`, in the same order.
        """
        response = self.response_request
        return {
            "is_appeal": self.is_appeal,
            "kind": self.kind,
            "language": self.language,
            "title": self._words(self.title),
            "issued_on": self.issued_on.value.isoformat() if self.issued_on else None,
            "place": self._words(self.place),
            "issuers": [self._words(span) for span in self.issuers],
            "addressees": [
                {"name": self._words(a.name), "office": self._words(a.office), **_offsets(a.span)}
                for a in self.addressees
            ],
            "demands": [
                {
                    "text": self._words(d.span),
                    "addressees": [a.label(self.text) for a in d.addressees],
                    **_offsets(d.span),
                }
                for d in self.demands
            ],
            "response_request": response
            and {
                "text": self._words(response.span),
                "due_on": _iso(response.due_on),
                "days": response.days,
                "day_kind": response.day_kind,
                "statutory": response.statutory,
                **_offsets(response.span),
            },
            "signatories": [
                {
                    "name": self._words(s.name),
                    "role": self._words(s.role),
                    "place": self._words(s.place),
                    **_offsets(s.span),
                }
                for s in self.signatories
            ],
            "legal_references": [self._words(span) for span in self.legal_references],
            "contacts": {"emails": list(self.emails), "phones": list(self.phones)},
            "offsets": {
                "title": _place(self.title),
                "issued_on": _place(self.issued_on.span if self.issued_on else None),
                "place": _place(self.place),
                "issuers": [_place(span) for span in self.issuers],
                "legal_references": [_place(span) for span in self.legal_references],
            },
        }

    def _words(self, span: Span | None) -> str | None:
        return read(self.text, span) if span else None


def _offsets(span: Span) -> dict[str, int]:
    return {"start": span.start, "end": span.end}


def _place(span: Span | None) -> dict[str, int] | None:
    return _offsets(span) if span else None


def _iso(day: datetime.date | None) -> str | None:
    return day.isoformat() if day else None


def read_appeal(text: str) -> Proposal:
    """Reads a text in English, Russian or Kyrgyz. Never raises; the same text, the same answer."""
    language = detect_language(text)
    blocks = read_blocks(text)
    quotes = quoted(text)
    issued = find_issued_on(text, blocks)
    addressees = Addressees(text)
    heading_end = read_heading(text, blocks, addressees)
    title = find_title(text, blocks, heading_end)
    if not addressees.entries:
        read_title(text, ([title] if title else []) + naming_lines(text, blocks), addressees)
    read_salutation(text, blocks, addressees)
    read_address_list(text, blocks, addressees)
    addressees, demands, reported = _read_calls(
        text, blocks, quotes, addressees, heading_end, title, english=language in {"en", None}
    )
    response = find_response_request(text, _prose(blocks), quotes, issued.value if issued else None)
    last = max((d.span.end for d in demands), default=heading_end)
    signatories = find_signatories(text, blocks, last, [d.span for d in demands])
    appeal = is_appeal(
        text,
        quotes,
        demands,
        named=names_itself(text, title, blocks),
        heading=bool(addressees.heading),
        headline=is_headline_demand(text, title),
        signatories=len(signatories),
        reply=response is not None,
        reported=reported,
    )
    return Proposal(
        text=text,
        is_appeal=appeal,
        kind=(
            find_kind(text, title, blocks) or ("open_appeal" if addressees.heading else "statement")
        )
        if appeal
        else None,
        language=language,
        title=title,
        issued_on=issued,
        place=find_place(text, blocks, issued),
        issuers=tuple(find_issuers(text, title)) if appeal else (),
        addressees=tuple(addressees.entries) if appeal else (),
        demands=tuple(demands) if appeal else (),
        response_request=response if appeal else None,
        signatories=tuple(signatories) if appeal else (),
        legal_references=tuple(find_references(text)),
        emails=tuple(find_emails(text)),
        phones=tuple(find_phones(text)),
    )


def _read_calls(
    text: str,
    blocks: list[Block],
    quotes: list[Span],
    addressees: Addressees,
    heading_end: int,
    title: Span | None,
    *,
    english: bool,
) -> tuple[Addressees, list[Demand], bool]:
    """Addressees and demands; a retold statement is read again, through its quotations."""
    demands = DemandReader(
        text, blocks, addressees, english=english, reported=False, title=title
    ).read(heading_end)
    if (
        not addressees.heading
        and not any(d.own_voice for d in demands)
        and is_report_of_appeal(text, quotes)
    ):
        addressees = Addressees(text)
        demands = DemandReader(
            text, blocks, addressees, english=english, reported=True, title=title
        ).read(0)
        return addressees, demands, True
    return addressees, demands, False


def _prose(blocks: list[Block]) -> list[Span]:
    return [
        child.span
        for block in blocks
        if block.kind in {"paragraph", "item"}
        for child in (block, *block.children)
    ]
