"""What the reader asks the agenda for. An unknown value is refused, never taken for "all"."""

import datetime

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from tracker.forms.people import PersonField
from tracker.models import Authority, Case, User
from tracker.reports.agenda import Choice, Span
from tracker.reports.unscheduled import SILENT_DAYS

YEARS = range(1990, 2101)
UNKNOWN = _("There is no such choice. Choose one of the list.")


def people(reader: User) -> QuerySet[User]:
    return User.objects.visible_to(reader).active().order_by("name", "pk")


class CaseField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Case) -> str:
        return obj.reference


class AddressForm(forms.Form):
    """What an address asks for; a name it does not know is an error like a wrong value."""

    def clean(self) -> dict:
        data = super().clean()
        for name in sorted(set(self.data) - set(self.fields)):
            self.add_error(
                None,
                _("There is no filter named “%(name)s” here. Take it out of the address.")
                % {"name": name[:60]},
            )
        return data


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
        for name in ("owner", "case", "addressee"):
            self.fields[name].error_messages["invalid_choice"] = UNKNOWN

    def clean_view(self) -> str:
        return self.cleaned_data["view"] or Span.MONTH

    def clean_on(self) -> datetime.date:
        day = self.cleaned_data["on"] or self.today
        if day.year not in YEARS:
            raise forms.ValidationError(
                _("Choose a year from %(first)d to %(last)d.")
                % {"first": YEARS[0], "last": YEARS[-1]}
            )
        return day

    @property
    def choice(self) -> Choice:
        data = self.cleaned_data
        return Choice(owner=data["owner"], case=data["case"], addressee=data["addressee"])


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

    def clean_days(self) -> int:
        return self.cleaned_data["days"] or SILENT_DAYS
