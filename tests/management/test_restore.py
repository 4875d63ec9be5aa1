"""The database put back from an older backup: nothing already sent goes out by itself."""

import datetime

import pytest
from django.core.management import call_command
from django.utils import timezone

from tests.factories.deadlines import DeadlineFactory
from tracker.models import Mail, User
from tracker.services import reminders


@pytest.mark.django_db(transaction=True)
def test_after_a_restore_what_was_sent_waits_for_a_person(owner, inbox, tmp_path):
    now = timezone.now()
    day = now.astimezone(owner.zone).date()
    owner.digest_hour = 0
    owner.save()
    DeadlineFactory(owner=owner, due_on=day)
    later = DeadlineFactory(owner=owner, due_on=day + datetime.timedelta(days=15))
    backup = tmp_path / "older.json"
    call_command("dumpdata", "tracker", output=str(backup), verbosity=0)

    reminders.sweep(at=now, worker="w1")
    assert len(inbox.to(owner.email)) == 1

    call_command("flush", interactive=False, verbosity=0)
    assert not User.objects.exists()
    call_command("loaddata", str(backup), verbosity=0)
    assert not Mail.objects.exists()

    call_command("hold_reminders")
    for minutes in range(3):
        reminders.sweep(at=now + datetime.timedelta(minutes=minutes), worker="w1")
    assert len(inbox.to(owner.email)) == 1
    assert Mail.objects.get().state == Mail.State.HELD

    # What comes due after the restore goes out as ever.
    reminders.sweep(at=now + datetime.timedelta(days=8), worker="w1")
    told = [mail.message.get_body(("plain",)).get_content() for mail in inbox.to(owner.email)]
    assert len(told) == 2
    assert later.case.reference in told[1]
