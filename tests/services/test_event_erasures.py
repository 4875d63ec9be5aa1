"""A value that went without an event that says so is named; what went lawfully is not."""

import datetime

import pytest
from django.db import connection

from tests.factories.cases import SignatoryFactory
from tests.factories.documents import DocumentFactory
from tracker.models import Event
from tracker.services.event_erasures import verify_erasures
from tracker.services.events import erase_values, record_event, verify_chains

AT = datetime.datetime(2026, 3, 2, 9, 30, tzinfo=datetime.UTC)


@pytest.fixture
def event(case, owner) -> Event:
    told = record_event(
        action="x", about=case, case=case, by=owner, at=AT, reason="Why", details={"name": "Aida"}
    )
    connection.check_constraints()  # as at the end of the transaction
    return told


def forget_past_the_service(event: Event, *fields: str, at=AT) -> None:
    event.values.filter(field__in=fields).update(old=None, new=None, salt="", erased_at=at)


def test_a_value_that_went_without_an_event_is_named(case, event):
    forget_past_the_service(event, "name")
    assert verify_chains() == []  # its chain does not show it
    [found] = verify_erasures()
    assert str(found) == (
        f"case {case.pk}, event 1 (row {event.pk}): "
        "its value “name” was erased, and no event says so"
    )


def test_an_event_covers_the_fields_it_tells_and_no_others(event, owner):
    erase_values(event=event, fields=["name"], reason="Their wish", by=owner, at=AT)
    assert verify_erasures() == []
    forget_past_the_service(event, "reason")
    assert len(verify_erasures()) == 1


def test_what_an_erasure_told_may_be_erased_in_turn(event, owner):
    erase_values(event=event, fields=["name"], reason="Aida's wish", by=owner, at=AT)
    told = Event.objects.get(action="event.erased")
    erase_values(event=told, fields=["fields", "reason"], reason="Again", by=owner, at=AT)
    assert verify_erasures() == []


def test_a_case_without_its_people_covers_no_more_values_than_went(case, event, owner):
    details = {"removed": {"values": 1}}
    record_event(action="case.anonymised", about=case, case=case, by=owner, at=AT, details=details)
    forget_past_the_service(event, "name")
    assert verify_erasures() == []
    forget_past_the_service(event, "reason")
    assert len(verify_erasures()) == 1


def test_what_an_upgrade_let_go_is_not_named(case, owner):
    signatory, paper = SignatoryFactory(case=case), DocumentFactory()
    of_a_name = record_event(
        action="x", about=signatory, case=case, by=None, at=AT, details={"name": "Aida"}
    )
    forget_past_the_service(of_a_name, "name")
    of_no_case = record_event(
        action="x", about=paper, case=None, by=owner, at=AT, details={"rows": 1}
    )
    forget_past_the_service(of_no_case, "rows")
    assert verify_erasures() == []
