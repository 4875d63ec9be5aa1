"""What was typed while the session had ended waits for whoever typed it, and for nobody else."""

import datetime
import re
from html import unescape

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.factories.deadlines import DeadlineFactory
from tests.factories.demands import DemandFactory
from tests.factories.people import PASSWORD
from tracker.forms.unsent import FORMS
from tracker.models import Action, Mute
from tracker.views.signed_out import LARGEST, PAGE_OF
from tracker.views.unsent import PRESSED

NOTE = "They said on the phone:\n“Next week.” <b>Перезвоните</b>"
CONTACT = {"kind": "phone_call", "happened_on": "2026-03-02", "note": NOTE}


@pytest.fixture
def browser() -> Client:
    """A browser that checks the token of every form, as real ones are made to."""
    return Client(enforce_csrf_checks=True)


def token(client: Client, address: str) -> str:
    return re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', client.get(address).text)[1]


def sign_in(client: Client, person, address: str = "/accounts/login/"):
    entrance = client.get(address)
    return client.post(
        address,
        {
            "login": person.email,
            "password": PASSWORD,
            "csrfmiddlewaretoken": re.search(r'Token" value="(\w+)"', entrance.text, re.I)[1],
            "next": entrance.context["redirect_field_value"] or "",
        },
        follow=True,
    )


def session_ends(client: Client) -> None:
    """As after an hour without a request: the row is gone, the browser's cookies are not."""
    Session.objects.filter(session_key=client.cookies[settings.SESSION_COOKIE_NAME].value).delete()


def typed_while_signed_out(client: Client, person, address: str, fields: dict):
    """Sign in, open the page, lose the session, send the form; the address one is led to."""
    sign_in(client, person)
    read = token(client, "/accounts/me/")
    session_ends(client)
    sent = client.post(address, {"csrfmiddlewaretoken": read, **fields})
    assert sent.status_code == 302
    return sent.url


def hidden(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    form = text[: text.index("Send it now")]
    form = form[form.rindex("<form") :]
    for name, value in re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', form):
        found.setdefault(name, []).append(unescape(value))
    return found


def action_of(text: str) -> str:
    form = text[: text.index("Send it now")]
    return re.search(r'action="([^"]*)"', form[form.rindex("<form") :])[1]


def test_the_text_waits_behind_the_sign_in_and_is_sent_with_one_button(
    browser, owner, case, time_machine
):
    time_machine.move_to("2026-03-03 09:00:00+00:00")
    new_contact = f"/cases/{case.reference}/contacts/new/"
    entrance = typed_while_signed_out(browser, owner, new_contact, CONTACT)
    assert "What you typed is kept" in browser.get(entrance).text
    page = sign_in(browser, owner, entrance)
    assert page.redirect_chain[-1][0] == "/unsent/"
    assert "You were signed out while you were writing." in page.text
    assert "<dt>When</dt><dd>2 Mar 2026</dd>" in page.text
    assert "<dt>What it was</dt><dd>telephone call</dd>" in page.text
    assert "&lt;b&gt;Перезвоните&lt;/b&gt;" in page.text
    assert "no-store" in page["Cache-Control"]
    assert not Action.objects.exists()
    sent = browser.post(action_of(page.text), hidden(page.text))
    assert sent.status_code == 302
    assert Action.objects.get().note.replace("\r\n", "\n") == NOTE
    assert browser.get("/unsent/").url == reverse("desk")
    assert "unsent" not in browser.session


def test_a_button_pressed_meanwhile_is_sent_too(browser, owner, case):
    deadline = DeadlineFactory(case=case)
    snooze = f"/deadlines/{deadline.pk}/snooze/"
    fields = {"next": "/agenda/", "days": "3"}
    page = sign_in(browser, owner, typed_while_signed_out(browser, owner, snooze, fields))
    assert "<dd>Remind me again later</dd><dt>Days</dt><dd>3</dd>" in squeezed(page.text)
    assert "/agenda/</dd>" not in page.text
    assert f'href="/deadlines/{deadline.pk}/"' in page.text
    assert browser.post(snooze, hidden(page.text)).url == "/agenda/"
    assert Mute.objects.get().person == owner


def squeezed(text: str) -> str:
    return re.sub(r">\s+<", "><", text)


def test_somebody_else_at_the_same_browser_sees_nothing_and_it_is_dropped(
    browser, owner, colleague, case
):
    new_contact = f"/cases/{case.reference}/contacts/new/"
    entrance = typed_while_signed_out(browser, owner, new_contact, CONTACT)
    page = sign_in(browser, colleague, entrance)
    assert page.redirect_chain[-1][0] == "/"
    assert "Перезвоните" not in page.text and case.reference not in str(page.redirect_chain)
    browser.post("/accounts/logout/", {"csrfmiddlewaretoken": token(browser, "/accounts/me/")})
    assert sign_in(browser, owner, "/accounts/login/").redirect_chain[-1][0] == "/"
    assert "unsent" not in browser.session


def test_whichever_page_was_asked_for_the_text_comes_first_and_once(browser, owner, case):
    typed_while_signed_out(browser, owner, f"/cases/{case.reference}/contacts/new/", CONTACT)
    assert sign_in(browser, owner).redirect_chain[-1][0] == "/unsent/"
    assert browser.get("/cases/").status_code == 200
    assert browser.get("/unsent/").status_code == 200


def test_it_can_be_thrown_away(browser, owner, case):
    new_contact = f"/cases/{case.reference}/contacts/new/"
    page = sign_in(browser, owner, typed_while_signed_out(browser, owner, new_contact, CONTACT))
    gone = browser.post(
        "/unsent/", {"csrfmiddlewaretoken": hidden(page.text)["csrfmiddlewaretoken"]}
    )
    assert gone.url == new_contact
    assert "unsent" not in browser.session and not Action.objects.exists()


def test_signing_out_forgets_text_and_person(browser, owner, case):
    new_contact = f"/cases/{case.reference}/contacts/new/"
    sign_in(browser, owner, typed_while_signed_out(browser, owner, new_contact, CONTACT))
    read = token(browser, "/accounts/me/")
    browser.post("/accounts/logout/", {"csrfmiddlewaretoken": read})
    assert browser.cookies["last_person"].value == ""
    assert not [row for row in Session.objects.all() if "unsent" in row.get_decoded()]
    sent = browser.post(new_contact, CONTACT | {"csrfmiddlewaretoken": read})
    assert sent.status_code == 302 and "unsent" not in browser.session


def test_it_is_dropped_after_an_hour(browser, owner, case, time_machine):
    time_machine.move_to("2026-03-03 09:00:00+00:00", tick=False)
    new_contact = f"/cases/{case.reference}/contacts/new/"
    sign_in(browser, owner, typed_while_signed_out(browser, owner, new_contact, CONTACT))
    time_machine.move_to("2026-03-03 09:40:00+00:00", tick=False)
    assert browser.get("/unsent/").status_code == 200
    time_machine.move_to("2026-03-03 10:00:01+00:00", tick=False)
    assert browser.get("/unsent/").url == "/"
    assert "unsent" not in browser.session


def test_it_waits_no_longer_than_an_hour_in_a_long_session(
    browser, owner, case, time_machine, settings
):
    settings.SESSION_COOKIE_AGE = 86_400
    time_machine.move_to("2026-03-03 09:00:00+00:00", tick=False)
    new_contact = f"/cases/{case.reference}/contacts/new/"
    entrance = typed_while_signed_out(browser, owner, new_contact, CONTACT)
    row = Session.objects.get(session_key=browser.cookies["sessionid"].value)
    assert f"{row.expire_date:%H:%M}" == "10:00"
    sign_in(browser, owner, entrance)
    row = Session.objects.get(session_key=browser.cookies["sessionid"].value)
    assert f"{row.expire_date:%d %H:%M}" == "04 09:00"


def test_a_page_that_refuses_leaves_the_text_where_it_is(browser, owner, case):
    demand = DemandFactory(case=case, number=1)
    address = f"/demands/{demand.pk}/status/"
    page = sign_in(
        browser, owner, typed_while_signed_out(browser, owner, address, {"reason": "Long"})
    )
    case.phase = "closed"
    case.closed_at = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    case.close_reason = "resolved"
    case.save()
    assert browser.post(address, hidden(page.text)).status_code == 403
    assert "<dd>Long</dd>" in browser.get("/unsent/").text


def test_files_must_be_chosen_again_and_can_be(browser, owner, case):
    address = f"/cases/{case.reference}/documents/new/"
    scan = SimpleUploadedFile("answer.pdf", b"%PDF-1.7 secret", "application/pdf")
    page = sign_in(
        browser,
        owner,
        typed_while_signed_out(browser, owner, address, {"title": "Answer", "file": scan}),
    )
    assert "Files are not kept. Choose them again." in page.text
    assert 'type="file" name="file"' in page.text
    assert b"secret" not in str(browser.session["unsent"]).encode()


def test_what_is_too_long_is_said_to_be_lost(browser, owner, case):
    address = f"/cases/{case.reference}/contacts/new/"
    entrance = typed_while_signed_out(browser, owner, address, {"note": "я" * (LARGEST // 2)})
    assert "this was not saved" in browser.get(entrance).text
    assert "unsent" not in browser.session


def from_a_window_left_open(browser, person, again, address, **headers):
    """Signed in, lost the session, signed in anew elsewhere; then the old form is sent."""
    sign_in(browser, person)
    read = token(browser, "/accounts/me/")
    session_ends(browser)
    sign_in(browser, again)
    return browser.post(address, CONTACT | {"csrfmiddlewaretoken": read}, headers=headers)


def test_a_window_left_open_over_a_new_sign_in_loses_nothing(browser, owner, case):
    address = f"/cases/{case.reference}/contacts/new/"
    sent = from_a_window_left_open(browser, owner, owner, address, Origin="http://testserver")
    assert (sent.status_code, sent.url) == (302, "/unsent/")
    page = browser.get(sent.url)
    assert "&lt;b&gt;Перезвоните&lt;/b&gt;" in page.text
    assert not Action.objects.exists()
    assert browser.post(address, hidden(page.text)).status_code == 302
    assert Action.objects.count() == 1
    assert browser.session.get_expiry_age() > 3000


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None])
def test_another_site_plants_nothing(browser, owner, case, origin):
    address = f"/cases/{case.reference}/contacts/new/"
    headers = {"Origin": origin} if origin else {}
    sent = from_a_window_left_open(browser, owner, owner, address, **headers)
    assert sent.status_code == 403 and "unsent" not in browser.session


def test_a_window_of_somebody_else_is_kept_for_nobody(browser, owner, colleague, case):
    address = f"/cases/{case.reference}/contacts/new/"
    sent = from_a_window_left_open(browser, owner, colleague, address, Origin="http://testserver")
    assert sent.status_code == 403 and "unsent" not in browser.session


def test_after_signing_out_old_windows_are_kept_for_nobody(browser, owner, case):
    sign_in(browser, owner)
    read = token(browser, "/accounts/me/")
    browser.post("/accounts/logout/", {"csrfmiddlewaretoken": read})
    sign_in(browser, owner)
    sent = browser.post(
        f"/cases/{case.reference}/contacts/new/",
        CONTACT | {"csrfmiddlewaretoken": read},
        headers={"Origin": "http://testserver"},
    )
    assert sent.status_code == 403 and "unsent" not in browser.session


def test_without_the_token_of_the_form_nothing_is_kept(browser, owner, case):
    sign_in(browser, owner)
    session_ends(browser)
    assert browser.post(f"/cases/{case.reference}/contacts/new/", CONTACT).status_code == 403
    assert "unsent" not in browser.session


@pytest.mark.parametrize("address", ["/accounts/me/", "/accounts/feeds/"])
def test_account_pages_are_never_kept(browser, owner, address):
    typed_while_signed_out(browser, owner, address, {"name": "x", "ticket": "s"})
    assert "unsent" not in browser.session


def test_a_person_reference_made_up_by_hand_is_nobody(browser, owner, case):
    sign_in(browser, owner)
    read = token(browser, "/accounts/me/")
    cookie = browser.cookies["last_person"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert str(owner.pk) != cookie.value.split(":")[0] and owner.email not in cookie.value
    session_ends(browser)
    browser.cookies["last_person"] = cookie.value.replace(":", "a:", 1)
    browser.post(f"/cases/{case.reference}/contacts/new/", CONTACT | {"csrfmiddlewaretoken": read})
    assert "unsent" not in browser.session


def test_every_page_that_is_sent_to_has_words_for_its_fields_or_its_button():
    unspoken = {"draft_background", "feed_revoke"}
    assert set(PAGE_OF) - set(FORMS) - set(PRESSED) <= unspoken
