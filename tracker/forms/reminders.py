"""Muting a date with one click."""

from django import forms
from django.utils.translation import gettext_lazy as _


class AcknowledgeForm(forms.Form):
    """Without a day the service chooses one."""

    until = forms.DateField(
        label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )


class SnoozeForm(forms.Form):
    days = forms.IntegerField(
        label=_("Days"),
        min_value=1,
        max_value=30,
        error_messages={"invalid": _("Choose a number of days from 1 to 30.")},
    )
