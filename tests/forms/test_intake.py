"""What is said of a text that is none, and of a case to be that lacks something."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.now import TODAY
from tracker.forms.draft_case import AddresseeForm, DraftFactsForm
from tracker.forms.intake import TextForm
from tracker.models import Authority


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("scan.txt", b"%PDF-1.7 ...", "This is a PDF."),
        ("letter.docx", b"PK\x03\x04rest", "This is a word-processor document."),
        ("photo.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", "This is not a text."),
        ("empty.txt", b"  \n ", "The text is empty."),
    ],
)
def test_a_file_that_is_no_text_is_told_what_it_is(name, content, sentence):
    form = TextForm({}, {"file": SimpleUploadedFile(name, content)})
    [said] = form.errors["file"]
    assert said.startswith(sentence)


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        (
            {"issued_on": "2020-02-31"},
            "issued_on",
            "This day does not exist. Write it as year-month-day, such as 2026-04-21.",
        ),
        (
            {"issued_on": "2999-01-01"},
            "issued_on",
            "This day has not come yet. Leave it empty if the appeal has no date.",
        ),
        (
            {"sent_on": "2999-01-01"},
            "sent_on",
            "This day has not come yet. Leave it empty until the appeal is sent.",
        ),
        (
            {"issued_on": "2020-01-15", "sent_on": "2020-01-14"},
            "sent_on",
            "It was sent before the day it is dated (15 Jan 2020). Correct one of the two.",
        ),
        (
            {"reference": "адвокаты 2020"},
            "reference",
            "Capital letters, digits and hyphens, for example LAWYERS-2020.",
        ),
        ({"reference": ""}, "reference", "Give the case a reference, such as APPEAL-2026."),
        (
            {"title": ""},
            "title",
            "Give the case a title; the first words of the text will do.",
        ),
    ],
)
def test_what_is_wrong_with_the_facts_is_said_beside_them(db, typed, field, sentence):
    assert DraftFactsForm({"reference": "A-1"} | typed, on=TODAY).errors[field] == [sentence]


def test_an_addressee_has_an_office_or_is_left_out(db):
    shared = {"authorities": Authority.objects.none(), "offices": [], "rules": []}
    form = AddresseeForm({"person": "A. Example", "new_kind": "court"}, **shared)
    assert form.errors == {
        "authority": ["Choose the office, write a new one, or leave the addressee out."]
    }
    assert AddresseeForm({"new_kind": "court", "remove": "on"}, **shared).is_valid()


def test_a_mark_before_a_name_puts_it_at_risk():
    form = DraftFactsForm({"signatories": "! Anna | teacher\nBakyt | lawyer | Osh"}, on=TODAY)
    form.is_valid()
    signed = form.cleaned_data["signatories"]
    assert [(s.name, s.role, s.place, s.at_risk) for s in signed] == [
        ("Anna", "teacher", "", True),
        ("Bakyt", "lawyer", "Osh", False),
    ]
    assert "signatories" in DraftFactsForm({"signatories": "! | teacher"}, on=TODAY).errors
