"""What the form of an addressee's days says of impossible ones."""

import pytest

from tests.factories.authorities import AddresseeFactory
from tests.now import TODAY
from tracker.forms.addressees import DaysForm


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (
            {"registered_on": "2020-02-31"},
            "This day does not exist. Write it as year-month-day, such as 2026-04-21.",
        ),
        (
            {"registered_on": "2999-01-01"},
            "This day has not come yet. Enter the day it happened.",
        ),
        (
            {"sent_on": "2020-01-15", "registered_on": "2020-01-10"},
            "This is before an earlier step on its way.",
        ),
    ],
)
def test_an_impossible_day_is_named(case, typed, sentence):
    form = DaysForm(typed, instance=AddresseeFactory(case=case), on=TODAY)
    assert form.errors == {"registered_on": [sentence]}
