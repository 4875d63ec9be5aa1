"""What is on record about a demand: its status with reason and evidence, its review day."""

import datetime
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tracker.forms.documents import PaperField
from tracker.forms.numbers import sent_number
from tracker.forms.versioned import VERSION, VersionField
from tracker.models import (
    STATUS_FACTS,
    Confidence,
    Demand,
    Document,
    Evidence,
    Extent,
    Status,
    StatusChange,
    User,
    needs_second_person,
)
from tracker.services.documents import NewDocument
from tracker.services.status_rules import NewEvidence, StatusRequest

REVIEW_AFTER = datetime.timedelta(days=60)
DAY = {"type": "date"}


class DayField(forms.DateField):
    """A day of the calendar, with the browser's own picker and words for an impossible one."""

    default_error_messages = {
        "invalid": _("This day does not exist. Write it as year-month-day, such as 2026-04-21.")
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(attrs=DAY, format="%Y-%m-%d"))
        # What a browser's picker sends, and what people here type where there is none.
        super().__init__(input_formats=["%Y-%m-%d", "%d.%m.%Y"], **kwargs)


class NotedEvidenceField(forms.ModelMultipleChoiceField):
    noted: QuerySet[Evidence]  # all of the demand's that the person may see

    def label_from_instance(self, obj: Evidence) -> str:
        source = obj.document.publisher or obj.document.title
        return f"{obj.claim} ({source})"

    def clean(self, value: Any) -> QuerySet[Evidence]:
        try:
            return super().clean(value)
        except ValidationError as error:
            if error.code != "invalid_choice":
                raise
            raise ValidationError(self._weighed_meanwhile(value)) from error

    def _weighed_meanwhile(self, ticked: Iterable[str]) -> str:
        """The ticked sources that can be ticked no more, by name, for they left the list."""
        numbers = {sent_number(str(number)) for number in ticked} - {None}
        gone = self.noted.filter(pk__in=numbers).exclude(pk__in=self.queryset.values("pk"))
        names = [
            self.label_from_instance(row)
            for row in gone.select_related("document").order_by("happened_on", "pk")
        ]
        if not names:
            return _now("One of the sources you ticked is not in the list. Look at it again.")
        return _now(
            "Of the sources you ticked, these were weighed meanwhile and cannot be weighed again: "
            "%(sources)s."
        ) % {"sources": "; ".join(names)}


class DocumentField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Document) -> str:
        return obj.title[:90]


class StatusForm(forms.Form):
    """One change of status, of the demand as the person saw it."""

    shown_version = VersionField()
    to_status = forms.ChoiceField(label=_("New status"), widget=forms.RadioSelect)
    extent = forms.ChoiceField(
        label=_("How far, if partly"),
        choices=[("", _("not partly implemented")), *Extent.choices],
        required=False,
    )
    missing = forms.CharField(
        label=_("What is still missing, if partly"),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
    )
    happened_on = DayField(
        label=_("When it happened"), help_text=_("The day itself, not the day you learnt of it.")
    )
    reason = forms.CharField(
        label=_("Why"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One sentence a colleague understands."),
        error_messages={"required": _("Say in one sentence why.")},
    )
    review_on = DayField(
        label=_("Look at it again on"),
        required=False,
        help_text=_("Not asked for a status that ends the demand."),
    )
    evidence = NotedEvidenceField(
        label=_("Evidence"),
        queryset=Evidence.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        demand: Demand,
        moves: Iterable[str],
        reader: User,
        on: datetime.date,
        mistaken: StatusChange | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.demand = demand
        self.moves = tuple(moves)
        status = self.fields["to_status"]
        status.choices = [(value, Status(value).label) for value in self.moves]
        # The one chosen, by its name: it may stand in the list no more.
        names = dict(Status.choices)
        if chosen := names.get(self.data.get(self.add_prefix("to_status"), "")):
            status.error_messages["invalid_choice"] = _now(
                "A demand that is “%(now)s” cannot become “%(then)s”. Choose one of the list."
            ) % {"now": demand.get_status_display(), "then": chosen}
        status.error_messages["required"] = _now("Choose the new status.")
        noted = demand.evidence.visible_to(reader)
        choices = noted.unassessed()
        if mistaken is not None:
            theirs = noted.filter(status_change=mistaken)
            choices |= theirs
            self._fill_in(mistaken, [row.pk for row in theirs], on)
        sources = self.fields["evidence"]
        sources.queryset = choices.select_related("document").order_by("happened_on", "pk")
        sources.noted = noted
        self.initial.setdefault(VERSION, demand.version)
        self.initial.setdefault("review_on", on + REVIEW_AFTER)
        self.fields["happened_on"].widget.attrs["max"] = on.isoformat()

    def _fill_in(self, mistaken: StatusChange, evidence: list[int], on: datetime.date) -> None:
        """The mistaken step as it was entered, so that only the mistake need be typed."""
        self.initial |= {
            "to_status": mistaken.to_status,
            "extent": mistaken.extent,
            "missing": mistaken.missing,
            "happened_on": mistaken.happened_on,
            "reason": mistaken.reason,
            "evidence": evidence,
        }
        if self.demand.review_on and self.demand.review_on > on:
            self.initial["review_on"] = self.demand.review_on

    @property
    def options(self) -> list[dict[str, Any]]:
        """Each allowed status with what it means and what it asks for."""
        chosen = self["to_status"].value()
        return [
            {
                "value": value,
                "id": f"{self['to_status'].auto_id}_{value}",
                "checked": value == chosen,
                "label": Status(value).label,
                "facts": STATUS_FACTS[value],
                "second_person": needs_second_person(self.demand.status, value),
            }
            for value in self.moves
        ]

    def status_request(self, added: Iterable[NewEvidence]) -> StatusRequest:
        data = self.cleaned_data
        partly = data["to_status"] == Status.PARTIAL
        return StatusRequest(
            to_status=data["to_status"],
            shown_version=data[VERSION],
            happened_on=data["happened_on"],
            reason=data["reason"],
            extent=data["extent"] if partly else "",
            missing=data["missing"] if partly else "",
            review_on=data["review_on"],
            noted=list(data["evidence"]),
            added=list(added),
        )


class EvidenceForm(forms.Form):
    """One source: a document the case has, or a new one, and what it says about the demand."""

    claim = forms.CharField(
        label=_("What it says about this demand"),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
    )
    document = DocumentField(
        label=_("A document of this case"),
        queryset=Document.objects.none(),
        required=False,
        empty_label=_("none of these, a new one:"),
    )
    title = forms.CharField(label=_("Title of the new document"), max_length=300, required=False)
    url = forms.URLField(
        label=_("Its address on the web"), max_length=700, required=False, assume_scheme="https"
    )
    file = PaperField(label=_("or its file"))
    publisher = forms.CharField(label=_("Who published it"), max_length=200, required=False)
    kind = forms.ChoiceField(
        label=_("Kind of document"), choices=Document.Kind.choices, initial=Document.Kind.NEWS
    )
    by_authority = forms.BooleanField(label=_("The authority's own words"), required=False)
    stance = forms.ChoiceField(
        label=_("This source"), choices=Evidence.Stance.choices, initial=Evidence.Stance.SUPPORTS
    )
    confidence = forms.ChoiceField(
        label=_("Confidence"), choices=Confidence.choices, initial=Confidence.MEDIUM
    )

    SAYS_SOMETHING = ("claim", "document", "title", "url", "file", "publisher")
    filled = False  # one that was left as it came is not cleaned

    def __init__(self, *args: Any, documents: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["document"].queryset = documents

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        self.filled = any(data.get(name) for name in self.SAYS_SOMETHING)
        if self.errors or not self.filled:
            return data
        if not data["claim"]:
            self.add_error("claim", _now("Say in one sentence what this source says."))
        if data["document"] is None:
            if not data["title"]:
                self.add_error("title", _now("Give the document's title, or choose one above."))
            if not data["url"] and not data["file"]:
                self.add_error("url", _now("Give the address on the web, or the file."))
        return data

    def new_evidence(self) -> NewEvidence:
        data = self.cleaned_data
        document = data["document"] or NewDocument(
            title=data["title"],
            kind=data["kind"],
            url=data["url"],
            publisher=data["publisher"],
            file=data["file"],
            by_authority=data["by_authority"],
        )
        return NewEvidence(
            document=document,
            claim=data["claim"],
            stance=data["stance"],
            confidence=data["confidence"],
        )


EvidenceFormSet = forms.formset_factory(EvidenceForm, extra=2, max_num=2)


class ReviewForm(forms.Form):
    shown_version = VersionField()
    review_on = DayField(label=_("Look at it again on"))
