"""Second factors in a real browser, on a phone: led to one at the first sign-in, with it, and
without it when it is lost. And the other pages of one's account: no barrier, nothing sideways.
"""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.factories.people import PASSWORD, UserFactory
from tracker.models import Mail, Role
from tracker.services.secret_links import reset_link

pytestmark = pytest.mark.once

LOCKED_BY_A_FINGER = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def phone(chromium, live_server, transactional_db, settings):
    """A page as wide as a phone's, of which the browser has nothing to complain."""
    settings.SECOND_FACTOR_ROLES = frozenset({Role.OFFICER})
    context = chromium.new_context(
        base_url=live_server.url, viewport={"width": 360, "height": 740}, locale="en-GB"
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: said.type == "error" and complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []


def device(page: Page, **facts) -> tuple:
    """The browser's own virtual authenticator; returns its session and its number."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    added = session.send(
        "WebAuthn.addVirtualAuthenticator", {"options": LOCKED_BY_A_FINGER | facts}
    )
    return session, added["authenticatorId"]


def sign_in(page: Page, person) -> None:
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill(person.email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page: Page) -> None:
    page.goto("/accounts/logout/")
    page.locator("main").get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/accounts/login/"))


def no_barrier(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") == 360, page.url
    found = Axe().run(page).response["violations"]
    assert [(v["id"], [n["target"] for n in v["nodes"]]) for v in found] == [], page.url


def test_a_passkey_from_the_first_sign_in_to_the_next(phone, live_server):
    person = UserFactory()
    device(phone)
    sign_in(phone, person)
    expect(phone).to_have_url(f"{live_server.url}/accounts/2fa/first/")
    no_barrier(phone)
    phone.get_by_role("link", name="With a passkey").click()
    expect(phone).to_have_url(re.compile("/2fa/webauthn/add/"))
    no_barrier(phone)
    phone.locator("input[name=name]").fill("My phone")
    phone.get_by_role("button", name="Add a passkey").click()
    expect(phone).to_have_url(re.compile("/2fa/recovery-codes/"))
    no_barrier(phone)
    phone.locator("main").get_by_role("link", name=re.compile("written")).click()
    expect(phone).to_have_url(f"{live_server.url}/")
    phone.goto("/accounts/2fa/")
    expect(phone.locator("main")).to_contain_text("My phone")
    no_barrier(phone)
    sign_out(phone)
    no_barrier(phone)
    phone.get_by_role("button", name="Sign in with a passkey").click()
    expect(phone).to_have_url(f"{live_server.url}/")
    kinds = Authenticator.objects.filter(user=person).values_list("type", flat=True)
    assert set(kinds) == {"webauthn", "recovery_codes"}
    assert Mail.objects.filter(person=person, key__startswith="notice:passkey_added").count() == 1


def test_a_passkey_beside_the_password_and_once_more_before_a_change(phone, live_server):
    person = UserFactory(role=Role.OFFICER)
    device(phone)
    sign_in(phone, person)
    phone.get_by_role("link", name="With a passkey").click()
    phone.get_by_role("button", name="Add a passkey").click()
    expect(phone).to_have_url(re.compile("/2fa/recovery-codes/"))
    sign_out(phone)
    sign_in(phone, person)
    expect(phone).to_have_url(re.compile("/2fa/authenticate/"))
    no_barrier(phone)
    phone.get_by_role("button", name="Use my passkey").click()
    expect(phone).to_have_url(f"{live_server.url}/")
    phone.goto("/accounts/2fa/webauthn/reauthenticate/?next=/accounts/2fa/totp/activate/")
    no_barrier(phone)
    phone.get_by_role("button", name="Use my passkey").click()
    expect(phone).to_have_url(f"{live_server.url}/accounts/2fa/totp/activate/")
    no_barrier(phone)


def test_a_device_that_does_not_know_who_holds_it_is_no_passkey(phone):
    """Without finger, face or PIN whoever found it would be in."""
    session, number = device(phone)
    sign_in(phone, UserFactory())
    phone.get_by_role("link", name="With a passkey").click()
    session.send("WebAuthn.setUserVerified", {"authenticatorId": number, "isUserVerified": False})
    phone.get_by_role("button", name="Add a passkey").click()
    expect(phone.locator("[data-passkey-trouble]")).to_be_visible()
    no_barrier(phone)
    assert not Authenticator.objects.exists()


def test_codes_from_the_first_sign_in_and_a_recovery_code_when_the_phone_is_lost(
    phone, live_server
):
    person = UserFactory()
    sign_in(phone, person)
    phone.get_by_role("link", name="With codes from an app").click()
    expect(phone.locator("img.qr")).to_be_visible()
    no_barrier(phone)
    secret = phone.locator("main code").inner_text()
    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    phone.locator("input[name=code]").fill(code)
    phone.get_by_role("button", name="Switch it on").click()
    expect(phone).to_have_url(re.compile("/2fa/recovery-codes/"))
    recovery = phone.locator("main code").first.inner_text()
    phone.locator("main").get_by_role("link", name=re.compile("written")).click()
    expect(phone).to_have_url(f"{live_server.url}/")
    for expected in (f"{live_server.url}/", re.compile("/2fa/authenticate/")):
        sign_out(phone)
        sign_in(phone, person)
        phone.locator("input[name=code]").fill(recovery)
        phone.get_by_role("button", name="Sign in", exact=True).click()
        expect(phone).to_have_url(expected)
    no_barrier(phone)


def test_the_other_pages_of_ones_account_have_no_barrier(phone, settings):
    settings.SECOND_FACTOR_ROLES = frozenset()
    for address in ("/accounts/login/", "/accounts/password/reset/", "/accounts/inactive/"):
        phone.goto(address)
        no_barrier(phone)
    person = UserFactory()
    phone.goto("/accounts/password/reset/")
    phone.locator("input[name=email]").fill(person.email)
    phone.get_by_role("button", name="Send me the link").click()
    expect(phone).to_have_url(re.compile("/reset/done/"))
    no_barrier(phone)
    phone.goto(reset_link(person).removeprefix(settings.BASE_URL))
    no_barrier(phone)
    phone.goto("/accounts/password/reset/key/1-void/")
    no_barrier(phone)
    sign_in(phone, person)
    expect(phone).to_have_url(re.compile("/$"))
    for address in ("/accounts/sessions/", "/accounts/password/change/", "/accounts/2fa/"):
        phone.goto(address)
        no_barrier(phone)
    phone.goto("/accounts/2fa/webauthn/add/")
    expect(phone).to_have_url(re.compile("/accounts/reauthenticate/"))
    no_barrier(phone)
