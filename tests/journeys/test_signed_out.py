"""Signed out while writing, on a phone and without scripts: nothing typed is lost."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from tests.factories.cases import CaseFactory
from tests.factories.people import PASSWORD, UserFactory
from tracker.models import Action

LONG = "https://example.org/" + "a" * 180


@pytest.mark.once
@pytest.mark.parametrize("scripts", [True, False])
def test_a_note_written_too_long_is_sent_after_signing_in(
    chromium, live_server, transactional_db, scripts
):
    person = UserFactory()
    case = CaseFactory(reference="LONG-1", lead=person)
    context = chromium.new_context(
        base_url=live_server.url,
        viewport={"width": 360, "height": 740},
        java_script_enabled=scripts,
        locale="en-GB",
    )
    page = context.new_page()

    def sign_in() -> None:
        page.locator("input[name=login]").fill(person.email)
        page.locator("input[name=password]").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()

    page.goto(f"/cases/{case.reference}/contacts/new/")
    sign_in()
    page.locator("select[name=kind]").select_option("phone_call")
    page.locator("textarea[name=note]").fill(f"First line.\n\n<b>{LONG}</b>")
    Session.objects.all().delete()
    page.get_by_role("button", name="Log it").click()
    expect(page).to_have_url(re.compile("next=/unsent/"))
    expect(page.locator(".messages").get_by_text(re.compile(r"\w"))).to_be_visible()
    sign_in()
    expect(page.locator("#unsent")).to_be_visible()
    expect(page.locator("select[name=kind]")).to_have_value("phone_call")
    expect(page.locator("textarea[name=note]")).to_have_value(f"First line.\n\n<b>{LONG}</b>")
    if scripts:
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        assert Axe().run(page).response["violations"] == []
    page.get_by_role("button", name="Log it").click()
    expect(page.locator(".message.tone-green")).to_be_visible()
    assert Action.objects.get().note.replace("\r\n", "\n") == f"First line.\n\n<b>{LONG}</b>"
    context.close()
