"""Forms of rows with a version: a page that has grown old says what changed since, and by whom.

The page keeps what it showed beside what was typed (Django's hidden initial values), so that a
conflict can tell which of two people changed a field.
"""

import copy
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.models import construct_instance
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tracker.models import User
from tracker.reports.revisions import Names, last_step

VERSION = "shown_version"


class VersionField(forms.IntegerField):
    """The version a page showed. Never counts as something the person changed."""

    widget = forms.HiddenInput

    def has_changed(self, initial: Any, data: Any) -> bool:
        return False


class VersionedForm(forms.ModelForm):
    """A form of a row as it is stored now, which the page may have shown as it was before.

    Where the row has moved on, `stale` is true and nothing may be saved: fields the person left
    alone show what is stored now, what was typed stays, and the sentences at the head say who
    changed what. Sent again it counts as meant. `reader` decides which names they may hold.
    """

    reader: User
    stale = False

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
            self.stale = True
            sentences = self._changed_since()
            self._catch_up()
            raise ValidationError(sentences)
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

    def _changed_since(self) -> list[str]:
        stored = self.instance
        columns = {column.name: column for column in stored._meta.concrete_fields}
        typed = construct_instance(self, copy.copy(stored), self._meta.fields)
        names = Names.of_rows(list(columns.values()), [stored, typed], self.reader)
        sentences = [who_changed(stored)]
        for name, field in self._remembered():
            shown = self.data.getlist(self.add_initial_prefix(name))
            if shown == hidden_values(field, self[name].initial):
                continue
            words = {"field": field.label}
            if name not in columns:
                sentences.append(_now("“%(field)s” was changed too.") % words)
                continue
            words["now"] = names.of(columns[name], getattr(stored, columns[name].attname))
            words["mine"] = names.of(columns[name], getattr(typed, columns[name].attname))
            sentence = _now("“%(field)s” is now “%(now)s”, filled in below.")
            if name in self.changed_data:
                sentence = _now(
                    "“%(field)s” is now “%(now)s”. You wrote “%(mine)s”, which still stands below."
                )
            sentences.append(sentence % words)
        return [
            *sentences,
            _now("What you typed is kept. Look through it, then save again."),
        ]

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


def typed_again(data: QueryDict, row: Any) -> QueryDict:
    """What was typed into a page that has grown old, to be sent on purpose from the present one."""
    typed = data.copy()
    typed[VERSION] = str(row.version)
    return typed


def hidden_values(field: forms.Field, value: Any) -> list[str]:
    """How the hidden "as shown" twin of a field would have been posted."""
    value = field.prepare_value(value)
    if isinstance(value, list | tuple):
        return [str(item) for item in value]
    shown = field.hidden_widget().format_value(value)
    return ["" if shown is None else str(shown)]


def who_changed(stored: models.Model) -> str:
    step = last_step(stored)
    if step is None:
        return _now("“%(row)s” was changed after you opened this page. Nothing is saved yet.") % {
            "row": stored
        }
    return _now(
        "%(name)s changed “%(row)s” on %(time)s, after you opened this page. Nothing is saved yet."
    ) % {
        "name": step.by,
        "row": stored,
        "time": date_format(localtime(step.at), "DATETIME_FORMAT"),
    }
