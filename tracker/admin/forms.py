"""Forms of the desk: they show what a service refused, and notice that a page has grown old."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tracker.models import User
from tracker.reports.revisions import Names, last_step

VERSION = "shown_version"


class DeskForm(forms.ModelForm):
    """A form whose page may be shown again with what a service refused.

    `refusals` is set on the form class of one request: ValidationErrors, or exceptions that
    name a form field in `.field`.
    """

    refusals: ClassVar[Iterable[Exception]] = ()

    def _post_clean(self):
        super()._post_clean()
        for refusal in self.refusals:
            if isinstance(refusal, ValidationError) and hasattr(refusal, "error_dict"):
                for name, errors in refusal.error_dict.items():
                    self.add_error(name if name in self.fields else None, errors)
            elif isinstance(refusal, ValidationError):
                self.add_error(None, refusal)
            else:
                name = getattr(refusal, "field", "")
                self.add_error(name if name in self.fields else None, str(refusal))

    def _save_m2m(self):
        """Links to rows this person does not see are not theirs to cut."""
        for field in self._meta.model._meta.many_to_many:
            if field.name in self.cleaned_data:
                seen = self.fields[field.name].queryset
                unseen = getattr(self.instance, field.name).exclude(pk__in=seen.values("pk"))
                self.cleaned_data[field.name] = [*self.cleaned_data[field.name], *unseen]
        super()._save_m2m()


class NumberedForm(DeskForm):
    """Rows known by their number in a case; a new one without a number becomes the next."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "number" in self.fields and self.instance._state.adding:
            self.fields["number"].required = False


class VersionField(forms.IntegerField):
    """The version a page showed. Never counts as something the person changed."""

    widget = forms.HiddenInput

    def has_changed(self, initial: Any, data: Any) -> bool:
        return False


class VersionedForm(DeskForm):
    """For tables with a version. The page keeps what it showed beside what was typed, so that a
    stale save can tell which of the two people changed a field."""

    shown_version = VersionField(required=False, label=gettext_lazy("version"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            return
        self.initial[VERSION] = self.instance.version
        for name, field in self.fields.items():
            if name != VERSION and not field.disabled:
                field.show_hidden_initial = True

    def clean(self):
        cleaned = super().clean()
        if not self.instance._state.adding:
            shown = self.cleaned_data.get(VERSION)
            if shown is None:
                raise ValidationError(_("This page is incomplete. Load it again, then save."))
            self.instance.version = shown
        return cleaned


class ReasonedForm(VersionedForm):
    change_reason = forms.CharField(
        label=gettext_lazy("reason for this change"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("A few words, for whoever reads the history next year."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "change_reason" in self.fields:
            self.fields["change_reason"].show_hidden_initial = False


class NumberedVersionedForm(NumberedForm, VersionedForm):
    pass


def rebase(data: QueryDict, form: VersionedForm, stored: models.Model) -> QueryDict:
    """The same POST as if the page had been loaded just now.

    Fields the person did not touch take the value that is stored now; what was typed stays.
    """
    touched = set(form.changed_data)
    fresh = type(form)(instance=stored, prefix=form.prefix)
    data = data.copy()
    data[form.add_prefix(VERSION)] = str(stored.version)
    for name, field in fresh.fields.items():
        if name == VERSION or not field.show_hidden_initial:
            continue
        value = fresh[name].value()
        data.setlist(form.add_initial_prefix(name), hidden_values(field, value))
        if name not in touched:
            data.setlist(form.add_prefix(name), typed_values(field, value))
    return data


def hidden_values(field: forms.Field, value: Any) -> list[str]:
    """How the hidden "as shown" twin of a field would have been posted."""
    value = field.prepare_value(value)
    if isinstance(value, list | tuple):
        return [str(item) for item in value]
    shown = field.hidden_widget().format_value(value)
    return ["" if shown is None else str(shown)]


def typed_values(field: forms.Field, value: Any) -> list[str]:
    if isinstance(field, forms.BooleanField):
        return ["on"] if value else []
    value = field.prepare_value(value)
    if isinstance(value, list | tuple):
        return [str(item) for item in value]
    shown = field.widget.format_value(value)
    if isinstance(shown, list | tuple):  # a select
        return [str(item) for item in shown if item is not None] or [""]
    return ["" if shown is None else str(shown)]


def told_apart(data: QueryDict, form: VersionedForm, stored: models.Model, user: User) -> list[str]:
    """What another person changed since the page was loaded, in sentences."""
    fresh = type(form)(instance=stored, prefix=form.prefix)
    touched = set(form.changed_data)
    columns = {column.name: column for column in stored._meta.concrete_fields}
    names = Names(columns.values(), [stored, form.instance], user)
    sentences = [_who(stored)]
    for name, field in fresh.fields.items():
        if name == VERSION or not field.show_hidden_initial:
            continue
        now = hidden_values(field, fresh[name].value())
        if data.getlist(form.add_initial_prefix(name)) == now:
            continue
        words = {"field": field.label}
        if name in columns:
            words["now"] = names.of(columns[name], getattr(stored, columns[name].attname))
            words["mine"] = names.of(columns[name], getattr(form.instance, columns[name].attname))
        if name not in columns:
            sentences.append(_("“%(field)s” was changed too.") % words)
        elif name in touched:
            sentences.append(
                _("“%(field)s” is now “%(now)s”. You wrote “%(mine)s”, which still stands below.")
                % words
            )
        else:
            sentences.append(_("“%(field)s” is now “%(now)s”, filled in below.") % words)
    sentences.append(_("What you typed is kept. Look through it, then save again."))
    return sentences


def _who(stored: models.Model) -> str:
    step = last_step(stored)
    if step is None:
        return _("“%(row)s” was changed after you opened this page. Nothing is saved yet.") % {
            "row": stored
        }
    return _(
        "%(name)s changed “%(row)s” on %(time)s, after you opened this page. Nothing is saved yet."
    ) % {
        "name": step.by,
        "row": stored,
        "time": date_format(localtime(step.at), "DATETIME_FORMAT"),
    }
