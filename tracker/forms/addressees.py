"""How the appeal reached an addressee, the days its clock runs from; and a further addressee."""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tracker.forms.demands import DayField
from tracker.forms.draft_case import USUAL_RULE, AddresseeForm
from tracker.forms.versioned import VersionedForm
from tracker.models import Addressee, Case

DAYS = ("sent_on", "delivered_on", "received_on", "registered_on")


class DaysForm(forms.ModelForm):
    class Meta:
        model = Addressee
        fields = ["channel", *DAYS, "incoming_number", "expected_by"]

    def __init__(self, *args: Any, on: datetime.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on
        for name in (*DAYS, "expected_by"):
            field = self.fields[name]
            self.fields[name] = DayField(
                label=field.label, help_text=field.help_text, required=False
            )
        for name in DAYS:
            self.fields[name].widget.attrs["max"] = on.isoformat()

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        known = [(name, data[name]) for name in DAYS if data.get(name)]
        for name, day in known:
            if day > self.on:
                self.add_error(name, _now("This day has not come yet. Enter the day it happened."))
        for (_earlier, before), (name, after) in zip(known, known[1:], strict=False):
            if after < before and name not in self.errors:
                self.add_error(name, _now("This is before an earlier step on its way."))
        return data


class DispatchForm(VersionedForm, DaysForm):
    pass


class FurtherAddresseeForm(AddresseeForm, DaysForm):
    """Whom the appeal addresses besides those it was entered with, and how it reached them."""

    without_office = _("Choose the office, or write a new one.")
    remove = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("rule", USUAL_RULE)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("authority") and data.get("new_authority"):
            self.add_error("new_authority", _now("Choose one or name a new one, not both."))
        return data

    def addressee_of(self, case: Case) -> Addressee:
        data = self.cleaned_data
        addressee = self.new_addressee(data["sent_on"], data["channel"])
        for name in self._meta.fields:
            setattr(addressee, name, data[name])
        addressee.case = case
        return addressee
