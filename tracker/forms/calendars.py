"""Confirming a year, taking over a published calendar, and moving the open deadlines."""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tracker.services.calendar_files import MOST_BYTES, FileDay


class ConfirmYearForm(forms.Form):
    source_url = forms.URLField(
        label=_("Where it was published"),
        max_length=500,
        required=False,
        assume_scheme="https",
        help_text=_("The decree or the official calendar."),
    )


class HolidayFileForm(forms.Form):
    file = forms.FileField(
        label=_("Calendar file"),
        help_text=_("An .ics file of public holidays, at most 1 MB. Nothing is entered yet."),
        widget=forms.FileInput(attrs={"accept": ".ics,text/calendar"}),
        error_messages={"empty": _("This file is empty. Choose the .ics file again.")},
    )
    source_url = forms.URLField(
        label=_("Where it was published"), max_length=500, required=False, assume_scheme="https"
    )

    def clean_file(self) -> bytes:
        file = self.cleaned_data["file"]
        # One byte more than allowed is enough to be refused, however large it is.
        return file.read(MOST_BYTES + 1)


class ChosenDaysForm(forms.Form):
    """The days ticked in the preview, each as "2027-03-09 Orozo Ait"."""

    source_url = forms.URLField(
        max_length=500, required=False, assume_scheme="https", widget=forms.HiddenInput
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.lines = data.getlist("day")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.lines:
            raise forms.ValidationError(_now("Tick at least one day, or go back."))
        data["days"] = [self._day(line) for line in self.lines]
        return data

    def _day(self, line: str) -> FileDay:
        iso, _space, name = line.partition(" ")
        try:
            return FileDay(datetime.date.fromisoformat(iso), name[:200])
        except ValueError:
            raise forms.ValidationError(
                _now("One of the days was not readable. Choose the file again.")
            ) from None


class RecomputationForm(forms.Form):
    reason = forms.CharField(
        label=_("Why"),
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("It stands in the history of every deadline that moves."),
        error_messages={"required": _("Say in one sentence why.")},
    )
