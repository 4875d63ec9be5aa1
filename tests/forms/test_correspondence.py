"""What the forms of letters and contacts say of what is missing."""

from tests.factories.authorities import AddresseeFactory
from tests.factories.correspondence import ResponseFactory
from tests.factories.demands import DemandFactory
from tests.now import TODAY
from tracker.forms.correspondence import ContactForm, GradeForm, ResponseForm


def test_of_a_letter_something_is_kept(case):
    typed = {"addressee": AddresseeFactory(case=case).pk, "received_on": "2026-02-10", "note": " "}
    assert ResponseForm(typed, case=case, on=TODAY).errors == {
        "text": ["Keep the letter: give its file, its text, or at least a sentence."]
    }


def test_a_contact_is_told_in_a_sentence(case):
    typed = {"kind": "meeting", "happened_on": "2026-02-02"}
    assert ContactForm(typed, case=case, on=TODAY).errors == {
        "note": ["Say in a sentence what happened."]
    }


def test_what_leaving_a_grade_empty_does_is_said(case):
    response = ResponseFactory(action__addressee=AddresseeFactory(case=case))
    graded, later = DemandFactory(case=case), DemandFactory(case=case)
    response.grades.create(
        demand=graded, addressee=response.action.addressee, grade="B1", graded_on=TODAY
    )
    fields = GradeForm(response=response).fields
    assert fields[f"grade_{graded.pk}"].choices[0] == ("", "not graded: take the grade back")
    assert fields[f"grade_{later.pk}"].choices[0] == ("", "grade it later")
