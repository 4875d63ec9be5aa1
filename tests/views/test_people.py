"""Colleagues and their accounts, on the pages of the site."""

import pytest

from tests import pages
from tests.factories.people import UserFactory
from tests.now import TODAY
from tests.pages import errors, levels
from tracker.models import Event, Role, User


@pytest.mark.parametrize(
    ("role", "status"),
    [("viewer", 403), ("officer", 403), ("coordinator", 200), ("administrator", 200)],
)
def test_whoever_runs_the_team_sees_the_people(signed_in, stranger, colleague, role, status):
    stranger.role = role
    stranger.save()
    client = signed_in(stranger)
    for address in ("/people/", f"/people/{colleague.pk}/cut-off/"):
        assert (address, client.get(address).status_code) == (address, status)
    assert ("/people/" in pages.links(client.get("/"))) == (status == 200)


def test_the_list_asks_as_often_for_many_as_for_one(
    signed_in, coordinator, django_assert_num_queries, django_assert_max_num_queries
):
    client = signed_in(coordinator)
    client.get("/people/")
    with django_assert_max_num_queries(20) as first:
        client.get("/people/")
    UserFactory.create_batch(3, role=Role.VIEWER)
    with django_assert_num_queries(len(first)):
        client.get("/people/")


def test_a_coordinator_cuts_a_colleague_off_in_two_clicks(signed_in, coordinator, stranger):
    client, theirs = signed_in(coordinator), signed_in(stranger)
    [first] = [a for a in pages.links(client.get("/people/")) if f"/{stranger.pk}/cut-off/" in a]
    assert client.get(first).status_code == 200
    answer = client.post(first, follow=True)
    assert levels(answer) == ["success"]
    assert theirs.get("/cases/").status_code == 302
    assert Event.objects.get(action="person.cut_off").by_id == coordinator.pk


def test_an_officer_cuts_nobody_off_but_oneself(signed_in, stranger, colleague):
    client, theirs = signed_in(stranger), signed_in(colleague)
    assert client.post(f"/people/{colleague.pk}/cut-off/").status_code == 403
    assert theirs.get("/cases/").status_code == 200
    assert "/accounts/cut-off/" in pages.links(client.get("/accounts/me/"))
    elsewhere = signed_in(stranger)
    answer = client.post("/accounts/cut-off/", {"sure": "1"})
    assert (answer.status_code, answer.url) == (302, "/accounts/login/")
    for browser in (client, elsewhere):
        assert browser.get("/cases/").status_code == 302
    assert levels(client.get("/accounts/login/")) == ["success"]


def test_a_form_without_its_word_cuts_nobody_off(signed_in, stranger):
    client = signed_in(stranger)
    assert client.post("/accounts/cut-off/").status_code == 200
    assert User.objects.get(pk=stranger.pk).cut_offs == 0


def test_somebody_who_is_not_there_is_not_found(signed_in, coordinator):
    assert signed_in(coordinator).get("/people/999999/cut-off/").status_code == 404


def test_a_reduced_view_hides_the_case_on_every_page(signed_in, owner, coordinator, team_case):
    client = signed_in(owner)
    assert client.get("/cases/TEAM-1/").status_code == 200
    answer = client.post("/accounts/travel/", {"until": "", "sure": "on"})
    assert (answer.status_code, answer.url) == (302, "/accounts/travel/")
    for address in ("/", "/cases/", "/demands/", "/deadlines/", "/agenda/", "/admin/tracker/case/"):
        assert "TEAM-1" not in client.get(address).text
    assert client.get("/cases/TEAM-1/").status_code == 404
    assert client.get("/reminders/").status_code == 200
    answer = client.post("/accounts/travel/", {"until": TODAY.isoformat(), "sure": "on"})
    assert (answer.status_code, list(errors(answer))) == (422, ["until"])
    assert client.post(f"/people/{owner.pk}/travel/end/").status_code == 403
    other = signed_in(coordinator)
    assert f"/people/{owner.pk}/travel/end/" in pages.actions(other.get("/people/"))
    assert levels(other.post(f"/people/{owner.pk}/travel/end/", follow=True)) == ["success"]
    assert client.get("/cases/TEAM-1/").status_code == 200
