"""What somebody needs a name or contact for."""

from django import forms
from django.utils.translation import gettext_lazy as _


class RevealForm(forms.Form):
    purpose = forms.CharField(
        label=_("What you need it for"),
        max_length=100,
        help_text=_("A few words. They stand in the record of the case, beside your name."),
        error_messages={"required": _("Write in a few words what you need it for.")},
    )
