"""What the forms of a status say of what they refuse, before any service is asked."""

import pytest

from tests.factories.demands import DemandFactory
from tests.factories.documents import DocumentFactory, EvidenceFactory
from tests.now import TODAY
from tracker.forms.demands import EvidenceForm, StatusForm
from tracker.models import MOVES, Document, StatusChange


def said(field: str, owner, demand, **typed) -> list[str]:
    moves = MOVES[demand.status]
    form = StatusForm(typed, demand=demand, moves=moves, reader=owner, on=TODAY)
    return form.errors[field]


def test_a_status_that_cannot_follow_is_named(owner, case):
    ended = DemandFactory(case=case, status="overtaken")
    assert said("to_status", owner, ended, to_status="implemented") == [
        "A demand that is “overtaken by events” cannot become “implemented”. Choose one of the "
        "list."
    ]
    assert said("to_status", owner, ended) == ["Choose the new status."]
    assert said("reason", owner, ended, reason="  ") == ["Say in one sentence why."]
    assert said("happened_on", owner, ended, happened_on="2026-02-31") == [
        "This day does not exist. Write it as year-month-day, such as 2026-04-21."
    ]


def test_sources_weighed_meanwhile_are_named(owner, case):
    demand = DemandFactory(case=case)
    document = DocumentFactory(cases=[case], publisher="The registry")
    noted = EvidenceFactory(demand=demand, document=document, claim="They wrote 100 % nothing")
    noted.status_change = StatusChange.objects.create(
        demand=demand,
        seq=1,
        from_status="awaiting",
        to_status="not_implemented",
        happened_on=TODAY,
        reason="Nothing came.",
        by=owner,
        at="2026-11-23T06:00Z",
    )
    noted.save()
    assert said("evidence", owner, demand, evidence=[noted.pk]) == [
        "Of the sources you ticked, these were weighed meanwhile and cannot be weighed again: "
        "They wrote 100 % nothing (The registry)."
    ]
    assert said("evidence", owner, demand, evidence=[0]) == [
        "One of the sources you ticked is not in the list. Look at it again."
    ]


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        (
            {"title": "A letter", "url": "https://example.org/"},
            {"claim": ["Say in one sentence what this source says."]},
        ),
        (
            {"claim": "It says so.", "title": "A letter"},
            {"url": ["Give the address on the web, or the file."]},
        ),
        (
            {"claim": "It says so.", "url": "https://example.org/"},
            {"title": ["Give the document's title, or choose one above."]},
        ),
    ],
)
def test_half_a_source_is_asked_for_the_rest(db, typed, wrong):
    whole = {"kind": "note", "stance": "supports", "confidence": "medium"}
    form = EvidenceForm(whole | typed, documents=Document.objects.none())
    assert form.errors == wrong
