"""What a service refused, said on the form: beside the field it names, or at the head."""

import pytest
from django import forms
from django.core.exceptions import ValidationError

from tracker.forms.refusals import show_refusal
from tracker.services.refusals import Refused


class Lead(forms.Form):
    lead = forms.CharField(required=False)


@pytest.mark.parametrize(
    ("refused", "errors"),
    [
        (Refused("lead", "Choose another."), {"lead": ["Choose another."]}),
        (Refused("phase", "It is closed."), {"__all__": ["It is closed."]}),
        (Refused("", "Not so."), {"__all__": ["Not so."]}),
        (ValidationError("Not so."), {"__all__": ["Not so."]}),
        (ValidationError({"lead": "A.", "phase": "B."}), {"lead": ["A."], "__all__": ["B."]}),
    ],
)
def test_a_refusal_stands_beside_its_field_or_at_the_head(refused, errors):
    form = Lead({})
    assert form.is_valid()
    show_refusal(form, refused)
    assert form.errors == errors
