"""Changing a status from the page: allowed moves, second editors, second persons, second clicks."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.factories.authorities import AddresseeFactory
from tests.factories.correspondence import ActionFactory
from tests.factories.demands import DemandFactory
from tests.factories.documents import DocumentFactory, EvidenceFactory
from tests.now import TODAY
from tests.page_forms import one_form
from tests.pages import errors, find, levels, messages, one, part, text
from tracker.models import Action, Demand, Document, StatusChange, StatusProposal

NEXT_YEAR = TODAY + datetime.timedelta(days=365)


@pytest.fixture
def demand(case) -> Demand:
    return DemandFactory(case=case, number=1)


def typed(demand: Demand, **changed) -> dict:
    """A complete, correct form: not implemented, with one new source."""
    fields = {
        "shown_version": demand.version,
        "to_status": "not_implemented",
        "happened_on": "2026-02-05",
        "reason": "The time passed.",
        "review_on": NEXT_YEAR.isoformat(),
        "extent": "",
        "missing": "",
        "source-TOTAL_FORMS": 2,
        "source-INITIAL_FORMS": 0,
        "source-0-claim": "No answer came.",
        "source-0-title": "Register of letters",
        "source-0-url": "https://example.org/register",
        "source-0-kind": "note",
        "source-0-stance": "supports",
        "source-0-confidence": "medium",
        "source-1-kind": "news",
        "source-1-stance": "supports",
        "source-1-confidence": "medium",
    }
    return {**fields, **changed}


def send(client, demand: Demand, *, correct: bool = False, **changed):
    name = "correct" if correct else "status"
    return client.post(f"/demands/{demand.pk}/{name}/", typed(demand, **changed))


def test_a_change_is_a_new_row_with_its_source(signed_in, owner, demand):
    response = send(signed_in(owner), demand)
    assert (response.status_code, response.url) == (302, f"/demands/{demand.pk}/")
    change = demand.changes.get()
    assert (change.to_status, change.by, change.reason) == (
        "not_implemented",
        owner,
        "The time passed.",
    )
    assert change.evidence.get().document.title == "Register of letters"
    page = signed_in(owner).get(f"/demands/{demand.pk}/").content.decode()
    assert "The time passed." in page and "Register of letters" in page and owner.name in page


def test_only_the_allowed_moves_are_offered(signed_in, owner, case):
    ended = DemandFactory(case=case, status="overtaken")
    form = signed_in(owner).get(f"/demands/{ended.pk}/status/").context["form"]
    assert [option["value"] for option in form.options] == ["awaiting"]


def test_a_forbidden_move_gets_a_sentence_and_changes_nothing(signed_in, owner, case):
    ended = DemandFactory(case=case, status="overtaken")
    response = send(signed_in(owner), ended, to_status="implemented")
    assert response.status_code == 422
    assert list(errors(response)) == ["to_status"]
    unknown = send(signed_in(owner), ended, to_status="vanished")
    assert (unknown.status_code, list(errors(unknown))) == (422, ["to_status"])
    assert not StatusChange.objects.exists()


def test_a_status_no_longer_offered_is_named_to_the_second_editor(
    signed_in, owner, colleague, demand
):
    send(signed_in(owner), demand)
    response = send(signed_in(colleague), demand)
    assert response.status_code == 409
    said = errors(response)["to_status"]
    assert said.count("“not implemented”") == 2


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"happened_on": "2026-02-31"}, "happened_on"),
        ({"happened_on": "2999-01-01"}, "happened_on"),
        ({"reason": "  "}, "reason"),
        ({"to_status": ""}, "to_status"),
        ({"review_on": ""}, "review_on"),
        ({"source-0-claim": "", "source-0-title": "", "source-0-url": ""}, "evidence"),
        ({"source-0-url": ""}, "source-0-url"),
        ({"source-0-claim": ""}, "source-0-claim"),
        ({"to_status": "partial"}, "extent"),
        ({"to_status": "partial", "extent": "initial"}, "missing"),
    ],
)
def test_bad_input_gets_a_sentence_and_keeps_what_was_typed(
    signed_in, owner, demand, changed, wrong
):
    response = send(signed_in(owner), demand, **changed)
    assert (response.status_code, list(errors(response))) == (422, [wrong])
    kept = typed(demand, **changed)
    assert one(response, name="source-0-title").get("value", "") == kept["source-0-title"]
    assert kept["happened_on"] in response.text
    assert not StatusChange.objects.exists() and not Document.objects.exists()


def test_a_form_that_arrived_in_part_changes_nothing(signed_in, owner, demand):
    response = send(signed_in(owner), demand, **{"source-TOTAL_FORMS": "x"})
    assert (response.status_code, errors(response)) == (422, {})
    assert text(one(response, class_="error"))
    assert not StatusChange.objects.exists() and not Document.objects.exists()


@pytest.mark.parametrize("version", ["²", "9" * 5000, ""])
def test_an_altered_step_changes_nothing(signed_in, owner, demand, version):
    assert send(signed_in(owner), demand, shown_version=version).status_code == 422
    assert not StatusChange.objects.exists()


def test_a_file_that_is_no_document_is_refused(signed_in, owner, demand):
    file = SimpleUploadedFile("reply.pdf", b"MZ this is a program")
    response = send(signed_in(owner), demand, **{"source-0-url": "", "source-0-file": file})
    assert (response.status_code, list(errors(response))) == (422, ["__all__"])
    assert not StatusChange.objects.exists()


def test_noted_evidence_can_carry_a_change(signed_in, owner, demand):
    noted = EvidenceFactory(demand=demand, document=DocumentFactory(cases=[demand.case]))
    empty = {f"source-0-{name}": "" for name in ("claim", "title", "url")}
    assert send(signed_in(owner), demand, evidence=[noted.pk], **empty).status_code == 302
    noted.refresh_from_db()
    assert noted.status_change == demand.changes.get()


def test_a_document_of_a_hidden_case_is_no_choice(signed_in, stranger, demand, team_case):
    secret = DocumentFactory(title="Secret report", cases=[team_case])
    response = send(signed_in(stranger), demand, **{"source-0-document": secret.pk})
    assert response.status_code == 422
    assert "Secret report" not in response.text


def test_the_second_editor_is_shown_what_the_first_did(signed_in, owner, colleague, demand):
    send(signed_in(owner), demand)
    response = send(
        signed_in(colleague), demand, to_status="rejected", reason="They refused in writing."
    )
    assert response.status_code == 409
    assert "The time passed." in response.text and owner.name in response.text
    assert "They refused in writing." in response.text
    assert demand.changes.count() == 1
    # What they typed can be sent on purpose, as the next step.
    form = response.context["form"]
    assert form["shown_version"].value() == "2"
    demand.refresh_from_db()
    again = send(
        signed_in(colleague), demand, to_status="rejected", reason="They refused in writing."
    )
    assert again.status_code == 302
    assert list(demand.changes.order_by("seq").values_list("to_status", flat=True)) == [
        "not_implemented",
        "rejected",
    ]


def test_the_second_editor_who_sent_a_file_is_told_to_choose_it_again(
    signed_in, owner, colleague, demand
):
    send(signed_in(owner), demand)
    file = SimpleUploadedFile("reply.pdf", b"%PDF-1.4 reply")
    response = send(signed_in(colleague), demand, **{"source-0-file": file})
    assert response.status_code == 409
    assert text(one(one(response, "alert", class_="conflict"), tag="strong"))
    without = send(signed_in(colleague), demand, shown_version=1)
    assert find(one(without, "alert", class_="conflict"), tag="strong") == []


def test_a_double_click_makes_one_change(signed_in, owner, demand):
    client, form = signed_in(owner), one_form()
    assert [send(client, demand, **form).status_code for _click in range(2)] == [302, 302]
    assert (demand.changes.count(), Document.objects.count()) == (1, 1)


def decisions(answer) -> set[str]:
    """What may be done with the proposal."""
    return {button.attrib["value"] for button in find(answer, "button", name="decision")}


def test_an_ending_status_waits_for_a_second_person(signed_in, owner, colleague, demand):
    first, form = signed_in(owner), one_form()
    for _click in range(2):
        send(first, demand, to_status="overtaken", reason="He resigned.", **form)
    proposal = StatusProposal.objects.get()
    demand.refresh_from_db()
    assert (demand.status, proposal.by) == ("awaiting", owner)

    address = f"/demands/{demand.pk}/proposals/{proposal.pk}/"
    assert decisions(first.get(f"/demands/{demand.pk}/")) == {"withdraw"}
    first.post(address, {"decision": "confirm"})
    demand.refresh_from_db()
    assert demand.status == "awaiting"

    second = signed_in(colleague)
    assert decisions(second.get(f"/demands/{demand.pk}/")) == {"confirm", "decline"}
    second.post(address, {"decision": "confirm"})
    demand.refresh_from_db()
    assert (demand.status, demand.changes.get().confirmed_by) == ("overtaken", colleague)


def test_declining_needs_a_reason_and_leaves_the_status(signed_in, owner, colleague, demand):
    send(signed_in(owner), demand, to_status="overtaken", reason="He resigned.")
    proposal = StatusProposal.objects.get()
    address = f"/demands/{demand.pk}/proposals/{proposal.pk}/"
    second = signed_in(colleague)
    page = second.post(address, {"decision": "decline", "reason": ""}, follow=True)
    assert levels(page) == ["error"]
    page = second.post(address, {"decision": "decline", "reason": "Only a rumour."}, follow=True)
    assert levels(page) == ["success"] and "Only a rumour." in page.text
    demand.refresh_from_db()
    proposal.refresh_from_db()
    assert (demand.status, proposal.decision) == ("awaiting", "declined")


def test_a_reason_for_declining_may_hold_any_character(signed_in, owner, colleague, demand):
    send(signed_in(owner), demand, to_status="overtaken", reason="He resigned.")
    proposal = StatusProposal.objects.get()
    address = f"/demands/{demand.pk}/proposals/{proposal.pk}/"
    signed_in(colleague).post(address, {"decision": "decline", "reason": "Only\0 a rumour."})
    proposal.refresh_from_db()
    assert (proposal.decision, proposal.decision_reason) == ("declined", "Only a rumour.")


def test_while_a_proposal_waits_no_other_change_is_made(signed_in, owner, colleague, demand):
    send(signed_in(owner), demand, to_status="overtaken", reason="He resigned.")
    response = send(signed_in(colleague), demand)
    assert (response.status_code, list(errors(response))) == (422, ["__all__"])
    said = errors(response)["__all__"]
    assert owner.name in said and "“overtaken by events”" in said


def test_giving_up_needs_a_reminder_letter_and_a_coordinator(
    signed_in, owner, colleague, coordinator, demand
):
    refused = send(signed_in(owner), demand, to_status="discontinued")
    assert (refused.status_code, list(errors(refused))) == (422, ["to_status"])
    ActionFactory(addressee=AddresseeFactory(case=demand.case), kind=Action.Kind.REMINDER_1)
    send(signed_in(owner), demand, to_status="discontinued")
    address = f"/demands/{demand.pk}/proposals/{StatusProposal.objects.get().pk}/"
    signed_in(colleague).post(address, {"decision": "confirm"})
    demand.refresh_from_db()
    assert demand.status == "awaiting"
    signed_in(coordinator).post(address, {"decision": "confirm"})
    demand.refresh_from_db()
    assert demand.status == "discontinued"


def test_a_mistaken_step_is_corrected_and_stays_on_record(signed_in, owner, demand):
    client = signed_in(owner)
    send(client, demand)
    demand.refresh_from_db()
    empty = {f"source-0-{name}": "" for name in ("claim", "title", "url")}
    response = send(
        client, demand, correct=True, to_status="awaiting", reason="Wrong demand.", **empty
    )
    assert response.status_code == 302
    demand.refresh_from_db()
    assert (demand.status, demand.changes.count()) == ("awaiting", 2)
    assert demand.changes.get(seq=2).corrects == demand.changes.get(seq=1)
    page = client.get(f"/demands/{demand.pk}/")
    corrected, correction = (
        one(part(page, f"step-{seq}"), class_="pill--claim").attrib["class"] for seq in (1, 2)
    )
    assert "tone-slate" in corrected and "tone-blue" in correction


def test_there_is_nothing_to_correct_before_the_first_step(signed_in, owner, demand):
    assert signed_in(owner).get(f"/demands/{demand.pk}/correct/").status_code == 404


def test_conflicting_sources_stand_side_by_side(signed_in, owner, demand):
    send(
        signed_in(owner),
        demand,
        **{
            "source-1-claim": "An answer did come.",
            "source-1-title": "Statement of the office",
            "source-1-url": "https://example.org/office",
            "source-1-stance": "contradicts",
        },
    )
    page = signed_in(owner).get(f"/demands/{demand.pk}/")
    assert page.context["shown"].disputed is True
    assert text(part(page, "disputed"))
    sides = {line.attrib["class"] for line in find(part(page, "history"), class_=True, tag="li")}
    assert {"side-supports", "side-contradicts"} <= sides
    assert "No answer came." in page.text and "An answer did come." in page.text


def test_a_correction_opens_with_the_mistaken_step_and_its_evidence(signed_in, owner, demand):
    client = signed_in(owner)
    send(client, demand, to_status="partial", extent="initial", missing="Most of it.")
    evidence = demand.changes.get().evidence.get()
    opened = client.get(f"/demands/{demand.pk}/correct/").context["form"]
    shown = {name: opened[name].value() for name in opened.fields}
    assert shown == {
        "shown_version": 2,
        "to_status": "partial",
        "extent": "initial",
        "missing": "Most of it.",
        "happened_on": datetime.date(2026, 2, 5),
        "reason": "The time passed.",
        "review_on": NEXT_YEAR,
        "evidence": [evidence.pk],
    }
    demand.refresh_from_db()
    empty = {f"source-0-{name}": "" for name in ("claim", "title", "url")}
    again = {**shown, "reason": "The time went by.", **empty}
    page = client.post(f"/demands/{demand.pk}/correct/", typed(demand, **again), follow=True)
    [(level, words)] = messages(page)
    assert level == "success" and "“partly implemented”" in words
    change = demand.changes.get(seq=2)
    assert (change.reason, change.evidence.get()) == ("The time went by.", evidence)


def test_evidence_a_colleague_used_meanwhile_is_named_in_words(signed_in, owner, colleague, demand):
    document = DocumentFactory(cases=[demand.case], publisher="The registry")
    noted = EvidenceFactory(demand=demand, document=document, claim="They wrote 100 % nothing")
    left = EvidenceFactory(demand=demand, document=document, claim="They wrote again")
    send(signed_in(owner), demand, evidence=[noted.pk])
    both = [noted.pk, left.pk]
    late = send(signed_in(colleague), demand, to_status="rejected", evidence=both)
    assert late.status_code == 409
    assert list(errors(late)) == ["evidence"]
    assert "They wrote 100 % nothing (The registry)" in errors(late)["evidence"]
    kept = [
        (option.data["value"].value, option.data["selected"])
        for option in late.context["form"]["evidence"]
    ]
    assert kept == [(left.pk, True)]


def test_a_correction_that_changes_nothing_is_refused(signed_in, owner, demand):
    client = signed_in(owner)
    send(client, demand)
    demand.refresh_from_db()
    opened = client.get(f"/demands/{demand.pk}/correct/").context["form"]
    shown = {name: opened[name].value() for name in opened.fields}
    empty = {f"source-0-{name}": "" for name in ("claim", "title", "url")}
    for changed in ({}, {"review_on": (NEXT_YEAR + datetime.timedelta(days=1)).isoformat()}):
        answer = send(client, demand, correct=True, **{**shown, **empty, **changed})
        assert (answer.status_code, list(errors(answer))) == (422, ["__all__"])
    assert demand.changes.count() == 1
    answer = send(client, demand, correct=True, **{**shown, **empty, "happened_on": "2026-02-04"})
    assert (answer.status_code, demand.changes.count()) == (302, 2)


def test_what_happened_in_the_case_says_which_step_was_corrected(signed_in, owner, demand):
    client = signed_in(owner)
    send(client, demand, reason="Entered by mistake.")
    demand.refresh_from_db()
    empty = {f"source-0-{name}": "" for name in ("claim", "title", "url")}
    send(client, demand, correct=True, to_status="awaiting", reason="Nothing came.", **empty)
    happened = part(client.get(f"/cases/{demand.case.reference}/"), "timeline")
    assert [text(struck) for struck in find(happened, tag="s")] == ["Entered by mistake."]
    [line] = [line for line in find(happened, "listitem") if find(line, tag="s")]
    assert find(line, class_="pill--claim")
    assert len(find(happened, class_="pill--claim")) == 1


def test_an_error_beside_a_chosen_file_asks_for_the_file_again(signed_in, owner, demand):
    file = SimpleUploadedFile("reply.pdf", b"%PDF-1.4 reply")
    client = signed_in(owner)
    lost, kept = (
        send(client, demand, reason="", **typed) for typed in ({"source-0-file": file}, {})
    )
    assert text(part(lost, "id_source-0-file_again"))
    assert find(kept, id="id_source-0-file_again") == []
    said = [text(one(one(page, "alert"), "heading")) for page in (lost, kept)]
    assert said[0] != said[1]


def test_missing_evidence_is_said_of_a_field_that_the_page_shows(signed_in, owner, demand):
    bare = {"source-0-claim": "", "source-0-title": "", "source-0-url": ""}
    answer = send(signed_in(owner), demand, to_status="implemented", **bare)
    [head] = find(answer, "alert", class_="error-summary")
    link = one(head, "link", href="#id_evidence")
    assert text(link) == text(one(part(answer, "id_evidence"), tag="legend", class_="label"))


def test_the_head_of_a_form_counts_what_is_listed_under_it(signed_in, owner, demand):
    answer = send(signed_in(owner), demand, happened_on="x", reason="", to_status="")
    [head] = find(answer, "alert", class_="error-summary")
    assert text(one(head, tag="h2")).startswith(str(len(find(head, "listitem"))))
