"""A new case from a text: taking the text in, and correcting what was read in it.

The review page is one page of many small forms. What was typed travels as rows of plain strings
(`Review.rows`), which the draft keeps, so that half-done work survives a reload.
"""

import datetime
import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.text import slugify
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tracker.forms.demands import DayField
from tracker.intake.matching import best_match
from tracker.intake.references import split_reference
from tracker.intake.spans import Span, locate, normalise
from tracker.models import (
    Addressee,
    Authority,
    Case,
    CitedNorm,
    Confidentiality,
    Demand,
    Document,
    Draft,
    Jurisdiction,
    Kind,
    Phase,
    ResponseRule,
    Role,
    Signatory,
    User,
)
from tracker.services.documents import NewDocument
from tracker.services.intake import (
    NewAddressee,
    NewCase,
    NewDemand,
    NotAText,
    check_text,
    decode_text,
    free_reference,
)

USUAL_RULE = "usual"
LANGUAGES = [("en", _("English")), ("ru", _("Russian")), ("ky", _("Kyrgyz"))]
_EMPTY_LINE = re.compile(r"\n[ \t]*\n\s*")


class TextForm(forms.Form):
    """The text of an appeal, pasted or as a file."""

    text = forms.CharField(
        label=_("Paste the text"),
        widget=forms.Textarea(attrs={"rows": 12}),
        required=False,
        strip=False,
        help_text=_("The whole text as published, signatures and footnotes included."),
    )
    file = forms.FileField(
        label=_("Or choose a text file"), required=False, help_text=_("Plain text (.txt).")
    )
    source_url = forms.URLField(
        label=_("Where it was published"),
        max_length=700,
        required=False,
        assume_scheme="https",
        help_text=_("The address of the page, so that a colleague finds the original."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        file, text = data.get("file"), data.get("text") or ""
        if file and text.strip():
            self.add_error("file", _now("Paste the text or choose a file, not both."))
        elif file:
            try:
                data["text"] = decode_text(file.read())
                data["filename"] = file.name
            except NotAText as error:
                self.add_error("file", str(error))
        elif "file" not in self.errors:
            try:
                data["text"] = check_text(text)
            except NotAText as error:
                self.add_error("text", str(error))
        return data


class FactsForm(forms.Form):
    """The case itself, and how the appeal went out."""

    reference = forms.CharField(
        label=_("Reference"),
        max_length=40,
        help_text=_("Short and neutral: it stands in e-mails and calendar entries."),
    )
    title = forms.CharField(label=_("Title"), max_length=300)
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices)
    issuer = forms.CharField(
        label=_("Issued by"),
        max_length=300,
        required=False,
        help_text=_("Who published the appeal."),
    )
    issued_on = DayField(label=_("Dated"), required=False)
    place = forms.CharField(label=_("Place"), max_length=120, required=False)
    language = forms.ChoiceField(label=_("Language of the text"), choices=LANGUAGES)
    sent_on = DayField(
        label=_("Sent on"),
        required=False,
        help_text=_("The clocks start from it. Leave it empty while nothing has been sent."),
    )
    channel = forms.ChoiceField(
        label=_("Sent by"),
        choices=[("", _("not known")), *Addressee.Channel.choices],
        required=False,
    )
    response_request = forms.CharField(
        label=_("The sentence that asks for an answer"),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
    )
    contacts = forms.CharField(
        label=_("Contacts printed in the text"),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
    )
    lead = forms.ModelChoiceField(
        label=_("Lead"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("nobody yet"),
        help_text=_("Answers for the case; gets its reminders when nobody else is named."),
    )
    confidentiality = forms.ChoiceField(
        label=_("Open to"),
        choices=Confidentiality.choices,
        help_text=_("“Its team only” hides the case from everybody who is not on the team."),
    )
    signatories = forms.CharField(
        label=_("Signatories"),
        widget=forms.Textarea(attrs={"rows": 8}),
        required=False,
        help_text=_("One a line: name | role | place."),
    )
    norms = forms.CharField(
        label=_("Norms the text rests on"),
        widget=forms.Textarea(attrs={"rows": 5}),
        required=False,
        help_text=_("One a line, as cited."),
    )

    def __init__(self, *args: Any, on: datetime.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on
        self.fields["lead"].queryset = (
            User.objects.active().exclude(role=Role.VIEWER).order_by("name", "pk")
        )

    def clean_reference(self) -> str:
        reference = self.cleaned_data["reference"].strip().upper()
        if Case.objects.filter(reference=reference).exists():
            raise forms.ValidationError(
                _now("This reference is taken. %(free)s is free."),
                params={"free": free_reference(reference)},
            )
        return reference

    def clean_sent_on(self) -> datetime.date | None:
        sent_on = self.cleaned_data["sent_on"]
        if sent_on and sent_on > self.on:
            raise forms.ValidationError(
                _now("This day has not come yet. Leave it empty until the appeal is sent.")
            )
        return sent_on

    def clean_signatories(self) -> list[Signatory]:
        signatories = []
        for line in filter(str.strip, self.cleaned_data["signatories"].splitlines()):
            parts = [part.strip() for part in line.split("|")]
            if not parts[0] or len(parts) > 3:
                raise forms.ValidationError(
                    _now("Write each line as name | role | place: “%(line)s”."),
                    params={"line": line.strip()[:60]},
                )
            name, role, place = [*parts, "", ""][:3]
            signatories.append(Signatory(name=name[:200], role=role[:300], place=place[:200]))
        return signatories


class AddresseeForm(forms.Form):
    """Whom the appeal addresses: the words of the text, and the office meant by them."""

    addressed_as = forms.CharField(label=_("In the text"), max_length=300, required=False)
    person = forms.CharField(label=_("Person"), max_length=200, required=False)
    authority = forms.ModelChoiceField(
        label=_("Office"),
        queryset=Authority.objects.none(),
        required=False,
        empty_label=_("a new one:"),
    )
    new_authority = forms.CharField(label=_("New office"), max_length=200, required=False)
    new_kind = forms.ChoiceField(
        label=_("Its kind"), choices=Authority.Kind.choices, initial=Authority.Kind.GOVERNMENT
    )
    new_jurisdiction = forms.ChoiceField(
        label=_("Its law and calendar"), choices=Jurisdiction.choices, required=False
    )
    rule = forms.ChoiceField(label=_("Time to answer"), required=False)
    remove = forms.BooleanField(label=_("Leave this addressee out"), required=False)

    def __init__(
        self, *args: Any, authorities: Any, rules: list[ResponseRule], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.rules = {str(rule.pk): rule for rule in rules}
        self.fields["authority"].queryset = authorities
        self.fields["rule"].choices = [
            (USUAL_RULE, _("the usual rule of this office")),
            ("", _("no law sets a time")),
            *(
                (key, f"{rule.get_jurisdiction_display()}: {rule.name}")
                for key, rule in self.rules.items()
            ),
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not data.get("remove") and not data.get("authority") and not data.get("new_authority"):
            self.add_error(
                "authority", _now("Choose the office, write a new one, or leave the addressee out.")
            )
        return data

    def new_addressee(self, sent_on: datetime.date | None, channel: str) -> NewAddressee:
        data = self.cleaned_data
        authority = data["authority"] or Authority(
            slug=slugify(data["new_authority"])[:70] or f"office-{self.prefix}",
            name=data["new_authority"],
            kind=data["new_kind"],
            jurisdiction=data["new_jurisdiction"],
        )
        usual = data["rule"] == USUAL_RULE
        return NewAddressee(
            addressee=Addressee(
                person=data["person"],
                addressed_as=data["addressed_as"],
                channel=channel,
                sent_on=sent_on,
                rule=authority.default_rule if usual else self.rules.get(data["rule"]),
            ),
            authority=authority,
        )


class DemandForm(forms.Form):
    """One demand, word for word, and who is asked."""

    text = forms.CharField(
        label=_("Word for word"), widget=forms.Textarea(attrs={"rows": 4}), required=False
    )
    heading = forms.CharField(label=_("In short"), max_length=160, required=False)
    addressees = forms.MultipleChoiceField(
        label=_("Asked of"), widget=forms.CheckboxSelectMultiple, required=False
    )
    at = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    remove = forms.BooleanField(label=_("Leave this demand out"), required=False)

    def __init__(self, *args: Any, parties: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["addressees"].choices = parties

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not data.get("remove") and not data.get("text"):
            self.add_error("text", _now("Write the demand, or leave it out."))
        return data


class Review:
    """All forms of the review page, from the draft or from what was sent."""

    MULTIPLE = frozenset({"addressees"})

    def __init__(
        self, *, draft: Draft, user: User, on: datetime.date, data: QueryDict | None = None
    ) -> None:
        self.draft = draft
        authorities = Authority.objects.visible_to(user).select_related("default_rule")
        self.authorities = list(authorities.order_by("name", "pk"))
        steps = ResponseRule.objects.exclude(registration=None).values("registration")
        self.rules = list(
            ResponseRule.objects.applicable()
            .exclude(pk__in=steps)
            .order_by("jurisdiction", "name", "pk")
        )
        self.rows = sent_rows(data) if data is not None else draft.corrected or self._proposed(user)
        shared = {"authorities": authorities.order_by("name", "pk"), "rules": self.rules}
        self.facts = FactsForm(data, on=on, initial=self.rows["facts"])
        self.addressees = [
            AddresseeForm(data, prefix=f"a{n}", initial=row, **shared)
            for n, row in enumerate(self.rows["addressees"])
        ]
        parties = [
            (str(n), self._party_name(row, n)) for n, row in enumerate(self.rows["addressees"])
        ]
        self.demands = [
            DemandForm(data, prefix=f"d{n}", initial=row, parties=parties)
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

    def refuse(self, refused: Exception) -> None:
        """Say what a service refused, beside the field it speaks of where that is on the page."""
        if isinstance(refused, ValidationError):
            self.problems.extend(refused.messages)
            return
        field = getattr(refused, "field", "")
        if field in self.facts.fields:
            self.facts.add_error(field, str(refused))
        else:
            self.problems.append(str(refused))

    def new_case(self) -> NewCase:
        """What was confirmed; call it only when everything is valid."""
        facts = self.facts.cleaned_data
        kept = [n for n, form in enumerate(self.addressees) if not form.cleaned_data["remove"]]
        place = {str(n): index for index, n in enumerate(kept)}
        return NewCase(
            case=Case(
                **{
                    name: facts[name]
                    for name in (
                        "reference",
                        "title",
                        "kind",
                        "issuer",
                        "issued_on",
                        "place",
                        "language",
                        "response_request",
                        "contacts",
                        "lead",
                        "confidentiality",
                    )
                },
                phase=Phase.SENT if facts["sent_on"] else Phase.PREPARING,
            ),
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

    def _kept(self, rows: list[DemandForm]) -> list[DemandForm]:
        return [form for form in rows if not form.cleaned_data.get("remove")]

    def _new_demands(self, form: DemandForm) -> list[Demand]:
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
            near = str(row.get("at") or "")
            span = locate(
                self.draft.text, row.get("text") or "", int(near) if near.isdigit() else 0
            )
            if span:
                places.append((number, span))
        return places

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
                "reference": free_reference(f"APPEAL-{year}" if year else "APPEAL"),
                "title": (found["title"] or "")[:300],
                "kind": found["kind"] or Kind.STATEMENT.value,
                "issuer": "; ".join(found["issuers"])[:300],
                "issued_on": found["issued_on"] or "",
                "place": (found["place"] or "")[:120],
                "language": found["language"] or "en",
                "response_request": reply["text"] if reply else "",
                "contacts": "\n".join([*found["contacts"]["emails"], *found["contacts"]["phones"]]),
                "lead": user.pk,
                "confidentiality": Confidentiality.OPEN.value,
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
            name: data.getlist(f"{prefix}{name}")
            if name in Review.MULTIPLE
            else data.get(f"{prefix}{name}", "")
            for name in form.base_fields
        }

    return {
        "facts": read("", FactsForm),
        "addressees": [
            read(f"a{n}-", AddresseeForm) for n in range(_count(data, "addressee_count"))
        ],
        "demands": [read(f"d{n}-", DemandForm) for n in range(_count(data, "demand_count"))],
    }


def _count(data: QueryDict, name: str) -> int:
    value = data.get(name, "")
    return min(int(value), 300) if value.isdigit() and len(value) < 6 else 0


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


class CasesField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Case) -> str:
        return f"{obj.reference}: {obj.title}"


class BackgroundForm(forms.Form):
    """A text that is no appeal, filed under the cases it tells about."""

    title = forms.CharField(label=_("Title"), max_length=300)
    kind = forms.ChoiceField(label=_("Kind"), choices=Document.Kind.choices)
    publisher = forms.CharField(
        label=_("Source"),
        max_length=200,
        required=False,
        help_text=_("Who wrote or published it."),
    )
    dated_on = DayField(label=_("Dated"), required=False)
    cases = CasesField(
        label=_("File it under"),
        queryset=Case.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose the case or cases it tells about.")},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cases"].queryset = Case.objects.visible_to(user).order_by("-created_at", "pk")

    def new_document(self, draft: Draft) -> NewDocument:
        data = self.cleaned_data
        return NewDocument(
            title=data["title"],
            kind=data["kind"],
            url=draft.source_url,
            publisher=data["publisher"],
            dated_on=data["dated_on"],
            text=draft.text,
            language=draft.proposal["language"] or "",
        )
