"""Forms in which a masked value stands as a mask: left alone it stays, and so nobody reads it."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tracker.models import MASK, User, hidden_columns
from tracker.permissions import may_reveal
from tracker.services.records import case_of

KEEP = _("Hidden. Leave it to keep what is stored; clear it, or write something else instead.")


class MaskedForm(forms.ModelForm):
    """`reader` is whoever fills it in."""

    reader: User

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hidden = () if self.instance._state.adding else hidden_columns(self.instance)
        self.masked = [name for name in hidden if name in self.fields]
        for name in self.masked:
            field = self.fields[name]
            self.initial[name] = MASK
            field.help_text = KEEP
            field.clean = _or_mask(field.clean)
            if isinstance(field, forms.EmailField):
                field.widget.input_type = "text"
        self._keep_at_risk()

    def _keep_at_risk(self) -> None:
        """To say that a name is at risk no more shows it to all: only for who may see it."""
        if self.masked and "at_risk" in self.fields:
            self.fields["at_risk"].disabled = not may_reveal(self.reader, case_of(self.instance))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for name in self.masked:
            typed = self.cleaned_data.get(name, "")
            if typed == MASK:
                self.cleaned_data[name] = getattr(self.instance, name)
            elif MASK in typed:
                self.add_error(
                    name, ValidationError(_("Clear the mask before you write something else."))
                )
        return cleaned


def _or_mask(clean: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: MASK if value == MASK else clean(value)
