"""What somebody typed into a page of ours, in words they know, without the page around it."""

import re
from typing import Any

from django import forms
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tracker.forms.addressees import DispatchForm
from tracker.forms.calendars import ConfirmYearForm, HolidayFileForm, RecomputationForm
from tracker.forms.correspondence import ContactForm, ResponseForm
from tracker.forms.deadlines import (
    AssignForm,
    CorrectForm,
    DateForm,
    EndForm,
    ExtendForm,
    ForwardForm,
    MoveForm,
)
from tracker.forms.demands import EvidenceForm, ReviewForm, StatusForm
from tracker.forms.documents import DocumentForm
from tracker.forms.draft_case import AddresseeForm, DemandForm, FactsForm
from tracker.forms.escalations import StepForm
from tracker.forms.intake import BackgroundForm, TextForm
from tracker.forms.reminders import AcknowledgeForm, SnoozeForm
from tracker.models import Action, Grade, Status, User

# The forms a page may send, by the name of its address; where two share a field, the first speaks.
FORMS: dict[str, tuple[type[forms.BaseForm], ...]] = {
    "addressee_dates": (DispatchForm,),
    "calendar_confirm": (ConfirmYearForm,),
    "calendar_import": (HolidayFileForm,),
    "case_new": (TextForm,),
    "contact_new": (ContactForm,),
    "deadline_acknowledge": (AcknowledgeForm,),
    "deadline_change": (EndForm, ExtendForm, CorrectForm, MoveForm, AssignForm, ForwardForm),
    "deadline_snooze": (SnoozeForm,),
    "demand_correct": (StatusForm, EvidenceForm),
    "demand_review": (ReviewForm,),
    "demand_status": (StatusForm, EvidenceForm),
    "document_new": (DocumentForm,),
    "draft_background": (BackgroundForm,),
    "draft_review": (FactsForm, AddresseeForm, DemandForm),
    "next_step": (StepForm,),
    "recomputation_new": (RecomputationForm,),
    "response_grade": (ResponseForm,),
    "response_new": (ResponseForm,),
    "wake_me": (DateForm,),
}
# What a page sends for itself, or says with the button that was pressed.
OURS = re.compile(
    r"^(next|version|seq|at|action|decision|delivered|chosen|\w+_count|seen_\d+|.*_FORMS)$"
)
# Choices that a form learns only with its case before it.
LATER = {"to_status": Status.choices, "kind": Action.Kind.choices}
# A row of a repeated form: d12-text, new-0-claim.
ROW = re.compile(r"^[a-z]+-?(\d+)-(.+)$")


def in_words(page: str, name: str, values: list[str], user: User) -> tuple[str, str] | None:
    """Label and value of one field sent to a page; None where a person typed nothing into it."""
    row = ROW.match(name)
    bare = row[2] if row else name
    typed = [value for value in values if value.strip()]
    field = field_of(page, bare)
    if not typed or field is None and OURS.match(bare):
        return None
    if isinstance(getattr(field, "widget", None), forms.HiddenInput):
        return None
    told = label(bare, field)
    if row:
        told = f"{told} ({int(row[1]) + 1})"
    return told, "; ".join(known_values(bare, field, typed, user))


def label(name: str, field: forms.Field | None = None) -> str:
    if field is not None and field.label:
        return str(field.label)
    if re.match(r"grade(_\d+)?$", name):
        return _("Grade")
    return name.replace("_", " ").capitalize()


def label_of(page: str, name: str) -> str:
    row = ROW.match(name)
    bare = row[2] if row else name
    return label(bare, field_of(page, bare))


def field_of(page: str, name: str) -> forms.Field | None:
    for form in FORMS.get(page, ()):
        if name in form.base_fields:
            return form.base_fields[name]
    return None


def known_values(name: str, field: forms.Field | None, values: list[str], user: User) -> list[str]:
    """The words a person chose where the page sent a code or a number."""
    if isinstance(field, forms.ModelChoiceField) and field.queryset is not None:
        model = field.queryset.model
        keys = [value for value in values if value.isascii() and value.isdigit()]
        rows = model._default_manager.visible_to(user).filter(pk__in=keys)
        names = {str(row.pk): row.name if isinstance(row, User) else str(row) for row in rows}
        return [names.get(value, value) for value in values]
    if isinstance(field, forms.BooleanField):
        return [_("yes")] * len(values)
    choices: dict[Any, Any] = {}
    if isinstance(field, forms.ChoiceField):
        choices = dict(field.choices) or dict(LATER.get(name, ()))
    elif name.startswith("grade"):
        choices = dict(Grade.choices)
    if choices or isinstance(field, forms.ChoiceField):
        return [str(choices.get(value) or value.replace("_", " ")) for value in values]
    return [as_day(value) for value in values]


def as_day(value: str) -> str:
    try:
        day = parse_date(value)
    except ValueError:
        return value
    return date_format(day) if day else value
