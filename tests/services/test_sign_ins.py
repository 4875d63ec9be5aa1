import datetime

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session

from tracker.models import Event
from tracker.services.sessions import SessionStore, forget_ended
from tracker.services.sign_ins import note_failure

AT = datetime.datetime(2026, 3, 2, 9, 0, tzinfo=datetime.UTC)
MINUTE = datetime.timedelta(minutes=1)


def told() -> list[tuple]:
    events = Event.objects.order_by("pk")
    return list(events.values_list("action", "model", "object_id", "by_id", "case_id"))


def test_a_wrong_password_is_told_of_the_account_and_of_nobody(owner):
    note_failure(email=f" {owner.email.upper()}", at=AT)
    assert told() == [("person.sign_in_failed", "user", owner.pk, None, None)]


def test_of_an_unknown_address_nothing_is_kept(owner):
    assert note_failure(email="correct horse", at=AT) is None
    assert told() == []


def test_a_guesser_does_not_flood_the_log(owner, colleague):
    for seconds in range(60):
        note_failure(email=owner.email, at=AT + datetime.timedelta(seconds=seconds))
    note_failure(email=colleague.email, at=AT)
    assert Event.objects.count() == 2
    note_failure(email=owner.email, at=AT + MINUTE)
    assert Event.objects.count() == 3


@pytest.mark.django_db
def test_a_session_that_ran_out_is_told_once(owner, time_machine):
    time_machine.move_to(AT, tick=False)
    for key in (str(owner.pk), None, "999999"):
        session = SessionStore()
        session.update({SESSION_KEY: key} if key else {"language": "ky"})
        session.set_expiry(60)
        session.save()
    for minutes in (0, 2, 3):
        forget_ended(at=AT + minutes * MINUTE)
    assert Session.objects.count() == 0
    assert told() == [("person.session_ended", "user", owner.pk, None, None)]
