"""What takes something out of Tracker, or outlasts a session, asks once more who sits there."""

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.urls import URLPattern, get_resolver, reverse

from tests.factories.documents import DocumentFactory
from tests.factories.people import PASSWORD
from tests.now import NOW
from tests.page_forms import form_to
from tests.pages import find, main, one
from tracker.models import FeedToken

CSV = "text/csv; charset=utf-8"


def file_of(case, **more):
    document = DocumentFactory(cases=[case], content_type="application/pdf", **more)
    document.file.save("x", ContentFile(b"%PDF-"))
    return f"/documents/{document.code}/file/"


def desk_export(client, table, rows):
    sent = {"action": "export_csv", "_selected_action": rows}
    return client.post(f"/admin/tracker/{table}/", sent)


# What is asked for, as the owner of both cases. A new way out of the house belongs in here.
ASKING = {
    "the demands as a file": lambda client, case: client.get("/demands/export/?q=x"),
    "a table of the desk as a file": lambda client, case: desk_export(client, "case", [case.pk]),
    "a file of a restricted case": lambda client, case: client.get(file_of(case)),
    "the calendar addresses": lambda client, case: client.get("/accounts/feeds/"),
    "a calendar address": lambda client, case: client.post("/accounts/feeds/", {"name": "phone"}),
    "what waits behind the question": lambda client, case: client.get("/accounts/go-on/"),
}


# Pages that ask whatever is done there, by the names of their routes.
ASKING_PAGES = {
    "change_approve",
    "change_ask",
    "emergency_open",
    "feed_list",
    "go_on",
    "invitation_again",
    "person_leave",
    "person_new",
    "person_reset",
    "person_role",
    "person_travel_end",
}


def test_which_pages_ask():
    """One that stops asking, or begins to, is found here."""
    routes = [route for route in get_resolver().url_patterns if isinstance(route, URLPattern)]
    asking = {route.name for route in routes if getattr(route.callback, "asks_first", False)}
    assert asking == ASKING_PAGES


def asked(answer) -> bool:
    if answer.streaming:
        list(answer.streaming_content)  # so that the file is closed
    return answer.status_code == 302 and answer.url.startswith(reverse("account_reauthenticate"))


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.mark.parametrize("way_out", ASKING)
def test_it_asks_whoever_signed_in_long_ago(signed_in, long_signed_in, owner, team_case, way_out):
    assert asked(ASKING[way_out](long_signed_in(owner), team_case))
    assert not asked(ASKING[way_out](signed_in(owner), team_case))


def test_the_answer_is_good_for_some_minutes(signed_in, owner, time_machine):
    client = signed_in(owner)
    time_machine.move_to(NOW.timestamp() + settings.ACCOUNT_REAUTHENTICATION_TIMEOUT - 1)
    assert client.get("/demands/export/").status_code == 200
    time_machine.move_to(NOW.timestamp() + settings.ACCOUNT_REAUTHENTICATION_TIMEOUT + 1)
    assert asked(client.get("/demands/export/"))
    time_machine.move_to(NOW.timestamp() - 60)
    assert asked(client.get("/demands/export/"))


def test_another_person_s_answer_counts_for_nobody(signed_in, owner, colleague):
    client = signed_in(owner)
    session = client.session
    session["account_authentication_methods_user"] = str(colleague.pk)
    session.save()
    assert asked(client.get("/demands/export/"))


def test_signing_in_is_an_answer(client, owner):
    client.post(reverse("account_login"), {"login": owner.email, "password": PASSWORD})
    assert client.get("/demands/export/").headers["Content-Type"] == CSV


def test_an_open_case_s_file_asks_nothing(long_signed_in, owner, case):
    answer = long_signed_in(owner).get(file_of(case))
    assert b"".join(answer.streaming_content) == b"%PDF-"


def test_a_hidden_file_looks_absent_before_anything_is_asked(long_signed_in, stranger, team_case):
    assert long_signed_in(stranger).get(file_of(team_case)).status_code == 404


def confirmed(client, question, password=PASSWORD, **more):
    form = form_to(client.get(question.url), reverse("account_reauthenticate"))
    return client.post(form.action, form.fields | {"password": password}, **more)


def test_after_the_answer_a_file_begins_to_load(long_signed_in, owner, team_case):
    client = long_signed_in(owner)
    before = f"http://testserver/cases/{team_case.reference}/"
    address = "/demands/export/?q=a%26b"
    page = confirmed(client, client.get(address, headers={"Referer": before}), follow=True)
    refresh = one(page, tag="meta", http_equiv="refresh").attrib["content"]
    assert refresh == f"0; url={address}"
    assert {one_link.attrib["href"] for one_link in find(main(page), "link")} == {
        address,
        f"/cases/{team_case.reference}/",
    }
    assert client.get(address).headers["Content-Type"] == CSV


def test_a_page_from_elsewhere_is_no_way_back(long_signed_in, owner):
    client = long_signed_in(owner)
    question = client.get("/demands/export/", headers={"Referer": "https://evil.test/a/"})
    page = confirmed(client, question, follow=True)
    assert {link.attrib["href"] for link in find(main(page), "link")} == {"/demands/export/", "/"}


def test_after_the_answer_a_page_opens(long_signed_in, owner):
    client = long_signed_in(owner)
    assert confirmed(client, client.get("/accounts/feeds/")).url == "/accounts/feeds/"


def test_what_was_sent_is_kept_and_sent_once(long_signed_in, owner, case):
    client = long_signed_in(owner)
    page = confirmed(client, desk_export(client, "case", [case.pk]), follow=True)
    form = form_to(page, "/admin/tracker/case/")
    assert form.fields["_selected_action"] == [str(case.pk)]
    assert client.post(form.action, form.fields).headers["Content-Type"] == CSV
    assert client.get("/accounts/go-on/").url == "/"


def test_a_calendar_s_secret_is_not_kept_and_its_name_is(long_signed_in, owner, time_machine):
    client = long_signed_in(owner)
    confirmed(client, client.get("/accounts/feeds/"))
    opened = form_to(client.get("/accounts/feeds/"), "/accounts/feeds/").fields
    time_machine.move_to(NOW.timestamp() + settings.ACCOUNT_REAUTHENTICATION_TIMEOUT + 60)
    page = confirmed(
        client, client.post("/accounts/feeds/", opened | {"name": "mine"}), follow=True
    )
    form = form_to(page, "/accounts/feeds/")
    assert "ticket" not in form.fields
    again = client.post(form.action, form.fields)
    assert again.status_code == 422
    form = form_to(again, "/accounts/feeds/")
    assert form.fields["name"] == ["mine"]
    assert client.post(form.action, form.fields).status_code == 200
    assert FeedToken.objects.get().name == "mine"


def test_a_password_that_was_typed_is_kept_nowhere(long_signed_in, owner):
    client = long_signed_in(owner)
    sent = {"name": "x", "new_password": "a secret of mine"}
    question = client.post("/accounts/feeds/", sent)
    assert asked(question)
    assert "secret of mine" not in str(dict(client.session))
    assert confirmed(client, question).url == "/accounts/feeds/"


def test_a_wrong_answer_leads_nowhere(long_signed_in, owner):
    client = long_signed_in(owner)
    question = client.get("/demands/export/")
    assert confirmed(client, question, "a wrong password").status_code == 200
    assert asked(client.get("/demands/export/"))


def test_what_waits_is_asked_for_too(long_signed_in, owner):
    client = long_signed_in(owner)
    desk_export(client, "case", [1])
    assert asked(client.get("/accounts/go-on/"))


def test_a_request_is_not_kept_whole(long_signed_in, owner):
    """The library would write its headers down, and with them the session's own cookie."""
    client = long_signed_in(owner)
    desk_export(client, "case", [1])
    assert client.cookies["sessionid"].value not in str(dict(client.session))
