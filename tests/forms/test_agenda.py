"""What the agenda says of what it left out of an address."""

import pytest

from tests.now import TODAY
from tracker.forms.agenda import AgendaForm, UnscheduledForm

LEFT_OUT = "“{}” is not a choice of “{}”, so this filter was left out. {}"
OF_THE_LIST = "Choose one of the list."


@pytest.mark.parametrize(
    ("name", "value", "label", "advice"),
    [
        ("view", "year", "View", OF_THE_LIST),
        ("on", "2026-02-30", "Day", "Write the day as 2026-11-30."),
        ("on", "tomorrow", "Day", "Write the day as 2026-11-30."),
        ("on", "0001-01-01", "Day", "Choose a year from 1990 to 2100."),
        ("on", "9999-12-31", "Day", "Choose a year from 1990 to 2100."),
        ("owner", "999999", "Person", OF_THE_LIST),
        ("owner", "Aigul", "Person", OF_THE_LIST),
        ("case", "x", "Case", OF_THE_LIST),
        ("addressee", "-1", "Addressee", OF_THE_LIST),
    ],
)
def test_the_agenda_names_what_it_leaves_out(owner, name, value, label, advice):
    form = AgendaForm({name: value}, reader=owner, today=TODAY)
    assert form.problems == [LEFT_OUT.format(value, label, advice)]


def test_a_filter_that_does_not_exist_is_named(owner):
    form = AgendaForm({"person": "1"}, reader=owner, today=TODAY)
    assert form.problems == ["There is no filter named “person” here, so it was left out."]


def test_so_does_the_page_of_what_has_no_date(owner):
    form = UnscheduledForm({"owner": "x", "days": "many", "lead": "1"}, reader=owner)
    assert form.problems == [
        LEFT_OUT.format("x", "Person", OF_THE_LIST),
        LEFT_OUT.format("many", "No movement for so many days", "Write a whole number of days."),
        "There is no filter named “lead” here, so it was left out.",
    ]
