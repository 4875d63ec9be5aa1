"""All forms of the page on which a draft is corrected.

What was typed travels as rows of plain strings (`Review.rows`), which the draft keeps, so that
half-done work survives a reload.
"""

import datetime
import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _now

from tracker.forms.draft_case import (
    USUAL_RULE,
    AddresseeForm,
    DraftDemandForm,
    DraftFactsForm,
    office_choices,
)
from tracker.forms.numbers import sent_number
from tracker.intake.matching import best_match
from tracker.intake.references import split_reference
from tracker.intake.spans import Span, locate, normalise
from tracker.models import (
    CitedNorm,
    Demand,
    Draft,
    Kind,
    Phase,
    User,
)
from tracker.services.intake import (
    NewCase,
    NewDemand,
    free_reference,
)

_EMPTY_LINE = re.compile(r"\n[ \t]*\n\s*")


class Review:
    """All forms of the review page, from the draft or from what was sent."""

    MULTIPLE = frozenset({"addressees"})

    def __init__(
        self, *, draft: Draft, user: User, on: datetime.date, data: QueryDict | None = None
    ) -> None:
        self.draft = draft
        shared = office_choices(user)
        self.authorities = list(shared["authorities"])
        self.rows = sent_rows(data) if data is not None else draft.corrected or self._proposed(user)
        self.facts = DraftFactsForm(data, on=on, initial=self.rows["facts"])
        self.addressees = [
            AddresseeForm(data, prefix=f"a{n}", initial=row, **shared)
            for n, row in enumerate(self.rows["addressees"])
        ]
        parties = [
            (str(n), self._party_name(row, n)) for n, row in enumerate(self.rows["addressees"])
        ]
        self._name_usual_rules()
        self.demands = [
            DraftDemandForm(data, prefix=f"d{n}", initial=row, parties=parties)
            for n, row in enumerate(self.rows["demands"])
        ]
        self.problems: list[str] = []

    @property
    def forms(self) -> list[forms.Form]:
        return [self.facts, *self.addressees, *self.demands]

    @property
    def shows_errors(self) -> bool:
        return bool(self.problems or any(form.errors for form in self.forms))

    def is_valid(self) -> bool:
        bad = [form for form in self.forms if not form.is_valid()]
        if not self._kept(self.demands):
            self.problems.append(
                _now("No demand is left. Add one, or keep the text as a background document.")
            )
        return not bad and not self.problems

    def new_case(self) -> NewCase:
        """What was confirmed; call it only when everything is valid."""
        case, facts = self.facts.instance, self.facts.cleaned_data
        case.phase = Phase.SENT if facts["sent_on"] else Phase.PREPARING
        kept = [n for n, form in enumerate(self.addressees) if not form.cleaned_data["remove"]]
        place = {str(n): index for index, n in enumerate(kept)}
        return NewCase(
            case=case,
            addressees=[
                self.addressees[n].new_addressee(facts["sent_on"], facts["channel"]) for n in kept
            ],
            demands=[
                NewDemand(demand, [place[n] for n in form.cleaned_data["addressees"] if n in place])
                for form in self._kept(self.demands)
                for demand in self._new_demands(form)
            ],
            signatories=facts["signatories"],
            norms=[self._new_norm(line) for line in filter(str.strip, facts["norms"].splitlines())],
        )

    def _kept(self, rows: list[DraftDemandForm]) -> list[DraftDemandForm]:
        return [form for form in rows if not form.cleaned_data.get("remove")]

    def _new_demands(self, form: DraftDemandForm) -> list[Demand]:
        """The demand, or several where an empty line parts them."""
        data = form.cleaned_data
        parts = [part for part in _EMPTY_LINE.split(data["text"]) if part.strip()]
        return [
            Demand(
                text=normalise(part),
                heading=data["heading"] if len(parts) == 1 else "",
                **self._place(part, data["at"] or 0),
            )
            for part in parts
        ]

    def _new_norm(self, line: str) -> CitedNorm:
        article, instrument = split_reference(normalise(line))
        return CitedNorm(
            text=normalise(line),
            article=article[:120],
            instrument=instrument[:300],
            **self._place(line, 0),
        )

    def _place(self, words: str, near: int) -> dict[str, int | None]:
        """Words that were changed stand nowhere in the text, and get no place."""
        span = locate(self.draft.text, words, near)
        return {"start": span.start if span else None, "end": span.end if span else None}

    def _party_name(self, row: Mapping[str, Any], number: int) -> str:
        office = next(
            (a.name for a in self.authorities if str(a.pk) == str(row.get("authority"))), ""
        )
        return (
            row.get("addressed_as")
            or office
            or row.get("new_authority")
            or row.get("person")
            or _now("Addressee %(number)d") % {"number": number + 1}
        )

    def demand_places(self) -> list[tuple[int, Span]]:
        """Each demand's number and place, where its words stand in the text."""
        places = []
        for number, row in enumerate(self.rows["demands"], start=1):
            near = sent_number(str(row.get("at") or "")) or 0
            span = locate(self.draft.text, row.get("text") or "", near)
            if span:
                places.append((number, span))
        return places

    def _name_usual_rules(self) -> None:
        """Say under each addressee what the usual rule of the chosen office is."""
        offices = {str(authority.pk): authority for authority in self.authorities}
        for form, row in zip(self.addressees, self.rows["addressees"], strict=True):
            office = offices.get(str(row.get("authority")))
            if office:
                form.fields["rule"].help_text = _now("The usual one: %(rule)s") % {
                    "rule": office.default_rule.name if office.default_rule else _now("none")
                }

    def _proposed(self, user: User) -> dict[str, Any]:
        """The rows as read from the text."""
        found = self.draft.proposal
        labels: dict[str, str] = {}
        addressees = []
        names = [(a.pk, a.name) for a in self.authorities]
        for n, entry in enumerate(found["addressees"]):
            office, name = entry["office"] or "", entry["name"] or ""
            labels[office or name] = str(n)
            known = best_match(office or name, names)
            addressees.append(
                {
                    "addressed_as": office or name,
                    "person": name,
                    "authority": known or "",
                    "new_authority": "" if known else office or name,
                    "rule": USUAL_RULE,
                }
            )
        year = (found["issued_on"] or "")[:4]
        reply = found["response_request"]
        return {
            "facts": {
                "reference": free_reference(
                    f"APPEAL-{year}" if year else "APPEAL",
                    # Not the text alone: who enters it again would see whether somebody had.
                    seed=f"{self.draft.pk} {self.draft.sha256}",
                ),
                "title": (found["title"] or "")[:300],
                "kind": found["kind"] or Kind.STATEMENT.value,
                "issuer": "; ".join(found["issuers"])[:300],
                "issued_on": found["issued_on"] or "",
                "place": (found["place"] or "")[:120],
                "language": found["language"] or "en",
                "response_request": reply["text"] if reply else "",
                "contacts": "\n".join([*found["contacts"]["emails"], *found["contacts"]["phones"]]),
                "lead": user.pk,
                "signatories": "\n".join(_signatory_line(s) for s in found["signatories"]),
                "norms": "\n".join(found["legal_references"]),
            },
            "addressees": addressees,
            "demands": [
                {
                    "text": entry["text"],
                    "at": entry["start"],
                    "addressees": [labels[a] for a in entry["addressees"] if a in labels],
                }
                for entry in found["demands"]
            ],
        }


def _signatory_line(entry: Mapping[str, Any]) -> str:
    parts = [str(entry[key] or "").replace("|", "/") for key in ("name", "role", "place")]
    return " | ".join(parts).rstrip(" |")


def sent_rows(data: QueryDict) -> dict[str, Any]:
    """What was sent, as the rows the draft keeps: strings as typed, right or wrong."""

    def read(prefix: str, form: type[forms.Form]) -> dict[str, Any]:
        return {
            name: [text.replace("\x00", "") for text in data.getlist(f"{prefix}{name}")]
            if name in Review.MULTIPLE
            else data.get(f"{prefix}{name}", "").replace("\x00", "")
            for name in form.base_fields
        }

    return {
        "facts": read("", DraftFactsForm),
        "addressees": [
            read(f"a{n}-", AddresseeForm) for n in range(_count(data, "addressee_count"))
        ],
        "demands": [read(f"d{n}-", DraftDemandForm) for n in range(_count(data, "demand_count"))],
    }


def _count(data: QueryDict, name: str) -> int:
    return min(sent_number(data.get(name, "")) or 0, 300)


def tidied(rows: dict[str, Any], *, add: str = "") -> dict[str, Any]:
    """The rows after "Save": those left out are gone, demands are parted at empty lines.

    `add` is `demand` or `addressee` to begin a new row at the end.
    """
    kept = [n for n, row in enumerate(rows["addressees"]) if not row["remove"]]
    place = {str(n): str(index) for index, n in enumerate(kept)}
    demands = []
    for row in rows["demands"]:
        if row["remove"]:
            continue
        asked = [place[n] for n in row["addressees"] if n in place]
        text = row["text"].replace("\r\n", "\n")
        parts = [part.strip() for part in _EMPTY_LINE.split(text) if part.strip()]
        demands.extend({**row, "text": part, "addressees": asked} for part in parts or [""])
    addressees = [rows["addressees"][n] for n in kept]
    if add == "demand":
        demands.append({"text": "", "addressees": []})
    if add == "addressee":
        addressees.append({"rule": USUAL_RULE})
    return {"facts": rows["facts"], "addressees": addressees, "demands": demands}
