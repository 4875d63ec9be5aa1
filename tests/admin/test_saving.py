"""Saving at the desk goes through the services, with history, events and clocks."""

import datetime
import json
import re

import pytest
from django.db import IntegrityError
from django.urls import reverse

from tests.admin.forms import loaded, posted_by
from tests.events import values
from tests.factories.authorities import AuthorityFactory
from tests.factories.correspondence import ActionFactory
from tests.factories.deadlines import ResponseRuleFactory
from tests.page_forms import one_form
from tests.pages import find, links, one, text
from tracker.models import (
    Addressee,
    Authority,
    Case,
    Confidentiality,
    Deadline,
    Demand,
    Document,
    Event,
    Membership,
    Phase,
    Response,
    ResponseGrade,
    Signatory,
)

SENT, REGISTERED = datetime.date(2020, 1, 13), datetime.date(2020, 1, 15)


def page(row) -> str:
    return reverse(f"admin:tracker_{row._meta.model_name}_change", args=[row.pk])


def add_page(table: str) -> str:
    return reverse(f"admin:tracker_{table}_add")


def errors(response) -> dict:
    return dict(response.context["adminform"].form.errors)


def head(response) -> list[str]:
    return response.context["adminform"].form.non_field_errors()


def said_of(model, name: str) -> str:
    """The sentence of a constraint of this table."""
    [found] = [rule for rule in model._meta.constraints if rule.name == name]
    return str(found.violation_error_message)


def test_what_is_added_in_a_window_of_its_own_and_sent_twice_is_one_row(administrator, signed_in):
    client, address = signed_in(administrator), add_page("authority") + "?_popup=1"
    typed = {"_popup": "1", "name": "Court", "slug": "court", "kind": "court"}
    data = posted_by(client.get(address)) | one_form() | typed
    first, second = (client.post(address, data) for _click in range(2))
    made = Authority.objects.get()
    closing = one(first, tag="script").attrib
    assert json.loads(closing["data-popup-response"])["value"] == str(made.pk)
    assert (second.status_code, one(second, tag="script").attrib) == (200, closing)
    assert "default-src 'self'" in second.headers["Content-Security-Policy"]


def test_a_save_writes_who_when_and_why(case, owner, signed_in):
    client = signed_in(owner)
    data = loaded(client, page(case))
    data["title"], data["change_reason"] = "Corrected", "typo"
    assert client.post(page(case), data).status_code == 302
    event = Event.objects.about(case).get()
    assert (event.action, event.by_id) == ("case.edited", owner.pk)
    assert values(event) == {
        "reason": (None, "typo"),
        "title": ("An open appeal", "Corrected"),
    }


def test_a_save_without_a_change_writes_nothing(opened, owner, signed_in):
    client = signed_in(owner)
    before = Event.objects.count()
    address = page(opened["case"])
    assert client.post(address, loaded(client, address)).status_code == 302
    assert Event.objects.count() == before
    assert Case.objects.get(pk=opened["case"].pk).version == 1


def test_a_case_is_added_with_its_rows(owner, signed_in):
    client = signed_in(owner)
    authority, rule = AuthorityFactory(), ResponseRuleFactory()
    data = loaded(client, add_page("case"))
    data |= {
        "reference": "NEW-2026",
        "title": "A new appeal",
        "lead": owner.pk,
        "confidentiality": "team",
        "addressees-TOTAL_FORMS": 1,
        "addressees-0-authority": authority.pk,
        "addressees-0-rule": rule.pk,
        "addressees-0-sent_on": SENT.isoformat(),
        "addressees-0-registered_on": REGISTERED.isoformat(),
        "demands-TOTAL_FORMS": 2,
        "demands-0-text": "Release them.",
        "demands-0-basis": "explicit",
        "demands-0-kind": "individual",
        "demands-1-text": "Say why.",
        "demands-1-basis": "implied",
        "demands-1-kind": "general",
        "deadlines-TOTAL_FORMS": 1,
        "deadlines-0-kind": "look_again",
        "deadlines-0-title": "Look again",
        "deadlines-0-due_on": "2026-05-04",
        "signatories-TOTAL_FORMS": 1,
        "signatories-0-name": "A. Lawyer",
        "norms-TOTAL_FORMS": 1,
        "norms-0-instrument": "A law",
        "norms-0-text": "its words",
    }
    response = client.post(add_page("case"), data)
    assert response.status_code == 302
    case = Case.objects.get(reference="NEW-2026")
    assert list(case.demands.order_by("number").values_list("number", "text")) == [
        (1, "Release them."),
        (2, "Say why."),
    ]
    assert [(s.number, s.name) for s in case.signatories.all()] == [(1, "A. Lawyer")]
    assert list(case.norms.values_list("number", "instrument")) == [(1, "A law")]
    assert list(case.memberships.values_list("user", flat=True)) == [owner.pk]
    assert list(case.deadlines.order_by("due_on").values_list("kind", "due_on")) == [
        ("statutory", datetime.date(2020, 2, 3)),
        ("look_again", datetime.date(2026, 5, 4)),
    ]
    times = set(Event.objects.filter(case_id=case.pk).values_list("at", flat=True))
    assert len(times) == 1


def test_all_rows_of_a_page_are_saved_or_none(case, owner, signed_in):
    client = signed_in(owner)
    data = loaded(client, page(case))
    data |= {
        "title": "Half saved?",
        "addressees-TOTAL_FORMS": 1,
        "addressees-0-authority": AuthorityFactory().pk,
        "addressees-0-rule": ResponseRuleFactory(effective_from=datetime.date(2025, 1, 1)).pk,
        "addressees-0-sent_on": SENT.isoformat(),
    }
    response = client.post(page(case), data)
    assert response.status_code == 200
    [told] = head(response)
    assert told.startswith("OPEN-1/1 Office ")
    assert "13 Jan 2020" in told
    assert "Half saved?" in response.content.decode()
    assert Case.objects.get(pk=case.pk).title == "An open appeal"
    assert not Addressee.objects.exists()
    assert not Event.objects.exists()


def test_a_phase_that_cannot_follow_is_not_offered(owner, case, signed_in):
    Case.objects.filter(pk=case.pk).update(phase=Phase.MONITORING)
    client = signed_in(owner)
    response = client.get(page(case))
    offered = [
        value for value, _label in response.context["adminform"].form.fields["phase"].choices
    ]
    assert offered == ["assessment", "dialogue", "escalated", "monitoring", "closed"]


def test_closing_without_a_note_is_an_error_of_the_form(case, owner, signed_in):
    client = signed_in(owner)
    data = loaded(client, page(case))
    data |= {"phase": "closed", "close_reason": "partly"}
    response = client.post(page(case), data)
    assert list(errors(response)) == ["closing_note"]
    assert Case.objects.get(pk=case.pk).phase == Phase.PREPARING


def test_a_case_is_closed_with_its_note(case, owner, signed_in):
    client = signed_in(owner)
    data = loaded(client, page(case))
    data |= {"phase": "closed", "close_reason": "partly", "closing_note": "Half of it."}
    assert client.post(page(case), data).status_code == 302
    stored = Case.objects.get(pk=case.pk)
    assert (stored.phase, stored.close_reason) == (Phase.CLOSED, "partly")
    assert stored.closed_at is not None


def test_whoever_restricts_a_case_keeps_seeing_it(case, stranger, signed_in):
    client = signed_in(stranger)
    data = loaded(client, page(case))
    data["confidentiality"] = Confidentiality.TEAM
    assert client.post(page(case), data).status_code == 302
    assert client.get(page(case)).status_code == 200


def test_a_reference_taken_already_is_an_error_of_the_form(case, stranger, signed_in):
    client = signed_in(stranger)
    data = loaded(client, add_page("case"))
    data |= {"reference": case.reference, "title": "Another"}
    refused = client.post(add_page("case"), data).context["adminform"].form.errors.as_data()
    assert {name: [error.code for error in found] for name, found in refused.items()} == {
        "reference": ["unique"]
    }


def test_nothing_is_said_of_the_case_that_has_a_reference(case, team_case, stranger, signed_in):
    """It may be one that the reader does not see."""
    client, said = signed_in(stranger), set()
    data = loaded(client, add_page("case")) | {"title": "Another"}
    for taken in (case.reference, team_case.reference):
        response = client.post(add_page("case"), data | {"reference": taken})
        [error] = response.context["adminform"].form.errors.as_data()["reference"]
        said |= {(error.code, error.message)}
        assert error.params["free"].startswith(taken)
    assert len(said) == 1
    data = loaded(client, page(case))
    assert client.post(page(case), data | {"title": "Its own"}).status_code == 302


def test_days_in_the_wrong_order_are_an_error_of_the_form(opened, owner, signed_in):
    client = signed_in(owner)
    data = loaded(client, page(opened["addressee"]))
    data |= {"sent_on": "2026-03-05", "registered_on": "2026-03-01"}
    response = client.post(page(opened["addressee"]), data)
    assert head(response) == [said_of(Addressee, "registered_not_before_sent")]


@pytest.mark.parametrize("day", ["2026-02-30", "soon", "0000-01-01"])
def test_an_impossible_day_is_an_error_of_the_form(day, opened, owner, signed_in):
    client = signed_in(owner)
    data = loaded(client, page(opened["addressee"]))
    data["sent_on"] = day
    assert errors(client.post(page(opened["addressee"]), data)) == {
        "sent_on": ["Enter a valid date."]
    }


@pytest.mark.parametrize("value", ["99999999999999999999", "-1", "one"])
def test_an_impossible_number_is_an_error_of_the_form(value, opened, owner, signed_in):
    client = signed_in(owner)
    data = loaded(client, page(opened["signatory"]))
    data["number"] = value
    response = client.post(page(opened["signatory"]), data)
    assert list(errors(response)) == ["number"]


def test_a_half_given_range_is_an_error_of_the_form(opened, owner, signed_in):
    client = signed_in(owner)
    data = loaded(client, page(opened["demand"]))
    data |= {"start": 10, "end": 5}
    assert head(client.post(page(opened["demand"]), data)) == [
        said_of(Demand, "demand_place_is_a_range")
    ]


def test_a_number_taken_at_the_same_moment_is_told(opened, owner, signed_in, monkeypatch):
    """Two people add number 2 at once: the second one's check passes, the database refuses."""
    client = signed_in(owner)
    data = loaded(client, page(opened["case"]))
    data |= {
        "signatories-TOTAL_FORMS": 2,
        "signatories-1-number": 2,
        "signatories-1-name": "Second",
    }
    monkeypatch.setattr(Signatory, "full_clean", lambda *args, **kwargs: None)
    monkeypatch.setattr(Signatory, "save", refuse)
    response = client.post(page(opened["case"]), data)
    assert response.status_code == 409
    assert head(response) == [
        "Somebody saved the same number or name at this moment. Change yours."
    ]
    assert "Second" in response.content.decode()


def refuse(*args, **kwargs):
    raise IntegrityError("duplicate key")


def test_an_addressees_clock_starts_and_moves_at_the_desk(case, owner, signed_in):
    client = signed_in(owner)
    data = loaded(client, add_page("addressee"))
    data |= {
        "case": case.pk,
        "authority": AuthorityFactory().pk,
        "rule": ResponseRuleFactory().pk,
        "sent_on": SENT.isoformat(),
        "registered_on": REGISTERED.isoformat(),
    }
    assert client.post(add_page("addressee"), data).status_code == 302
    addressee = Addressee.objects.get()
    assert Deadline.objects.get().due_on == datetime.date(2020, 2, 3)
    data = loaded(client, page(addressee))
    data["registered_on"] = "2020-01-16"
    assert client.post(page(addressee), data).status_code == 302
    assert Deadline.objects.get().due_on == datetime.date(2020, 2, 4)


def test_a_status_is_not_a_field(opened, owner, signed_in):
    demand = opened["demand"]
    client = signed_in(owner)
    response = client.get(page(demand))
    assert "status" not in response.context["adminform"].form.fields
    link = reverse("demand_status", args=[demand.pk])
    assert f'href="{link}"' in response.content.decode()
    data = loaded(client, page(demand)) | {"status": "implemented", "heading": "Shorter"}
    assert client.post(page(demand), data).status_code == 302
    stored = Demand.objects.get(pk=demand.pk)
    assert (stored.status, stored.heading) == ("awaiting", "Shorter")


def test_addressees_of_another_case_are_refused_for_a_demand(opened, hidden, owner, signed_in):
    client = signed_in(owner)
    data = loaded(client, page(opened["demand"]))
    data["addressees"] = [hidden["addressee"].pk]
    response = client.post(page(opened["demand"]), data)
    assert list(errors(response)) == ["addressees"]


def test_a_legal_deadline_cannot_be_set_by_hand(case, owner, signed_in):
    client = signed_in(owner)
    data = loaded(client, add_page("deadline"))
    data |= {"case": case.pk, "kind": "statutory", "title": "x", "due_on": "2026-05-04"}
    assert list(errors(client.post(add_page("deadline"), data))) == ["kind"]
    assert not Deadline.objects.exists()


def test_a_date_of_ours_moves_with_its_reason(opened, owner, signed_in):
    look_again = opened["look_again"]
    client = signed_in(owner)
    data = loaded(client, page(look_again))
    data |= {"due_on": "2026-06-01", "title": "Look later", "change_reason": "they asked"}
    assert client.post(page(look_again), data).status_code == 302
    stored = Deadline.objects.get(pk=look_again.pk)
    assert (stored.title, stored.due_on, stored.overdue_after) == (
        "Look later",
        datetime.date(2026, 6, 1),
        datetime.date(2026, 6, 1),
    )
    assert stored.changes.get().reason == "they asked"
    assert stored.generation == 2


def test_the_day_of_a_legal_deadline_stays(opened, owner, signed_in):
    deadline = opened["deadline"]
    client = signed_in(owner)
    data = loaded(client, page(deadline)) | {"due_on": "2030-01-01", "title": "Reply, please"}
    assert client.post(page(deadline), data).status_code == 302
    stored = Deadline.objects.get(pk=deadline.pk)
    assert (stored.title, stored.due_on) == ("Reply, please", deadline.due_on)


def test_a_deadline_for_another_cases_demand_is_refused(case, hidden, owner, signed_in):
    client = signed_in(owner)
    data = loaded(client, add_page("deadline"))
    data |= {
        "case": case.pk,
        "kind": "event",
        "title": "x",
        "due_on": "2026-05-04",
        "demand": hidden["demand"].pk,
    }
    response = client.post(add_page("deadline"), data)
    assert response.status_code == 200
    assert not Deadline.objects.filter(case=case).exists()


def test_the_lead_cannot_be_taken_off_the_team(team_case, owner, signed_in):
    client = signed_in(owner)
    lead = team_case.memberships.get(user=owner)
    response = client.post(
        reverse("admin:tracker_membership_delete", args=[lead.pk]), {"post": "yes"}, follow=True
    )
    assert [text(line) for line in find(response, "listitem", class_="error")] != []
    assert Membership.objects.filter(pk=lead.pk).exists()


def test_a_member_is_taken_off_within_the_case(team_case, owner, colleague, signed_in):
    client = signed_in(owner)
    data = loaded(client, page(team_case))
    rows = team_case.memberships.order_by("pk")
    index = [row.user for row in rows].index(colleague)
    data[f"memberships-{index}-DELETE"] = "on"
    assert client.post(page(team_case), data).status_code == 302
    assert list(team_case.memberships.values_list("user", flat=True)) == [owner.pk]
    assert Event.objects.filter(action="case.member_removed").count() == 1


def test_a_removed_signatory_is_remembered(opened, owner, signed_in):
    row = opened["signatory"]
    signed_in(owner).post(reverse("admin:tracker_signatory_delete", args=[row.pk]), {"post": "yes"})
    assert not Signatory.objects.exists()
    assert Event.objects.filter(action="signatory.removed").count() == 1


def test_a_case_cannot_be_deleted(case, administrator, signed_in):
    response = signed_in(administrator).post(
        reverse("admin:tracker_case_delete", args=[case.pk]), {"post": "yes"}
    )
    assert response.status_code == 403
    assert Case.objects.filter(pk=case.pk).exists()


def test_an_answer_stops_the_clock_and_is_graded(opened, owner, signed_in):
    client = signed_in(owner)
    data = loaded(client, add_page("response"))
    data |= {
        "addressee": opened["addressee"].pk,
        "received_on": "2026-03-05",
        "incoming_number": "17-3/88",
        "note": "They will look into it.",
    }
    assert client.post(add_page("response"), data).status_code == 302
    response = Response.objects.get(incoming_number="17-3/88")
    opened["deadline"].refresh_from_db()
    assert opened["deadline"].state == Deadline.State.CLOSED
    data = loaded(client, page(response))
    data |= {
        "grades-TOTAL_FORMS": 1,
        "grades-0-demand": opened["demand"].pk,
        "grades-0-grade": "B2",
        "grades-0-note": "a promise",
    }
    assert client.post(page(response), data).status_code == 302
    grade = ResponseGrade.objects.get(response=response)
    assert (grade.grade, grade.by, grade.addressee) == ("B2", owner, opened["addressee"])


def test_a_document_is_added_with_its_digest(case, owner, signed_in):
    client = signed_in(owner)
    data = loaded(client, add_page("document"))
    data |= {"title": "A report", "kind": "news", "cases": [case.pk], "text": "What happened."}
    assert client.post(add_page("document"), data).status_code == 302
    document = Document.objects.get(title="A report")
    assert list(document.cases.all()) == [case]
    assert (len(document.sha256), document.added_by) == (64, owner)
    assert Event.objects.about(document).filter(action="document.added").count() == 1


def test_weighed_evidence_stays_as_it_is(opened, owner, signed_in):
    client = signed_in(owner)
    assert client.post(page(opened["weighed"]), {"claim": "other"}).status_code == 403
    data = loaded(client, page(opened["evidence"])) | {"claim": "Put better."}
    assert client.post(page(opened["evidence"]), data).status_code == 302
    opened["evidence"].refresh_from_db()
    assert opened["evidence"].claim == "Put better."


def test_opening_a_restricted_case_at_the_desk_is_logged(hidden, colleague, signed_in):
    client = signed_in(colleague)
    client.get(page(hidden["case"]))
    client.get(page(hidden["demand"]))
    read = Event.objects.filter(action="case.read", by_id=colleague.pk)
    assert read.count() >= 1
    assert set(read.values_list("case_id", flat=True)) == {hidden["case"].pk}


def test_the_history_page_says_who_changed_what(case, owner, signed_in):
    client = signed_in(owner)
    data = loaded(client, page(case))
    data |= {"title": "Corrected", "change_reason": "typo"}
    client.post(page(case), data)
    response = client.get(reverse("admin:tracker_case_history", args=[case.pk]))
    newest = response.context["steps"][0]
    assert (newest.by, newest.reason) == (owner.name, "typo")
    assert [(c.label, c.before, c.after) for c in newest.changes] == [
        ("title", "An open appeal", "Corrected")
    ]


def test_the_history_of_a_small_row_is_told_from_the_log(opened, owner, signed_in):
    client = signed_in(owner)
    row = opened["signatory"]
    data = loaded(client, page(row)) | {"group": "lawyers"}
    client.post(page(row), data)
    response = client.get(reverse("admin:tracker_signatory_history", args=[row.pk]))
    [step] = response.context["steps"]
    assert [(c.label, c.before, c.after) for c in step.changes] == [("group", "–", "lawyers")]


def test_a_refused_page_keeps_everything_typed(case, owner, signed_in):
    client = signed_in(owner)
    data = loaded(client, page(case))
    data |= {"phase": "closed", "title": "Typed title", "summary": "Typed summary"}
    again = posted_by(client.post(page(case), data))
    assert (again["title"], again["summary"], again["phase"]) == (
        ["Typed title"],
        ["Typed summary"],
        ["closed"],
    )


def test_evidence_is_a_paper_of_the_demands_own_case(opened, hidden, owner, signed_in):
    client = signed_in(owner)
    data = loaded(client, add_page("evidence"))
    data |= {
        "demand": opened["demand"].pk,
        "document": hidden["document"].pk,
        "claim": "It says so.",
        "confidence": "low",
    }
    response = client.post(add_page("evidence"), data)
    assert errors(response) == {"document": ["File the document with the demand's case first."]}
    data["document"] = opened["document"].pk
    assert client.post(add_page("evidence"), data).status_code == 302


def test_an_action_holds_papers_of_its_own_case(opened, hidden, owner, signed_in):
    client = signed_in(owner)
    data = loaded(client, add_page("action"))
    data |= {
        "case": opened["case"].pk,
        "kind": "meeting",
        "happened_on": "2026-01-05",
        "documents": [hidden["document"].pk],
    }
    assert list(errors(client.post(add_page("action"), data))) == ["documents"]
    data["documents"] = [opened["document"].pk]
    assert client.post(add_page("action"), data).status_code == 302


def test_a_contact_does_not_turn_into_an_answer(opened, owner, signed_in):
    client = signed_in(owner)
    call = ActionFactory(addressee=opened["addressee"])
    response = client.post(page(call), loaded(client, page(call)) | {"kind": "response_received"})
    assert list(errors(response)) == ["kind"]


@pytest.mark.parametrize(
    "typed",
    [
        {"repeat_every": "100000", "repeat_at_most": "30000"},
        {"days_before": "5 and 3"},
        {"days_before": "400, 7"},
    ],
)
def test_a_reminder_plan_beyond_every_measure_is_refused(opened, coordinator, signed_in, typed):
    client = signed_in(coordinator)
    address = page(opened["plan"])
    answer = client.post(address, {**loaded(client, address), **typed})
    assert (answer.status_code, [*errors(answer)]) == (200, [*typed])
    assert links(one(answer, class_="editing-errors")) == {f"#id_{name}" for name in typed}


@pytest.mark.parametrize(
    ("row", "field", "wrong"),
    [("demand", "review_on", "review_on"), ("look_again", "due_on", "due_on")],
)
def test_a_date_of_ours_more_than_ten_years_ahead_is_refused(
    opened, owner, signed_in, row, field, wrong
):
    client = signed_in(owner)
    address = page(opened[row])
    typed = {field: "9999-12-31", "change_reason": "typo"}
    answer = client.post(address, {**loaded(client, address), **typed})
    assert (answer.status_code, list(errors(answer))) == (200, [wrong])
    before = getattr(opened[row], field)
    opened[row].refresh_from_db()
    assert getattr(opened[row], field) == before


def test_the_days_of_a_reminder_plan_are_written_with_commas(opened, coordinator, signed_in):
    client = signed_in(coordinator)
    plan = opened["plan"]
    address = page(plan)
    fields = loaded(client, address)
    assert fields["days_before"] == ["14, 7, 3, 1, 0"]
    assert client.post(address, {**fields, "days_before": "5, 1,0"}).status_code == 302
    plan.refresh_from_db()
    assert plan.days_before == [5, 1, 0]


def test_each_error_of_a_long_page_is_named_with_a_link_to_its_field(opened, owner, signed_in):
    client = signed_in(owner)
    address = page(opened["demand"].case)
    fields = loaded(client, address)
    group = next(name for name in fields if name.endswith("-0-text")).removesuffix("text")
    answer = client.post(address, {**fields, "title": "", f"{group}text": ""})
    told = one(answer, class_="editing-errors")
    for anchor, name in (("id_title", "Title"), (f"id_{group}text", "Demand 1, Text")):
        assert text(one(told, "link", href=f"#{anchor}")) == name
        assert one(answer, id=anchor) is not None


def test_each_field_of_a_table_says_its_name(opened, coordinator, colleague, signed_in):
    case = opened["case"]
    for person in (coordinator, colleague):
        Membership.objects.get_or_create(case=case, user=person)
    answer = signed_in(coordinator).get(page(case))
    rows = answer.text.split('id="memberships-group"')[1]
    for number in (0, 1):
        for name in ("user", "DELETE"):
            field = re.search(rf'<[a-z]+ [^>]*name="memberships-{number}-{name}"[^>]*>', rows)
            assert field is not None
            assert "aria-label=" in field[0]
