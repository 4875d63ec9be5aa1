"""Choosing a person, and what is asked about one."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tracker.models import User


class PersonField(forms.ModelChoiceField):
    """People by name; their e-mail addresses stay out of the page."""

    def label_from_instance(self, obj: User) -> str:
        return obj.name


class TravelForm(forms.Form):
    until = forms.DateField(
        label=_("Up to and including"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Left empty, only a coordinator or administrator can end it."),
    )
    sure = forms.BooleanField(
        label=_("I know that I cannot take it back myself"),
        error_messages={"required": _("Tick this: you cannot take it back yourself.")},
    )
