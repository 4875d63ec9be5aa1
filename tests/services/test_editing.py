import datetime

import pytest
from django.core.exceptions import ValidationError

from tests.factories.cases import SignatoryFactory
from tests.factories.demands import DemandFactory
from tests.factories.documents import DocumentFactory
from tracker.models import CaseLink, DatedFact, Demand, Event, Signatory
from tracker.services.editing import add_row, case_of, edit_row, remove_row
from tracker.services.records import StaleRecord

AT = datetime.datetime(2026, 3, 2, 9, 30, tzinfo=datetime.UTC)


def test_a_row_without_a_number_becomes_the_next(case, owner):
    SignatoryFactory(case=case, number=7)
    row = add_row(row=Signatory(case=case, name="Somebody"), by=owner, at=AT)
    assert row.number == 8
    event = Event.objects.get()
    assert (event.action, event.case_id, event.by_id) == ("signatory.added", case.pk, owner.pk)


def test_without_a_history_table_the_event_keeps_both_values(case, owner):
    row = SignatoryFactory(case=case, name="Before")
    row.name = "After"
    edit_row(row=row, by=owner, at=AT, reason="typo")
    assert Event.objects.get().details == {
        "changed": ["name"],
        "reason": "typo",
        "values": {"name": ["Before", "After"]},
    }


def test_with_a_history_table_the_event_names_the_fields_only(case, owner):
    row = DemandFactory(case=case)
    row.heading = "Release them"
    edit_row(row=row, by=owner, at=AT)
    assert Event.objects.get().details == {"changed": ["heading"], "reason": ""}
    assert row.history.order_by("history_id").last().history_user == owner


def test_nothing_changed_nothing_written(case, owner):
    edit_row(row=SignatoryFactory(case=case), by=owner, at=AT)
    assert not Event.objects.exists()


def test_a_stale_row_is_refused(case, owner):
    row = DemandFactory(case=case)
    stale = Demand.objects.get(pk=row.pk)
    row.heading = "First"
    edit_row(row=row, by=owner, at=AT)
    stale.heading = "Second"
    with pytest.raises(StaleRecord):
        edit_row(row=stale, by=owner, at=AT)
    assert Demand.objects.get(pk=row.pk).heading == "First"


def test_a_bad_row_is_refused_without_a_trace(case, owner):
    with pytest.raises(ValidationError):
        add_row(row=Signatory(case=case, name=""), by=owner, at=AT)
    assert not Event.objects.exists()


def test_a_removed_row_is_remembered(case, owner):
    row = SignatoryFactory(case=case, name="Somebody")
    remove_row(row=row, by=owner, at=AT)
    assert not Signatory.objects.exists()
    event = Event.objects.get()
    assert (event.action, event.details["values"]["name"]) == ("signatory.removed", "Somebody")


def test_a_paper_of_an_open_and_a_restricted_case_is_logged_under_the_restricted(case, team_case):
    assert case_of(DocumentFactory(cases=[case, team_case])) == team_case


def test_the_log_of_a_case_names_no_case_it_is_linked_to(case, team_case, owner):
    add_row(row=CaseLink(case=case, kind="leads", other=team_case), by=owner, at=AT)
    event = Event.objects.get()
    assert (event.case_id, event.label) == (case.pk, "OPEN-1 An open appeal")


def test_a_paper_of_one_case_is_logged_under_it(case):
    assert case_of(DatedFact(document=DocumentFactory(cases=[case]))) == case
    assert case_of(DocumentFactory()) is None
