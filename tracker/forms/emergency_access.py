"""What is asked of whoever opens a case in an emergency."""

from django import forms
from django.utils.translation import gettext_lazy as _


class EmergencyForm(forms.Form):
    reference = forms.CharField(
        label=_("Reference of the case"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Type the reference of the case.")},
    )
    reason = forms.CharField(
        label=_("Why it cannot wait"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Its team reads this."),
        error_messages={"required": _("Say why it cannot wait for somebody of the team.")},
    )
