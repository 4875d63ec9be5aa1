"""What the library of sign-in does here: which of its pages there are, what they write, and that
whoever owns the account is told.
"""

import datetime
import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, get_resolver, reverse

from tests import pages
from tests.factories.people import PASSWORD
from tests.now import NOW
from tracker.models import Event, Mail, User
from tracker.services.reminders.sweep import run_sweep
from tracker.services.secret_links import reset_link
from tracker.services.security_notices import Notice

NEW = "another long pass phrase"
HOUR = datetime.timedelta(hours=1)

# Every page of the library there is, and which column of `tracker_user` it may write: none but
# the password, through a service. Any other page of the library is not to be reached.
ROUTED = {
    "account_login": {"last_login"},
    "account_logout": set(),
    "account_inactive": set(),
    "account_reauthenticate": set(),
    "account_change_password": {"password", "cut_offs"},
    "account_reset_password": set(),
    "account_reset_password_done": set(),
    "account_reset_password_from_key": {"password", "cut_offs"},
    "account_reset_password_from_key_done": set(),
    "mfa_index": set(),
    "mfa_authenticate": {"last_login"},
    "mfa_reauthenticate": set(),
    "mfa_activate_totp": set(),
    "mfa_deactivate_totp": set(),
    "mfa_view_recovery_codes": set(),
    "mfa_generate_recovery_codes": set(),
    "mfa_list_webauthn": set(),
    "mfa_add_webauthn": set(),
    "mfa_login_webauthn": {"last_login"},
    "mfa_reauthenticate_webauthn": set(),
    "mfa_remove_webauthn": set(),
}
ARGUMENTS = {
    "account_reset_password_from_key": {"uidb36": "1", "key": "set-password"},
    "mfa_remove_webauthn": {"pk": 1},
}
# All that a form of the library's might be made to take.
ANYTHING = {
    "email": "outside@evil.example",
    "action_add": "",
    "action_primary": "",
    "login": "outside@evil.example",
    "name": "Somebody Else",
    "role": "administrator",
    "is_active": "",
    "oldpassword": PASSWORD,
    "password": PASSWORD,
    "password1": NEW,
    "password2": NEW,
    "code": "123456",
}


def routes(patterns=None) -> list[URLPattern]:
    found = []
    for pattern in patterns or get_resolver().url_patterns:
        found += [pattern] if isinstance(pattern, URLPattern) else routes(pattern.url_patterns)
    return found


def of_library(pattern: URLPattern) -> bool:
    module = pattern.callback.__module__
    return module.startswith("allauth.")


@pytest.fixture
def proven(signed_in):
    """A client whose person has just proved to be it, by their password."""

    def client_of(person):
        client = signed_in(person)
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        return client

    return client_of


def code_of(secret: str) -> str:
    """What the app shows now."""
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def add_codes(client) -> str:
    """Set up an app as its owner does; returns its secret."""
    client.get(reverse("mfa_activate_totp"))
    secret = client.session["mfa.totp.secret"]
    answer = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    assert answer.headers["Location"] == reverse("mfa_view_recovery_codes")
    return secret


def give_code(client, secret: str, time_machine) -> None:
    """The next one: that of the setting up is used."""
    time_machine.move_to(NOW + datetime.timedelta(minutes=1))
    client.post(reverse("mfa_reauthenticate"), {"code": code_of(secret)})


def told(person) -> list[str]:
    """The notices that wait for somebody, in their order."""
    mails = Mail.objects.filter(person=person, kind=Mail.Kind.NOTICE).order_by("pk")
    return [mail.key.split(":")[1] for mail in mails]


def recorded(person) -> list[str]:
    return [
        action.removeprefix("person.")
        for action in Event.objects.about(person).order_by("pk").values_list("action", flat=True)
    ]


# Which pages there are


def test_every_page_of_the_library_is_wanted():
    assert {pattern.name for pattern in routes() if of_library(pattern)} == set(ROUTED)


@pytest.mark.parametrize("name", ROUTED)
def test_no_page_of_the_library_writes_a_person_past_the_services(proven, owner, name):
    """An address, a name, a role ... whatever is sent along."""
    client = proven(owner)
    before = User.objects.values().get(pk=owner.pk)
    for method in (client.get, client.post):
        with CaptureQueriesContext(connection) as queries:
            answer = method(reverse(name, kwargs=ARGUMENTS.get(name)), ANYTHING)
        assert answer.status_code < 500
        for query in queries:
            if row := re.match(r'(UPDATE|INSERT INTO) "tracker_user" SET (.*) WHERE', query["sql"]):
                columns = re.findall(r'(?:^|, )"(\w+)" = ', row[2])
                assert set(columns) <= ROUTED[name]
    after = User.objects.values().get(pk=owner.pk)
    changed = {column for column in before if before[column] != after[column]}
    assert changed <= ROUTED[name]
    assert not EmailAddress.objects.exists()


@pytest.mark.parametrize("name", sorted(ROUTED))
def test_each_page_of_the_library_is_in_our_frame(proven, owner, name):
    client = proven(owner)
    add_codes(client)
    answer = client.get(reverse(name, kwargs=ARGUMENTS.get(name)))
    if answer.status_code == 200:
        page = pages.page(answer)
        assert [h.text for h in page.iter("h1")]
        assert "/static/tracker/" in answer.text


# Passwords


def test_a_new_password_is_told_and_ends_what_was_opened(proven, signed_in, owner):
    other, client = signed_in(owner), proven(owner)
    answer = client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW},
    )
    assert answer.status_code == 302
    assert client.get(reverse("profile")).status_code == 200
    assert other.get(reverse("profile")).status_code == 302
    assert recorded(owner) == ["password", "cut_off"]
    assert told(owner) == [Notice.PASSWORD_CHANGED]


def test_a_wrong_old_password_is_told(signed_in, owner):
    answer = signed_in(owner).post(
        reverse("account_change_password"),
        {"oldpassword": "a guess", "password1": NEW, "password2": NEW},
    )
    assert answer.status_code == 200
    assert (recorded(owner), told(owner)) == ([Notice.PROOF_FAILED], [Notice.PROOF_FAILED])


def test_whoever_has_no_password_gets_none_by_a_session_alone(signed_in, owner):
    owner.set_unusable_password()
    owner.save()
    answer = signed_in(owner).get(reverse("account_change_password"))
    assert answer.headers["Location"] == reverse("account_reset_password")


def ask(client, email, **headers):
    return client.post(reverse("account_reset_password"), {"email": email}, **headers)


def test_a_reset_is_answered_alike_whoever_asks_for_whom(client, owner, stranger):
    stranger.is_active = False
    stranger.save()
    answers = [
        ask(client, email, follow=True)
        for email in (owner.email, stranger.email, "nobody@example.org")
    ]
    texts = {re.sub(r'value="[^"]*"', "", answer.text) for answer in answers}
    assert len(texts) == 1
    assert [(mail.person, mail.secret_link) for mail in Mail.objects.all()] == [(owner, "reset")]


def test_the_link_is_of_the_configured_address_whatever_the_request_says(
    client, owner, inbox, settings
):
    settings.BASE_URL = "https://tracker.example.org"
    ask(client, owner.email, headers={"host": "localhost:4444"})
    run_sweep(at=NOW + HOUR, worker="w1")
    [mail] = inbox.to(owner.email)
    text = mail.message.get_body(("plain",)).get_content()
    assert re.findall(r"https?://[^/\s]+", text) == ["https://tracker.example.org"] * 2


def test_a_link_goes_to_the_account_alone_even_where_another_address_was_added(client, owner):
    EmailAddress.objects.create(user=owner, email="outside@evil.example", primary=True)
    ask(client, "outside@evil.example")
    assert {mail.to_address for mail in Mail.objects.all()} <= {owner.email}


def set_by_link(client, person, password=NEW):
    page = client.get(reset_link(person).removeprefix("http://127.0.0.1:8000"))
    return client.post(page.headers["Location"], {"password1": password, "password2": password})


def test_a_reset_ends_sessions_and_never_skips_the_second_factor(client, proven, owner):
    thief = proven(owner)
    secret = add_codes(thief)
    assert set_by_link(client, owner).status_code == 302
    assert thief.get(reverse("profile")).status_code == 302
    assert not Session.objects.filter(pk=thief.session.session_key).exists()
    answer = client.post(reverse("account_login"), {"login": owner.email, "password": NEW})
    assert answer.headers["Location"] == reverse("mfa_authenticate")
    assert client.get(reverse("profile")).status_code == 302
    client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    # The code that set the app up is used by that.
    assert told(owner)[-2:] == [Notice.PASSWORD_RESET, Notice.SECOND_FACTOR_FAILED]


def test_a_link_works_once_and_for_its_own_account(client, signed_in, owner, stranger):
    link = reset_link(owner).removeprefix("http://127.0.0.1:8000")
    theirs = signed_in(stranger)
    set_by_link(theirs, owner)
    stranger.refresh_from_db()
    assert stranger.check_password(PASSWORD)
    assert client.get(link).status_code == 200  # of a link that works it would lead to the form
    assert Event.objects.filter(action="person.password_reset").count() == 1


def test_of_a_closed_account_a_link_opens_nothing(client, owner):
    link = reset_link(owner).removeprefix("http://127.0.0.1:8000")
    User.objects.update(is_active=False)
    assert client.get(link).status_code == 200
    owner.refresh_from_db()
    client.post(re.sub(r"-.*/", "-set-password/", link), {"password1": NEW, "password2": NEW})
    owner.refresh_from_db()
    assert owner.check_password(PASSWORD)


def test_in_a_session_of_ones_own_a_reset_signs_out_here_too(signed_in, owner):
    client = signed_in(owner)
    assert set_by_link(client, owner).status_code == 302
    assert client.get(reverse("profile")).status_code == 302


# Second factors


def test_an_app_for_codes_is_told_and_so_is_its_end(proven, owner, time_machine):
    client = proven(owner)
    secret = add_codes(client)
    assert told(owner) == [Notice.CODES_ADDED, Notice.RECOVERY_CODES_MADE]
    give_code(client, secret, time_machine)
    client.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.exists()
    assert told(owner)[2:] == [Notice.CODES_REMOVED]
    assert recorded(owner) == told(owner)


def test_it_asks_for_proof_before_it_touches_a_factor(signed_in, owner):
    client = signed_in(owner)
    for name in ("mfa_activate_totp", "mfa_add_webauthn", "mfa_generate_recovery_codes"):
        for method in (client.get, client.post):
            answer = method(reverse(name))
            assert answer.headers["Location"].startswith(reverse("account_reauthenticate"))
    assert not Authenticator.objects.exists()


CHANGES_FACTORS = {
    "mfa_activate_totp": "GET",
    "mfa_add_webauthn": "GET",
    "mfa_deactivate_totp": "POST",
    "mfa_generate_recovery_codes": "POST",
}


@pytest.mark.parametrize("name", CHANGES_FACTORS)
def test_a_password_alone_changes_no_factor_beside_another(proven, owner, name, time_machine):
    """Nor does a code alone: whoever took one of the two adds no passkey of their own."""
    secret = add_codes(proven(owner))
    before = list(Authenticator.objects.order_by("pk").values_list("pk", flat=True))
    client = proven(owner)
    asked = client.generic(CHANGES_FACTORS[name], reverse(name))
    assert asked.headers["Location"].startswith(reverse("mfa_reauthenticate"))
    assert list(Authenticator.objects.order_by("pk").values_list("pk", flat=True)) == before
    give_code(client, secret, time_machine)
    done = client.generic(CHANGES_FACTORS[name], reverse(name))
    assert "reauthenticate" not in done.headers.get("Location", "")


def test_a_code_alone_changes_no_factor(proven, long_signed_in, owner, time_machine):
    secret = add_codes(proven(owner))
    client = long_signed_in(owner)
    asked = client.get(reverse("mfa_add_webauthn"))
    assert asked.headers["Location"].startswith(reverse("account_reauthenticate"))
    give_code(client, secret, time_machine)
    asked = client.get(reverse("mfa_add_webauthn"))
    assert asked.headers["Location"].startswith(reverse("account_reauthenticate"))


def test_a_wrong_proof_is_told(signed_in, owner):
    for _ in range(3):
        signed_in(owner).post(reverse("account_reauthenticate"), {"password": "a guess"})
    assert recorded(owner) == [Notice.PROOF_FAILED] * 3
    assert told(owner) == [Notice.PROOF_FAILED]


def test_a_wrong_code_after_the_right_password_is_told(client, proven, owner):
    add_codes(proven(owner))
    client.post(reverse("account_login"), {"login": owner.email, "password": PASSWORD})
    client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert told(owner)[-1] == Notice.SECOND_FACTOR_FAILED


def test_a_recovery_code_signs_in_once(client, proven, owner):
    first = proven(owner)
    add_codes(first)
    codes = pages.page(first.get(reverse("mfa_view_recovery_codes")))
    code = next(codes.find(".//main").iter("code")).text
    for expected in (302, 200):
        client.post(reverse("account_logout"))
        client.post(reverse("account_login"), {"login": owner.email, "password": PASSWORD})
        answer = client.post(reverse("mfa_authenticate"), {"code": code})
        assert answer.status_code == expected
    assert Notice.RECOVERY_CODE_USED in told(owner)
    assert recorded(owner).count(Notice.RECOVERY_CODE_USED) == 1


def test_recovery_codes_are_shown_once_and_new_ones_are_told(proven, owner, time_machine):
    client = proven(owner)
    secret = add_codes(client)
    shown = [
        len(list(pages.page(client.get(reverse("mfa_view_recovery_codes"))).iter("code")))
        for _ in range(2)
    ]
    assert shown == [10, 0]
    give_code(client, secret, time_machine)
    client.post(reverse("mfa_generate_recovery_codes"))
    assert told(owner).count(Notice.RECOVERY_CODES_MADE) == 2


def test_a_code_is_good_for_one_sign_in(client, proven, owner, time_machine_next_period):
    secret = add_codes(proven(owner))
    time_machine_next_period()
    code = code_of(secret)
    for expected in (302, 200):
        client.post(reverse("account_logout"))
        client.post(reverse("account_login"), {"login": owner.email, "password": PASSWORD})
        assert client.post(reverse("mfa_authenticate"), {"code": code}).status_code == expected


@pytest.fixture
def time_machine_next_period(time_machine):
    return lambda: time_machine.move_to(NOW + datetime.timedelta(minutes=1))


def test_opening_the_page_of_factors_costs_nobody_their_factor(proven, owner):
    client = proven(owner)
    EmailAddress.objects.create(user=owner, email=owner.email, verified=False)
    client.get(reverse("mfa_index"))
    add_codes(client)


def test_what_others_do_is_told_by_the_service_that_does_it(owner):
    TOTP.activate(owner, "A" * 32)
    assert (recorded(owner), told(owner)) == ([], [])
    Authenticator.objects.all().delete()
    assert (recorded(owner), told(owner)) == ([], [])


JUNK = [
    "",
    "{}",
    "[]",
    "5",
    '"x"',
    "null",
    "not json",
    '{"id": 5}',
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {}}',
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {"userHandle": 5}}',
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {"clientDataJSON": "AA",'
    ' "authenticatorData": "AA", "signature": "AA", "userHandle": "AA"}}',
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {"clientDataJSON": "e30",'
    ' "attestationObject": "oA"}}',
    # Cut off in the middle of a number.
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {"clientDataJSON": "eyJ0eXBlIjo'
    'id2ViYXV0aG4uY3JlYXRlIiwiY2hhbGxlbmdlIjoiQUEiLCJvcmlnaW4iOiJ4In0", "attestationObject": "o2N'
    'mbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YVgn1j1PCMCWfNfu0Y3xAStRrCY9CRIS1U4VtV063lbWRQSOuvdzM7oD"}}',
]


@pytest.mark.parametrize(
    "name", ["mfa_login_webauthn", "mfa_add_webauthn", "mfa_reauthenticate_webauthn"]
)
def test_no_made_up_passkey_is_an_error_of_the_program(client, proven, owner, name):
    visitor = client if name == "mfa_login_webauthn" else proven(owner)
    Authenticator.objects.create(user=owner, type="totp", data={"secret": "A" * 32})
    visitor.get(reverse(name), headers={"accept": "application/json"})
    for credential in JUNK:
        assert visitor.post(reverse(name), {"credential": credential}).status_code < 500
    assert not Authenticator.objects.filter(type="webauthn").exists()
