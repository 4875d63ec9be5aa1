"""Recording a letter, grading it, logging a contact, noting silence, from the pages."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.events import words
from tests.factories.authorities import AddresseeFactory
from tests.factories.correspondence import ResponseFactory
from tests.factories.deadlines import StatutoryDeadlineFactory
from tests.factories.demands import DemandFactory
from tests.now import TODAY
from tests.page_forms import one_form
from tests.pages import errors, find, levels, messages, one, part, pills, row_of, text
from tracker.forms.correspondence import LATER
from tracker.models import Action, Document, Event, Grade, Response, ResponseGrade

SENT = ("grade", "take_back")


@pytest.fixture
def addressee(case):
    return AddresseeFactory(case=case, number=1, sent_on=datetime.date(2026, 1, 1))


@pytest.fixture
def demands(case, addressee):
    rows = [DemandFactory(case=case, number=n) for n in (1, 2)]
    for row in rows:
        row.addressees.add(addressee)
    return rows


@pytest.fixture
def letter(addressee, demands):
    return {
        "addressee": addressee.pk,
        "received_on": "2026-02-10",
        "dated_on": "2026-02-05",
        "incoming_number": "12-3/45",
        "note": "They looked into it.",
        "closes_clocks": "on",
        f"grade_{demands[0].pk}": "B2",
        f"grade_{demands[1].pk}": "",
    }


def test_a_letter_is_recorded_and_says_what_it_leaves_open(
    signed_in, owner, case, addressee, demands, letter
):
    clock = StatutoryDeadlineFactory(
        case=case, addressee=addressee, due_on=datetime.date(2026, 2, 3)
    )
    page = signed_in(owner).post(f"/cases/{case.reference}/responses/new/", letter, follow=True)
    assert page.redirect_chain == [(f"/cases/{case.reference}/", 302)]
    [(level, told)] = messages(page)
    assert level == "warning" and "2" in told
    clock.refresh_from_db()
    assert (clock.state, clock.ended_on) == ("closed", datetime.date(2026, 2, 10))
    response = Response.objects.get()
    assert (response.incoming_number, response.action.by) == ("12-3/45", owner)
    assert list(response.grades.values_list("demand__number", "grade")) == [(1, "B2")]
    happened = part(page, "timeline")
    assert Grade.B2.label in pills(happened)
    # The clock ran out a week before the answer: that stays told.
    assert find(row_of(happened, f"#clock-{addressee.pk}"), class_="tone-red")


def test_a_letter_reminds_of_the_clocks_that_name_nobody(signed_in, owner, case, letter):
    StatutoryDeadlineFactory(case=case, due_on=datetime.date(2026, 3, 3), title="Our reminder")
    page = signed_in(owner).post(f"/cases/{case.reference}/responses/new/", letter, follow=True)
    assert [words for level, words in messages(page) if level == "info" and "Our reminder" in words]


def test_a_letter_can_come_as_a_file(signed_in, owner, case, letter):
    file = SimpleUploadedFile("otvet.pdf", b"%PDF-1.4 answer")
    signed_in(owner).post(f"/cases/{case.reference}/responses/new/", {**letter, "file": file})
    document = Document.objects.get()
    assert (document.filename, document.kind, document.by_authority) == (
        "otvet.pdf",
        "response",
        True,
    )
    assert list(document.actions.all()) == [Response.objects.get().action]


def test_a_double_click_records_one_letter(signed_in, owner, case, letter):
    client, letter = signed_in(owner), letter | one_form()
    for _click in range(2):
        assert client.post(f"/cases/{case.reference}/responses/new/", letter).status_code == 302
    assert (Response.objects.count(), ResponseGrade.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"received_on": "2026-02-30"}, "received_on"),
        ({"received_on": "2999-02-01"}, "received_on"),
        ({"received_on": "2025-02-01"}, "received_on"),
        ({"dated_on": "2026-03-01"}, "dated_on"),
        ({"addressee": "999999"}, "addressee"),
        ({"note": ""}, "text"),
    ],
)
def test_a_bad_letter_changes_nothing_and_keeps_what_was_typed(
    signed_in, owner, case, letter, changed, wrong
):
    page = signed_in(owner).post(f"/cases/{case.reference}/responses/new/", {**letter, **changed})
    assert (page.status_code, list(errors(page))) == (422, [wrong])
    assert one(page, name="incoming_number").get("value") == "12-3/45"
    assert (Action.objects.count(), Response.objects.count()) == (0, 0)


def test_a_file_that_is_no_letter_is_refused(signed_in, owner, case, letter):
    file = SimpleUploadedFile("answer.html", b"<script>")
    page = signed_in(owner).post(
        f"/cases/{case.reference}/responses/new/", {**letter, "file": file}
    )
    assert (page.status_code, list(errors(page))) == (422, ["file"])
    assert not Action.objects.exists()


def test_an_addressee_of_another_case_is_no_choice(signed_in, owner, case, letter):
    other = AddresseeFactory()
    page = signed_in(owner).post(
        f"/cases/{case.reference}/responses/new/", {**letter, "addressee": other.pk}
    )
    assert page.status_code == 422
    assert not Response.objects.exists()


def test_a_letter_is_graded_later(signed_in, owner, case, addressee, demands):
    response = ResponseFactory(action__addressee=addressee)
    client = signed_in(owner)
    desk = client.get("/").context["desk"]
    assert desk.to_grade == demands
    page = client.post(
        f"/responses/{response.pk}/grades/",
        {f"grade_{demands[0].pk}": "E1", f"grade_{demands[1].pk}": "C2"},
    )
    assert page.status_code == 302
    assert sorted(response.grades.values_list("demand__number", "grade")) == [(1, "E1"), (2, "C2")]
    assert client.get("/").context["desk"].to_grade == []


def test_a_grade_that_does_not_exist_is_refused(signed_in, owner, addressee, demands):
    response = ResponseFactory(action__addressee=addressee)
    for grade in ("Z9", "D1"):
        page = signed_in(owner).post(
            f"/responses/{response.pk}/grades/", {f"grade_{demands[0].pk}": grade}
        )
        assert page.status_code == 422
    assert not ResponseGrade.objects.exists()


def test_a_contact_is_logged_once_and_told_on_the_case(signed_in, owner, case, addressee):
    client = signed_in(owner)
    fields = {
        "kind": "phone_call",
        "addressee": addressee.pk,
        "happened_on": "2026-02-02",
        "note": "Asked the registry.",
        **one_form(),
    }
    for _click in range(2):
        assert client.post(f"/cases/{case.reference}/contacts/new/", fields).status_code == 302
    assert Action.objects.get().direction == "out"
    assert "Asked the registry." in client.get(f"/cases/{case.reference}/").text


@pytest.mark.parametrize(
    ("kind", "step"), [("extension_notice", "extend"), ("forwarding_notice", "forward")]
)
def test_a_notice_leads_to_the_clock_it_speaks_of(signed_in, owner, case, addressee, kind, step):
    fields = {"kind": kind, "happened_on": "2026-02-02", "note": "They wrote."}
    client = signed_in(owner)
    address = f"/cases/{case.reference}/contacts/new/"
    page = client.post(address, fields, follow=True)
    assert page.redirect_chain[-1][0] == f"/cases/{case.reference}/"
    assert levels(page) == ["success"]
    clock = StatutoryDeadlineFactory(case=case, addressee=addressee)
    page = client.post(address, {**fields, "addressee": addressee.pk}, follow=True)
    assert page.redirect_chain[-1][0] == f"/deadlines/{clock.pk}/{step}/"
    assert levels(page) == ["warning"]


def test_what_was_heard_of_is_not_called_incoming(signed_in, owner, case):
    client = signed_in(owner)
    address = f"/cases/{case.reference}/contacts/new/"
    groups = dict(client.get(address).context["form"].fields["kind"].choices)
    assert [value for value, _name in groups["Heard of"]] == [
        "media_item", "official_act", "court_decision", "reprisal_incident",
    ]  # fmt: skip
    client.post(
        address, {"kind": "reprisal_incident", "happened_on": "2026-02-02", "note": "A search."}
    )
    told = client.get(f"/cases/{case.reference}/").text.split("A search.")[1].split("</li>")[0]
    assert "heard of" in told and "incoming" not in told


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"kind": "teleportation"}, "kind"),
        ({"kind": "response_received"}, "kind"),
        ({"happened_on": "2999-01-01"}, "happened_on"),
        ({"note": ""}, "note"),
    ],
)
def test_a_bad_contact_is_refused(signed_in, owner, case, changed, wrong):
    fields = {"kind": "meeting", "happened_on": "2026-02-02", "note": "We met."}
    page = signed_in(owner).post(f"/cases/{case.reference}/contacts/new/", {**fields, **changed})
    assert (page.status_code, list(errors(page))) == (422, [wrong])
    assert not Action.objects.exists()


def of_silence(answer, addressee) -> list[str]:
    """What the card of the clock offers to send of their silence."""
    [form] = find(part(answer, f"clock-{addressee.pk}"), tag="form")
    return [field.get("name") for field in find(form, name=True) if field.get("name") in SENT]


def silences(answer) -> int:
    """How often silence stands in what happened."""
    lines = find(part(answer, "timeline"), "listitem")
    return sum(Grade.D1.label in pills(line) for line in lines)


def test_silence_is_put_on_record_from_the_clock(signed_in, owner, case, addressee, demands):
    StatutoryDeadlineFactory(
        case=case,
        addressee=addressee,
        due_on=TODAY - datetime.timedelta(days=20),
    )
    client = signed_in(owner)
    address = f"/cases/{case.reference}/addressees/1/silence/"
    page = client.get(f"/cases/{case.reference}/")
    assert (of_silence(page, addressee), silences(page)) == (["grade"], 0)
    page = client.post(address, {"grade": "D1"}, follow=True)
    assert (of_silence(page, addressee), silences(page)) == (["take_back"], 1)
    assert ResponseGrade.objects.count() == 2
    page = client.post(address, {"grade": "D2"}, follow=True)
    assert levels(page) == ["error"]
    page = client.post(address, {"grade": "A"}, follow=True)
    assert levels(page) == ["error"]
    assert ResponseGrade.objects.count() == 2


def test_silence_of_somebody_not_asked_is_not_found(signed_in, owner, case):
    address = f"/cases/{case.reference}/addressees/7/silence/"
    assert signed_in(owner).post(address, {"grade": "D1"}).status_code == 404


def test_saving_one_grade_leaves_a_colleagues_other_grade_alone(
    signed_in, owner, colleague, addressee, demands
):
    response = ResponseFactory(action__addressee=addressee)
    first, second = (f"grade_{demand.pk}" for demand in demands)
    address = f"/responses/{response.pk}/grades/"
    signed_in(owner).post(address, {first: "E1"})
    opened = signed_in(colleague).get(address).context["form"]
    shown = {name: opened[name].value() for name in opened.fields}
    signed_in(owner).post(address, {**shown, first: "B1"})
    page = signed_in(colleague).post(address, {**shown, second: "C2"})
    assert page.status_code == 302
    grades = response.grades.order_by("demand__number").values_list("grade", "by")
    assert list(grades) == [("B1", owner.pk), ("C2", colleague.pk)]


def test_the_same_grade_changed_by_two_people_shows_both_and_writes_nothing(
    signed_in, owner, colleague, addressee, demands
):
    response = ResponseFactory(action__addressee=addressee)
    first, second = (f"grade_{demand.pk}" for demand in demands)
    address = f"/responses/{response.pk}/grades/"
    signed_in(owner).post(address, {first: "B1"})
    page = signed_in(colleague).post(address, {first: "E1", second: "C2"})
    assert page.status_code == 409
    assert owner.name in text(one(page, "alert", class_="conflict"))
    assert list(response.grades.values_list("grade", flat=True)) == ["B1"]
    # Their choice still stands on the page, and can be sent on purpose.
    form = page.context["form"]
    again = {name: form[name].value() for name in form.fields}
    assert (again[first], again[second]) == ("E1", "C2")
    assert signed_in(colleague).post(address, again).status_code == 302
    assert sorted(response.grades.values_list("grade", flat=True)) == ["C2", "E1"]


def test_grades_sent_twice_are_written_once(signed_in, owner, addressee, demands):
    response = ResponseFactory(action__addressee=addressee)
    client = signed_in(owner)
    grades = {f"grade_{demands[0].pk}": "B1", **one_form()}
    for _click in range(2):
        page = client.post(f"/responses/{response.pk}/grades/", grades)
        assert page.status_code == 302
    assert Event.objects.filter(action__startswith="response.").count() == 1


def test_a_grade_is_taken_back_and_the_history_keeps_that_it_was(
    signed_in, owner, case, addressee, demands
):
    response = ResponseFactory(action__addressee=addressee)
    client = signed_in(owner)
    address = f"/responses/{response.pk}/grades/"
    first, second = (f"grade_{demand.pk}" for demand in demands)
    saved = messages(client.post(address, {first: "B1", second: "C2"}, follow=True))
    page = client.get(address)
    assert text(one(one(page, name=first), tag="option", value="")) != LATER
    form = page.context["form"]
    sent = {name: form[name].value() for name in form.fields} | one_form()
    for _click in range(2):
        page = client.post(address, {**sent, first: ""}, follow=True)
        assert page.redirect_chain == [(f"/cases/{case.reference}/", 302)]
        assert levels(page) == ["success"] and messages(page) != saved
    assert list(response.grades.values_list("demand", "grade")) == [(demands[1].pk, "C2")]
    page = client.get(f"/cases/{case.reference}/")
    assert Grade.B1.label not in pills(page)
    # The log tells that it was given, and that it was taken back.
    assert text(part(page, "about")).count(str(Grade.B1.label)) == 2


def test_grades_sent_unchanged_are_not_called_saved(signed_in, owner, addressee, demands):
    response = ResponseFactory(action__addressee=addressee)
    client = signed_in(owner)
    address = f"/responses/{response.pk}/grades/"
    nothing = client.post(address, {f"grade_{demands[0].pk}": ""}, follow=True)
    assert levels(nothing) == ["info"]
    graded = client.post(address, {f"grade_{demands[0].pk}": "B1"}, follow=True)
    assert levels(graded) == ["success"]
    form = client.get(address).context["form"]
    sent = {name: form[name].value() for name in form.fields}
    assert levels(client.post(address, sent, follow=True)) == ["info"]
    both = {f"grade_{demand.pk}": "C2" for demand in demands}
    client.post(address, {**sent, **both}, follow=True)
    gone = {f"seen_{demand.pk}": "C2" for demand in demands}
    taken_back = client.post(address, gone, follow=True)
    assert levels(taken_back) == ["success"] and messages(taken_back) != messages(graded)


def test_a_grade_changed_by_a_colleague_is_not_taken_back_unseen(
    signed_in, owner, colleague, addressee, demands
):
    response = ResponseFactory(action__addressee=addressee)
    first = demands[0].pk
    address = f"/responses/{response.pk}/grades/"
    signed_in(owner).post(address, {f"grade_{first}": "E1"})
    old = {f"grade_{first}": "", f"seen_{first}": "B1"}
    assert signed_in(colleague).post(address, old).status_code == 409
    assert list(response.grades.values_list("grade", flat=True)) == ["E1"]


def test_silence_on_record_stands_in_what_happened_and_can_be_taken_back(
    signed_in, owner, case, addressee, demands
):
    StatutoryDeadlineFactory(
        case=case,
        addressee=addressee,
        due_on=TODAY - datetime.timedelta(days=20),
    )
    client = signed_in(owner)
    address = f"/cases/{case.reference}/addressees/1/silence/"
    page = client.post(address, {"grade": "D1"}, follow=True)
    assert silences(page) == 1
    on_record = messages(page)
    for _click in range(2):
        page = client.post(address, {"take_back": "yes"}, follow=True)
        assert levels(page) == ["success"] and messages(page) != on_record
    assert (of_silence(page, addressee), silences(page)) == (["grade"], 0)
    assert not ResponseGrade.objects.exists()
    numbers = [demand.number for demand in demands]
    events = Event.objects.order_by("pk")
    assert [(event.action, words(event)) for event in events] == [
        ("addressee.silent", {"grade": "D1", "demands": numbers}),
        ("addressee.silence_taken_back", {"grades": ["D1"], "demands": numbers}),
    ]


def test_a_form_with_an_error_says_that_the_file_must_be_chosen_again(
    signed_in, owner, case, letter
):
    address = f"/cases/{case.reference}/responses/new/"
    client = signed_in(owner)
    file = SimpleUploadedFile("otvet.pdf", b"%PDF-1.4 answer")
    lost = client.post(address, {**letter, "addressee": "", "file": file})
    assert text(part(lost, "id_file_again"))
    kept = client.post(address, {**letter, "addressee": ""})
    assert find(kept, id="id_file_again") == []
    said = [text(one(one(page, "alert"), "heading")) for page in (lost, kept)]
    assert said[0] != said[1]
