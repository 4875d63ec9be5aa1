"""How the appeal reached an addressee: the days its clock runs from."""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _now

from tracker.forms.demands import DayField
from tracker.models import Addressee

DAYS = ("sent_on", "delivered_on", "received_on", "registered_on")


class DispatchForm(forms.ModelForm):
    """`version` is the one the person saw, so that nobody's newer entry is overwritten."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Addressee
        fields = ["channel", *DAYS, "incoming_number", "expected_by"]

    def __init__(self, *args: Any, on: datetime.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on
        self.initial["version"] = self.instance.version
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

    def dated(self) -> Addressee:
        """The addressee as typed, at the version the person saw."""
        addressee = self.save(commit=False)
        addressee.version = self.cleaned_data["version"]
        return addressee
