"""The commands about reminders: a sweep without a broker, a look without a trace, the barrier."""

import datetime

import pytest
from django.core.management import CommandError, call_command

from tests.factories.cases import MembershipFactory
from tests.factories.deadlines import DeadlineFactory
from tracker.models import Mail, Reminder

pytestmark = pytest.mark.django_db

DUE = datetime.date(2026, 3, 10)
NOON = "2026-03-09T12:00+06:00"


@pytest.fixture
def deadline(owner, case):
    return DeadlineFactory(due_on=DUE, owner=owner, case=case)


def test_it_sends_what_is_due_and_says_how_much(deadline, inbox, owner, capsys):
    call_command("send_reminders", "--at", NOON)
    said = capsys.readouterr()
    assert said.out == ("Reminders planned: 3. E-mails written: 1, sent: 1, not sent: 0.\n")
    assert said.err == ""
    assert len(inbox.to(owner.email)) == 1


def test_a_dry_run_says_who_gets_what_and_why_and_leaves_no_trace(deadline, inbox, capsys):
    call_command("send_reminders", "--at", NOON, "--dry-run")
    assert capsys.readouterr().out == (
        "Aigul Owner <owner@example.org>: daily digest of 2026-03-09, 8:00 Asia/Bishkek\n"
        "  OPEN-1: Look again, due 2026-03-10 (days before: 1, 2026-03-09)\n"
        "E-mails that would be sent: 1. Skipped: 3 because a later one took its place.\n"
    )
    assert (Reminder.objects.count(), Mail.objects.count(), inbox.received) == (0, 0, [])


def test_a_dry_run_names_of_a_restricted_case_its_reference_only(
    deadline, owner, case, inbox, capsys
):
    type(case).objects.update(confidentiality="team")
    MembershipFactory(case=case, user=owner)
    call_command("send_reminders", "--at", NOON, "--dry-run")
    said = capsys.readouterr().out
    assert "  OPEN-1: a date of this case, due 2026-03-10 (days before: 1" in said
    assert "Look again" not in said


@pytest.mark.parametrize("text", ["tomorrow", "2026-02-30", "2026-13-01T09:00", "25:00"])
def test_a_moment_that_is_none_is_bad_input(text):
    with pytest.raises(CommandError, match="is not a moment") as refused:
        call_command("send_reminders", "--at", text)
    assert refused.value.returncode == 2
    assert Reminder.objects.count() == 0


@pytest.mark.parametrize("text", ["2026-03-09", "2026-03-09T12:00", "2026-03-09T06:00Z"])
def test_a_day_is_its_noon_and_a_time_without_a_zone_is_local(deadline, inbox, text):
    call_command("send_reminders", "--at", text)
    assert len(inbox.received) == 1


def test_what_could_not_be_done_is_an_error(deadline, inbox, monkeypatch):
    def broken(**kwargs):
        raise RuntimeError

    monkeypatch.setattr("tracker.services.reminders.sweep.plan_reminders", broken)
    with pytest.raises(CommandError, match="plan: RuntimeError") as failed:
        call_command("send_reminders", "--at", NOON)
    assert failed.value.returncode == 1


def test_the_barrier_says_how_many_wait(deadline, inbox, time_machine, capsys):
    time_machine.move_to(NOON)
    call_command("hold_reminders")
    assert capsys.readouterr().out == (
        "E-mails that wait for a decision on the Reminders page: 1.\n"
    )
    call_command("send_reminders")
    assert inbox.received == []
