"""What a browser keeps of Tracker, what it is told to forget, and one's own list of browsers."""

import base64
import re
import zlib
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests.factories.people import PASSWORD
from tests.pages import find, main, text
from tracker.models import Event
from tracker.views.guesses import KNOWN

AGENTS = {
    "Firefox on Windows": "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Chrome on Android": "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0 Mobile Safari/537.36",
    "Safari on iPhone": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 "
    "Version/18.0 Mobile/15E148 Safari/604.1",
    "another program": "curl/8",
}


def signs_in(client: Client, person):
    return client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})


# What stands in a cookie


def holds_something(cookie) -> bool:
    return bool(cookie.value)


def readings(value: str):
    """All that a curious reader makes of it."""
    yield value
    yield unquote(value)
    for piece in re.split(r"[:.]", value):
        padded = piece + "=" * (-len(piece) % 4)
        for decode in (base64.b64decode, base64.urlsafe_b64decode):
            try:
                raw = decode(padded)
            except ValueError:
                continue
            yield raw.decode(errors="replace")
            try:
                yield zlib.decompress(raw).decode(errors="replace")
            except zlib.error:
                continue


def test_no_cookie_tells_who_was_here_or_what_they_did(owner, case):
    """Through everything that sets one: words of a visitor, sign-in, a message, a lost form."""
    client, seen = Client(), {}

    def keep(answer):
        for name, cookie in answer.cookies.items():
            seen.setdefault(name, []).append(cookie)
        return answer

    keep(client.get(reverse("account_login")))
    keep(client.post(reverse("set_language"), {"language": "ru", "next": "/accounts/login/"}))
    keep(signs_in(client, owner))
    contact = {"form_token": "00000000-0000-4000-8000-000000000000", "kind": "phone_call"}
    address = f"/cases/{case.reference}/contacts/new/"
    keep(client.post(address, contact | {"happened_on": "2026-03-02", "note": "We rang OPEN-1."}))
    keep(client.get(f"/cases/{case.reference}/"))
    client.session.delete()
    keep(client.post(address, contact))
    keep(client.post("/demands/1/review/", {"x": "y" * 300_000}))
    keep(signs_in(client, owner))
    keep(client.post(reverse("account_logout")))
    expected = {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, "django_language"}
    assert expected <= set(seen)
    words = (owner.name, owner.email, "Aigul", case.reference, "phone_call", f'"{owner.pk}"')
    for name, cookies in seen.items():
        for cookie in filter(holds_something, cookies):
            assert (name, cookie["httponly"], cookie["samesite"]) == (name, True, "Lax")
            for reading in readings(cookie.value):
                assert not [word for word in words if word.lower() in reading.lower()], name
    # What was typed while signed out is kept for an hour; only that the browser is known outlasts.
    ages = {name: max(cookie["max-age"] or 0 for cookie in found) for name, found in seen.items()}
    assert {name for name, seconds in ages.items() if seconds > 3600} == {KNOWN}


# Afterwards


def test_signing_out_leaves_nothing_in_the_browser_s_stores(signed_in, owner):
    client = signed_in(owner)
    assert "Clear-Site-Data" not in client.get("/accounts/me/").headers
    answer = client.post(reverse("account_logout"))
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert "Clear-Site-Data" not in client.get("/accounts/login/").headers


def test_a_browser_cut_off_from_elsewhere_forgets_when_it_next_asks(signed_in, owner):
    client = signed_in(owner)
    client.get("/accounts/me/")
    client.session.delete()
    assert "Clear-Site-Data" in client.get("/accounts/me/").headers
    assert "Clear-Site-Data" not in client.get("/accounts/login/").headers


# One's own list


@pytest.mark.parametrize(("words", "agent"), AGENTS.items())
def test_a_browser_is_called_what_people_call_it(signed_in, owner, words, agent):
    client = signed_in(owner)
    client.get("/accounts/me/", headers={"User-Agent": agent})
    page = client.get(reverse("usersessions_list"), headers={"User-Agent": agent})
    [_head, row] = find(main(page), "row")
    assert text(row).startswith(f"{words} this one")


def test_one_browser_is_signed_out_and_this_one_stays(signed_in, owner, colleague):
    here, there, other = signed_in(owner), signed_in(owner), signed_in(colleague)
    for client in (here, there, other):
        client.get("/accounts/me/")
    page = here.get(reverse("usersessions_list"))
    keys = [one.attrib["value"] for one in find(main(page), tag="input", name="key")]
    assert keys == [there.session.session_key]
    here.post(reverse("usersessions_list"), {"key": other.session.session_key})
    here.post(reverse("usersessions_list"), {"key": keys[0]})
    assert [c.get("/accounts/me/").status_code for c in (here, there, other)] == [200, 302, 200]


def test_all_of_one_s_browsers_are_signed_out(signed_in, owner, colleague):
    here, there, other = signed_in(owner), signed_in(owner), signed_in(colleague)
    answer = here.post(reverse("usersessions_list"), {"all": "1"})
    assert answer.url == reverse("account_login") and "Clear-Site-Data" in answer.headers
    assert [c.get("/accounts/me/").status_code for c in (here, there, other)] == [302, 302, 200]
    [event] = Event.objects.filter(action="person.signed_out")
    assert event.by_id == owner.pk
