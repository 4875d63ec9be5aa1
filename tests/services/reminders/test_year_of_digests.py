"""A leap year that holds every change of clocks, told by the hour: one digest a day for each."""

import datetime

import pytest

from tests.factories.deadlines import DeadlineFactory
from tests.factories.people import UserFactory
from tracker.models import Deadline, Mail, ReminderPlan
from tracker.services.reminders.sweep import run_sweep

# A quarter at a time: what a sweep plans grows with the days that one date is told on.
QUARTERS = [
    (datetime.date(2024, 1, 1), datetime.date(2024, 3, 31)),
    (datetime.date(2024, 4, 1), datetime.date(2024, 6, 30)),
    (datetime.date(2024, 7, 1), datetime.date(2024, 9, 30)),
    (datetime.date(2024, 10, 1), datetime.date(2024, 12, 31)),
]
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


def moments(first, last):
    at = datetime.datetime.combine(first, datetime.time(12), datetime.UTC) - 24 * HOUR
    while at.date() <= last + datetime.timedelta(days=1):
        yield at
        by_the_hour = any(start <= at.date() <= end for start, end in BUSY)
        at += HOUR if by_the_hour else 12 * HOUR


@pytest.mark.once
@pytest.mark.django_db(transaction=True)  # in one long transaction no dead row could go
@pytest.mark.parametrize(("first", "last"), QUARTERS)
def test_everybody_gets_one_digest_on_each_day_of_their_own_year(inbox, first, last):
    quarter = [first + datetime.timedelta(days=n) for n in range((last - first).days + 1)]
    # Something to tell on every day: one far date with a reminder for each day before it.
    before = list(range(len(quarter)))
    ReminderPlan.objects.create(kind=Deadline.Kind.LOOK_AGAIN, days_before=before)
    people = [UserFactory(time_zone=zone, digest_hour=hour) for zone, hour in PEOPLE]
    for person in people:
        DeadlineFactory(owner=person, due_on=last)

    for at in moments(first, last):
        run_sweep(at=at, worker="w1")

    for person in people:
        sent = Mail.objects.filter(person=person, state=Mail.State.SENT)
        days = list(sent.order_by("local_day").values_list("local_day", flat=True))
        assert [day for day in days if first <= day <= last] == quarter, person.time_zone
        assert len(inbox.to(person.email)) == len(days)


def test_the_quarters_are_the_whole_year():
    ends = [last + datetime.timedelta(days=1) for _, last in QUARTERS]
    assert [first for first, _ in QUARTERS] == [datetime.date(2024, 1, 1), *ends[:-1]]
    assert ends[-1] == datetime.date(2025, 1, 1)
