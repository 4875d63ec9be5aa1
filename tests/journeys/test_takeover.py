"""A stranger at an unlocked browser, eleven minutes after its owner last typed anything secret."""

import re

import pytest
from playwright.sync_api import expect

from tests.now import NOW
from tests.views.test_takeover import GUESS, LATER, NEW, what_opens_the_account
from tracker.models import Event, Mail
from tracker.services.security_notices import Notice

pytestmark = pytest.mark.once

ASKED = re.compile("/reauthenticate/")


@pytest.fixture
def unlocked(chromium, live_server, transactional_db, long_signed_in, owner, time_machine):
    context = chromium.new_context(base_url=live_server.url, locale="en-GB")
    session = long_signed_in(owner).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    time_machine.move_to(NOW + LATER)
    yield context.new_page()
    context.close()


def test_whatever_is_clicked_asks_for_what_only_the_owner_knows(unlocked, owner):
    before = what_opens_the_account(owner)
    for link in ("Add a passkey", "Set up an app"):
        unlocked.goto("/accounts/2fa/")
        unlocked.get_by_role("link", name=link).click()
        expect(unlocked).to_have_url(ASKED)
    unlocked.locator("input[name=password]").fill(GUESS)
    unlocked.get_by_role("button", name="Go on").click()
    expect(unlocked.locator("input[name=password][aria-invalid=true]")).to_be_visible()

    for address in ("/accounts/feeds/", "/demands/export/"):
        unlocked.goto(address)
        expect(unlocked).to_have_url(ASKED)

    unlocked.goto("/accounts/me/")
    unlocked.get_by_role("link", name="Change my password").click()
    unlocked.locator("input[name=oldpassword]").fill(GUESS)
    for field in ("password1", "password2"):
        unlocked.locator(f"input[name={field}]").fill(NEW)
    unlocked.get_by_role("button", name="Change my password").click()
    expect(unlocked.locator("input[name=oldpassword][aria-invalid=true]")).to_be_visible()

    assert what_opens_the_account(owner) == before
    assert Event.objects.about(owner).filter(action="person.proof_failed").count() == 2
    [mail] = Mail.objects.filter(kind=Mail.Kind.NOTICE)
    assert mail.to_address == owner.email
    assert str(Notice.PROOF_FAILED.label) in mail.body_text
