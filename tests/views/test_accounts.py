"""Signing in and out, one's own settings, and the doors that must stay shut."""

import re

import pytest
from django.urls import reverse

from tests.factories.people import PASSWORD, UserFactory
from tracker.models import User


def sign_in(client, person, password=PASSWORD):
    return client.post(reverse("account_login"), {"login": person.email, "password": password})


def settings_of(person, **changed) -> dict:
    return {
        "name": person.name,
        "language": person.language,
        "time_zone": person.time_zone,
        "digest_hour": person.digest_hour,
        "mail_at_once": "on",
        "away_until": "",
        "deputy": "",
    } | changed


def test_a_person_signs_in_with_their_email_and_out_again(client, owner):
    assert sign_in(client, owner).headers["Location"] == reverse("desk")
    assert client.get(reverse("profile")).status_code == 200
    client.post(reverse("account_logout"))
    assert client.get(reverse("profile")).status_code == 302


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(client, owner):
    def errors(answer) -> str:
        return re.sub(
            r'value="[^"]*"', "", answer.text.split("error-summary")[1].split("</div>")[0]
        )

    wrong = sign_in(client, owner, "not the password")
    unknown = sign_in(client, UserFactory.build(email="nobody@example.org"), "not the password")
    assert errors(wrong) == errors(unknown)


def test_somebody_who_left_cannot_sign_in(client, owner):
    owner.is_active = False
    owner.save()
    sign_in(client, owner)
    assert client.get(reverse("profile")).status_code == 302


def test_guessing_is_slowed_down(client, owner):
    for _ in range(12):
        sign_in(client, owner, "guess")
    assert sign_in(client, owner).status_code != 302
    assert client.get(reverse("profile")).status_code == 302


def test_a_person_changes_their_password(signed_in, client, owner):
    new = "another long pass phrase"
    signed_in(owner).post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
    )
    assert sign_in(client, owner, new).headers["Location"] == reverse("desk")


def test_the_editing_desk_has_no_sign_in_of_its_own(client, owner):
    answer = client.get("/admin/login/", follow=True)
    assert answer.redirect_chain[-1][0].startswith(reverse("account_login"))
    client.post("/admin/login/", {"username": owner.email, "password": PASSWORD})
    assert client.get(reverse("profile")).status_code == 302


def test_pages_speak_the_persons_language_and_are_kept_nowhere(signed_in, owner):
    owner.language = "ru"
    owner.save()
    answer = signed_in(owner).get(reverse("profile"))
    assert answer.headers["Content-Language"] == "ru"
    assert '<html lang="ru">' in answer.text
    assert "no-store" in answer.headers["Cache-Control"]
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]


def test_a_person_sets_their_clock_hour_and_deputy(signed_in, owner, colleague):
    answer = signed_in(owner).post(
        reverse("profile"),
        settings_of(
            owner,
            time_zone="Europe/Madrid",
            digest_hour="6",
            away_until="2026-12-01",
            deputy=colleague.pk,
        ),
    )
    owner.refresh_from_db()
    assert answer.headers["Location"] == reverse("profile")
    assert (owner.time_zone, owner.digest_hour, owner.deputy) == ("Europe/Madrid", 6, colleague)


@pytest.mark.parametrize(
    "bad",
    [
        {"time_zone": "Mars/Olympus"},
        {"digest_hour": "24"},
        {"away_until": "2026-02-30"},
        {"away_until": "2026-12-01"},
        {"name": ""},
    ],
)
def test_settings_that_make_no_sense_are_refused(signed_in, owner, bad):
    answer = signed_in(owner).post(reverse("profile"), settings_of(owner, **bad))
    assert answer.status_code == 422
    assert User.objects.filter(
        pk=owner.pk, time_zone="Asia/Bishkek", digest_hour=8, away_until=None, name=owner.name
    ).exists()


def test_nobody_gives_themselves_a_role(signed_in, viewer):
    signed_in(viewer).post(reverse("profile"), settings_of(viewer, role="administrator"))
    viewer.refresh_from_db()
    assert viewer.role == "viewer"
