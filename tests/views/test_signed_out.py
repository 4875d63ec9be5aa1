"""What was sent after the session had ended: said to be lost, and no dead end after sign-in."""

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from tests.factories.deadlines import DeadlineFactory
from tests.factories.demands import DemandFactory
from tracker.urls import urlpatterns
from tracker.views.signed_out import PAGE_OF

SAMPLES = {
    "pk": 1,
    "proposal": 1,
    "number": 1,
    "year": 2026,
    "code": "kg",
    "reference": "A-1",
    "slug": "x",
    "action": "close",
    "secret": "s",
}


def sign_in_again(client: Client, person, address: str) -> str:
    """The page the sign-in form leads to, asked for with the new session."""
    entrance = client.get(address)
    assert "so this was not saved. Sign in, then enter it once more." in entrance.text
    target = entrance.context["redirect_field_value"]
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get(target)
    assert page.status_code == 200
    assert "what you sent before signing in was not saved" in page.text
    assert "what you sent before signing in" not in client.get("/").text
    return target


def test_a_form_sent_after_the_session_ended_is_said_to_be_lost(client, owner, case):
    demand = DemandFactory(case=case, number=1)
    sent = client.post(f"/demands/{demand.pk}/status/", {"reason": "Long words."})
    assert sent.status_code == 302
    assert sign_in_again(client, owner, sent.url) == f"/demands/{demand.pk}/status/"


def test_after_a_button_one_lands_on_the_page_of_the_deadline(client, owner, case):
    deadline = DeadlineFactory(case=case)
    sent = client.post(f"/deadlines/{deadline.pk}/acknowledge/")
    assert sign_in_again(client, owner, sent.url) == f"/deadlines/{deadline.pk}/"


def test_a_page_only_looked_at_loses_nothing(client, case):
    seen = client.get(f"/cases/{case.reference}/")
    assert seen.status_code == 302 and "not_saved" not in seen.cookies


def test_signing_out_loses_nothing(signed_in, owner):
    client = signed_in(owner)
    assert client.post("/accounts/logout/").status_code == 302
    client.post("/accounts/logout/")
    assert "not_saved" not in client.cookies


@pytest.mark.django_db
def test_every_address_that_cannot_be_shown_has_a_page_to_land_on():
    client = Client()
    found = set()
    for pattern in urlpatterns:
        name = getattr(pattern, "name", None)
        if name is None:
            continue
        wanted = pattern.pattern.regex.groupindex
        try:
            address = reverse(name, kwargs={key: SAMPLES[key] for key in wanted})
        except NoReverseMatch:
            pytest.fail(f"no sample for {name}")
        if client.get(address).status_code == 405:
            found.add(name)
    assert found - {"set_language"} == set(PAGE_OF)
