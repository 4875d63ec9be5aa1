"""The sweep, and the preview of one."""

import datetime

import pytest

from tests.factories.cases import CaseFactory
from tests.factories.deadlines import DeadlineFactory
from tests.now import database_now
from tests.services.reminders import DUE, at
from tracker.models import Mail, Reminder, SweepRun
from tracker.services.deadlines.end import close_deadline
from tracker.services.reminders.sweep import preview, run_sweep

DAY = datetime.timedelta(days=1)

pytestmark = pytest.mark.django_db


def sweep(when: datetime.datetime) -> SweepRun:
    return run_sweep(at=when, worker="w1")


@pytest.fixture
def deadline(owner):
    return DeadlineFactory(due_on=DUE, owner=owner, case=CaseFactory(lead=owner))


def test_swept_every_six_hours_each_reminder_is_told_once(deadline, inbox, owner):
    for day in range(1, 32):
        for hour in (0, 6, 12, 18):
            sweep(at(day, hour))
    sent = Reminder.objects.filter(state="sent").values_list("offset_days", flat=True)
    assert sorted(sent) == [-14, -7, -3, -1, 0, 7, 14, 21]
    assert len(inbox.to(owner.email)) == 8


def test_two_days_late_each_reminder_is_told_once(deadline, inbox, owner):
    sweep(at(3))
    sweep(at(9))
    sweep(at(9))
    reminders = dict(Reminder.objects.values_list("offset_days", "state"))
    assert (reminders[-7], reminders[-3], reminders[-1]) == ("sent", "skipped", "sent")
    assert len(inbox.to(owner.email)) == 2


def test_after_a_closed_deadline_nothing_more_is_sent(deadline, inbox, owner):
    sweep(at(3))
    close_deadline(deadline=deadline, reason="Answered.", on=at(4).date(), by=owner, at=at(4))
    for day in range(5, 15):
        sweep(at(day))
    assert len(inbox.to(owner.email)) == 1


def test_a_sweep_leaves_its_figures_and_its_time(deadline, inbox):
    before = database_now() - datetime.timedelta(seconds=2)
    run = sweep(at(9))
    assert (run.planned, run.mails, run.sent, run.failed, run.error) == (3, 1, 1, 0, "")
    # The heartbeat is real time whatever moment was swept.
    assert before < run.started_at <= run.finished_at < database_now() + DAY
    assert run.worker == "w1"


def test_a_failing_step_does_not_stop_the_next_and_is_no_heartbeat(deadline, inbox, monkeypatch):
    sweep(at(1))

    def broken(*, at: datetime.datetime) -> int:
        raise RuntimeError

    monkeypatch.setattr("tracker.services.reminders.sweep.plan_reminders", broken)
    run = sweep(at(9))
    assert (run.sent, run.error, run.finished_at) == (1, "plan: RuntimeError", None)


def test_a_preview_names_all_and_leaves_no_trace(deadline, inbox, owner):
    found = preview(at=at(9))
    assert [(row.person, row.offset_days, row.mail.local_day) for row in found.mailed] == [
        (owner, -1, at(9).date())
    ]
    assert [row.offset_days for row in found.skipped] == [-14, -7, -3]
    assert (Reminder.objects.count(), Mail.objects.count(), inbox.received) == (0, 0, [])
