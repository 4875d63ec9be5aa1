"""Two colleagues with real browsers change the same demand of the lawyers' appeal."""

import datetime

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.factories.people import PASSWORD
from tracker.models import Case, Demand, StatusChange, User
from tracker.services.loading import load_case_file, load_reference

LOADED = datetime.datetime(2026, 1, 5, 9, tzinfo=datetime.UTC)
REASON = "The time to answer passed and nothing was done."


@pytest.fixture
def lawyers_appeal(transactional_db) -> Case:
    load_reference(at=LOADED)
    return load_case_file(name="lawyers-2020", at=LOADED).case


@pytest.fixture
def browse(chromium: Browser, live_server):
    """`browse(person)`: a page in a browser of their own, signed in through the form."""
    contexts = []

    def open_for(person: User) -> Page:
        context = chromium.new_context(base_url=live_server.url, locale="en-GB")
        contexts.append(context)
        page = context.new_page()
        page.goto("/")
        page.locator("input[name=login]").fill(person.email)
        page.locator("input[name=password]").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url(f"{live_server.url}/")
        return page

    yield open_for
    for context in contexts:
        context.close()


def fill_status_form(page: Page, *, status: str, reason: str) -> None:
    page.locator(f"input[name=to_status][value={status}]").check()
    page.locator("input[name=happened_on]").fill("2020-02-05")
    page.locator("textarea[name=reason]").fill(reason)
    page.locator("[name=source-0-claim]").fill("No answer came in fourteen working days.")
    page.locator("input[name=source-0-title]").fill("Register of incoming letters")
    page.locator("input[name=source-0-url]").fill("https://register.example.org/2020")


def test_the_second_editor_sees_what_the_first_did_and_loses_nothing(
    lawyers_appeal, owner, colleague, browse
):
    first = Demand.objects.get(case=lawyers_appeal, number=1)

    # The first editor: from the desk to the case, to the demand, to the form.
    mine = browse(owner)
    expect(mine.get_by_role("heading", level=1)).to_be_visible()
    mine.get_by_role("link", name="Cases").first.click()
    mine.get_by_role("link", name="LAWYERS-2020").first.click()
    expect(mine.locator("body")).to_contain_text("LAWYERS-2020")
    mine.locator(f"a[href='/demands/{first.pk}/']").first.click()
    mine.get_by_role("link", name="Change the status").click()
    fill_status_form(mine, status="not_implemented", reason=REASON)

    # The second has the same form open meanwhile.
    theirs = browse(colleague)
    theirs.goto(f"/demands/{first.pk}/status/")
    fill_status_form(theirs, status="under_consideration", reason="They asked for more time.")

    # The first saves, and finds the step in the history.
    mine.get_by_role("button", name="Save the new status").click()
    expect(mine.locator("#history")).to_contain_text(REASON)
    expect(mine.locator("#history")).to_contain_text("Register of incoming letters")
    expect(mine.locator("#history")).to_contain_text(owner.name)

    # The second is shown what the first did, with everything they typed still there.
    theirs.get_by_role("button", name="Save the new status").click()
    expect(theirs.get_by_role("heading", level=1)).to_have_text("A colleague was quicker")
    expect(theirs.get_by_role("alert").first).to_contain_text(REASON)
    expect(theirs.get_by_role("alert").first).to_contain_text(owner.name)
    expect(theirs.locator("textarea[name=reason]")).to_have_value("They asked for more time.")
    assert StatusChange.objects.filter(demand=first).count() == 1

    # And in the editing desk it stands as well, for reading only.
    change = StatusChange.objects.get(demand=first)
    assert (change.to_status, change.by, change.seq) == ("not_implemented", owner, 1)
    mine.goto(f"/admin/tracker/statuschange/{change.pk}/change/")
    expect(mine.locator("#content")).to_contain_text(REASON)
    expect(mine.locator("input[name=_save]")).to_have_count(0)
    first.refresh_from_db()
    assert (first.status, first.status_seq) == ("not_implemented", 1)
