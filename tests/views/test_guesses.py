"""Somebody guesses, and the person guessed at still gets in. Nothing here sleeps."""

import datetime
import re

import pytest
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.conf import settings
from django.core import mail
from django.test import Client, RequestFactory
from django.urls import reverse

from tests.factories.people import PASSWORD, UserFactory
from tests.now import NOW
from tests.pages import main, text
from tracker.services import guesses
from tracker.views.guesses import KNOWN, client_address

SIGN_IN = reverse("account_login")
PER_SECOND, SECONDS = 10, 60
REFUSED = 429


def signs_in(client: Client, email: str, password: str = PASSWORD, **more):
    return client.post(SIGN_IN, {"login": email, "password": password}, **more)


def is_in(client: Client) -> bool:
    return client.get("/accounts/me/").status_code == 200


@pytest.fixture
def own_browser(owner) -> Client:
    """The owner has signed in with it before, and out again."""
    client = Client(REMOTE_ADDR="203.0.113.9")
    assert signs_in(client, owner.email).status_code == 302
    client.post(reverse("account_logout"))
    assert not is_in(client)
    return client


def minute_of_guesses(time_machine, guess) -> list[int]:
    """`guess(number)` ten times a second; the statuses."""
    statuses = []
    for number in range(PER_SECOND * SECONDS):
        time_machine.move_to(NOW + datetime.timedelta(seconds=number / PER_SECOND), tick=False)
        statuses.append(guess(number).status_code)
    return statuses


@pytest.mark.once
def test_many_addresses_guess_at_one_account(owner, own_browser, time_machine):
    thief = Client()

    def guess(number):
        address = f"198.51.{number // 250}.{number % 250}"
        return signs_in(thief, owner.email, f"guess {number}", REMOTE_ADDR=address)

    statuses = minute_of_guesses(time_machine, guess)
    tried = len(statuses) - statuses.count(REFUSED)
    assert tried == guesses.BY_STRANGERS.in_the_first(SECONDS) == 20
    assert guesses.BY_STRANGERS.in_the_first(3600) == 30
    assert signs_in(own_browser, owner.email).status_code == 302
    assert is_in(own_browser)


@pytest.mark.once
def test_one_address_guesses_at_many_accounts(owner, own_browser, time_machine):
    """The colleague sits behind the same address, and a new colleague at another."""
    thief, address = Client(), own_browser.defaults["REMOTE_ADDR"]

    def guess(number):
        email = owner.email if number % 3 == 0 else f"person-{number % 40}@example.org"
        return signs_in(thief, email, f"guess {number}", REMOTE_ADDR=address)

    statuses = minute_of_guesses(time_machine, guess)
    tried = len(statuses) - statuses.count(REFUSED)
    assert tried <= guesses.OF_CLIENT.in_the_first(SECONDS) == 61
    assert signs_in(own_browser, owner.email).status_code == 302
    assert is_in(own_browser)
    elsewhere = Client(REMOTE_ADDR="192.0.2.44")
    assert signs_in(elsewhere, UserFactory(email="new@example.org").email).status_code == 302


def answers(email: str, address: str, tries: int = 8) -> list[tuple[int, str, str]]:
    client = Client(REMOTE_ADDR=address)
    found = [signs_in(client, email, "a wrong password") for _ in range(tries)]
    return [
        (
            answer.status_code,
            re.sub(r'value="[^"]*"|[\w.-]+@example.org', "", answer.text),
            answer.headers.get("Retry-After", ""),
        )
        for answer in found
    ]


def test_the_answers_tell_nothing_of_an_account(owner):
    there = answers(owner.email, "192.0.2.1")
    assert there == answers("nobody@example.org", "192.0.2.2")
    assert [status for status, _words, _wait in there] == [200] * 5 + [REFUSED] * 3


def test_the_right_password_is_not_looked_at_when_too_much_was_tried(owner):
    client = Client()
    answers(owner.email, "127.0.0.1")
    refused = signs_in(client, owner.email)
    assert refused.status_code == REFUSED and not is_in(client)
    assert "3 minutes" in text(main(refused))
    assert reverse("account_reset_password") in refused.text


def test_a_known_browser_has_its_own_tries_and_not_without_end(owner, own_browser):
    statuses = [signs_in(own_browser, owner.email, "wrong").status_code for _ in range(12)]
    assert statuses == [200] * guesses.BY_KNOWN.at_once + [REFUSED] * 2


def test_another_s_browser_is_unknown(owner, own_browser, colleague):
    answers(colleague.email, "203.0.113.9")
    assert signs_in(own_browser, colleague.email).status_code == REFUSED


def test_a_cookie_that_somebody_wrote_is_nothing(owner):
    client = Client()
    client.cookies[KNOWN] = guesses.make_known(owner, "") + ":1:made-up"
    answers(owner.email, "127.0.0.1")
    assert signs_in(client, owner.email).status_code == REFUSED


def test_the_cookie_is_for_the_server_alone_and_names_nobody(owner):
    client = Client()
    cookie = signs_in(client, owner.email).cookies[KNOWN]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert 30 * 86400 < cookie["max-age"] < 366 * 86400
    assert re.fullmatch(r"\w{22}\.[0-9a-f]{40}:[\w-]+:[\w-]+", cookie.value)


# Codes, confirming, mails


def test_whoever_has_the_password_cannot_guess_the_code_and_shuts_nobody_out(owner, own_browser):
    secret = generate_totp_secret()
    TOTP.activate(owner, secret)
    address, statuses = reverse("mfa_authenticate"), []
    for number in range(15):
        thief = Client(REMOTE_ADDR=f"198.51.100.{number}")
        assert signs_in(thief, owner.email).url == address
        statuses.append(thief.post(address, {"code": "000000"}).status_code)
    assert statuses == [200] * guesses.CODE.at_once + [REFUSED] * 5
    assert guesses.CODE.in_the_first(3600) == 16  # of a million codes
    signs_in(own_browser, owner.email)
    right = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    assert own_browser.post(address, {"code": right}).status_code == 302
    assert is_in(own_browser)


def test_whoever_finds_a_session_cannot_guess_the_password(long_signed_in, owner):
    client = long_signed_in(owner)
    address = reverse("account_reauthenticate")
    statuses = [client.post(address, {"password": f"x{n}"}).status_code for n in range(12)]
    assert statuses == [200] * guesses.CONFIRMING.at_once + [REFUSED] * 2


def test_nobody_s_inbox_is_filled(owner):
    address = reverse("account_reset_password")
    statuses = []
    for number in range(8):
        client = Client(REMOTE_ADDR=f"198.51.100.{number}")
        statuses.append(client.post(address, {"email": owner.email}).status_code)
    assert statuses == [302] * guesses.MAIL.at_once + [REFUSED] * 5
    assert len(mail.outbox) <= guesses.MAIL.at_once


def test_a_mail_that_is_asked_for_counts_though_it_is_no_guess(owner):
    client = Client(REMOTE_ADDR="198.51.100.7")
    address = reverse("account_reset_password")
    statuses = [client.post(address, {"email": f"a{n}@example.org"}).status_code for n in range(24)]
    assert statuses.count(302) == guesses.MAIL_OF_CLIENT.at_once


@pytest.mark.django_db
def test_nobody_goes_through_links_of_invitations():
    client = Client(REMOTE_ADDR="198.51.100.7")
    statuses = []
    for number in range(guesses.LINK.at_once + 2):
        client.get(f"/accounts/invitation/made-up-{number}/")
        statuses.append(client.get("/accounts/invitation/").status_code)
    assert statuses == [404] * guesses.LINK.at_once + [REFUSED] * 2


# Where a request comes from


@pytest.mark.parametrize(
    ("proxies", "remote", "forwarded", "address"),
    [
        (0, "192.0.2.1", "", "192.0.2.1"),
        (0, "192.0.2.1", "198.51.100.1", "192.0.2.1"),
        (1, "127.0.0.1", "198.51.100.1", "198.51.100.1"),
        (1, "127.0.0.1", "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        (2, "127.0.0.1", "6.6.6.6, 198.51.100.1, 10.0.0.1", "198.51.100.1"),
        (2, "127.0.0.1", "198.51.100.1", "127.0.0.1"),
        (1, "", "198.51.100.1", "198.51.100.1"),
        (1, "", "", ""),
        (0, "", "", ""),
        (1, "127.0.0.1", "not an address", ""),
        (1, "127.0.0.1", "[2001:db8::1]", "2001:db8::1"),
    ],
)
def test_a_proxy_is_believed_as_far_as_it_is_ours(settings, proxies, remote, forwarded, address):
    settings.TRUSTED_PROXIES = proxies
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = RequestFactory(headers=headers).get("/", REMOTE_ADDR=remote)
    assert client_address(request) == address


def test_behind_a_socket_one_signs_in(owner):
    client = Client(REMOTE_ADDR="")
    assert signs_in(client, owner.email).status_code == 302
    assert is_in(client)
    assert client.get(reverse("usersessions_list")).status_code == 200


def test_the_library_counts_nothing_beside_us():
    assert settings.ACCOUNT_RATE_LIMITS is False
