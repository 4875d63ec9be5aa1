"""What was sent after the session had ended: said to be lost, and no dead end after sign-in."""

from django.test import Client

from tests.factories.deadlines import DeadlineFactory
from tests.factories.demands import DemandFactory
from tests.factories.people import PASSWORD
from tests.pages import levels


def sign_in_again(client: Client, person, address: str) -> str:
    """The page the sign-in form leads to, asked for with the new session."""
    entrance = client.get(address)
    assert levels(entrance) == ["warning"]
    target = entrance.context["redirect_field_value"]
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get(target)
    assert page.status_code == 200
    assert levels(page) == ["warning"]
    assert levels(client.get("/")) == []
    return target


def test_a_form_sent_after_the_session_ended_is_said_to_be_lost(client, owner, case):
    demand = DemandFactory(case=case, number=1)
    sent = client.post(f"/demands/{demand.pk}/status/", {"reason": "Long words."})
    assert sent.status_code == 302
    assert sign_in_again(client, owner, sent.url) == f"/demands/{demand.pk}/status/"


def test_after_a_button_one_lands_on_the_page_of_the_deadline(client, owner, case):
    deadline = DeadlineFactory(case=case)
    page = f"/deadlines/{deadline.pk}/"
    sent = client.post(f"{page}acknowledge/", {"form_page": page})
    assert sign_in_again(client, owner, sent.url) == page


def test_the_address_of_a_button_opened_signed_out_leads_home(client, owner, case):
    address = f"/deadlines/{DeadlineFactory(case=case).pk}/acknowledge/"
    entrance = client.get(address).url
    page = client.post(entrance, {"login": owner.email, "password": PASSWORD}, follow=True)
    assert [where for where, _status in page.redirect_chain] == [address, "/"]
    assert page.status_code == 200
    # Whoever is signed in and asks for it is a program, or mistyped.
    assert client.get(address).status_code == 405


def test_a_page_only_looked_at_loses_nothing(client, case):
    seen = client.get(f"/cases/{case.reference}/")
    assert seen.status_code == 302 and "not_saved" not in seen.cookies


def test_signing_out_loses_nothing(signed_in, owner):
    client = signed_in(owner)
    assert client.post("/accounts/logout/").status_code == 302
    client.post("/accounts/logout/")
    assert "not_saved" not in client.cookies
