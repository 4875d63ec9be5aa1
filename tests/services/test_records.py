"""Saving with an event, refused to a stale copy."""

import datetime

import pytest
from django.core.exceptions import ValidationError

from tests.events import values
from tests.factories.cases import SignatoryFactory
from tests.factories.deadlines import ResponseRuleFactory
from tests.factories.demands import DemandFactory
from tests.factories.documents import DocumentFactory
from tracker.models import (
    Case,
    CaseLink,
    DatedFact,
    Demand,
    Event,
    ResponseRule,
    Signatory,
    User,
)
from tracker.services.records import (
    StaleRecord,
    add_row,
    case_of,
    changes,
    edit_row,
    remove_row,
    save_row,
)

AT = datetime.datetime(2026, 11, 23, 6, 0, tzinfo=datetime.UTC)


def test_a_save_says_who_and_when_and_counts_itself(case, owner):
    case.title = "Another title"
    save_row(case, by=owner, at=AT, reason="typed wrongly")
    event = Event.objects.get()
    assert (event.by_id, event.at, event.case_id) == (owner.pk, AT, case.pk)
    assert values(event) == {
        "reason": (None, "typed wrongly"),
        "title": ("An open appeal", "Another title"),
    }
    assert Case.objects.get(pk=case.pk).version == case.version == 2


def test_a_stale_copy_is_refused_and_writes_nothing(case, owner, colleague):
    stale = Case.objects.get(pk=case.pk)
    case.title = "First"
    save_row(case, by=owner, at=AT)
    stale.title = "Second"
    with pytest.raises(StaleRecord):
        save_row(stale, by=colleague, at=AT)
    assert Case.objects.get(pk=case.pk).title == "First"
    assert Event.objects.count() == 1


def test_the_version_of_a_rule_is_the_laws_and_stays(coordinator):
    rule = ResponseRuleFactory(version=3)
    rule.name = "Reply in fourteen working days"
    save_row(rule, by=coordinator, at=AT)
    assert ResponseRule.objects.get(pk=rule.pk).version == 3


def test_a_row_without_a_number_becomes_the_next(case, owner):
    SignatoryFactory(case=case, number=7)
    row = add_row(row=Signatory(case=case, name="Somebody"), by=owner, at=AT)
    assert row.number == 8
    event = Event.objects.get()
    assert (event.action, event.case_id, event.by_id) == ("signatory.added", case.pk, owner.pk)


def test_the_event_keeps_both_values(case, owner):
    row = SignatoryFactory(case=case, group="Before")
    row.group = "After"
    edit_row(row=row, by=owner, at=AT, reason="typo")
    assert values(Event.objects.get()) == {
        "reason": (None, "typo"),
        "group": ("Before", "After"),
    }


def test_a_column_that_is_not_kept_is_named(case, owner):
    document = DocumentFactory(cases=[case], text="First words")
    document.text = "Other words"
    edit_row(row=document, by=owner, at=AT)
    assert values(Event.objects.get())["text"] == (None, None)
    owner.set_password("another password")
    assert changes(User.objects.get(pk=owner.pk), owner) == {"password": (None, None)}


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
    row = SignatoryFactory(case=case, group="lawyers")
    remove_row(row=row, by=owner, at=AT)
    assert not Signatory.objects.exists()
    event = Event.objects.get()
    assert (event.action, values(event)["group"]) == ("signatory.removed", ("lawyers", None))


def test_a_paper_of_an_open_and_a_restricted_case_is_logged_under_the_restricted(case, team_case):
    assert case_of(DocumentFactory(cases=[case, team_case])) == team_case


def test_the_log_of_a_case_names_no_case_it_is_linked_to(case, team_case, owner):
    add_row(row=CaseLink(case=case, kind="leads", other=team_case), by=owner, at=AT)
    event = Event.objects.get()
    assert (event.case_id, event.label) == (case.pk, "OPEN-1 An open appeal")


def test_a_paper_of_one_case_is_logged_under_it(case):
    assert case_of(DatedFact(document=DocumentFactory(cases=[case]))) == case
    assert case_of(DocumentFactory()) is None
