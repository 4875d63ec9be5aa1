"""Moves of a demand's status: what is allowed, what is asked for, and two people at once."""

import datetime
import threading
from dataclasses import replace

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from tests.events import values
from tests.factories.authorities import AddresseeFactory
from tests.factories.deadlines import DeadlineFactory
from tests.factories.demands import DemandFactory
from tests.factories.documents import DocumentFactory, EvidenceFactory
from tests.races import overlap
from tracker.models import (
    MOVES,
    STATUS_FACTS,
    Action,
    Demand,
    Document,
    Event,
    Evidence,
    Status,
    StatusChange,
    StatusProposal,
)
from tracker.reports.revisions import changed_since
from tracker.services.correspondence import NewGrade, record_response
from tracker.services.demands import (
    change_status,
    confirm_proposal,
    correct_status,
    decline_proposal,
    set_review_date,
    withdraw_proposal,
)
from tracker.services.documents import NewDocument
from tracker.services.refusals import Refused, StaleRecord
from tracker.services.status_rules import NewEvidence, StatusRequest

AT = datetime.datetime(2026, 11, 23, 6, 0, tzinfo=datetime.UTC)
TODAY = datetime.date(2026, 11, 23)
NEXT_MONTH = datetime.date(2026, 12, 23)


@pytest.fixture
def demand(case) -> Demand:
    case.issued_on = datetime.date(2020, 1, 15)
    case.save()
    return DemandFactory(case=case, number=1)


def status_request(to_status: str = "not_assessable", **fields) -> StatusRequest:
    return replace(
        StatusRequest(
            to_status=to_status,
            shown_version=1,
            happened_on=datetime.date(2020, 4, 21),
            reason="Summonses go on.",
            review_on=NEXT_MONTH,
        ),
        **fields,
    )


def noted(demand: Demand, **fields) -> Evidence:
    return EvidenceFactory(demand=demand, **fields)


def test_a_move_is_a_new_step_and_never_an_overwrite(demand, owner):
    evidence = noted(demand)
    change = change_status(
        demand=demand, request=status_request("not_implemented", noted=[evidence]), by=owner, at=AT
    )
    demand.refresh_from_db()
    evidence.refresh_from_db()
    assert (change.seq, change.from_status, change.to_status) == (1, "awaiting", "not_implemented")
    assert (change.by, change.at, change.reason) == (owner, AT, "Summonses go on.")
    assert (demand.status, demand.status_seq, demand.review_on) == (
        "not_implemented",
        1,
        NEXT_MONTH,
    )
    assert evidence.status_change == change
    event = Event.objects.get(action="demand.status")
    assert (event.by_id, event.case_id, event.object_id) == (owner.pk, demand.case_id, demand.pk)
    assert event.at == AT
    assert values(event) == {
        "reason": (None, "Summonses go on."),
        "status": ("awaiting", "not_implemented"),
        "status_on": (None, str(change.happened_on)),
        "status_seq": (0, 1),
        "review_on": (None, str(NEXT_MONTH)),
    }


def test_a_new_document_becomes_evidence_of_the_move(demand, owner):
    new = NewEvidence(
        document=NewDocument(title="Adilet report", kind="statement", url="https://example.org/a"),
        claim="Summonses and seizures go on.",
    )
    change = change_status(
        demand=demand, request=status_request("not_implemented", added=[new]), by=owner, at=AT
    )
    evidence = change.evidence.get()
    assert (evidence.claim, evidence.document.title) == (
        "Summonses and seizures go on.",
        "Adilet report",
    )
    assert list(evidence.document.cases.all()) == [demand.case]


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        (
            {"to_status": "awaiting"},
            "to_status",
            "A demand that is “awaiting” cannot become “awaiting”. Choose one of the list.",
        ),
        (
            {"to_status": "no such status"},
            "to_status",
            "A demand that is “awaiting” cannot become “no such status”.",
        ),
        (
            {"happened_on": datetime.date(2026, 11, 24)},
            "happened_on",
            "The date lies in the future. Enter when it happened.",
        ),
        (
            {"happened_on": datetime.date(2020, 1, 14)},
            "happened_on",
            "The appeal is dated 15 Jan 2020; nothing before it can answer it.",
        ),
        ({"reason": "  "}, "reason", "Say in one sentence why."),
        ({"review_on": None}, "review_on", "Choose a day after today to look at it again."),
        ({"review_on": TODAY}, "review_on", "Choose a day after today to look at it again."),
        (
            {"review_on": datetime.date(9999, 12, 31)},
            "review_on",
            "This is more than ten years away.",
        ),
        ({"to_status": "not_implemented"}, "evidence", "“not implemented” needs evidence: add"),
        (
            {"to_status": "discontinued"},
            "to_status",
            "Log at least one reminder letter before you give a demand up.",
        ),
        (
            {"to_status": "partial"},
            "extent",
            "Say whether these are first or substantive steps.",
        ),
        ({"to_status": "partial", "extent": "initial"}, "missing", "List what is still missing."),
    ],
)
def test_a_refused_move_names_its_field_and_changes_nothing(demand, owner, fields, field, sentence):
    with pytest.raises(Refused) as refused:
        change_status(demand=demand, request=status_request(**fields), by=owner, at=AT)
    demand.refresh_from_db()
    assert refused.value.field == field
    assert str(refused.value).startswith(sentence)
    assert (demand.status, demand.status_seq, demand.version) == ("awaiting", 0, 1)
    assert StatusChange.objects.count() == Event.objects.count() == 0


def test_partly_implemented_says_how_far_what_is_missing_and_by_whom(demand, owner):
    theirs = noted(demand, document=DocumentFactory(by_authority=True))
    asked = status_request(
        "partial", extent="initial", missing="The officers still serve.", noted=[theirs]
    )
    for lacking, field in (
        (replace(asked, extent=""), "extent"),
        (replace(asked, missing=" "), "missing"),
        (asked, "evidence"),
    ):
        with pytest.raises(Refused) as refused:
            change_status(demand=demand, request=lacking, by=owner, at=AT)
        assert refused.value.field == field
    change = change_status(
        demand=demand, request=replace(asked, noted=[theirs, noted(demand)]), by=owner, at=AT
    )
    assert (change.extent, change.missing) == ("initial", "The officers still serve.")


def test_implemented_needs_two_documents_or_one_official_act(demand, owner):
    with pytest.raises(Refused) as refused:
        change_status(
            demand=demand,
            request=status_request("implemented", noted=[noted(demand)]),
            by=owner,
            at=AT,
        )
    assert refused.value.field == "evidence"
    act = noted(demand, document=DocumentFactory(kind=Document.Kind.OFFICIAL_ACT))
    proposal = change_status(
        demand=demand, request=status_request("implemented", noted=[act]), by=owner, at=AT
    )
    assert isinstance(proposal, StatusProposal)


def test_the_same_document_twice_is_one_document(demand, owner):
    document = DocumentFactory()
    rows = [noted(demand, document=document), noted(demand, document=document)]
    with pytest.raises(Refused) as refused:
        change_status(
            demand=demand, request=status_request("implemented", noted=rows), by=owner, at=AT
        )
    assert refused.value.field == "evidence"


def test_a_closing_status_takes_two_people(demand, owner, colleague):
    rows = [noted(demand), noted(demand)]
    proposal = change_status(
        demand=demand, request=status_request("implemented", noted=rows), by=owner, at=AT
    )
    demand.refresh_from_db()
    assert demand.status == "awaiting"
    with pytest.raises(Refused):
        confirm_proposal(proposal=proposal, by=owner, at=AT)
    with pytest.raises(Refused) as waits:
        change_status(
            demand=demand,
            request=status_request("rejected", noted=[noted(demand)]),
            by=owner,
            at=AT,
        )
    assert str(waits.value) == (
        f"{owner.name} has proposed “implemented”. Confirm or decline that first."
    )
    change = confirm_proposal(proposal=proposal, by=colleague, at=AT)
    demand.refresh_from_db()
    assert (demand.status, demand.review_on) == ("implemented", None)
    assert (change.by, change.confirmed_by) == (owner, colleague)
    assert change.evidence.count() == 2
    with pytest.raises(Refused):
        confirm_proposal(proposal=proposal, by=colleague, at=AT)


def test_a_demand_that_ends_ends_its_own_dates_and_no_others(demand, owner, colleague):
    its_own = DeadlineFactory(case=demand.case, demand=demand)
    of_the_case = DeadlineFactory(case=demand.case)
    proposal = change_status(
        demand=demand,
        request=status_request("withdrawn", noted=[noted(demand)]),
        by=owner,
        at=AT,
    )
    its_own.refresh_from_db()
    assert its_own.state == "open"
    confirm_proposal(proposal=proposal, by=colleague, at=AT)
    its_own.refresh_from_db()
    of_the_case.refresh_from_db()
    assert (its_own.state, its_own.ended_on, of_the_case.state) == ("closed", TODAY, "open")


def test_a_declined_proposal_gives_its_evidence_back(demand, owner, colleague):
    rows = [noted(demand), noted(demand)]
    proposal = change_status(
        demand=demand, request=status_request("implemented", noted=rows), by=owner, at=AT
    )
    with pytest.raises(Refused, match="^Say why, so that your colleague can go on"):
        decline_proposal(proposal=proposal, reason=" ", by=colleague, at=AT)
    decline_proposal(proposal=proposal, reason="Only one office did.", by=colleague, at=AT)
    demand.refresh_from_db()
    assert (demand.status, demand.status_seq) == ("awaiting", 0)
    assert Evidence.objects.unassessed().count() == 2


def test_only_its_author_takes_a_proposal_back(demand, owner, colleague):
    rows = [noted(demand), noted(demand)]
    proposal = change_status(
        demand=demand, request=status_request("implemented", noted=rows), by=owner, at=AT
    )
    with pytest.raises(Refused):
        withdraw_proposal(proposal=proposal, by=colleague, at=AT)
    withdraw_proposal(proposal=proposal, by=owner, at=AT)
    assert Evidence.objects.unassessed().count() == 2
    again = change_status(
        demand=demand, request=status_request("implemented", noted=rows), by=owner, at=AT
    )
    assert (proposal.seq, again.decision) == (1, "")
    with pytest.raises(IntegrityError), transaction.atomic():
        StatusProposal.objects.filter(pk=again.pk).update(
            decision="confirmed", decided_by=owner, decided_at=AT
        )


def test_giving_up_needs_a_reminder_letter_and_a_coordinator(demand, owner, colleague, coordinator):
    Action.objects.create(
        case=demand.case, direction="out", kind="reminder_1", happened_on=TODAY, at=AT
    )
    proposal = change_status(demand=demand, request=status_request("discontinued"), by=owner, at=AT)
    with pytest.raises(Refused):
        confirm_proposal(proposal=proposal, by=colleague, at=AT)
    assert confirm_proposal(proposal=proposal, by=coordinator, at=AT).to_status == "discontinued"


def test_leaving_contrary_takes_two_people_though_entering_does_not(demand, owner):
    change_status(
        demand=demand, request=status_request("contrary", noted=[noted(demand)]), by=owner, at=AT
    )
    answer = change_status(
        demand=demand,
        request=status_request("rejected", shown_version=2, noted=[noted(demand)]),
        by=owner,
        at=AT,
    )
    assert isinstance(answer, StatusProposal)


def test_whoever_comes_second_is_shown_what_the_first_did(demand, owner, colleague):
    change_status(demand=demand, request=status_request("not_assessable"), by=owner, at=AT)
    with pytest.raises(StaleRecord) as conflict:
        change_status(
            demand=demand,
            request=status_request("rejected", noted=[noted(demand)]),
            by=colleague,
            at=AT,
        )
    [since] = changed_since(conflict.value.row, 1, colleague)
    assert (since.by, since.event.new("status")) == (owner.name, "not_assessable")
    assert conflict.value.row.status == "not_assessable"
    assert StatusChange.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_people_at_the_same_moment_make_one_change(demand, owner, colleague):
    start = threading.Barrier(2)
    outcomes: list[str] = []

    def press(person) -> None:
        try:
            start.wait(timeout=10)
            change_status(demand=demand, request=status_request("not_assessable"), by=person, at=AT)
            outcomes.append("changed")
        except StaleRecord:
            outcomes.append("conflict")
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(p,)) for p in (owner, colleague)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(outcomes) == ["changed", "conflict"]
    assert list(StatusChange.objects.values_list("seq", flat=True)) == [1]


@pytest.mark.django_db(transaction=True)
def test_a_status_and_the_answer_it_rests_on_are_entered_at_once(demand, owner, colleague):
    addressee = AddresseeFactory(case=demand.case, sent_on=datetime.date(2020, 2, 1))
    demand.addressees.add(addressee)
    overlap(
        lambda: change_status(demand=demand, request=status_request(), by=owner, at=AT),
        lambda: record_response(
            addressee=addressee,
            received_on=datetime.date(2020, 4, 21),
            grades=[NewGrade(demand, "B2")],
            by=colleague,
            at=AT,
        ),
    )
    demand.refresh_from_db()
    assert (demand.status, demand.grades.get().grade) == ("not_assessable", "B2")


def test_a_correction_keeps_the_mistaken_step(demand, owner):
    wrong = change_status(
        demand=demand, request=status_request("rejected", noted=[noted(demand)]), by=owner, at=AT
    )
    change = correct_status(
        demand=demand,
        request=status_request("awaiting", shown_version=2, reason="Entered for another demand."),
        by=owner,
        at=AT,
    )
    demand.refresh_from_db()
    assert (change.corrects, change.seq, demand.status) == (wrong, 2, "awaiting")
    assert list(demand.changes.order_by("seq")) == [wrong, change]


def test_a_correction_reaches_no_closing_status(demand, owner, colleague):
    papers = [noted(demand), noted(demand)]
    proposal = change_status(
        demand=demand,
        request=status_request("implemented", noted=papers, review_on=None),
        by=owner,
        at=AT,
    )
    confirm_proposal(proposal=proposal, by=colleague, at=AT)
    change_status(
        demand=demand, request=status_request("awaiting", shown_version=2), by=owner, at=AT
    )
    for status in ("implemented", "withdrawn"):
        with pytest.raises(Refused) as refusal:
            correct_status(
                demand=demand, request=status_request(status, shown_version=3), by=owner, at=AT
            )
        assert refusal.value.field == "to_status"
    demand.refresh_from_db()
    assert (demand.status, demand.status_seq) == ("awaiting", 2)


def test_contrary_is_left_by_correction_only_by_whoever_entered_it(demand, owner, colleague):
    change_status(
        demand=demand, request=status_request("contrary", noted=[noted(demand)]), by=owner, at=AT
    )
    slip = status_request("awaiting", shown_version=2, reason="Entered for another demand.")
    with pytest.raises(Refused):
        correct_status(demand=demand, request=slip, by=colleague, at=AT)
    correct_status(demand=demand, request=slip, by=owner, at=AT)
    demand.refresh_from_db()
    assert demand.status == "awaiting"


def test_there_is_nothing_to_correct_before_the_first_step(demand, owner):
    with pytest.raises(Refused):
        correct_status(demand=demand, request=status_request("rejected"), by=owner, at=AT)


def test_a_review_date_lies_ahead(demand, owner):
    with pytest.raises(Refused, match="^Choose today or a later day"):
        set_review_date(
            demand=demand, review_on=TODAY - datetime.timedelta(days=1), by=owner, at=AT
        )
    set_review_date(demand=demand, review_on=NEXT_MONTH, by=owner, at=AT)
    demand.refresh_from_db()
    assert demand.review_on == NEXT_MONTH


def test_a_review_date_set_meanwhile_is_not_overwritten(demand, owner, colleague):
    seen = demand.version
    set_review_date(demand=demand, review_on=NEXT_MONTH, by=owner, at=AT, shown_version=seen)
    with pytest.raises(StaleRecord):
        set_review_date(demand=demand, review_on=TODAY, by=colleague, at=AT, shown_version=seen)
    demand.refresh_from_db()
    assert demand.review_on == NEXT_MONTH


@pytest.mark.parametrize("verb", ["update", "delete"])
def test_the_database_refuses_to_alter_a_step(demand, owner, verb):
    change_status(demand=demand, request=status_request("not_assessable"), by=owner, at=AT)
    steps = StatusChange.objects.all()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        steps.update(reason="never said") if verb == "update" else steps.delete()
    assert StatusChange.objects.get().reason == "Summonses go on."


def test_every_status_has_its_facts_and_a_way_on():
    assert set(STATUS_FACTS) == set(MOVES) == set(Status)
    for status, targets in MOVES.items():
        assert targets, status
        assert len(targets) == len(set(targets)), status
        if STATUS_FACTS[status].terminal:
            assert Status.AWAITING in targets
        else:
            assert {"not_assessable", "withdrawn", "overtaken", "discontinued"} - {status} <= set(
                targets
            )


def test_the_evidence_of_a_mistaken_step_is_evidence_of_its_correction(demand, owner):
    evidence, left_out = noted(demand), noted(demand)
    wrong = change_status(
        demand=demand,
        request=status_request("not_implemented", noted=[evidence, left_out]),
        by=owner,
        at=AT,
    )
    evidence.refresh_from_db()
    fields = {"shown_version": 2, "noted": [evidence], "reason": "Summonses went on."}
    change = correct_status(
        demand=demand, request=status_request("not_implemented", **fields), by=owner, at=AT
    )
    assert (change.corrects, change.to_status) == (wrong, "not_implemented")
    assert list(change.evidence.all()) == [evidence]
    assert list(wrong.evidence.all()) == [left_out]


def test_a_demand_taken_back_leaves_the_evidence_with_the_mistake(demand, owner):
    evidence = noted(demand)
    wrong = change_status(
        demand=demand, request=status_request("not_implemented", noted=[evidence]), by=owner, at=AT
    )
    evidence.refresh_from_db()
    back = status_request("awaiting", shown_version=2, noted=[evidence])
    change = correct_status(demand=demand, request=back, by=owner, at=AT)
    assert (change.evidence.count(), list(wrong.evidence.all())) == (0, [evidence])


def test_evidence_of_an_earlier_step_is_not_weighed_again(demand, owner):
    earlier = noted(demand)
    change_status(
        demand=demand, request=status_request("not_implemented", noted=[earlier]), by=owner, at=AT
    )
    change_status(
        demand=demand,
        request=status_request("rejected", shown_version=2, noted=[noted(demand)]),
        by=owner,
        at=AT,
    )
    earlier.refresh_from_db()
    with pytest.raises(Refused) as refused:
        correct_status(
            demand=demand,
            request=status_request("rejected", shown_version=3, noted=[earlier]),
            by=owner,
            at=AT,
        )
    assert refused.value.field == "evidence"


def test_a_correction_that_changes_nothing_is_no_step(demand, owner):
    evidence = noted(demand)
    same = status_request("not_implemented", noted=[evidence])
    change_status(demand=demand, request=same, by=owner, at=AT)
    evidence.refresh_from_db()
    with pytest.raises(Refused) as refused:
        correct_status(demand=demand, request=replace(same, shown_version=2), by=owner, at=AT)
    assert (refused.value.field, str(refused.value)) == (
        "",
        "Nothing in this step is changed. Correct what is wrong in it; the day to look at the "
        "demand again is set on its own page.",
    )


def test_a_correction_can_be_corrected_like_the_first_step(demand, owner):
    change_status(
        demand=demand, request=status_request("rejected", noted=[noted(demand)]), by=owner, at=AT
    )
    for seq in (1, 2):
        correct_status(
            demand=demand,
            request=status_request(
                "rejected", shown_version=seq + 1, noted=[noted(demand)], reason=f"Typo {seq}."
            ),
            by=owner,
            at=AT,
        )
    correct_status(
        demand=demand, request=status_request("awaiting", shown_version=4), by=owner, at=AT
    )
    demand.refresh_from_db()
    assert (demand.status, demand.status_seq) == ("awaiting", 4)
