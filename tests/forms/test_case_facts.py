"""Whoever adds a field to a case is told here where it is still missing."""

import datetime

import pytest
from django.contrib.admin import site
from django.db import models
from django.urls import reverse
from django.utils.html import escape

from tracker.forms.case_changes import FactsForm
from tracker.forms.draft_case import FACTS
from tracker.models import Case, Draft, shown

TEXT = "Appeal\n\nTo the Prosecutor General\n\nWe demand that the Government release them.\n"

# Columns of a case that are not among the facts a person enters, and what they are instead.
ELSEWHERE = {
    "id": "the key",
    "reference": "asked first at intake; names addresses, so the admin alone changes it",
    "source": "the text itself; chosen among the documents of the case later",
    "phase": "follows from whether the appeal was sent; has pages of its own",
    "lead": "asked at intake; has a page of its own",
    "confidentiality": "asked at intake; has a page of its own",
    "close_reason": "on the page that closes a case",
    "closing_note": "on the page that closes a case",
    "closed_at": "written by the service",
    "created_at": "written by the database layer",
    "version": "counts the saves",
}


def typed(name: str) -> str:
    """A value for a field that is not what an empty form would have."""
    field = Case._meta.get_field(name)
    if field.choices:
        return [value for value, _ in field.choices if value != field.default][-1]
    if isinstance(field, models.DateField):
        return "2020-02-03"
    if name == "language":
        return "ky"
    return f"typed as {name}"


@pytest.fixture
def entered(signed_in, owner) -> Case:
    """A case confirmed at intake with every fact typed in by hand."""
    client = signed_in(owner)
    client.post(reverse("case_new"), {"text": TEXT})
    page = reverse("draft_review", args=[Draft.objects.get().pk])
    review = client.get(page).context["review"]
    sent = {"addressee_count": 0, "demand_count": 1, "d0-text": "release them"}
    for bound in review.facts:
        sent[bound.html_name] = bound.value() or ""
    sent |= {name: typed(name) for name in FACTS}
    answer = client.post(page, {**sent, "action": "confirm"})
    assert answer.status_code == 302, answer.context["review"].facts.errors
    return Case.objects.get()


def test_every_column_of_a_case_is_a_fact_or_something_else_by_name():
    columns = {field.name for field in Case._meta.concrete_fields}
    assert columns == {*FACTS, *ELSEWHERE}
    assert not set(FACTS) & set(ELSEWHERE)


def test_what_is_typed_at_intake_reaches_the_case(entered):
    assert {name: plain(getattr(entered, name)) for name in FACTS} == {
        name: typed(name) for name in FACTS
    }


def test_the_page_of_the_case_shows_every_fact(entered, signed_in, owner):
    page = signed_in(owner).get(f"/cases/{entered.reference}/").text
    missing = [name for name in FACTS if name != "language" and not stands(entered, name, page)]
    assert missing == []
    assert 'lang="ky"' in page


def test_every_fact_can_be_corrected_on_its_page_and_in_the_admin():
    assert set(FACTS) <= set(FactsForm.base_fields)
    fieldsets = site._registry[Case].fieldsets
    assert set(FACTS) <= {name for _, options in fieldsets for name in options["fields"]}


def stands(case: Case, name: str, page: str) -> bool:
    value = shown(case, name)  # or the words in its place
    if isinstance(value, datetime.date):
        return "2020" in page
    words = getattr(case, f"get_{name}_display", lambda: value)()
    return escape(words).lower() in page.lower()


def plain(value) -> str:
    return value.isoformat() if isinstance(value, datetime.date) else str(value)
