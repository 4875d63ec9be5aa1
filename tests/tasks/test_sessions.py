import datetime

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session

from tracker.tasks.sessions import forget_ended

NOW = datetime.datetime(2026, 3, 2, 9, 0, tzinfo=datetime.UTC)


@pytest.mark.django_db
def test_ended_sessions_are_swept_away_and_running_ones_stay(time_machine):
    time_machine.move_to(NOW, tick=False)
    for minutes in (60, 120):
        session = SessionStore()
        session["typed"] = minutes
        session.set_expiry(60 * minutes)
        session.save()
    time_machine.move_to(NOW + datetime.timedelta(minutes=61), tick=False)
    forget_ended()
    assert [row.get_decoded()["typed"] for row in Session.objects.all()] == [120]
