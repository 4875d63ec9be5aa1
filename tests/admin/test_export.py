"""What leaves the desk as a file: the chosen rows, in cells nobody's spreadsheet calculates."""

import csv
import io

import pytest
from django.urls import reverse

from tests.events import words
from tests.factories.cases import SignatoryFactory
from tracker.models import Event


def exported(client, table: str, rows) -> list[list[str]]:
    response = client.post(
        reverse(f"admin:tracker_{table}_changelist"),
        {"action": "export_csv", "_selected_action": [row.pk for row in rows], "index": 0},
    )
    assert response.status_code == 200
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    text = response.content.decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def test_exactly_the_selected_rows_leave(case, owner, signed_in):
    rows = [SignatoryFactory(case=case, name=f"Person {n}", number=n) for n in (1, 2, 3)]
    heading, *lines = exported(signed_in(owner), "signatory", [rows[0], rows[2]])
    assert heading == ["ID", "case", "number", "name", "role", "place", "group", "at risk"]
    assert [line[3] for line in lines] == ["Person 1", "Person 3"]
    assert [line[1] for line in lines] == ["OPEN-1 An open appeal"] * 2
    event = Event.objects.get()
    assert (event.action, event.by_id, words(event)["rows"]) == (
        "export.signatory",
        owner.pk,
        2,
    )


@pytest.mark.parametrize(
    "name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1+1", " =cmd", "==x", "\r=1"]
)
def test_no_cell_is_a_formula(name, case, owner, signed_in):
    row = SignatoryFactory(case=case, name="x", role=name)
    _heading, line = exported(signed_in(owner), "signatory", [row])
    assert line[4].startswith("'")


def test_who_is_at_risk_leaves_without_a_name(case, owner, signed_in):
    row = SignatoryFactory(case=case, name="Somebody", at_risk=True)
    _heading, line = exported(signed_in(owner), "signatory", [row])
    assert line[3] == "(name withheld)"


def test_no_password_leaves(administrator, stranger, signed_in):
    heading, line = exported(signed_in(administrator), "user", [stranger])
    assert "password" not in heading
    assert stranger.password not in line


def test_contacts_of_a_case_do_not_leave(case, owner, signed_in):
    heading, _line = exported(signed_in(owner), "case", [case])
    assert "contacts" not in heading
