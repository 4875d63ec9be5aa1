"""Who signed in and out, who tried, and whose session ended by itself."""

import datetime

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction

from tracker.models import Event, User
from tracker.services.events import NewEvent, record_event, record_events

# Of somebody who guesses in a loop one failure a minute is told, for each account.
SAME_TRY = datetime.timedelta(minutes=1)


@transaction.atomic
def note_sign_in(*, person: User, at: datetime.datetime) -> Event:
    return record_event(action="person.sign_in", about=person, case=None, by=person, at=at)


@transaction.atomic
def note_sign_out(*, person: User, at: datetime.datetime) -> Event:
    return record_event(action="person.sign_out", about=person, case=None, by=person, at=at)


@transaction.atomic
def note_failure(*, email: str, at: datetime.datetime) -> Event | None:
    """Somebody, nobody knows who, gave a wrong password for an account.

    Of an address without one nothing is kept: it may be a password typed into the wrong field.
    """
    person = User.objects.filter(email__iexact=email.strip()).first()
    if person is None:
        return None
    action = "person.sign_in_failed"
    told = Event.objects.about(person).filter(action=action, at__gt=at - SAME_TRY)
    if told.exists():
        return None
    return record_event(action=action, about=person, case=None, by=None, at=at)


def note_ended_sessions(*, at: datetime.datetime) -> int:
    """Log whose sessions have run out; returns how many were somebody's.

    Call it in the transaction that deletes their rows, so that none is told twice.
    """
    rows = Session.objects.select_for_update(no_key=True).filter(expire_date__lte=at)
    owners = [row.get_decoded().get(SESSION_KEY) for row in rows.order_by("expire_date", "pk")]
    people = User.objects.in_bulk([int(number) for number in owners if number])
    ended = [people[int(number)] for number in owners if number and int(number) in people]
    record_events(
        NewEvent(action="person.session_ended", about=person, case=None, by=None, at=at)
        for person in ended
    )
    return len(ended)
