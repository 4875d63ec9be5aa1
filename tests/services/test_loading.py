import datetime

import pytest
from django.db import IntegrityError

from tests.factories.authorities import AuthorityFactory
from tracker.models import (
    Authority,
    Case,
    Demand,
    Document,
    EscalationStep,
    Event,
    ResponseRule,
    StatusChange,
)
from tracker.services.loading import CASE_FILES, load_case_file, load_reference

pytestmark = pytest.mark.django_db

AT = datetime.datetime(2026, 3, 10, 3, tzinfo=datetime.UTC)
LATER = AT + datetime.timedelta(days=20)


def test_reference_data_is_added_with_history_and_once():
    first = load_reference(at=AT)
    assert (first.added, first.kept) == (57, 0)
    assert ResponseRule.objects.get(code="kg-67-reply-14").registration.code == "kg-67-registration"
    office = Authority.objects.get(slug="kg-president")
    entry = Event.objects.about(office).get()
    assert (entry.at, entry.by_id, entry.action) == (AT, None, "authority.loaded")
    again = load_reference(at=LATER)
    assert (again.added, again.kept) == (0, 57)
    assert Event.objects.filter(model="authority").count() == 33
    ladder = EscalationStep.objects.order_by("number").values_list("code", "forum__slug")
    assert list(ladder) == [
        ("kg-reminder-letter", None),
        ("kg-non-response-complaint", "kg-prosecutor-general"),
        ("kg-ombudsman", "kg-ombudsman"),
        ("un-special-procedures", "un-special-procedures"),
    ]


def test_what_the_staff_edited_stays_and_only_what_is_missing_is_added():
    AuthorityFactory(slug="kg-president", name="Our own words")
    loaded = load_reference(at=AT)
    assert (loaded.added, loaded.kept) == (56, 1)
    assert Authority.objects.get(slug="kg-president").name == "Our own words"
    Authority.objects.filter(slug="kg-cec").delete()
    ResponseRule.objects.filter(code="kg-67-reply-14").update(
        verified_by="A lawyer", verified_on=AT
    )
    assert load_reference(at=LATER).added == 1
    assert ResponseRule.objects.get(code="kg-67-reply-14").verified_by == "A lawyer"


def test_a_case_comes_whole_with_its_papers_history_and_an_event():
    load_reference(at=AT)
    loaded = load_case_file(name="lawyers-2020", at=AT)
    case = Case.objects.get()
    assert (loaded.case, loaded.added, loaded.kept) == (case, 86, 0)
    assert case.source.code == "lawyers-2020-text"
    assert list(case.source.cases.all()) == [case]
    assert case.documents.count() == 10
    assert list(case.demands.get(number=3).addressees.values_list("number", flat=True)) == [1, 2]
    event = Event.objects.about(case).get()
    assert (event.action, event.at, event.case_id, event.by_id) == (
        "case.loaded",
        AT,
        case.pk,
        None,
    )


def test_a_case_that_is_there_is_left_to_the_staff():
    load_reference(at=AT)
    load_case_file(name="si-2022", at=AT)
    Demand.objects.filter(number=3).update(heading="Our own heading")
    gone = Document.objects.get(code="si-2022-rtarabic-1665204")
    gone.evidence.all().delete()
    gone.delete()
    again = load_case_file(name="si-2022", at=LATER)
    assert (again.added, again.case) == (0, None)
    assert Demand.objects.get(number=3).heading == "Our own heading"
    assert not Document.objects.filter(code="si-2022-rtarabic-1665204").exists()
    assert StatusChange.objects.count() == 8


def test_a_file_that_cannot_be_loaded_whole_leaves_nothing():
    with pytest.raises(IntegrityError):
        load_case_file(name="lawyers-2020", at=AT)
    assert Document.objects.count() == Case.objects.count() == Event.objects.count() == 0


def test_all_case_files_load_in_their_order():
    load_reference(at=AT)
    added = [load_case_file(name=name, at=AT).added for name in CASE_FILES]
    assert added == [86, 64, 40, 66, 13]
    assert [load_case_file(name=name, at=LATER).added for name in CASE_FILES] == [0] * 5
