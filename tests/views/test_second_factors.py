"""Whoever must have a second factor is led to it at the next page, and loses nothing by it."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.conf import settings as project
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, get_resolver, reverse

from tests import pages
from tests.factories.people import PASSWORD, UserFactory
from tests.now import NOW
from tracker.models import Role, unseal
from tracker.views.second_factors import ENROLMENT

FIRST = "/accounts/2fa/first/"
SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def asked_of_officers(settings):
    settings.SECOND_FACTOR_ROLES = frozenset({Role.OFFICER})


def code_of(secret: str) -> str:
    """What the app shows now."""
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def sign_in(person) -> Client:
    client = Client()
    client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    return client


def set_up(client):
    """As somebody does who reads the page; returns the answer to the right code."""
    client.get(reverse("mfa_activate_totp"))
    secret = client.session["mfa.totp.secret"]
    return client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})


@pytest.mark.parametrize(("role", "led"), [(Role.OFFICER, True), (Role.COORDINATOR, False)])
def test_a_role_of_the_settings_is_led_to_set_one_up(db, role, led):
    answer = sign_in(UserFactory(role=role)).get("/cases/")
    assert (answer.headers.get("Location") == FIRST) is led


def static_pages(patterns=None, before="/") -> list[str]:
    """Every address without a part that varies, the editing desk's included."""
    found = []
    for pattern in patterns or get_resolver().url_patterns:
        path = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            found += [(path, pattern.name)] if "<" not in path and "^" not in path else []
        else:
            found += static_pages(pattern.url_patterns, path)
    return found


def test_nothing_else_is_reached_before(owner):
    client = sign_in(owner)
    open_ = set()
    for path, name in static_pages():
        for method in (client.get, client.post):
            if name == "account_logout":
                open_.add(name)
                continue
            answer = method(path)
            if answer.headers.get("Location") != FIRST:
                open_.add(name)
    assert open_ <= ENROLMENT | {"second_factor_first"}


def test_it_is_set_up_in_three_steps_without_typing_the_password_twice(owner):
    client = sign_in(owner)
    first = pages.page(client.get(FIRST))
    assert {link.get("href") for link in first.iter("a")} >= {
        reverse("mfa_add_webauthn"),
        reverse("mfa_activate_totp"),
    }
    assert client.get(reverse("mfa_activate_totp")).status_code == 200
    assert set_up(client).headers["Location"] == reverse("mfa_view_recovery_codes")
    assert client.get(reverse("mfa_view_recovery_codes")).status_code == 200
    assert client.get("/cases/").status_code == 200
    # From here on it asks again, as of everybody.
    answer = client.get(reverse("mfa_generate_recovery_codes"))
    assert answer.headers["Location"].startswith(reverse("mfa_reauthenticate"))


def test_a_session_that_has_grown_old_asks_for_the_password(owner, time_machine):
    client = sign_in(owner)
    time_machine.move_to(NOW.timestamp() + project.ACCOUNT_REAUTHENTICATION_TIMEOUT + 60)
    answer = client.get(reverse("mfa_activate_totp"))
    assert answer.headers["Location"].startswith(reverse("account_reauthenticate"))
    assert client.get(answer.headers["Location"]).status_code == 200


def test_what_was_sent_meanwhile_comes_back(settings, signed_in, owner):
    settings.SECOND_FACTOR_ROLES = frozenset()
    client = signed_in(owner)
    assert client.get("/cases/new/").status_code == 200
    settings.SECOND_FACTOR_ROLES = frozenset({Role.OFFICER})
    words = "Twelve demands to the ministry"
    answer = client.post("/cases/new/", {"text": words})
    assert answer.headers["Location"] == FIRST
    set_up(client)
    page = pages.page(client.get(reverse("mfa_view_recovery_codes")))
    assert reverse("unsent") in {link.get("href") for link in page.iter("a")}
    assert words in client.get(reverse("unsent"), follow=True).text


def test_the_last_factor_of_whoever_must_have_one_stays(owner, time_machine):
    client = sign_in(owner)
    set_up(client)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    secret = unseal(Authenticator.objects.get(user=owner, type="totp").data["secret"])
    time_machine.move_to(NOW.timestamp() + 60)
    client.post(reverse("mfa_reauthenticate"), {"code": code_of(secret)})
    answer = client.post(reverse("mfa_deactivate_totp"))
    assert "reauthenticate" not in answer.headers.get("Location", "")
    assert Authenticator.objects.filter(user=owner, type="totp").exists()


def test_a_further_page_asks_the_database_nothing_more(owner):
    client = sign_in(owner)
    set_up(client)
    client.get("/reports/")
    with CaptureQueriesContext(connection) as asked:
        client.get("/reports/")
    assert [query for query in asked if "mfa_authenticator" in query["sql"]] == []


def test_a_used_code_is_known_however_much_others_try_meanwhile(owner):
    TOTP.activate(owner, SECRET)
    factor = Authenticator.objects.get(type="totp").wrap()
    assert factor.validate_code(code_of(SECRET))
    for number in range(400):
        cache.add(f"allauth:rl:login_failed:{number}", 1)
    assert not factor.validate_code(code_of(SECRET))


def test_secrets_lie_encrypted(owner):
    client = sign_in(owner)
    client.get(reverse("mfa_activate_totp"))
    secret = client.session["mfa.totp.secret"]
    set_up(client)
    stored = {row.type: row.data for row in Authenticator.objects.filter(user=owner)}
    assert secret not in str(stored)
    assert len(unseal(stored["recovery_codes"]["seed"])) == 80


def test_a_secret_of_an_older_program_still_works(owner):
    factor = Authenticator.objects.create(user=owner, type="totp", data={"secret": SECRET})
    assert factor.wrap().validate_code(code_of(SECRET))
