"""A letter that came, and a contact of any kind."""

import datetime
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tracker.forms.demands import DayField
from tracker.forms.documents import PaperField
from tracker.models import Action, Addressee, Case, Demand, Document, Grade, Response
from tracker.services.correspondence import SILENCE, NewGrade, direction_of
from tracker.services.documents import NewDocument

LATER = _("grade it later")
LETTER_GRADES = [(grade.value, grade.label) for grade in Grade if grade not in SILENCE]


class AddresseeField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Addressee) -> str:
        return f"{obj.authority.name}, {obj.person}" if obj.person else obj.authority.name


class GradesMixin(forms.Form):
    """A grade per demand, each of them to be left for later."""

    def add_grades(self, demands: list[Demand], known: dict[int, str] | None = None) -> None:
        self.demands = demands
        known = known or {}
        for demand in demands:
            open_choice = _("not graded: take the grade back") if demand.pk in known else LATER
            self.fields[f"grade_{demand.pk}"] = forms.ChoiceField(
                label=f"{demand.number}. {demand.short}",
                choices=[("", open_choice), *LETTER_GRADES],
                required=False,
                initial=known.get(demand.pk, ""),
            )

    @property
    def grade_fields(self) -> list[forms.BoundField]:
        return [self[f"grade_{demand.pk}"] for demand in self.demands]

    def new_grades(self) -> list[NewGrade]:
        return [
            NewGrade(demand, self.cleaned_data[f"grade_{demand.pk}"])
            for demand in self.demands
            if self.cleaned_data.get(f"grade_{demand.pk}")
        ]


class ResponseForm(GradesMixin):
    addressee = AddresseeField(label=_("Who answered"), queryset=Addressee.objects.none())
    received_on = DayField(label=_("Received on"))
    dated_on = DayField(label=_("The letter is dated"), required=False)
    incoming_number = forms.CharField(
        label=_("Its number"),
        max_length=80,
        required=False,
        help_text=_("As printed on the letter."),
    )
    note = forms.CharField(
        label=_("What it says, in a sentence"),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
    )
    file = PaperField(label=_("The letter as a file"))
    text = forms.CharField(
        label=_("or its text"), widget=forms.Textarea(attrs={"rows": 6}), required=False
    )
    confidential = forms.BooleanField(label=_("It may not be published"), required=False)
    closes_clocks = forms.BooleanField(
        label=_("This is their answer: stop the clock and its reminders"),
        required=False,
        initial=True,
        help_text=_("Leave it unticked for a holding reply."),
    )

    def __init__(self, *args: Any, case: Case, on: datetime.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case
        self.fields["addressee"].queryset = case.addressees.select_related("authority").order_by(
            "number", "pk"
        )
        self.fields["received_on"].widget.attrs["max"] = on.isoformat()
        self.initial.setdefault("received_on", on)
        self.add_grades(list(case.demands.order_by("number", "pk")))

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not self.errors and not (data["file"] or data["text"].strip() or data["note"].strip()):
            self.add_error(
                "text", _now("Keep the letter: give its file, its text, or at least a sentence.")
            )
        return data

    def new_document(self) -> NewDocument | None:
        data = self.cleaned_data
        if not data["file"] and not data["text"].strip():
            return None
        return NewDocument(
            title=_now("Answer of %(name)s, %(day)s")
            % {
                "name": data["addressee"].authority.name[:200],
                "day": date_format(data["received_on"]),
            },
            kind=Document.Kind.RESPONSE,
            publisher=data["addressee"].authority.name[:200],
            dated_on=data["dated_on"] or data["received_on"],
            text=data["text"],
            file=data["file"],
            by_authority=True,
        )


class GradeForm(GradesMixin):
    """The grades of a letter recorded before; only those the person touched are written.

    Each is sent with the grade the page showed, so that nobody's is overwritten unseen.
    """

    def __init__(self, *args: Any, response: Response, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = dict(response.grades.values_list("demand_id", "grade"))
        self.add_grades(list(response.action.case.demands.order_by("number", "pk")), known)
        for demand in self.demands:
            self.fields[f"seen_{demand.pk}"] = forms.CharField(
                widget=forms.HiddenInput, required=False, initial=known.get(demand.pk, "")
            )

    def touched(self) -> list[Demand]:
        # A grade that only came back as the page showed it would overwrite a colleague's.
        return [demand for demand in self.demands if self._sent(demand) != self._seen(demand)]

    def new_grades(self) -> list[NewGrade]:
        return [
            NewGrade(demand, self._sent(demand), seen=self._seen(demand))
            for demand in self.touched()
        ]

    def retyped(self, response: Response) -> dict[str, str]:
        """What was touched, on top of the grades as they are now: to be sent on purpose."""
        now = dict(response.grades.values_list("demand_id", "grade"))
        touched = {demand.pk for demand in self.touched()}
        found = {}
        for demand in self.demands:
            grade = now.get(demand.pk, "")
            found[f"seen_{demand.pk}"] = grade
            found[f"grade_{demand.pk}"] = self._sent(demand) if demand.pk in touched else grade
        return found

    def _sent(self, demand: Demand) -> str:
        return self.cleaned_data.get(f"grade_{demand.pk}", "")

    def _seen(self, demand: Demand) -> str:
        return self.cleaned_data.get(f"seen_{demand.pk}", "")


def contact_kinds() -> list[tuple[str, list[tuple[str, str]]]]:
    """The kinds of contact by direction, then what we heard of; an answer has its own form."""
    groups: dict[str, list[tuple[str, str]]] = {
        direction.value: [] for direction in Action.Direction
    }
    news = []
    for value, name in Action.Kind.choices:
        if value in Action.NEWS:
            news.append((value, name))
        elif value not in (Action.Kind.RESPONSE, Action.Kind.APPEAL):
            groups[direction_of(value)].append((value, name))
    by_direction = [
        (Action.Direction(direction).label.capitalize(), kinds)
        for direction, kinds in groups.items()
    ]
    return [*by_direction, (_now("Heard of"), news)]


class ContactForm(forms.Form):
    kind = forms.ChoiceField(label=_("What it was"))
    addressee = AddresseeField(
        label=_("With whom"),
        queryset=Addressee.objects.none(),
        required=False,
        empty_label=_("nobody of the addressees"),
    )
    happened_on = DayField(label=_("When"))
    note = forms.CharField(
        label=_("What happened"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What a colleague needs who takes over tomorrow."),
        error_messages={"required": _("Say in a sentence what happened.")},
    )
    file = PaperField(label=_("A paper that belongs to it"))

    def __init__(self, *args: Any, case: Case, on: datetime.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", _("choose")), *contact_kinds()]
        self.fields["addressee"].queryset = case.addressees.select_related("authority").order_by(
            "number", "pk"
        )
        self.fields["happened_on"].widget.attrs["max"] = on.isoformat()
        self.initial.setdefault("happened_on", on)

    def new_document(self) -> NewDocument | None:
        data = self.cleaned_data
        if not data["file"]:
            return None
        incoming = direction_of(data["kind"]) == Action.Direction.IN
        kind = str(Action.Kind(data["kind"]).label).capitalize()
        return NewDocument(
            title=f"{kind}, {date_format(data['happened_on'])}",
            kind=Document.Kind.STATEMENT if incoming else Document.Kind.DISPATCH,
            dated_on=data["happened_on"],
            file=data["file"],
        )
