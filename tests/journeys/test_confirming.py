"""A file is asked for by somebody who signed in a while ago, in a real browser."""

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.contrib.sessions.models import Session

from tests.factories.cases import CaseFactory
from tests.factories.demands import DemandFactory
from tests.factories.people import PASSWORD, UserFactory
from tracker.services.sessions import SessionStore

pytestmark = pytest.mark.once


def long_ago() -> None:
    """All that was proved in any session is too old."""
    for row in Session.objects.all():
        session = SessionStore(row.pk)
        for record in session.get(AUTHENTICATION_METHODS_SESSION_KEY, []):
            record["at"] -= 3600
            session.modified = True
        session.save()


def test_the_file_comes_after_the_password_and_the_way_back_is_there(page):
    person = UserFactory(email="officer@example.org")
    DemandFactory(case=CaseFactory(lead=person))
    page.goto("/accounts/login/?next=/demands/")
    page.locator("input[name=login]").fill(person.email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/demands/")
    long_ago()
    page.goto("/demands/")
    page.locator("a[href*='/demands/export/']").click()
    page.wait_for_url("**/accounts/reauthenticate/**")
    page.locator("input[name=password]").fill(PASSWORD)
    with page.expect_download() as waiting:
        page.locator("main form button").click()
    assert waiting.value.suggested_filename.startswith("demands-")
    page.get_by_role("link", name="Back to the page").click()
    page.wait_for_url("**/demands/")
