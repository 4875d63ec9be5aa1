"""A leap year that holds every change of clocks, told by the hour: one digest a day for each."""

import datetime

import pytest

from tests.factories.deadlines import DeadlineFactory
from tests.factories.people import UserFactory
from tracker.models import Deadline, Mail, ReminderPlan
from tracker.services.reminders.sweep import run_sweep

FIRST, LAST = datetime.date(2024, 1, 1), datetime.date(2024, 12, 31)
HOUR = datetime.timedelta(hours=1)
# Kazakhstan put its clocks back at the end of February, Spain changed at the end of March and
# of October. There the sweep runs by the hour, elsewhere twice a day.
BUSY = [
    (datetime.date(2024, 2, 28), datetime.date(2024, 3, 3)),
    (datetime.date(2024, 3, 29), datetime.date(2024, 4, 2)),
    (datetime.date(2024, 10, 25), datetime.date(2024, 10, 29)),
]
# The hours that some change skips or repeats, and an ordinary one.
PEOPLE = [("Asia/Bishkek", 8), ("Asia/Almaty", 23), ("Europe/Madrid", 2), ("Asia/Bangkok", 0)]


def moments():
    at = datetime.datetime(2023, 12, 31, 12, tzinfo=datetime.UTC)
    while at.date() <= LAST + datetime.timedelta(days=1):
        yield at
        by_the_hour = any(start <= at.date() <= end for start, end in BUSY)
        at += HOUR if by_the_hour else 12 * HOUR


@pytest.mark.once
@pytest.mark.django_db(transaction=True)  # in one long transaction no dead row could go
def test_everybody_gets_one_digest_on_each_day_of_their_own_year(inbox):
    # Something to tell on every day: one far date with a reminder for each day before it.
    ReminderPlan.objects.create(kind=Deadline.Kind.LOOK_AGAIN, days_before=list(range(366)))
    people = [UserFactory(time_zone=zone, digest_hour=hour) for zone, hour in PEOPLE]
    for person in people:
        DeadlineFactory(owner=person, due_on=LAST)

    for at in moments():
        run_sweep(at=at, worker="w1")

    year = [FIRST + datetime.timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    assert len(year) == 366
    for person in people:
        sent = Mail.objects.filter(person=person, state=Mail.State.SENT)
        days = list(sent.order_by("local_day").values_list("local_day", flat=True))
        assert [day for day in days if FIRST <= day <= LAST] == year, person.time_zone
        assert len(inbox.to(person.email)) == len(days)
