"""A browser without scripts: the menu, the filters and the status form work all the same."""

import pytest

from tests.factories.people import PASSWORD
from tests.now import NOW
from tracker.services.demonstration import load_demo


@pytest.mark.once
def test_the_way_from_the_menu_to_a_saved_filter_and_the_status_form(
    chromium, live_server, transactional_db
):
    load_demo(password=PASSWORD, at=NOW)
    context = chromium.new_context(
        base_url=live_server.url,
        viewport={"width": 360, "height": 740},
        java_script_enabled=False,
        locale="en-GB",
    )
    page = context.new_page()
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill("officer@demo.test")
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.locator("summary", has_text="Menu").click()
    page.locator(".menu__panel").get_by_role("link", name="Demands").click()
    page.locator("summary", has_text="More filters").click()
    page.locator("select[name=status]").select_option("awaiting")
    page.get_by_role("button", name="Show").click()
    assert "status=awaiting" in page.url
    page.locator(".list .title a").first.click()
    page.get_by_role("link", name="Change the status").click()
    assert page.url.endswith("/status/")
    assert page.get_by_role("button", name="Save the new status").is_visible()
    context.close()
