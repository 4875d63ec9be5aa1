"""A draft becomes one case, or one document, whoever presses the button how often."""

import datetime
import re
import threading

import pytest
from django.db import connections

from tests.factories.authorities import AuthorityFactory
from tests.factories.cases import CaseFactory
from tests.factories.people import UserFactory
from tracker.models import (
    Addressee,
    Authority,
    Case,
    CitedNorm,
    Demand,
    Document,
    Draft,
    Event,
    Signatory,
)
from tracker.services.documents import NewDocument
from tracker.services.intake import (
    LONGEST_TEXT,
    NewCase,
    NewDemand,
    confirm_draft,
    discard_draft,
    free_reference,
    keep_as_document,
    save_corrections,
    start_draft,
)
from tracker.services.refusals import Refused

AT = datetime.datetime(2026, 3, 2, 9, tzinfo=datetime.UTC)
TEXT = "Appeal\r\n\r\nWe demand that the Government release them.\r\n"


def draft_of(person) -> Draft:
    return start_draft(text=TEXT, by=person, at=AT, source_url="https://example.org/appeal")


def confirmed(authority: Authority, **changed) -> NewCase:
    facts = {"reference": "APPEAL-2026", "title": "Appeal", "issuer": "A network"} | changed
    return NewCase(
        case=Case(**facts),
        addressees=[Addressee(addressed_as="the Government", authority=authority)],
        demands=[NewDemand(Demand(text="release them", start=42, end=54), [0])],
        signatories=[Signatory(name="Anna Sidorova")],
        norms=[CitedNorm(instrument="Constitution", text="Constitution")],
    )


def test_a_draft_keeps_the_text_with_plain_line_ends_and_what_was_read(owner):
    draft = draft_of(owner)
    assert draft.text == "Appeal\n\nWe demand that the Government release them.\n"
    demand = draft.proposal["demands"][0]
    assert draft.text[demand["start"] : demand["end"]] == demand["text"]
    assert [(event.action, event.label) for event in Event.objects.about(draft)] == [
        ("draft.started", "")
    ]


def test_confirming_writes_every_row_with_its_event(owner):
    draft = draft_of(owner)
    case = confirm_draft(draft=draft, data=confirmed(AuthorityFactory()), by=owner, at=AT)
    demand = case.demands.get()
    assert (demand.number, list(demand.addressees.all())) == (1, [case.addressees.get()])
    assert (case.source.text, case.source.url, case.source.publisher) == (
        draft.text,
        "https://example.org/appeal",
        "A network",
    )
    assert list(case.documents.all()) == [case.source]
    draft.refresh_from_db()
    assert (draft.case, draft.confirmed_at) == (case, AT)
    actions = Event.objects.filter(case_id=case.pk).order_by("pk").values_list("action", flat=True)
    assert list(actions) == [
        "case.created",
        "document.added",
        "case.edited",
        "addressee.added",
        "demand.added",
        "signatory.added",
        "citednorm.added",
        "draft.confirmed",
    ]


def test_a_second_confirmation_gives_the_first_case_and_writes_nothing(owner):
    draft, authority = draft_of(owner), AuthorityFactory()
    first = confirm_draft(draft=draft, data=confirmed(authority), by=owner, at=AT)
    events = Event.objects.count()
    other = confirmed(authority, reference="OTHER-1")
    assert confirm_draft(draft=draft, data=other, by=owner, at=AT) == first
    assert (Case.objects.count(), Event.objects.count()) == (1, events)


def test_what_is_refused_leaves_nothing_behind(owner, viewer):
    draft = draft_of(owner)
    with pytest.raises(Refused, match="cannot work on cases"):
        confirm_draft(draft=draft, data=confirmed(AuthorityFactory(), lead=viewer), by=owner, at=AT)
    draft.refresh_from_db()
    assert (Case.objects.count(), Document.objects.count(), draft.confirmed_at) == (0, 0, None)


def test_a_new_office_is_entered_once_under_its_name(owner):
    known = AuthorityFactory(name="Ministry of Tea")
    case = confirm_draft(
        draft=draft_of(owner),
        data=confirmed(Authority(slug="tea", name="ministry of tea", kind="government")),
        by=owner,
        at=AT,
    )
    assert (case.addressees.get().authority, Authority.objects.count()) == (known, 1)


def test_a_draft_is_a_case_or_a_document_but_not_both(owner, case):
    new = NewDocument(title="Report", kind="news", text=TEXT)
    draft = draft_of(owner)
    kept = keep_as_document(draft=draft, new=new, cases=[case], by=owner, at=AT)
    assert keep_as_document(draft=draft, new=new, cases=[case], by=owner, at=AT) == kept
    with pytest.raises(Refused, match="kept as a background document already"):
        confirm_draft(draft=draft, data=confirmed(AuthorityFactory()), by=owner, at=AT)
    other = draft_of(owner)
    confirm_draft(draft=other, data=confirmed(AuthorityFactory()), by=owner, at=AT)
    with pytest.raises(Refused, match="become a case already"):
        keep_as_document(draft=other, new=new, cases=[case], by=owner, at=AT)
    assert (Document.objects.filter(kind="news").count(), Case.objects.count()) == (1, 2)


def test_a_finished_draft_is_neither_corrected_nor_discarded(owner):
    draft = draft_of(owner)
    confirm_draft(draft=draft, data=confirmed(AuthorityFactory()), by=owner, at=AT)
    save_corrections(draft=draft, corrected={"facts": {}})
    discard_draft(draft=draft, by=owner, at=AT)
    draft.refresh_from_db()
    assert draft.corrected == {}


@pytest.mark.parametrize("text", ["", " \n ", "1234 !?", "a" * (LONGEST_TEXT + 1)])
def test_a_text_without_words_or_without_end_is_refused(owner, text):
    with pytest.raises(Refused):
        start_draft(text=text, by=owner, at=AT)
    assert Draft.objects.count() == 0


@pytest.mark.parametrize(
    ("wish", "free"),
    [("open", "OPEN"), ("OPEN-1", "OPEN-1"), ("Обращение", "APPEAL"), ("my case/2", "MY-CASE-2")],
)
def test_a_free_reference_is_proposed(case, wish, free):
    assert re.fullmatch(rf"{free}-[2-9A-Z]{{3}}", free_reference(wish))
    # One that could be foretold would tell whether somebody had taken it.
    assert len({free_reference(wish) for _ in range(5)}) > 1


def test_a_proposed_reference_tells_nothing_of_cases_one_may_not_see(owner):
    before = free_reference("APPEAL-2026", seed="text")
    for reference in ("APPEAL-2026", "APPEAL-2026-2", "APPEAL-2026-3"):
        CaseFactory(reference=reference, confidentiality="team")
    assert free_reference("APPEAL-2026", seed="text") == before
    CaseFactory(reference=before, confidentiality="team")
    assert re.fullmatch("APPEAL-2026-[2-9A-Z]{3}", free_reference("APPEAL-2026", seed="text"))
    assert free_reference("APPEAL-2026", seed="text") != before


@pytest.mark.django_db(transaction=True)
def test_two_confirmations_at_once_make_one_case():
    owner, authority = UserFactory(), AuthorityFactory()
    draft = draft_of(owner)
    made: list[Case] = []
    start = threading.Barrier(2)

    def press() -> None:
        start.wait()
        try:
            made.append(confirm_draft(draft=draft, data=confirmed(authority), by=owner, at=AT))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (made[0], Case.objects.count(), Demand.objects.count()) == (made[1], 1, 1)
