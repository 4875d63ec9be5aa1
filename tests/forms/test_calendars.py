"""What is said of a file of holidays that is empty, and of ticks that make no sense."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict

from tracker.forms.calendars import ChosenDaysForm, HolidayFileForm


def test_an_empty_file_is_chosen_again():
    form = HolidayFileForm({}, {"file": SimpleUploadedFile("holidays.ics", b"")})
    assert form.errors == {"file": ["This file is empty. Choose the .ics file again."]}


@pytest.mark.parametrize(
    ("ticks", "sentence"),
    [
        ("", "Tick at least one day, or go back."),
        ("day=2027-02-30 Nothing", "One of the days was not readable. Choose the file again."),
    ],
)
def test_ticks_that_make_no_sense_are_named(ticks, sentence):
    assert ChosenDaysForm(QueryDict(ticks)).non_field_errors() == [sentence]
