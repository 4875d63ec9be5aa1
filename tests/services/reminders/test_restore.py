"""The database put back from an older backup: nothing already sent goes out by itself."""

import datetime

import pytest
from django.core.management import call_command

from tests.factories.cases import CaseFactory
from tests.factories.deadlines import DeadlineFactory
from tests.factories.reminders import MailFactory
from tests.now import NOW
from tests.services.reminders import DUE, at
from tracker.models import Deadline, Mail, Reminder, SweepRun, User
from tracker.services.days import today_of
from tracker.services.reminders.mail_actions import send_again
from tracker.services.reminders.restore import hold_after_restore
from tracker.services.reminders.sweep import run_sweep

pytestmark = pytest.mark.django_db


def sweep(when: datetime.datetime) -> SweepRun:
    return run_sweep(at=when, worker="w1")


@pytest.fixture
def deadline(owner):
    return DeadlineFactory(due_on=DUE, owner=owner, case=CaseFactory(lead=owner))


def test_behind_the_barrier_nothing_goes_out_by_itself(deadline, inbox, owner, colleague):
    """Lost with the newer database: that all this was sent already."""
    waiting = MailFactory(person=colleague, state="unknown", unknown_count=1)
    held = hold_after_restore(at=at(9), reason="may have been sent before the restore")
    assert held == 2
    for hour in (6, 12, 18):
        sweep(at(9, hour))
    assert inbox.received == []
    assert set(Mail.objects.values_list("state", flat=True)) == {"held"}
    assert waiting.transitions.latest("pk").reason == "may have been sent before the restore"


def test_what_comes_due_after_the_barrier_goes_out(deadline, inbox, owner):
    hold_after_restore(at=at(9), reason="restored")
    sweep(at(10))
    assert len(inbox.to(owner.email)) == 1
    assert Mail.objects.filter(state="held").count() == 1


def test_reminders_that_would_have_waited_for_tomorrow_are_held_too(deadline, owner):
    MailFactory(key=f"digest:{owner.pk}:{at(9).date()}", person=owner, state="sent",
                local_day=at(9).date())  # fmt: skip
    assert hold_after_restore(at=at(9), reason="restored") == 1
    assert not Reminder.objects.due(at(9)).exists()


def test_a_held_mail_is_released_by_a_person(deadline, inbox, owner):
    hold_after_restore(at=at(9), reason="restored")
    send_again(mail=Mail.objects.get(), by=owner, at=at(9))
    sweep(at(9))
    assert len(inbox.to(owner.email)) == 1
    assert Deadline.objects.get().state == Deadline.State.OPEN


@pytest.mark.django_db(transaction=True)
def test_after_a_restore_what_was_sent_waits_for_a_person(owner, inbox, tmp_path):
    now = NOW
    day = today_of(owner, now)
    owner.digest_hour = 0
    owner.save()
    DeadlineFactory(owner=owner, due_on=day)
    later = DeadlineFactory(owner=owner, due_on=day + datetime.timedelta(days=15))
    backup = tmp_path / "older.json"
    call_command("dumpdata", "tracker", output=str(backup), verbosity=0)

    run_sweep(at=now, worker="w1")
    assert len(inbox.to(owner.email)) == 1

    call_command("flush", interactive=False, verbosity=0)
    assert not User.objects.exists()
    call_command("loaddata", str(backup), verbosity=0)
    assert not Mail.objects.exists()

    call_command("hold_reminders")
    for minutes in range(3):
        run_sweep(at=now + datetime.timedelta(minutes=minutes), worker="w1")
    assert len(inbox.to(owner.email)) == 1
    assert Mail.objects.get().state == Mail.State.HELD

    # What comes due after the restore goes out as ever.
    run_sweep(at=now + datetime.timedelta(days=8), worker="w1")
    told = [mail.message.get_body(("plain",)).get_content() for mail in inbox.to(owner.email)]
    assert len(told) == 2
    assert later.case.reference in told[1]
