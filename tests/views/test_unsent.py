"""What was typed while the session had ended waits for whoever typed it, and for nobody else."""

import datetime
import re

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.factories.deadlines import DeadlineFactory
from tests.factories.demands import DemandFactory
from tests.factories.people import PASSWORD
from tests.page_forms import form_to
from tests.pages import find, levels, links, main, part, refused_as_closed, text
from tracker.models import Action, Case, Mute, StatusProposal
from tracker.services.people.kept_words import KEPT
from tracker.views.signed_out import LARGEST

NOTE = "They said on the phone:\n“Next week.” <b>Перезвоните</b>"
CONTACT = {"kind": "phone_call", "happened_on": "2026-03-02", "note": NOTE}


@pytest.fixture
def browser() -> Client:
    """A browser that checks the token of every form, as real ones are made to."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def new_contact(case) -> str:
    return f"/cases/{case.reference}/contacts/new/"


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
    Session.objects.filter(session_key=client.session.session_key).delete()


def typed_while_signed_out(client: Client, person, page: str, fields: dict, address: str = ""):
    """Sign in, open the page, lose the session, send its form; the address one is led to."""
    sign_in(client, person)
    form = form_to(client.get(page), address or page)
    session_ends(client)
    sent = client.post(form.action, form.fields | fields)
    assert sent.status_code == 302
    return sent.url


def entrance_says(browser: Client, entrance: str) -> tuple[str, str]:
    """How loudly, and where it leads: to what is kept, or back to the page of what is lost."""
    answer = browser.get(entrance)
    [level] = levels(answer)
    return level, answer.context["redirect_field_value"]


def kept_in(browser: Client) -> bool:
    return KEPT in browser.session


def test_the_text_waits_behind_the_sign_in_in_the_form_it_was_typed_into(
    browser, owner, new_contact, time_machine
):
    time_machine.move_to("2026-03-03 09:00:00+00:00")
    entrance = typed_while_signed_out(browser, owner, new_contact, CONTACT)
    assert entrance_says(browser, entrance) == ("warning", "/unsent/")
    page = sign_in(browser, owner, entrance)
    assert page.redirect_chain[-1][0] == new_contact
    assert part(page, "unsent").get("role") == "status"
    form = form_to(page, new_contact)
    assert {name: form.fields[name] for name in CONTACT} == {
        "kind": ["phone_call"],
        "happened_on": ["2026-03-02"],
        "note": [NOTE],
    }
    assert "no-store" in page["Cache-Control"]
    assert not Action.objects.exists()
    sent = browser.post(new_contact, form.fields)
    assert sent.status_code == 302
    assert Action.objects.get().note.replace("\r\n", "\n") == NOTE
    assert not kept_in(browser)
    assert form_to(browser.get(new_contact), new_contact).fields["note"] == [""]


@pytest.mark.parametrize(
    ("page", "led_to"),
    [("/unsent/", ""), ("/unsent/?next=/", ""), ("/cases/#list", "/cases/#list")],
)
def test_the_way_to_the_text_does_not_lead_in_a_circle(browser, owner, new_contact, page, led_to):
    fields = CONTACT | {"form_page": page}
    entrance = typed_while_signed_out(browser, owner, new_contact, fields)
    assert sign_in(browser, owner, entrance).redirect_chain[-1][0] == (led_to or new_contact)
    assert browser.get("/").status_code == 200


def test_what_was_taken_before_the_session_ended_is_not_taken_twice(browser, owner, new_contact):
    sign_in(browser, owner)
    form = form_to(browser.get(new_contact), new_contact)
    assert browser.post(new_contact, form.fields | CONTACT).status_code == 302
    session_ends(browser)
    entrance = browser.post(new_contact, form.fields | CONTACT).url  # the page loaded again
    page = sign_in(browser, owner, entrance)
    sent = browser.post(new_contact, form_to(page, new_contact).fields, follow=True)
    assert levels(sent) == ["success"]
    assert Action.objects.count() == 1


def test_a_button_pressed_meanwhile_can_be_pressed_on_the_page_it_stands_on(browser, owner, case):
    deadline = DeadlineFactory(case=case)
    snooze, shown_on = f"/deadlines/{deadline.pk}/snooze/", f"/deadlines/{deadline.pk}/"
    entrance = typed_while_signed_out(browser, owner, shown_on, {"days": ["7"]}, snooze)
    page = sign_in(browser, owner, entrance)
    assert page.redirect_chain[-1][0] == shown_on
    assert part(page, "unsent") is not None and not Mute.objects.exists()
    form = form_to(page, snooze)
    assert browser.post(snooze, form.fields).url == shown_on
    assert Mute.objects.get().person == owner
    assert not kept_in(browser)


@pytest.mark.parametrize("field", ["review_on", "reason"])
def test_a_form_among_others_of_its_page_is_filled(browser, owner, colleague, case, field):
    demand = DemandFactory(case=case, number=1)
    proposal = StatusProposal.objects.create(
        demand=demand,
        seq=1,
        from_status="awaiting",
        to_status="rejected",
        happened_on=datetime.date(2026, 3, 2),
        reason="They refuse.",
        by=colleague,
        at=datetime.datetime(2026, 3, 2, tzinfo=datetime.UTC),
    )
    address, typed = {
        "review_on": (f"/demands/{demand.pk}/review/", "2027-02-03"),
        "reason": (f"/demands/{demand.pk}/proposals/{proposal.pk}/", "Look at the letter again."),
    }[field]
    shown_on = f"/demands/{demand.pk}/"
    entrance = typed_while_signed_out(browser, owner, shown_on, {field: typed}, address)
    page = sign_in(browser, owner, entrance)
    assert page.redirect_chain[-1][0] == shown_on
    assert form_to(page, address).fields[field] == [typed]


def test_somebody_else_at_the_same_browser_sees_nothing_and_it_is_dropped(
    browser, owner, colleague, case, new_contact
):
    entrance = typed_while_signed_out(browser, owner, new_contact, CONTACT)
    page = sign_in(browser, colleague, entrance)
    assert page.redirect_chain[-1][0] == "/"
    assert "Перезвоните" not in page.text and case.reference not in str(page.redirect_chain)
    browser.post("/accounts/logout/", {"csrfmiddlewaretoken": token(browser, "/accounts/me/")})
    assert sign_in(browser, owner, "/accounts/login/").redirect_chain[-1][0] == "/"
    assert not kept_in(browser)


def test_whichever_page_was_asked_for_the_text_comes_first_and_once(browser, owner, new_contact):
    typed_while_signed_out(browser, owner, new_contact, CONTACT)
    assert sign_in(browser, owner).redirect_chain[-1][0] == new_contact
    assert browser.get("/cases/").status_code == 200
    assert "Перезвоните" in browser.get("/unsent/", follow=True).text


def test_it_can_be_thrown_away(browser, owner, new_contact):
    page = sign_in(browser, owner, typed_while_signed_out(browser, owner, new_contact, CONTACT))
    gone = browser.post("/unsent/", form_to(page, "/unsent/").fields)
    assert gone.url == new_contact
    assert not kept_in(browser) and not Action.objects.exists()
    assert "Перезвоните" not in browser.get(new_contact).text


def test_signing_out_forgets_text_and_person(browser, owner, new_contact):
    sign_in(browser, owner, typed_while_signed_out(browser, owner, new_contact, CONTACT))
    assert kept_in(browser)
    read = token(browser, "/accounts/me/")
    browser.post("/accounts/logout/", {"csrfmiddlewaretoken": read})
    assert browser.cookies["last_person"].value == ""
    assert not [row for row in Session.objects.all() if KEPT in row.get_decoded()]
    sent = browser.post(new_contact, CONTACT | {"csrfmiddlewaretoken": read})
    assert sent.status_code == 302 and not kept_in(browser)


def test_it_is_dropped_after_an_hour(browser, owner, new_contact, time_machine, settings):
    settings.SESSION_COOKIE_AGE = 3600
    time_machine.move_to("2026-03-03 09:00:00+00:00", tick=False)
    sign_in(browser, owner, typed_while_signed_out(browser, owner, new_contact, CONTACT))
    time_machine.move_to("2026-03-03 09:40:00+00:00", tick=False)
    assert browser.get("/unsent/").url == new_contact
    time_machine.move_to("2026-03-03 10:00:01+00:00", tick=False)
    assert browser.get("/unsent/").url == "/"
    assert not kept_in(browser)


def test_it_waits_no_longer_than_an_hour_in_a_long_session(
    browser, owner, new_contact, time_machine, settings
):
    settings.SESSION_COOKIE_AGE = settings.SESSION_LASTS_SECONDS = 86_400
    time_machine.move_to("2026-03-03 09:00:00+00:00", tick=False)
    entrance = typed_while_signed_out(browser, owner, new_contact, CONTACT)
    row = Session.objects.get(session_key=browser.session.session_key)
    assert f"{row.expire_date:%H:%M}" == "10:00"
    sign_in(browser, owner, entrance)
    row = Session.objects.get(session_key=browser.session.session_key)
    assert f"{row.expire_date:%d %H:%M}" == "04 09:00"


def test_a_page_that_refuses_shows_the_text_all_the_same(browser, owner, case):
    demand = DemandFactory(case=case, number=1)
    address = f"/demands/{demand.pk}/status/"
    page = sign_in(
        browser, owner, typed_while_signed_out(browser, owner, address, {"reason": "Long"})
    )
    case.phase = "closed"
    case.closed_at = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    case.close_reason = "resolved"
    case.save()
    assert browser.post(address, form_to(page, address).fields).status_code == 403
    again = browser.get("/unsent/", follow=True)
    assert again.status_code == 403 and "<dd>Long</dd>" in again.text


def test_files_must_be_chosen_again_and_are_named(browser, owner, case):
    address = f"/cases/{case.reference}/documents/new/"
    scan = SimpleUploadedFile("answer.pdf", b"%PDF-1.7 secret", "application/pdf")
    page = sign_in(
        browser,
        owner,
        typed_while_signed_out(browser, owner, address, {"title": "Answer", "file": scan}),
    )
    assert text(part(page, "unsent-files")).endswith("answer.pdf")
    assert form_to(page, address).fields["title"] == ["Answer"]
    assert b"secret" not in str(browser.session[KEPT]).encode()


def test_what_is_too_long_is_said_to_be_lost(browser, owner, new_contact):
    long = {"note": "я" * (LARGEST // 2)}
    entrance = typed_while_signed_out(browser, owner, new_contact, long)
    assert entrance_says(browser, entrance) == ("warning", new_contact)
    assert not kept_in(browser)


def from_a_window_left_open(browser, person, again, address, **headers):
    """Signed in, lost the session, signed in anew elsewhere; then the old form is sent."""
    sign_in(browser, person)
    form = form_to(browser.get(address), address)
    session_ends(browser)
    sign_in(browser, again)
    return browser.post(address, form.fields | CONTACT, headers=headers)


def test_a_window_left_open_over_a_new_sign_in_loses_nothing(browser, owner, new_contact):
    sent = from_a_window_left_open(browser, owner, owner, new_contact, Origin="http://testserver")
    assert (sent.status_code, sent.url) == (302, "/unsent/")
    page = browser.get(sent.url, follow=True)
    assert "&lt;b&gt;Перезвоните&lt;/b&gt;" in page.text
    assert not Action.objects.exists()
    assert browser.post(new_contact, form_to(page, new_contact).fields).status_code == 302
    assert Action.objects.count() == 1
    assert browser.session.get_expiry_age() > 1500


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None])
def test_another_site_plants_nothing(browser, owner, new_contact, origin):
    headers = {"Origin": origin} if origin else {}
    sent = from_a_window_left_open(browser, owner, owner, new_contact, **headers)
    assert sent.status_code == 403 and not kept_in(browser)


def test_a_window_of_somebody_else_is_kept_for_nobody(browser, owner, colleague, new_contact):
    sent = from_a_window_left_open(
        browser, owner, colleague, new_contact, Origin="http://testserver"
    )
    assert sent.status_code == 403 and not kept_in(browser)


def test_after_signing_out_old_windows_are_kept_for_nobody(browser, owner, new_contact):
    sign_in(browser, owner)
    read = token(browser, "/accounts/me/")
    browser.post("/accounts/logout/", {"csrfmiddlewaretoken": read})
    sign_in(browser, owner)
    sent = browser.post(
        new_contact,
        CONTACT | {"csrfmiddlewaretoken": read},
        headers={"Origin": "http://testserver"},
    )
    assert sent.status_code == 403 and not kept_in(browser)


def test_without_the_token_of_the_form_nothing_is_kept(browser, owner, new_contact):
    sign_in(browser, owner)
    session_ends(browser)
    assert browser.post(new_contact, CONTACT).status_code == 403
    assert not kept_in(browser)


@pytest.mark.parametrize("address", ["/accounts/me/", "/accounts/feeds/"])
def test_account_pages_are_never_kept(browser, owner, address):
    typed_while_signed_out(browser, owner, address, {"name": "x"})
    assert not kept_in(browser)


def test_a_person_reference_made_up_by_hand_is_nobody(browser, owner, new_contact):
    sign_in(browser, owner)
    read = token(browser, "/accounts/me/")
    cookie = browser.cookies["last_person"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert str(owner.pk) != cookie.value.split(":")[0] and owner.email not in cookie.value
    session_ends(browser)
    browser.cookies["last_person"] = cookie.value.replace(":", "a:", 1)
    browser.post(new_contact, CONTACT | {"csrfmiddlewaretoken": read})
    assert not kept_in(browser)


@pytest.mark.parametrize("page", ["https://evil.example/", "//evil.example", "evil", ""])
def test_no_form_leads_to_a_page_that_is_not_ours(browser, owner, new_contact, page):
    away = CONTACT | {"form_page": page}
    entrance = typed_while_signed_out(browser, owner, new_contact, away)
    assert sign_in(browser, owner, entrance).redirect_chain[-1][0] == new_contact


def test_what_was_typed_is_shown_where_the_case_was_closed_meanwhile(
    signed_in, owner, case, new_contact
):
    client = signed_in(owner)
    form = form_to(client.get(new_contact), new_contact)
    Case.objects.update(phase="closed", close_reason="partly", closed_at="2026-01-01T00:00Z")
    paper = SimpleUploadedFile("letter.pdf", b"%PDF-1.4")
    answer = client.post(new_contact, form.fields | CONTACT | {"file": paper})
    assert refused_as_closed(answer)
    lost = text(part(answer, "lost"))
    assert text(part(answer, "lost")).count("Перезвоните") == 1
    assert "letter.pdf" in lost
    assert form.fields["form_token"][0] not in lost
    assert f"/cases/{case.reference}/" in links(main(answer))
    assert not find(client.get(new_contact), id="lost")


def test_what_was_typed_is_shown_alike_of_a_hidden_case_and_of_none(
    signed_in, colleague, team_case
):
    client = signed_in(colleague)
    hidden, absent = (f"/cases/{name}/contacts/new/" for name in (team_case.reference, "NONE-1"))
    form = form_to(client.get(hidden), hidden)
    team_case.memberships.filter(user=colleague).delete()
    pages = []
    for address in (hidden, absent):
        answer = client.post(address, form.fields | CONTACT)
        assert answer.status_code == 404
        assert "Перезвоните" in text(part(answer, "lost"))
        pages.append(text(main(answer)))
    assert pages[0] == pages[1]


def test_the_words_of_a_form_that_is_not_ours_are_not_shown(signed_in, owner):
    answer = signed_in(owner).post("/nowhere/", {"note": NOTE})
    assert answer.status_code == 404
    assert not find(answer, id="lost")
