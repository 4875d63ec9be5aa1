"""What a service refuses, on the form that was sent."""

import pytest
from django import forms

from tests.factories.demands import DemandFactory
from tracker.services.refusals import StaleRecord
from tracker.views.saving import refusals_on

pytestmark = pytest.mark.django_db


class Plain(forms.Form):
    """Of a page whose author thought of no conflict."""

    note = forms.CharField()


def test_a_conflict_is_told_on_a_form_without_a_version_too():
    form = Plain({"note": "Typed."})
    assert form.is_valid()
    with refusals_on(form):
        raise StaleRecord(DemandFactory())
    assert form.non_field_errors() and form["note"].value() == "Typed."
