"""Who may do what at the desk, table by table."""

import pytest
from django.urls import reverse

from tracker.models import Authority, Role, User

# table -> who may add: viewers never may.
KEEPERS = {
    "case": {"officer", "coordinator", "administrator"},
    "addressee": {"officer", "coordinator", "administrator"},
    "demand": {"officer", "coordinator", "administrator"},
    "deadline": {"officer", "coordinator", "administrator"},
    "document": {"officer", "coordinator", "administrator"},
    "evidence": {"officer", "coordinator", "administrator"},
    "action": {"officer", "coordinator", "administrator"},
    "response": {"officer", "coordinator", "administrator"},
    "authority": {"coordinator", "administrator"},
    "responserule": {"coordinator", "administrator"},
    "calendarday": {"coordinator", "administrator"},
    "reminderplan": {"coordinator", "administrator"},
    "escalationstep": {"coordinator", "administrator"},
    "user": set(),
    "statuschange": set(),
    "event": set(),
    "mail": set(),
}


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("table", KEEPERS)
def test_who_may_add(table, role, stranger, signed_in):
    stranger.role = role
    stranger.save()
    response = signed_in(stranger).get(reverse(f"admin:tracker_{table}_add"))
    if role == Role.VIEWER:
        assert response.status_code == 302
    else:
        assert response.status_code == (200 if role in KEEPERS[table] else 403)


def test_a_viewer_has_no_desk(viewer, signed_in):
    client = signed_in(viewer)
    assert client.get("/admin/").status_code == 302
    assert client.get("/admin/login/").status_code == 403


def test_somebody_unknown_is_sent_to_the_one_sign_in_form(client, db):
    response = client.get("/admin/login/?next=/admin/tracker/case/")
    assert response.status_code == 302
    assert response.url == "/accounts/login/?next=/admin/tracker/case/"
    assert client.get("/admin/").url == "/admin/login/?next=/admin/"


def test_the_desk_takes_no_password(client, owner):
    response = client.post(
        "/admin/login/", {"username": owner.email, "password": "correct horse battery staple"}
    )
    assert response.url.startswith("/accounts/login/")
    assert "_auth_user_id" not in client.session


def test_signing_out_and_passwords_are_the_staff_pages(owner, signed_in):
    client = signed_in(owner)
    assert client.get("/admin/login/").url == "/admin/"
    assert client.post("/admin/logout/").url == reverse("account_logout")
    assert client.get("/admin/password_change/").url == reverse("account_change_password")


def test_an_officer_sees_reference_data_and_cannot_save_it(owner, signed_in, opened):
    authority = opened["authority"]
    address = reverse("admin:tracker_authority_change", args=[authority.pk])
    client = signed_in(owner)
    assert client.get(address).status_code == 200
    assert client.post(address, {"name": "Mine now"}).status_code == 403
    assert Authority.objects.get(pk=authority.pk).name == authority.name


def test_people_are_for_administrators_alone(coordinator, administrator, stranger, signed_in):
    address = reverse("admin:tracker_user_change", args=[stranger.pk])
    assert signed_in(coordinator).get(address).status_code == 403
    assert signed_in(administrator).get(address).status_code == 200


def person_form(person, **changed):
    fields = {
        "name": person.name,
        "email": person.email,
        "role": person.role,
        "is_active": "on",
        "language": "en",
        "time_zone": "Asia/Bishkek",
        "digest_hour": 8,
        "mail_at_once": "on",
    }
    return {name: value for name, value in (fields | changed).items() if value is not None}


def test_an_administrator_deactivates_somebody(administrator, stranger, signed_in):
    theirs = signed_in(stranger)
    assert theirs.get("/admin/").status_code == 200
    signed_in(administrator).post(
        reverse("admin:tracker_user_change", args=[stranger.pk]),
        person_form(stranger, is_active=None),
    )
    assert not User.objects.get(pk=stranger.pk).is_active
    assert theirs.get("/admin/").status_code == 302


def test_the_last_administrator_keeps_the_role(administrator, signed_in):
    response = signed_in(administrator).post(
        reverse("admin:tracker_user_change", args=[administrator.pk]),
        person_form(administrator, role="officer"),
    )
    assert list(response.context["adminform"].form.errors) == ["role"]
    assert User.objects.get(pk=administrator.pk).role == Role.ADMINISTRATOR


def test_the_desk_chooses_no_password_adds_nobody_and_moves_no_address(
    administrator, stranger, signed_in
):
    client, former = signed_in(administrator), stranger.email
    assert client.get(reverse("admin:tracker_user_add")).status_code == 403
    address = reverse("admin:tracker_user_change", args=[stranger.pk])
    typed = {"password": "four unlikely words", "new_password": "four unlikely words"}
    client.post(address, person_form(stranger, email="mine@example.org", name="New", **typed))
    stored = User.objects.get(pk=stranger.pk)
    assert (stored.name, stored.email, stored.password) == ("New", former, stranger.password)


def test_who_gives_a_role_at_the_desk_is_asked_who_they_are(
    administrator, stranger, long_signed_in
):
    address = reverse("admin:tracker_user_change", args=[stranger.pk])
    answer = long_signed_in(administrator).post(address, person_form(stranger, role="viewer"))
    assert (answer.status_code, answer.url.split("?")[0]) == (302, "/accounts/reauthenticate/")
    assert User.objects.get(pk=stranger.pk).role == stranger.role
