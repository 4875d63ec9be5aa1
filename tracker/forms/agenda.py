"""What the reader asks the agenda for. An unknown value is left out, never in silence."""

import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tracker.forms.people import PersonField
from tracker.models import Authority, Case, User
from tracker.reports.agenda import Choice, Span
from tracker.reports.unscheduled import SILENT_DAYS

YEARS = range(1990, 2101)
UNKNOWN = _("Choose one of the list.")


def people(reader: User) -> QuerySet[User]:
    return User.objects.visible_to(reader).active().order_by("name", "pk")


class CaseField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Case) -> str:
        return obj.reference


class AddressForm(forms.Form):
    """What an address asks for; what is no choice is left out, and `problems` says so."""

    @property
    def problems(self) -> list[str]:
        """One sentence for each parameter that was left out."""
        wrong = [
            _now("“%(value)s” is not a choice of “%(filter)s”, so this filter was left out.")
            % {"value": self.data.get(name, "")[:60], "filter": self.fields[name].label}
            + f" {errors[0]}"
            for name, errors in self.errors.items()
        ]
        unknown = [
            _now("There is no filter named “%(name)s” here, so it was left out.")
            % {"name": name[:60]}
            for name in sorted(set(self.data) - set(self.fields))
        ]
        return wrong + unknown

    def asked(self, name: str) -> Any:
        """The value of a filter, None where it was left out or not used."""
        return None if name in self.errors else self.cleaned_data[name]


class AgendaForm(AddressForm):
    """The period and the filters of the agenda."""

    view = forms.ChoiceField(
        label=_("View"), choices=Span, required=False, widget=forms.HiddenInput
    )
    on = forms.DateField(
        label=_("Day"),
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write the day as 2026-11-30.")},
    )
    owner = PersonField(label=_("Person"), queryset=None, required=False, empty_label=_("anybody"))
    case = CaseField(label=_("Case"), queryset=None, required=False, empty_label=_("all"))
    addressee = forms.ModelChoiceField(
        label=_("Addressee"), queryset=None, required=False, empty_label=_("any")
    )

    def __init__(self, data, *, reader: User, today: datetime.date) -> None:
        super().__init__(data)
        self.today = today
        self.fields["owner"].queryset = people(reader)
        cases = Case.objects.visible_to(reader).only("reference")
        self.fields["case"].queryset = cases.order_by("reference", "pk")
        self.fields["addressee"].queryset = Authority.objects.visible_to(reader).order_by(
            "name", "pk"
        )
        for name in ("view", "owner", "case", "addressee"):
            self.fields[name].error_messages["invalid_choice"] = UNKNOWN

    def clean_on(self) -> datetime.date | None:
        day = self.cleaned_data["on"]
        if day and day.year not in YEARS:
            raise forms.ValidationError(
                _("Choose a year from %(first)d to %(last)d.")
                % {"first": YEARS[0], "last": YEARS[-1]}
            )
        return day

    @property
    def span(self) -> str:
        return self.asked("view") or Span.MONTH

    @property
    def around(self) -> datetime.date:
        return self.asked("on") or self.today

    @property
    def choice(self) -> Choice:
        return Choice(
            owner=self.asked("owner"), case=self.asked("case"), addressee=self.asked("addressee")
        )


class UnscheduledForm(AddressForm):
    owner = PersonField(
        label=_("Person"),
        queryset=None,
        required=False,
        empty_label=_("anybody"),
        error_messages={"invalid_choice": UNKNOWN},
    )
    days = forms.IntegerField(
        label=_("No movement for so many days"),
        required=False,
        min_value=1,
        max_value=3650,
        error_messages={"invalid": _("Write a whole number of days.")},
    )

    def __init__(self, data, *, reader: User) -> None:
        super().__init__(data, initial={"days": SILENT_DAYS})
        self.fields["owner"].queryset = people(reader)

    @property
    def days_silent(self) -> int:
        return self.asked("days") or SILENT_DAYS
