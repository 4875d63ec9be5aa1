"""Rungs become rows: once, late or twice, and taken back when they no longer hold."""

import datetime

import pytest

from tests.factories.cases import CaseFactory
from tests.factories.deadlines import DeadlineFactory, StatutoryDeadlineFactory
from tests.factories.people import UserFactory
from tests.factories.reminders import MailFactory, ReminderFactory
from tracker.models import Deadline, Mail, Mute, Reminder, ReminderPlan
from tracker.services.deadlines.change import move_date
from tracker.services.deadlines.end import close_deadline, reopen_deadline
from tracker.services.reminders.plan import plan_reminders

pytestmark = pytest.mark.django_db

UTC = datetime.UTC
DUE = datetime.date(2026, 3, 10)
DAY = datetime.timedelta(days=1)


def at(day: int, hour: int = 6) -> datetime.datetime:
    """A moment of March 2026; 06:00 UTC is noon in Bishkek, when digests have left."""
    return datetime.datetime(2026, 3, 1, hour, tzinfo=UTC) + datetime.timedelta(days=day - 1)


def rows(deadline: Deadline) -> dict[int, str]:
    """State by offset of the running clock, with the reason where there is one."""
    return {
        row.offset_days: f"{row.state}, {row.reason}" if row.reason else row.state
        for row in Reminder.objects.filter(deadline=deadline, generation=deadline.generation)
    }


@pytest.fixture
def deadline(owner):
    return DeadlineFactory(due_on=DUE, owner=owner)


def test_reminders_are_written_two_weeks_ahead(deadline):
    assert plan_reminders(at=at(1)) == 5
    assert rows(deadline) == dict.fromkeys([-14, -7, -3, -1, 0], "planned")
    plan_reminders(at=at(3))
    assert rows(deadline)[7] == "planned"


def test_each_waits_for_the_persons_hour_in_the_persons_zone(deadline, owner):
    owner.digest_hour, owner.time_zone = 9, "Europe/Madrid"
    owner.save()
    plan_reminders(at=at(1))
    row = Reminder.objects.get(deadline=deadline, offset_days=-3)
    assert (row.fire_on, row.send_at) == (datetime.date(2026, 3, 7), at(7, hour=8))


def test_planning_again_changes_nothing(deadline):
    plan_reminders(at=at(1))
    before = list(Reminder.objects.order_by("pk").values())
    assert plan_reminders(at=at(1)) == 0
    assert list(Reminder.objects.order_by("pk").values()) == before


def test_the_number_of_queries_does_not_grow(owner, django_assert_num_queries):
    DeadlineFactory(due_on=DUE, owner=owner)
    plan_reminders(at=at(1))
    with django_assert_num_queries(9) as first:
        plan_reminders(at=at(1))
    for _ in range(3):
        DeadlineFactory(due_on=DUE, owner=UserFactory())
    plan_reminders(at=at(1))
    with django_assert_num_queries(len(first)):
        plan_reminders(at=at(1))


def test_after_days_without_a_sweep_only_the_newest_reminder_is_sent(deadline):
    plan_reminders(at=at(9))
    assert rows(deadline) == {
        -14: "skipped, superseded",
        -7: "skipped, superseded",
        -3: "skipped, superseded",
        -1: "planned",
        0: "planned",
        7: "planned",
    }


def test_a_reminder_whose_day_is_more_than_thirty_days_ago_is_recorded_and_never_sent(owner):
    deadline = DeadlineFactory(due_on=datetime.date(2020, 7, 3), owner=owner)
    assert plan_reminders(at=at(1)) == 0
    assert set(rows(deadline).values()) == {"skipped, too_old"}
    assert len(rows(deadline)) == 13


def test_what_was_recorded_as_too_old_is_not_looked_at_again(owner):
    DeadlineFactory(due_on=datetime.date(2020, 7, 3), owner=owner)
    plan_reminders(at=at(1))
    assert Reminder.objects.count() == 13
    Reminder.objects.filter(offset_days=56).delete()
    plan_reminders(at=at(1))
    assert Reminder.objects.count() == 12


@pytest.mark.parametrize(
    "nonsense",
    [
        {"days_before": [5], "repeat_every": 32_000, "repeat_at_most": 32_000},
        {"days_before": [10**9]},
        {"days_before": {"a": 1}},
    ],
)
def test_a_plan_that_makes_no_sense_stops_nobody_and_gives_way_to_the_default(
    deadline, owner, nonsense
):
    other = DeadlineFactory(due_on=DUE, owner=owner)
    ReminderPlan.objects.create(case=other.case, kind=other.kind, **nonsense)
    plan_reminders(at=at(1))
    assert rows(deadline)
    assert rows(other) == rows(deadline)


def test_only_open_deadlines_of_running_cases_are_planned(owner):
    ended = {"ended_on": DUE}
    paused = {"paused_on": DUE, "days_left": 3}
    DeadlineFactory(due_on=DUE, owner=owner, state="closed", **ended)
    DeadlineFactory(due_on=DUE, owner=owner, state="cancelled", **ended)
    DeadlineFactory(due_on=DUE, owner=owner, state="paused", **paused)
    DeadlineFactory(
        due_on=DUE,
        owner=owner,
        case=CaseFactory(phase="closed", closed_at=at(1), close_reason="withdrawn"),
    )
    assert plan_reminders(at=at(1)) == 0
    assert Reminder.objects.count() == 0


def test_closing_takes_back_what_is_planned_or_waits_in_a_mail(deadline, owner):
    plan_reminders(at=at(3))
    mail = MailFactory(person=owner)
    Reminder.objects.filter(deadline=deadline, offset_days=-7).update(state="in_mail", mail=mail)
    generation = deadline.generation
    close_deadline(deadline=deadline, reason="Answered.", on=at(3).date(), by=owner, at=at(3))
    states = Reminder.objects.filter(generation=generation).exclude(offset_days=-14)
    assert set(states.values_list("state", flat=True)) == {"cancelled"}
    plan_reminders(at=at(4))
    assert not Reminder.objects.pending().exists()


def test_a_mail_in_other_hands_keeps_its_reminders(deadline, owner):
    plan_reminders(at=at(3))
    mail = MailFactory(person=owner, state="unknown", unknown_count=1)
    Reminder.objects.filter(deadline=deadline, offset_days=-7).update(state="in_mail", mail=mail)
    close_deadline(deadline=deadline, reason="Answered.", on=at(3).date(), by=owner, at=at(3))
    assert Reminder.objects.get(mail=mail).state == Reminder.State.IN_MAIL


def test_a_restarted_clock_plans_anew_and_the_old_one_is_silent(deadline, owner):
    plan_reminders(at=at(1))
    moved = move_date(
        deadline=deadline, due_on=datetime.date(2026, 3, 20), reason="Later.", by=owner, at=at(2)
    )
    plan_reminders(at=at(2))
    assert rows(moved)[-14] == "planned"
    assert not Reminder.objects.pending().exclude(generation=moved.generation).exists()


def test_reopening_plans_again(deadline, owner):
    plan_reminders(at=at(1))
    closed = close_deadline(
        deadline=deadline, reason="Answered.", on=at(2).date(), by=owner, at=at(2)
    )
    reopened = reopen_deadline(deadline=closed, reason="A mistake.", by=owner, at=at(2))
    plan_reminders(at=at(2))
    assert rows(reopened)[-7] == "planned"


def test_a_new_owner_takes_over_what_is_still_ahead(deadline, owner, colleague):
    plan_reminders(at=at(4))
    Deadline.objects.filter(pk=deadline.pk).update(owner=colleague)
    plan_reminders(at=at(4))
    theirs = Reminder.objects.filter(state="planned")
    assert {row.person for row in theirs} == {colleague}
    due = Reminder.objects.get(person=owner, offset_days=-7)
    assert (due.state, due.reason) == ("cancelled", "not_concerned")


def test_a_changed_hour_moves_what_is_still_ahead(deadline, owner):
    plan_reminders(at=at(4))
    owner.digest_hour = 20
    owner.save()
    plan_reminders(at=at(4))
    moments = dict(Reminder.objects.filter(state="planned").values_list("offset_days", "send_at"))
    assert moments[-7] == at(3, hour=2)
    assert moments[-3] == at(7, hour=14)


def test_a_changed_plan_takes_back_and_adds(deadline):
    plan_reminders(at=at(4))
    ReminderPlan.objects.create(kind="look_again", days_before=[2, 0], repeat_at_most=0)
    plan_reminders(at=at(4))
    ahead = Reminder.objects.filter(deadline=deadline, send_at__gt=at(4))
    assert set(ahead.values_list("offset_days", "state")) == {(-2, "planned"), (0, "planned")}


def test_quiet_is_kept_until_its_day_and_only_for_that_person_and_clock(deadline, owner, colleague):
    Mute.objects.create(
        deadline=deadline, generation=1, person=owner, kind="acknowledged", until=DUE, at=at(1)
    )
    Mute.objects.create(
        deadline=deadline,
        generation=9,
        person=owner,
        kind="acknowledged",
        until=at(30).date(),
        at=at(1),
    )
    Mute.objects.create(
        deadline=deadline, generation=1, person=colleague, kind="acknowledged", until=DUE, at=at(1)
    )
    plan_reminders(at=at(1))
    assert rows(deadline) == {
        -14: "skipped, muted",
        -7: "skipped, muted",
        -3: "skipped, muted",
        -1: "skipped, muted",
        0: "planned",
    }


def test_a_snooze_ends_with_a_reminder(deadline, owner):
    Mute.objects.create(
        deadline=deadline, generation=1, person=owner, kind="snoozed", until=at(5).date(), at=at(1)
    )
    plan_reminders(at=at(1))
    assert rows(deadline)[-5] == "planned"


def test_a_snooze_between_two_readings_of_a_law_ends_with_a_reminder_too(owner):
    clock = StatutoryDeadlineFactory(
        due_on=DUE, overdue_after=DUE + datetime.timedelta(days=9), owner=owner
    )
    until = DUE + datetime.timedelta(days=7)
    Mute.objects.create(
        deadline=clock, generation=1, person=owner, kind="snoozed", until=until, at=at(11)
    )
    plan_reminders(at=at(12))
    fire_on = Reminder.objects.filter(deadline=clock, state="planned").values_list(
        "fire_on", flat=True
    )
    assert list(fire_on.order_by("fire_on")) == [until, clock.overdue_after + 7 * DAY]


def test_a_date_that_turns_up_within_three_days_is_marked_to_be_told_at_once(owner, colleague):
    colleague.mail_at_once = False
    colleague.save()
    soon = DeadlineFactory(due_on=DUE, owner=owner)
    unwanted = DeadlineFactory(due_on=DUE, owner=colleague)
    later = DeadlineFactory(due_on=DUE + datetime.timedelta(days=1), owner=owner)
    plan_reminders(at=at(7))
    at_once = Reminder.objects.filter(at_once=True)
    assert {row.deadline for row in at_once} == {soon}
    assert not at_once.filter(deadline__in=[unwanted, later]).exists()


def test_the_second_person_is_told_from_the_second_repeat_on(owner, colleague):
    StatutoryDeadlineFactory(due_on=DUE, owner=colleague, case=CaseFactory(lead=owner))
    plan_reminders(at=at(20))
    assert set(Reminder.objects.filter(offset_days=14).values_list("person", flat=True)) == {
        owner.pk,
        colleague.pk,
    }
    assert set(Reminder.objects.filter(offset_days=7).values_list("person", flat=True)) == {
        colleague.pk
    }
    assert set(Reminder.objects.filter(person=owner).values_list("offset_days", flat=True)) == {
        14,
        21,
    }


def test_a_deadline_that_cannot_be_planned_does_not_stop_the_others(owner, colleague, caplog):
    broken, whole = (
        DeadlineFactory(due_on=DUE, owner=colleague),
        DeadlineFactory(due_on=DUE, owner=owner),
    )
    # No form accepts this zone; a restored or imported row may hold it all the same.
    type(colleague).objects.filter(pk=colleague.pk).update(time_zone="Mars/Olympus")
    assert plan_reminders(at=at(1)) == 5
    assert Reminder.objects.filter(deadline=whole).count() == 5
    assert f"deadline={broken.pk}" in caplog.text


def test_a_row_recorded_by_another_planner_meanwhile_is_left_alone(deadline, owner):
    ReminderFactory(
        deadline=deadline,
        person=owner,
        offset_days=-1,
        state="sent",
        mail=MailFactory(state="sent"),
    )
    plan_reminders(at=at(1))
    assert rows(deadline)[-1] == "sent"
    assert Mail.objects.count() == 1
