"""The sign-in page leaves a trace: of who came in and went, and of who could not."""

from tests.factories.people import PASSWORD
from tracker.models import Event


def told() -> list[tuple]:
    return list(Event.objects.order_by("pk").values_list("action", "object_id", "by_id"))


def sign_in(client, email: str, password: str):
    return client.post("/accounts/login/", {"login": email, "password": password})


def test_signing_in_and_out_is_told(client, owner):
    assert sign_in(client, owner.email, PASSWORD).status_code == 302
    assert told() == [("person.sign_in", owner.pk, owner.pk)]
    client.post("/accounts/logout/")
    assert told()[1:] == [("person.sign_out", owner.pk, owner.pk)]


def test_a_failure_is_told_of_a_known_account_only(client, owner):
    assert sign_in(client, owner.email, "not it").status_code == 200
    assert sign_in(client, "nobody@example.org", "not it").status_code == 200
    assert told() == [("person.sign_in_failed", owner.pk, None)]
    words = list(Event.objects.get().values.values_list("new", flat=True))
    assert words == [str(owner)]
