"""Defects found in comparable programs, each as a promise of ours.

The names in brackets: FR froide, AL Alaveteli, HC Healthchecks, DH django-helpdesk,
MR MuckRock, RM Redmine.
"""

import datetime

import pytest
from django.conf import settings
from django.db.models import ProtectedError

from tests.factories.authorities import AddresseeFactory
from tests.factories.cases import CaseFactory
from tests.factories.deadlines import (
    CalendarDayFactory,
    DeadlineFactory,
    ResponseRuleFactory,
    StatutoryDeadlineFactory,
)
from tests.factories.people import UserFactory
from tracker.models import Deadline, Mail, Reminder, User
from tracker.services.deadlines.addressee import sync_deadlines
from tracker.services.deadlines.recompute import recompute_next, request_recomputation
from tracker.services.deadlines.start import start_deadline
from tracker.services.reminders import outbox
from tracker.services.reminders.digest import write_digests
from tracker.services.reminders.plan import plan_reminders
from tracker.services.reminders.sweep import run_sweep

pytestmark = pytest.mark.django_db

DUE = datetime.date(2026, 3, 10)
DAY = datetime.timedelta(days=1)


def at(day: int, hour: int = 6) -> datetime.datetime:
    """A moment of March 2026; 06:00 UTC is noon in Bishkek."""
    return datetime.datetime(2026, 3, 1, hour, tzinfo=datetime.UTC) + (day - 1) * DAY


def sweep(day: int, hour: int = 6) -> None:
    run_sweep(at=at(day, hour), worker="w1")


def test_1_a_missed_night_loses_no_mail_and_two_runs_send_no_second_one(owner, inbox):
    """(FR) asked only for what fell due within the last 24 hours."""
    StatutoryDeadlineFactory(due_on=DUE, owner=owner)
    sweep(20)
    sweep(20)
    assert len(inbox.to(owner.email)) == 1


def test_2_overdue_is_asked_with_a_day_and_never_stored():
    """(FR) tested for a stored state that no longer existed."""
    assert not any("overdue" in state for state in Deadline.State.values)
    late = StatutoryDeadlineFactory(due_on=DUE)
    assert Deadline.objects.overdue(on=DUE + DAY).get() == late
    assert not Deadline.objects.overdue(on=DUE).exists()


def test_3_weekly_repeats_have_an_end(owner, inbox):
    """(FR) repeated without a cap and without a memory."""
    StatutoryDeadlineFactory(due_on=DUE, owner=owner)
    for day in range(10, 160):
        sweep(day)
    assert Reminder.objects.filter(offset_days__gt=0, state="sent").count() == 8


def test_4_one_bad_record_does_not_stop_those_after_it(owner, inbox):
    """(AL) stopped at the first address that could not be written to."""
    broken = UserFactory()
    DeadlineFactory(due_on=DUE, owner=broken)
    DeadlineFactory(due_on=DUE, owner=owner)
    User.objects.filter(pk=broken.pk).update(time_zone="Mars/Olympus")
    sweep(9)
    assert len(inbox.to(owner.email)) == 1


def test_5_a_holiday_added_late_moves_the_running_clock_and_its_reminders(case, owner):
    """(AL) kept the holidays in memory and left stored dates as they were."""
    asked = AddresseeFactory(case=case, rule=ResponseRuleFactory(), registered_on=DUE - 14 * DAY)
    clock = start_deadline(addressee=asked, by=owner, at=at(1))
    plan_reminders(at=at(10))
    before = clock.overdue_after
    CalendarDayFactory(day=DUE)
    run = request_recomputation(
        rule_code=clock.rule.code, reason="A day off was decreed", by=owner, at=at(10)
    )
    recompute_next(recomputation_id=run.pk, at=at(10))
    clock.refresh_from_db()
    assert (clock.overdue_after, clock.generation) == (before + DAY, 2)
    assert not Reminder.objects.filter(generation=1).pending().exists()


def test_6_three_days_before_means_three_days_before(owner):
    """(DH) subtracted excluded days twice and fired too soon."""
    DeadlineFactory(due_on=DUE, owner=owner)
    plan_reminders(at=at(1))
    assert Reminder.objects.get(offset_days=-3).fire_on == datetime.date(2026, 3, 7)


def test_7_a_mail_that_failed_is_not_counted_as_sent(owner, inbox):
    """(DH) noted the escalation before the mail, so that a failed mail was lost."""
    DeadlineFactory(due_on=DUE, owner=owner)
    inbox.replies[:] = ["451 try later"]
    sweep(9)
    assert not Reminder.objects.filter(state="sent").exists()
    sweep(9, hour=7)
    assert len(inbox.to(owner.email)) == 1


def test_8_a_crash_between_taking_and_sending_loses_nothing(owner, inbox):
    """(HC) marked an alert as processed before sending it."""
    DeadlineFactory(due_on=DUE, owner=owner)
    plan_reminders(at=at(9))
    write_digests(at=at(9))
    outbox.claim(at=at(9), worker="killed", limit=10)
    Mail.objects.update(lease_until=at(9) - 30 * DAY)
    sweep(9)
    sweep(9, hour=7)
    assert len(inbox.to(owner.email)) == 1


def test_9_a_reminder_is_not_lost_because_nobody_looked_on_its_day(owner, inbox):
    """(MR) selected rows whose date equals today."""
    DeadlineFactory(due_on=DUE, owner=owner)
    sweep(1)
    sweep(4)
    assert Reminder.objects.get(offset_days=-7).state == Reminder.State.SENT


def test_10_what_was_never_sent_is_never_overdue(case, owner):
    """(MR) looked at days and end states, and not whether the draft had gone out."""
    rule = ResponseRuleFactory()
    draft = AddresseeFactory(case=case, rule=rule)
    sync_deadlines(addressee=draft, by=owner, at=at(1))
    assert not Deadline.objects.exists()
    draft.sent_on = DUE
    draft.save()
    sync_deadlines(addressee=draft, by=owner, at=at(11))
    assert Deadline.objects.filter(addressee=draft, kind="statutory").count() == 1


def test_11_nobody_is_told_the_same_twice_and_dates_of_nobody_are_told_too(
    owner, coordinator, inbox
):
    """(RM) repeated everything at each run, and never told of what nobody was assigned to."""
    DeadlineFactory(due_on=DUE, owner=owner)
    DeadlineFactory(due_on=DUE, case=CaseFactory())
    for hour in (6, 7, 8, 9):
        sweep(9, hour)
    assert (len(inbox.to(owner.email)), len(inbox.to(coordinator.email))) == (1, 1)


def test_12_no_task_waits_in_the_broker_for_a_far_day():
    """Far ETAs run more than once when they outlast the broker's visibility timeout."""
    sweep_entry = settings.CELERY_BEAT_SCHEDULE["sweep"]
    assert set(sweep_entry["options"]) == {"expires"}
    assert settings.CELERY_TASK_TIME_LIMIT < 600


def test_13_whoever_leaves_takes_no_date_with_them(owner):
    """(DH) deleted the tickets of a deleted account."""
    DeadlineFactory(due_on=DUE, owner=owner)
    with pytest.raises(ProtectedError):
        owner.delete()
    assert Deadline.objects.count() == 1


def test_14_years_old_dates_are_not_nagged_about(owner, inbox):
    """(AL) kept prompting about requests of years ago until a limit was added."""
    StatutoryDeadlineFactory(due_on=datetime.date(2020, 7, 3), owner=owner)
    sweep(1)
    assert inbox.received == []
    assert set(Reminder.objects.values_list("reason", flat=True)) == {"too_old"}
