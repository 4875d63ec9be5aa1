"""The desk in a real browser: nothing its policy blocks, nothing wider than the telephone."""

import re

import pytest
from django.contrib import admin
from django.urls import reverse

from tests.admin.conftest import furnish
from tests.browser import drawn
from tests.factories.people import UserFactory
from tracker.models import Authority, Case, Role

pytestmark = pytest.mark.once


@pytest.fixture
def rows(transactional_db):
    """An administrator, and one row of every table of a case they lead."""
    person = UserFactory(role=Role.ADMINISTRATOR, name="Ada")
    case = Case.objects.create(reference="OPEN-1", title="An open appeal", lead=person)
    return {**furnish(case, "Plain", person), "person": person}


@pytest.fixture
def desk(chromium, live_server, rows, signed_in):
    """`desk(...)`: a signed-in page, and what its browser complains of."""
    contexts = []

    def open_with(**preferences):
        context = chromium.new_context(base_url=live_server.url, locale="en-GB", **preferences)
        contexts.append(context)
        session = signed_in(rows["person"]).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page = context.new_page()
        complaints = []
        page.on("console", lambda line: line.type != "error" or complaints.append(line.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page, complaints

    yield open_with
    for context in contexts:
        context.close()


def addresses(rows) -> list[str]:
    found = [reverse("admin:index")]
    for model in admin.site._registry:
        found.append(reverse(f"admin:tracker_{model._meta.model_name}_changelist"))
    for name in ("case", "addressee", "demand", "deadline", "document", "person"):
        row = rows[name]
        table = f"admin:tracker_{row._meta.model_name}"
        found += [
            reverse(f"{table}_change", args=[row.pk]),
            reverse(f"{table}_history", args=[row.pk]),
        ]
        if name != "person":  # who is invited, on the staff pages
            found.append(reverse(f"{table}_add"))
    return found


@pytest.mark.parametrize(
    "preferences",
    [
        {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
        {"viewport": {"width": 360, "height": 740}, "color_scheme": "dark"},
    ],
    ids=["wide-light", "phone-dark"],
)
def test_no_page_is_blocked_or_too_wide(desk, rows, preferences):
    page, complaints = desk(**preferences)
    for address in addresses(rows):
        assert page.goto(address).status == 200, address
        drawn(page)
        too_wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert too_wide <= 0, address
        assert complaints == [], address


def test_rows_are_added_and_looked_up_under_the_strict_policy(desk, rows):
    page, complaints = desk()
    page.goto(reverse("admin:tracker_case_change", args=[rows["case"].pk]))
    page.locator("#demands-group").get_by_text("Add another Demand").click()
    page.locator("#id_demands-1-text").fill("Let them work.")
    page.locator("#addressees-group").get_by_text("Add another Addressee").click()
    page.locator("#addressees-1 .select2-selection").first.click()
    page.locator(".select2-search__field").fill(rows["authority"].name)
    page.locator(".select2-results__option", has_text=rows["authority"].name).first.click()
    page.get_by_role("button", name="Save and continue editing").first.click()
    page.get_by_text(re.compile("was changed successfully")).wait_for()
    assert rows["case"].demands.get(number=2).text == "Let them work."
    assert rows["case"].addressees.get(number=2).authority == rows["authority"]
    assert complaints == []


def test_a_related_row_is_added_in_a_window_of_its_own(desk, rows):
    page, complaints = desk()
    page.goto(reverse("admin:tracker_addressee_add"))
    with page.expect_popup() as opened:
        page.locator("#add_id_authority").click()
    window = opened.value
    window.locator("#id_name").fill("A new office")
    window.locator("#id_slug").fill("a-new-office")
    window.locator("#id_kind").select_option("court")
    with window.expect_event("close"):
        window.get_by_role("button", name="Save").click()
    page.locator(".select2-selection__rendered", has_text="A new office").wait_for()
    assert Authority.objects.filter(name="A new office").exists()
    assert complaints == []


def test_the_second_editor_sees_the_first_and_saves_on_top(desk, rows):
    case = rows["case"]
    first, _complaints = desk()
    second, _complaints = desk()
    address = reverse("admin:tracker_case_change", args=[case.pk])
    for page in (first, second):
        page.goto(address)
    first.locator("#id_title").fill("The first title")
    first.get_by_role("button", name="Save", exact=True).first.click()
    second.locator("#id_place").fill("Osh")
    second.get_by_role("button", name="Save", exact=True).first.click()
    told = second.locator(".conflict").filter(has_text="The first title")
    told.wait_for()
    assert second.locator("#id_place").input_value() == "Osh"
    second.get_by_role("button", name="Save", exact=True).first.click()
    second.get_by_text(re.compile("was changed successfully")).wait_for()
    case.refresh_from_db()
    assert (case.title, case.place, case.version) == ("The first title", "Osh", 3)
