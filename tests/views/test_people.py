"""Colleagues and their accounts, on the pages of the site."""

import datetime

import pytest
from allauth.mfa.models import Authenticator

from tests import pages
from tests.factories.demands import DemandFactory
from tests.factories.people import UserFactory
from tests.now import NOW, TODAY
from tests.pages import errors, levels
from tracker.models import (
    AccountChange,
    Case,
    Event,
    Invitation,
    Mail,
    Membership,
    Role,
    User,
)
from tracker.services.people.account_changes import apply_due_changes
from tracker.services.people.invitations import accept_invitation
from tracker.services.secret_links import invitation_secret


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


# Invitations


STRONG = "four unlikely words together"
ROLES = ("viewer", "officer", "coordinator", "administrator")


def invited(client, role="officer", email="new@example.org"):
    typed = {"name": "New Colleague", "email": email, "role": role, "language": "en"}
    return client.post("/people/new/", typed)


@pytest.mark.parametrize(
    ("by", "may"),
    [
        ("viewer", set()),
        ("officer", set()),
        ("coordinator", {"viewer", "officer"}),
        ("administrator", set(ROLES)),
    ],
)
def test_who_is_invited_as_what_by_whom(signed_in, stranger, by, may):
    stranger.role = by
    stranger.save()
    client = signed_in(stranger)
    for role in ROLES:
        answer = invited(client, role, f"{role}@new.example.org")
        refused = 422 if may else 403
        assert (role, answer.status_code) == (role, 302 if role in may else refused)
        assert User.objects.filter(email=f"{role}@new.example.org").exists() == (role in may)


def test_the_invited_choose_their_password_and_sign_in(signed_in, coordinator, client):
    answer = invited(signed_in(coordinator))
    person = User.objects.get(email="new@example.org")
    assert answer.url == f"/people/{person.pk}/"
    secret = invitation_secret(person)
    led = client.get(f"/accounts/invitation/{secret}/")
    assert (led.status_code, led.url) == (302, "/accounts/invitation/")
    page = client.get(led.url)
    assert page.status_code == 200
    assert secret not in page.text
    refused = client.post(led.url, {"password1": "short", "password2": "short"})
    assert refused.status_code == 422
    unlike = client.post(led.url, {"password1": STRONG, "password2": STRONG + "x"})
    assert (unlike.status_code, list(errors(unlike))) == (422, ["password2"])
    done = client.post(led.url, {"password1": STRONG, "password2": STRONG})
    assert (done.status_code, done.url) == (302, "/accounts/login/")
    entered = client.post("/accounts/login/", {"login": person.email, "password": STRONG})
    assert entered.status_code == 302
    assert User.objects.get(pk=person.pk).is_active


@pytest.mark.parametrize("way", ["used", "taken back", "run out", "never one"])
def test_a_link_that_is_void_says_no_more(signed_in, coordinator, client, way):
    office = signed_in(coordinator)
    invited(office)
    invitation = Invitation.objects.get()
    secret = "never" if way == "never one" else invitation_secret(invitation.person)
    if way == "used":
        accept_invitation(secret=secret, password=STRONG, at=NOW)
    elif way == "taken back":
        assert office.post(f"/people/invitations/{invitation.pk}/take-back/").status_code == 302
    elif way == "run out":
        Invitation.objects.update(expires_at=NOW)
    page = client.get(f"/accounts/invitation/{secret}/", follow=True)
    assert page.status_code == 404
    assert invitation.person.name not in page.text
    sent = client.post("/accounts/invitation/", {"password1": STRONG, "password2": STRONG})
    assert sent.status_code == 404


def test_who_is_invited_twice_gets_one_link_until_it_is_taken_back(signed_in, coordinator):
    office = signed_in(coordinator)
    invited(office)
    answer = invited(office, email="NEW@example.org")
    assert answer.status_code == 422
    said = "An invitation is on its way to this address. Send it again."
    assert errors(answer) == {"email": said}
    assert office.post(f"/people/invitations/{Invitation.objects.get().pk}/take-back/").url
    assert invited(office, "viewer").status_code == 302
    assert User.objects.get(email="new@example.org").role == Role.VIEWER
    assert Invitation.objects.open().count() == 1


def test_who_has_left_is_not_invited_and_it_says_who_lets_them_in(signed_in, coordinator, stranger):
    User.objects.filter(pk=stranger.pk).update(is_active=False)
    answer = invited(signed_in(coordinator), email=stranger.email)
    said = "The account is closed. An administrator opens it again at the editing desk."
    assert errors(answer) == {"email": said}


def test_a_link_for_a_new_password_goes_to_the_person_alone(signed_in, coordinator, stranger):
    answer = signed_in(coordinator).post(f"/people/{stranger.pk}/reset/")
    assert answer.status_code == 302
    mail = Mail.objects.get(secret_link=Mail.SecretLink.RESET)
    assert (mail.person, mail.to_address) == (stranger, stranger.email)


# Whose account one keeps


@pytest.mark.parametrize("by", ROLES)
@pytest.mark.parametrize("of", ROLES)
def test_whose_account_who_keeps(db, signed_in, by, of):
    actor, person = UserFactory(role=by), UserFactory(role=of)
    UserFactory(role=Role.ADMINISTRATOR)
    may = by == "administrator" or (by == "coordinator" and of in ("viewer", "officer"))
    client = signed_in(actor)
    assert client.post(f"/people/{person.pk}/reset/").status_code == (302 if may else 403)
    other = "viewer" if of != "viewer" else "officer"
    answer = client.post(f"/people/{person.pk}/role/", {"role": other})
    assert answer.status_code == (302 if may else 403)
    person.refresh_from_db()
    assert person.role == (other if may else of)
    answer = client.post(f"/people/{person.pk}/leave/", {"successor": "", "sure": "on"})
    assert answer.status_code == (302 if may else 403)
    person.refresh_from_db()
    assert person.is_active != may


@pytest.mark.parametrize("by", ["coordinator", "administrator"])
def test_nobody_gives_oneself_a_role_or_leaves_alone(db, signed_in, by):
    actor = UserFactory(role=by)
    client = signed_in(actor)
    for page, typed in (("role", {"role": "officer"}), ("leave", {"sure": "on"}), ("reset", {})):
        assert client.post(f"/people/{actor.pk}/{page}/", typed).status_code == 403


def test_a_coordinator_gives_no_role_of_their_own(signed_in, coordinator, stranger):
    for role in ("coordinator", "administrator", "none"):
        answer = signed_in(coordinator).post(f"/people/{stranger.pk}/role/", {"role": role})
        assert (answer.status_code, list(errors(answer))) == (422, ["role"])


def test_the_page_before_leaving_shows_what_its_reader_may_see(
    signed_in, coordinator, stranger, owner, case, team_case
):
    address, client = f"/people/{owner.pk}/leave/", signed_in(coordinator)
    page = pages.text(pages.part(client.get(address), "main"))
    assert ("OPEN-1" in page, "TEAM-1" in page) == (True, False)
    answer = client.post(address, {"successor": stranger.pk, "sure": "on"}, follow=True)
    assert levels(answer) == ["success"]
    assert "TEAM-1" not in answer.text
    case.refresh_from_db(), team_case.refresh_from_db()
    assert (case.lead, team_case.lead.name) == (stranger, "Bakyt Colleague")


# What two people must agree on


def test_the_owner_sees_and_refuses_a_change(signed_in, administrator, stranger):
    office = signed_in(administrator)
    typed = {"new_address": "mine@example.org", "reason": "They moved."}
    assert office.post(f"/people/{stranger.pk}/ask/address/", typed).status_code == 302
    change = AccountChange.objects.get()
    client = signed_in(stranger)
    refuse = f"/people/changes/{change.pk}/refuse/"
    page = client.get("/accounts/me/")
    assert refuse in pages.actions(page)
    assert f"/people/changes/{change.pk}/agree/" not in pages.actions(page)
    answer = client.post(refuse)
    assert (answer.status_code, answer.url) == (302, "/accounts/me/")
    change.refresh_from_db()
    assert change.refused_by == stranger


def test_a_second_person_agrees_on_the_page(signed_in, administrator, coordinator, stranger):
    typed = {"new_address": "new@example.org", "reason": "They moved."}
    office = signed_in(administrator)
    office.post(f"/people/{stranger.pk}/ask/address/", typed)
    agree = f"/people/changes/{AccountChange.objects.get().pk}/agree/"
    assert agree not in pages.actions(office.get("/people/"))
    assert levels(office.post(agree, follow=True)) == ["error"]
    other = signed_in(coordinator)
    assert agree in pages.actions(other.get("/people/"))
    assert levels(other.post(agree, follow=True)) == ["success"]
    assert User.objects.get(pk=stranger.pk).email == stranger.email
    AccountChange.objects.update(due_at=NOW)
    other.get(f"/people/{stranger.pk}/")
    assert User.objects.get(pk=stranger.pk).email == "new@example.org"


def test_an_officer_asks_for_oneself_alone(signed_in, stranger, colleague):
    client = signed_in(stranger)
    typed = {"new_address": "new@example.org", "reason": "I moved."}
    assert client.post(f"/people/{colleague.pk}/ask/address/", typed).status_code == 403
    assert client.post(f"/people/{stranger.pk}/ask/nothing/", typed).status_code == 404
    assert client.post(f"/people/{stranger.pk}/ask/address/", typed).url == "/accounts/me/"
    change = AccountChange.objects.get()
    assert client.post(f"/people/changes/{change.pk}/agree/").status_code == 403
    other = signed_in(colleague)
    assert other.post(f"/people/changes/{change.pk}/refuse/").status_code == 404


def test_what_outlasts_a_session_is_asked_for_once_more(long_signed_in, administrator, stranger):
    client = long_signed_in(administrator)
    for page in ("role/", "leave/", "ask/address/"):
        answer = client.get(f"/people/{stranger.pk}/{page}")
        assert (page, answer.status_code) == (page, 302)
        assert answer.url.startswith("/accounts/reauthenticate/")
    for address in ("/people/new/", "/emergency/"):
        assert client.get(address).url.startswith("/accounts/reauthenticate/")


# Alone into a restricted case


@pytest.mark.parametrize("role", ["coordinator", "administrator"])
def test_no_path_leads_one_person_alone_into_a_restricted_case(
    signed_in, owner, colleague, stranger, team_case, role
):
    """Every write that whoever keeps accounts has, against the whole team of a hidden case."""
    stranger.role = role
    stranger.save()
    UserFactory(role=Role.ADMINISTRATOR), DemandFactory(case=team_case, number=1, owner=owner)
    for person in (owner, colleague):
        Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={})
    secrets = {person.pk: (person.password, person.email) for person in (owner, colleague)}
    client, mine = signed_in(stranger), {"user": stranger.pk, "lead": stranger.pk}
    desk = "/admin/tracker"
    for person in (owner, colleague):
        at = f"/people/{person.pk}"
        client.post(f"{at}/ask/address/", {"new_address": "m@example.org", "reason": "x"})
        client.post(f"{at}/ask/second_factor/", {"reason": "x"})
        for change in AccountChange.objects.all():
            client.post(f"/people/changes/{change.pk}/agree/")
        for page in ("reset", "cut-off", "travel/end"):
            client.post(f"{at}/{page}/", {"sure": "1"})
        everything = {"email": "m@example.org", "password": STRONG, "new_password": STRONG}
        client.post(
            f"{desk}/user/{person.pk}/change/", {"name": "x", "role": "viewer"} | everything
        )
        client.post(
            f"{desk}/user/", {"action": "forget_second_factor", "_selected_action": person.pk}
        )
        client.post(f"{at}/role/", {"role": "viewer"})
    for page in ("team", "lead", "facts", "confidentiality"):
        client.post(f"/cases/TEAM-1/{page}/", mine | {"confidentiality": "open"})
    client.post(f"{desk}/membership/add/", mine | {"case": team_case.pk})
    client.post(f"{desk}/case/{team_case.pk}/change/", mine | {"confidentiality": "open"})
    for person in (owner, colleague):
        client.post(f"/people/{person.pk}/leave/", {"successor": stranger.pk, "sure": "on"})
    assert AccountChange.objects.count() == 4
    assert not User.objects.active().filter(pk__in=secrets).exists()
    apply_due_changes(at=NOW + datetime.timedelta(days=30))
    assert client.get("/cases/TEAM-1/").status_code == 404
    assert not Case.objects.visible_to(User.objects.get(pk=stranger.pk)).contains(team_case)
    assert not Membership.objects.filter(user=stranger).exists()
    assert Authenticator.objects.count() == 2
    for person in User.objects.filter(pk__in=secrets):
        assert (person.password, person.email) == secrets[person.pk]
