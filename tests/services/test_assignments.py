"""Whoever is given a date hears of it at once, if they want that."""

import datetime

import pytest

from tests.factories.deadlines import DeadlineFactory
from tracker.models import Mail, Reminder
from tracker.services import reminders
from tracker.services.planning import tell_assigned

pytestmark = pytest.mark.django_db

AT = datetime.datetime(2026, 3, 9, 6, tzinfo=datetime.UTC)
FAR = datetime.date(2026, 6, 1)


def sweep(minutes: int = 0) -> None:
    reminders.sweep(at=AT + datetime.timedelta(minutes=minutes), worker="w1")


def test_a_date_given_by_a_colleague_is_told_at_once_and_once(owner, colleague, inbox):
    deadline = DeadlineFactory(due_on=FAR, owner=owner)
    tell_assigned(deadline=deadline, by=colleague, at=AT)
    tell_assigned(deadline=deadline, by=colleague, at=AT)
    sweep()
    sweep(1)
    assert len(inbox.to(owner.email)) == 1


def test_after_the_days_digest_it_is_a_mail_of_its_own(owner, colleague, inbox):
    DeadlineFactory(due_on=AT.date() + datetime.timedelta(days=1), owner=owner)
    sweep()
    given = DeadlineFactory(due_on=FAR, owner=owner)
    tell_assigned(deadline=given, by=colleague, at=AT)
    sweep(1)
    kinds = list(Mail.objects.order_by("pk").values_list("kind", "state"))
    assert kinds == [("digest", "sent"), ("at_once", "sent")]


def test_nobody_is_told_what_they_did_or_do_not_want_to_hear(owner, colleague):
    tell_assigned(deadline=DeadlineFactory(due_on=FAR, owner=owner), by=owner, at=AT)
    tell_assigned(deadline=DeadlineFactory(due_on=FAR), by=owner, at=AT)
    owner.mail_at_once = False
    tell_assigned(deadline=DeadlineFactory(due_on=FAR, owner=owner), by=colleague, at=AT)
    assert not Reminder.objects.exists()
