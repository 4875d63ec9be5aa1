"""Forms of rows with a version: a page that has grown old says what changed since, and by whom.

The page keeps what it showed beside what was typed (Django's hidden initial values), so that a
conflict can tell which of two people changed a field.
"""

from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tracker.models import User
from tracker.reports.revisions import Names, changed_since
from tracker.services.refusals import StaleRecord

VERSION = "shown_version"


class VersionField(forms.IntegerField):
    """The version a page showed. Never counts as something the person changed."""

    widget = forms.HiddenInput

    def has_changed(self, initial: Any, data: Any) -> bool:
        return False


class VersionedForm(forms.ModelForm):
    """A form of a row as it is stored now, which the page may have shown as it was before.

    Where the row has moved on, `stale` is set and nothing may be saved: fields the person left
    alone show what is stored now, what was typed stays, and a field both have changed says what is
    stored. Sent again it counts as meant. `reader` decides which names it may hold.
    """

    reader: User
    stale: StaleRecord | None = None

    shown_version = VersionField(required=False, label=_("version"))

    def __init__(self, *args: Any, reader: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if reader is not None:
            self.reader = reader
        if self.instance._state.adding:
            return
        self.initial[VERSION] = self.instance.version
        for name, field in self.fields.items():
            if name != VERSION and not field.disabled:
                field.show_hidden_initial = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.instance._state.adding:
            return cleaned
        shown = self.cleaned_data.get(VERSION)
        if shown is None:
            raise ValidationError(_now("This page is incomplete. Load it again, then save."))
        if self.has_changed() and shown != self.instance.version:
            self.stale = StaleRecord(self.instance)
            self.changed_since = changed_since(self.instance, shown, self.reader)
            told = {NON_FIELD_ERRORS: [str(self.stale)], **self._changed_by_both()}
            self._catch_up()
            raise ValidationError(told)
        return cleaned

    def read_again(self) -> None:
        """After a save that came a moment too late: the row as it is now, and what changed."""
        self.instance.refresh_from_db()
        self.full_clean()

    def _catch_up(self) -> None:
        """The same form as if the page had been loaded just now and typed into as before."""
        touched = set(self.changed_data)
        data = self.data.copy()
        data[self.add_prefix(VERSION)] = str(self.instance.version)
        for name, field in self._remembered():
            stored = hidden_values(field, self[name].initial)
            data.setlist(self.add_initial_prefix(name), stored)
            if name not in touched:  # widgets read these words too
                data.setlist(self.add_prefix(name), stored)
        self.data = data

    def _changed_by_both(self) -> dict[str, list[str]]:
        stored = self.instance
        columns = {column.name: column for column in stored._meta.concrete_fields}
        names = Names.of_rows(list(columns.values()), [stored], self.reader)
        told = {}
        for name, field in self._remembered():
            shown = self.data.getlist(self.add_initial_prefix(name))
            moved_on = shown != hidden_values(field, self[name].initial)
            if moved_on and name in self.changed_data and name in columns:
                now = names.of(columns[name], getattr(stored, columns[name].attname))
                told[name] = [
                    _now("It became “%(now)s” meanwhile. What you typed still stands here.")
                    % {"now": now}
                ]
        return told

    def _remembered(self) -> list[tuple[str, forms.Field]]:
        return [(name, field) for name, field in self.fields.items() if field.show_hidden_initial]


class ReasonedForm(VersionedForm):
    change_reason = forms.CharField(
        label=_("Reason for this change"),
        required=False,
        max_length=100,
        help_text=_("A few words, for whoever reads the history next year."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "change_reason" in self.fields:
            self.fields["change_reason"].show_hidden_initial = False


def hidden_values(field: forms.Field, value: Any) -> list[str]:
    """How the hidden "as shown" twin of a field would have been posted."""
    value = field.prepare_value(value)
    if isinstance(value, list | tuple):
        return [str(item) for item in value]
    shown = field.hidden_widget().format_value(value)
    return ["" if shown is None else str(shown)]
