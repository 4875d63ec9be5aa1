"""What the forms of a deadline say of what they refuse, and of an extension that stands."""

from datetime import date

import pytest

from tests.factories.authorities import AddresseeFactory
from tests.factories.deadlines import DeadlineFactory, ResponseRuleFactory
from tests.now import NOW, TODAY
from tracker.forms.deadlines import CorrectForm, DateForm, EndForm, ExtendForm
from tracker.models import User
from tracker.services.deadlines.change import extend_deadline
from tracker.services.deadlines.start import start_deadline


def test_an_end_has_a_day_and_a_reason(case):
    form = EndForm(
        {"shown_version": 1, "on": "2020-02-30"}, deadline=DeadlineFactory(case=case), on=TODAY
    )
    assert form.errors == {
        "on": ["This day does not exist. Write it as year-month-day, such as 2026-04-21."],
        "reason": ["Say in one sentence why."],
    }


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({}, "due_on", "Choose the day."),
        ({"due_on": "2020-01-01"}, "due_on", "This day has passed. Choose today or a later one."),
        (
            {"due_on": "2620-01-01"},
            "due_on",
            "This is more than ten years away. Check the year.",
        ),
        (
            {"due_on": "2027-02-29"},
            "due_on",
            "This day does not exist. Write it as year-month-day, such as 2026-04-21.",
        ),
        (
            {"due_on": "2027-01-01", "title": ""},
            "title",
            "Give it a few words, or you will not know it again.",
        ),
    ],
)
def test_a_date_that_makes_no_sense_is_named(case, typed, field, sentence):
    whole = {"kind": "look_again", "when": "exact", "title": "Look again"} | typed
    form = DateForm(whole, case=case, on=TODAY, people=User.objects.none())
    assert form.errors == {field: [sentence]}


def test_the_forms_of_an_extended_deadline_tell_how_to_mend_it(case, owner):
    addressee = AddresseeFactory(
        case=case, rule=ResponseRuleFactory(), registered_on=date(2020, 1, 15)
    )
    deadline = start_deadline(addressee=addressee, by=owner, at=NOW)

    def help_of(form, name: str) -> str:
        return str(form(deadline=deadline, on=TODAY).fields[name].help_text)

    assert help_of(CorrectForm, "anchor_on") == ""
    assert help_of(ExtendForm, "until") == "The exact day they name in their notice."
    deadline = extend_deadline(
        deadline=deadline, until=date(2020, 2, 20), reason="Notice", by=owner, at=NOW
    )
    assert help_of(ExtendForm, "until") == (
        "The exact day they name in their notice. A mistyped extension is put right with an "
        "earlier day; 4 Feb 2020 takes it back."
    )
    assert help_of(CorrectForm, "anchor_on") == (
        "The extension stands whatever day it runs from; “Extend it” puts that right."
    )
