"""How long a session lasts, what of it is in the database, and what stays afterwards."""

import datetime
import json

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core import serializers
from django.test import Client

from tests.now import NOW
from tracker.models import Event
from tracker.services.sessions import SessionStore, digest_of, end_session
from tracker.tasks.sessions import forget_ended

IDLE = datetime.timedelta(seconds=settings.SESSION_COOKIE_AGE)
WHOLE = datetime.timedelta(seconds=settings.SESSION_LASTS_SECONDS)
SECOND = datetime.timedelta(seconds=1)


def is_in(client: Client) -> bool:
    return client.get("/accounts/me/").status_code == 200


def test_it_ends_when_nobody_does_anything(signed_in, owner, time_machine):
    client = signed_in(owner)
    assert is_in(client)
    time_machine.move_to(NOW + IDLE - SECOND, tick=False)
    assert is_in(client)
    time_machine.move_to(NOW + 2 * IDLE, tick=False)
    assert not is_in(client)


def test_it_ends_a_day_s_work_after_signing_in_whatever_is_done(signed_in, owner, time_machine):
    client = signed_in(owner)
    at = NOW
    while at + IDLE / 2 < NOW + WHOLE:
        at += IDLE / 2
        time_machine.move_to(at, tick=False)
        assert is_in(client)
    time_machine.move_to(NOW + WHOLE + 60 * SECOND, tick=False)
    assert not is_in(client)


def test_a_new_password_does_not_begin_the_day_anew(signed_in, owner):
    session = signed_in(owner).session
    begun = session["signed_in_at"]
    session.cycle_key()
    assert session["signed_in_at"] == begun


def whole_database() -> str:
    rows = [*Session.objects.all(), *UserSession.objects.all(), *Event.objects.all()]
    kept = [row.get_decoded() for row in Session.objects.all()]
    return serializers.serialize("json", rows) + json.dumps(kept)


def test_nothing_in_the_database_is_a_cookie(signed_in, owner):
    client = signed_in(owner)
    assert is_in(client)
    secret = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert len(secret) >= 40 and secret not in whole_database()
    [place] = UserSession.objects.all()
    assert place.session_key == Session.objects.get().pk == digest_of(secret)


def test_what_is_in_the_database_opens_nothing(signed_in, owner):
    assert is_in(signed_in(owner))
    thief = Client()
    for row in (*Session.objects.all(), *UserSession.objects.all()):
        thief.cookies[settings.SESSION_COOKIE_NAME] = row.session_key
        assert not is_in(thief)


def test_signing_in_gives_another_secret(client, owner):
    client.get("/accounts/login/")
    session = client.session
    before = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert session.exists(session.session_key)
    client.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != before
    assert not session.exists(digest_of(before))


def test_the_device_is_forgotten_with_the_session(signed_in, owner, time_machine):
    gone, ended, running = signed_in(owner), signed_in(owner), signed_in(owner)
    for client in (gone, ended, running):
        assert is_in(client)
    gone.post("/accounts/logout/")
    assert UserSession.objects.count() == 2
    time_machine.move_to(NOW + IDLE - SECOND, tick=False)
    assert is_in(running)
    time_machine.move_to(NOW + IDLE + 60 * SECOND, tick=False)  # the day of the tests goes on
    forget_ended()
    assert [place.session_key for place in UserSession.objects.all()] == [
        running.session.session_key
    ]


def test_only_one_s_own_session_can_be_ended(signed_in, owner, colleague):
    here = signed_in(owner)
    assert is_in(here)
    key = here.session.session_key
    assert not end_session(person=colleague, key=key, by=colleague, at=NOW)
    assert is_in(here)
    assert end_session(person=owner, key=key, by=owner, at=NOW)
    assert not end_session(person=owner, key=key, by=owner, at=NOW)
    assert not is_in(here)
    assert Event.objects.filter(action="person.signed_out").count() == 1


@pytest.mark.django_db
def test_a_secret_that_looks_like_a_digest_is_a_secret():
    store = SessionStore.of_secret("a" * 40)
    assert store.session_key == digest_of("a" * 40)
