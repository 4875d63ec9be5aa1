"""Every page in a real browser: no barrier, no sideways scrolling, no complaint of the browser."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser import drawn
from tests.factories.people import PASSWORD
from tests.now import NOW
from tracker.models import Authority, Case, Deadline, Demand, Document, Mail, User
from tracker.services.demonstration import load_demo
from tracker.services.intake import start_draft
from tracker.services.people.account_changes import ask_change
from tracker.services.reminders.sweep import run_sweep

pytestmark = pytest.mark.once

# Of the packaged admin only what is ours to keep right is judged in its own tests.
PAGES = (
    "/",
    "/agenda/",
    "/agenda/?view=week",
    "/agenda/?view=day",
    "/agenda/unscheduled/",
    "/cases/",
    "/cases/new/",
    "/cases/LAWYERS-2020/",
    "/cases/BIRDUINO-2020/",
    "/demands/",
    "/deadlines/",
    "/authorities/",
    "/reminders/",
    "/reports/",
    "/accounts/me/",
    "/accounts/feeds/",
    "/accounts/sessions/",
    "/accounts/reauthenticate/",
    "/accounts/cut-off/",
    "/accounts/travel/",
)
# What is changed of a case, each on a page of its own.
CASE_PAGES = (
    "facts",
    "lead",
    "phase",
    "confidentiality",
    "team",
    "close",
    "demands/new",
    "addressees/new",
)


@pytest.fixture
def addresses(transactional_db, inbox) -> list[str]:
    """The demonstration's pages, with one of each kind that has a number of its own."""
    now = NOW
    load_demo(password=PASSWORD, at=now)
    run_sweep(at=now, worker="test")
    demand = Demand.objects.filter(case__reference="LAWYERS-2020").order_by("number").first()
    single = [
        f"/demands/{demand.pk}/",
        f"/demands/{demand.pk}/edit/",
        f"/demands/{demand.pk}/status/",
        *(f"/cases/LAWYERS-2020/{page}/" for page in CASE_PAGES),
        f"/cases/{demand.case.reference}/dates/new/?demand={demand.number}",
        f"/deadlines/{Deadline.objects.filter(kind='statutory').order_by('pk').first().pk}/",
        f"/cases/{demand.case.reference}/show/contacts/",
        f"/documents/{Document.objects.order_by('pk').first().code}/",
        f"/authorities/{demand.case.addressees.first().authority.slug}/",
        f"/reminders/mails/{Mail.objects.get(person__role='officer').pk}/",
    ]
    return [*PAGES, *single]


@pytest.fixture
def visit(chromium: Browser, live_server, addresses):
    """`visit(...)`: a signed-in person's page in a browser with these preferences."""
    contexts = []

    def open_with(*, role: str = "officer", **preferences) -> Page:
        context = chromium.new_context(base_url=live_server.url, locale="en-GB", **preferences)
        contexts.append(context)
        page = context.new_page()
        page.goto("/accounts/login/")
        page.locator("input[name=login]").fill(User.objects.get(role=role).email)
        page.locator("input[name=password]").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url(f"{live_server.url}/")
        return page

    yield open_with
    for context in contexts:
        context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_barrier_that_axe_can_find(visit, addresses, scheme):
    page = visit(color_scheme=scheme, reduced_motion="reduce")
    axe = Axe()
    found = {}
    for address in addresses:
        assert page.goto(address).ok, address
        for violation in axe.run(page).response["violations"]:
            places = [node["target"] for node in violation["nodes"]][:3]
            found[f"{address} {violation['id']}"] = places
    assert found == {}


def test_the_pages_of_whoever_runs_the_team_have_no_barrier(visit, addresses):
    """On a small phone too: somebody is cut off from there."""
    page = visit(role="coordinator", viewport={"width": 360, "height": 740}, is_mobile=True)
    officer = User.objects.get(role="officer")
    coordinator = User.objects.get(role="coordinator")
    ask_change(
        person=officer, kind="address", new_address="n@demo.test", reason="x", by=officer, at=NOW
    )
    axe, found = Axe(), {}
    at = f"/people/{officer.pk}/"
    for address in (
        *("/people/", "/people/new/", at, f"{at}role/", f"{at}leave/", f"{at}cut-off/"),
        *(f"/people/{coordinator.pk}/ask/address/", "/emergency/", "/accounts/travel/"),
    ):
        assert page.goto(address).ok, address
        if (width := page.evaluate("document.documentElement.scrollWidth")) > 360:
            found[f"{address} is too wide"] = width
        if low := page.evaluate(TOO_LOW):
            found[f"{address} is too low"] = low
        for violation in axe.run(page).response["violations"]:
            places = [node["target"] for node in violation["nodes"]][:3]
            found[f"{address} {violation['id']}"] = places
    assert found == {}


def test_the_editing_desk_meets_the_guidelines_at_level_aa(visit, addresses):
    """Its markup is the framework's; what goes beyond the guidelines is not ours to ask."""
    page = visit(reduced_motion="reduce")
    guidelines = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
    axe = Axe()
    case = Case.objects.get(reference="LAWYERS-2020")
    found = {}
    for table in ("", "tracker/case/", "tracker/reminder/", f"tracker/case/{case.pk}/change/"):
        assert page.goto(f"/admin/{table}").ok, table
        for violation in axe.run(page, options=guidelines).response["violations"]:
            places = [node["target"] for node in violation["nodes"]][:3]
            found[f"{table} {violation['id']}"] = places
    assert found == {}


def test_no_page_scrolls_sideways_on_a_small_phone(visit, addresses):
    page = visit(viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True)
    too_wide = {}
    for address in addresses:
        page.goto(address)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > 360:
            too_wide[address] = width
    assert too_wide == {}


@pytest.mark.parametrize("width", [360, 1280])
def test_a_word_without_an_end_widens_no_page(visit, addresses, width):
    address = "https://example.org/" + "a" * 180
    Case.objects.update(title=address)
    Deadline.objects.update(title=address)
    Authority.objects.update(name=address)
    Document.objects.update(title=address, publisher=address)
    page = visit(viewport={"width": width, "height": 740})
    too_wide = {}
    for path in addresses:
        page.goto(path)
        reached = page.evaluate("document.documentElement.scrollWidth")
        if reached > width:
            too_wide[path] = reached
    assert too_wide == {}


# Words of the page that stand on two lines.
BROKEN_WORDS = """() => {
  const found = [], walker = document.createTreeWalker(document.querySelector("main"), 4);
  for (let node; (node = walker.nextNode());)
    for (const word of node.data.matchAll(/[\\p{L}\\d]{3,}/gu)) {
      const range = document.createRange();
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      const boxes = [...range.getClientRects()].filter((box) => box.width);
      if (new Set(boxes.map((box) => Math.round(box.top))).size > 1) found.push(word[0]);
    }
  return found;
}"""


# What is pressed and lower than a thumb needs; the numbers within a text are part of its lines.
TOO_LOW = """() => {
  const pressed = "a:not(.mark-number), button, summary, select, input:not([type=hidden])";
  return [...document.querySelectorAll(`main :is(${pressed})`)]
    .filter((one) => one.checkVisibility() && !one.closest(".sr-only"))
    .map((one) => one.closest("label") ?? one)
    .filter((one) => one.offsetWidth && one.getBoundingClientRect().height < 43.5)
    .map((one) => one.textContent.trim().slice(0, 40));
}"""


def test_everything_can_be_hit_with_a_thumb(visit, addresses):
    page = visit(viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True)
    low = {}
    for address in addresses:
        page.goto(address)
        if found := page.evaluate(TOO_LOW):
            low[address] = found
    assert low == {}


# Buttons of the bar at the thumb whose words reach beyond them, or that reach beyond the screen.
CLIPPED = """() => [...document.querySelectorAll(".actions--main > *")]
  .filter((one) => one.scrollWidth > one.clientWidth || one.scrollHeight > one.clientHeight
    || one.getBoundingClientRect().left < 0 || one.getBoundingClientRect().right > innerWidth)
  .map((one) => one.textContent.trim())"""


def test_the_bar_at_the_thumb_clips_no_word(visit, addresses):
    officer = User.objects.get(role="officer")
    draft = start_draft(text="We demand an answer.", by=officer, at=NOW)
    page = visit(viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True)
    clipped = {}
    for address in [*addresses, f"/cases/new/{draft.pk}/?appeal=1"]:
        page.goto(address)
        if words := page.evaluate(CLIPPED):
            clipped[address] = words
    assert page.locator(".actions--main > button").count() == 2
    assert clipped == {}


@pytest.mark.parametrize("width", [360, 1280])
def test_no_word_is_broken_in_a_list(visit, width):
    page = visit(viewport={"width": width, "height": 800})
    broken = {}
    for path in ("/", "/cases/", "/demands/", "/deadlines/", "/authorities/", "/reminders/"):
        page.goto(path)
        if words := page.evaluate(BROKEN_WORDS):
            broken[path] = words
    assert broken == {}


def test_the_browser_complains_of_nothing(visit, addresses):
    page = visit()
    complaints: list[str] = []

    def failed(request):
        # The next address cuts short what the page before still fetched, its icon say.
        if request.failure != "net::ERR_ABORTED":
            complaints.append(f"{page.url}: {request.url} {request.failure}")

    page.on("console", lambda message: complaints.append(f"{page.url}: {message.text}"))
    page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
    page.on("requestfailed", failed)
    for address in addresses:
        page.goto(address)
        drawn(page)
    assert complaints == []


def test_a_status_can_be_changed_without_javascript(visit):
    page = visit(java_script_enabled=False)
    demand = Demand.objects.filter(case__reference="LAWYERS-2020", number=2).get()
    page.goto(f"/demands/{demand.pk}/")
    page.get_by_role("link", name="Change the status").click()
    assert re.search(r"/demands/\d+/status/$", page.url)
    page.locator("input[name=to_status][value=not_assessable]").check()
    page.locator("input[name=happened_on]").fill("2020-03-02")
    page.locator("textarea[name=reason]").fill("Nothing could be learnt about it.")
    page.get_by_role("button", name="Save the new status").click()
    assert page.url.endswith(f"/demands/{demand.pk}/")
    demand.refresh_from_db()
    assert demand.status == "not_assessable"
