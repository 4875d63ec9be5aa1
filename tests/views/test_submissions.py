"""A form is carried out once: its token, who sent it, where to, and with which words."""

import datetime
import threading
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.urls import reverse

from tests.factories.authorities import AddresseeFactory
from tests.factories.correspondence import ActionFactory
from tests.factories.deadlines import DeadlineFactory, StatutoryDeadlineFactory
from tests.factories.demands import DemandFactory
from tests.now import NOW, TODAY
from tests.page_forms import form_to
from tests.pages import levels, part
from tracker.models import Action, Document, Draft, FormSubmission, Mute, Recomputation, Response
from tracker.services.submissions import KEPT_FOR
from tracker.tasks.sessions import forget_ended

DAY = datetime.timedelta(days=1)


@pytest.fixture
def address(case) -> str:
    return f"/cases/{case.reference}/contacts/new/"


def contact(**changed) -> dict[str, str]:
    fields = {
        "form_token": str(uuid.uuid4()),
        "kind": "phone_call",
        "happened_on": "2026-03-02",
        "note": "They will write.",
    }
    return fields | changed


@pytest.fixture
def client(signed_in, owner):
    return signed_in(owner)


def test_what_was_said_is_said_once_however_often_it_was_clicked(client, address):
    data = contact()
    for _click in range(3):
        answer = client.post(address, data)
    page = client.get(answer.url)
    assert levels(page) == ["success"]
    reloaded = client.post(address, data, follow=True)  # the messages were shown and are gone
    assert levels(reloaded) == ["success"]
    assert Action.objects.count() == 1


def test_the_same_words_in_another_form_are_another_entry(client, address):
    client.post(address, contact())
    client.post(address, contact())
    assert Action.objects.count() == 2


def test_going_back_and_writing_something_else_is_another_entry(client, address):
    data = contact()
    client.post(address, data)
    client.post(address, data | {"note": "They called again."})
    assert Action.objects.count() == 2


def test_another_file_is_another_entry(client, case):
    token = str(uuid.uuid4())
    for content in (b"%PDF-1.7 one", b"%PDF-1.7 two", b"%PDF-1.7 two"):
        client.post(
            f"/cases/{case.reference}/documents/new/",
            {
                "form_token": token,
                "title": "Reply",
                "kind": "response",
                "file": SimpleUploadedFile("reply.pdf", content),
            },
        )
    assert Document.objects.count() == 2


def test_a_token_of_somebody_else_tells_and_stops_nothing(client, colleague, signed_in, address):
    data = contact()
    client.post(address, data)
    assert signed_in(colleague).post(address, data).status_code == 302
    assert sorted(Action.objects.values_list("by__name", flat=True)) == [
        "Aigul Owner",
        "Bakyt Colleague",
    ]


def test_a_refused_form_can_be_corrected_and_sent(client, address):
    data = contact(note="")
    refused = client.post(address, data)
    assert refused.status_code == 422 and not FormSubmission.objects.exists()
    form = form_to(refused, address)
    assert form.fields["form_token"] == [data["form_token"]]
    assert client.post(address, form.fields | {"note": "They will write."}).status_code == 302
    assert Action.objects.count() == 1


def test_without_a_token_nothing_is_done_and_the_form_comes_back_filled(client, address):
    answer = client.post(address, contact(form_token=""))
    assert answer.status_code == 422
    assert part(answer, "unsent") is not None and not Action.objects.exists()
    form = form_to(answer, address)
    assert form.fields["note"] == ["They will write."]
    assert client.post(address, form.fields).status_code == 302
    assert Action.objects.count() == 1


@pytest.mark.parametrize("token", ["x" * 300_000, "a\0b", "'\"<>"])
def test_a_token_of_any_make_does_no_harm(client, address, token):
    data = contact(form_token=token)
    refused = client.post(address, data | {"note": ""})
    assert refused.status_code == 422
    answers = [client.post(address, data) for _click in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert Action.objects.count() == 1


@pytest.mark.parametrize("token", ["x" * 100_000, "a\0b"])
def test_a_token_of_any_make_waits_for_sign_in_too(client, owner, address, token):
    client.get("/")
    client.cookies.pop("sessionid")
    sent = client.post(address, contact(form_token=token))
    assert sent.url.startswith("/accounts/login/")
    client.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get("/unsent/", follow=True)
    assert (page.status_code, form_to(page, address).fields["note"]) == (200, ["They will write."])


def test_without_a_token_a_button_does_nothing_and_says_so(client, case):
    answer = client.post("/reminders/retry-failed/", {"form_token": ""})
    assert answer.status_code == 422 or answer.status_code == 405
    assert part(answer, "unsent") is not None


def test_without_a_token_the_desk_shows_its_form_filled(client, case):
    address = reverse("admin:tracker_case_change", args=[case.pk])
    form = form_to(client.get(address), address)
    typed = form.fields | {"title": "Typed", "form_token": ""}
    answer = client.post(address, typed)
    again = form_to(answer, address)
    assert again.fields["title"] == ["Typed"]
    case.refresh_from_db()
    assert case.title == "An open appeal"
    assert client.post(address, again.fields).status_code == 302
    case.refresh_from_db()
    assert case.title == "Typed"


def test_a_button_refused_once_can_be_pressed_again_from_the_same_page(client, case):
    addressee = AddresseeFactory(case=case)
    demand = DemandFactory(case=case)
    demand.addressees.add(addressee)
    StatutoryDeadlineFactory(case=case, addressee=addressee, due_on=TODAY - 30 * DAY)
    where = f"/cases/{case.reference}/addressees/{addressee.number}/silence/"
    data = {"form_token": str(uuid.uuid4()), "grade": "D2"}
    assert levels(client.post(where, data, follow=True)) == ["error"]  # no reminder letter yet
    ActionFactory(case=case, addressee=addressee, kind=Action.Kind.REMINDER_1)
    assert levels(client.post(where, data, follow=True)) == ["success"]
    assert demand.grades.get().grade == "D2"


def test_a_change_with_a_warning_is_made_once(client, case):
    """The answer is recorded, and the page warns of the demands that it passes over."""
    addressee = AddresseeFactory(case=case, sent_on=TODAY - 30 * DAY)
    DemandFactory(case=case).addressees.add(addressee)
    where = f"/cases/{case.reference}/responses/new/"
    data = {"addressee": addressee.pk, "received_on": TODAY.isoformat(), "note": "They looked."}
    data["form_token"] = str(uuid.uuid4())
    for _click in range(2):
        assert levels(client.post(where, data, follow=True)) == ["warning"]
    assert Response.objects.count() == 1


def test_an_error_takes_the_form_back_with_the_change(client, address, monkeypatch):
    def breaks(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr("tracker.views.correspondence.after_contact", breaks)
    client.raise_request_exception = False
    assert client.post(address, contact()).status_code == 500
    assert not Action.objects.exists() and not FormSubmission.objects.exists()


def test_it_is_forgotten_after_some_days(client, address):
    client.post(address, contact())
    client.post(address, contact())
    old = FormSubmission.objects.first()
    FormSubmission.objects.filter(pk=old.pk).update(at=NOW - KEPT_FOR - DAY)
    forget_ended()
    assert FormSubmission.objects.exclude(pk=old.pk).get() == FormSubmission.objects.get()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["contact", "document", "draft", "mute", "recomputation"])
def test_two_clicks_at_once_write_one_row_and_get_one_answer(
    signed_in, owner, administrator, address, case, kind
):
    deadline = DeadlineFactory(case=case, due_on=TODAY + 9 * DAY)
    where, data, table = {
        "contact": (address, contact(), Action),
        "document": (
            f"/cases/{case.reference}/documents/new/",
            {"title": "Reply", "kind": "response", "text": "Words."},
            Document,
        ),
        "draft": ("/cases/new/", {"text": "We call on you to answer."}, Draft),
        "mute": (f"/deadlines/{deadline.pk}/acknowledge/", {}, Mute),
        "recomputation": ("/recomputations/new/?calendar=KG", {"reason": "Decree"}, Recomputation),
    }[kind]
    data = {"form_token": str(uuid.uuid4()), **data}
    person = administrator if kind == "recomputation" else owner
    clients = [signed_in(person) for _ in range(2)]
    start, answers = threading.Barrier(2), []

    def press(client) -> None:
        start.wait()
        try:
            answers.append(client.post(where, data).url)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 2 and len(set(answers)) == 1
    assert table.objects.count() == 1
