"""What somebody needs a name or contact for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class RevealForm(forms.Form):
    purpose = forms.CharField(
        label=_("What you need it for"),
        max_length=100,
        help_text=_("A few words. They stand in the record of the case, beside your name."),
        error_messages={"required": _("Write in a few words what you need it for.")},
    )

    def __init__(self, *args: Any, of_a_case: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not of_a_case:
            # An event of no case is read by people who may not know of a restricted one.
            self.fields["purpose"].help_text = _(
                "A few words. Every coordinator can read them, beside your name: "
                "name no restricted case."
            )
