"""“I have it” and “snooze”."""

import datetime

import pytest

from tests.events import words
from tests.factories.cases import CaseFactory
from tests.factories.deadlines import DeadlineFactory, StatutoryDeadlineFactory
from tests.services.reminders import DUE, at
from tracker.models import Deadline, Event, Mute, Reminder, ReminderPlan, SweepRun, User
from tracker.services.deadlines.assign import assign_deadline
from tracker.services.deadlines.end import close_deadline
from tracker.services.refusals import Refused
from tracker.services.reminders.mute import acknowledge, remind_again, snooze
from tracker.services.reminders.sweep import run_sweep

pytestmark = pytest.mark.django_db


def sweep(when: datetime.datetime) -> SweepRun:
    return run_sweep(at=when, worker="w1")


@pytest.fixture
def deadline(owner):
    return DeadlineFactory(due_on=DUE, owner=owner, case=CaseFactory(lead=owner))


def test_whoever_has_it_hears_nothing_until_the_day_itself(deadline, inbox, owner):
    sweep(at(3))
    mute = acknowledge(deadline=deadline, by=owner, at=at(4))
    assert (mute.until, mute.generation, mute.person) == (DUE, 1, owner)
    for day in range(4, 11):
        sweep(at(day))
    sent = Reminder.objects.filter(state="sent").values_list("offset_days", flat=True)
    assert sorted(sent) == [-7, 0]
    event = Event.objects.about(deadline).get(action="reminder.acknowledged")
    assert (event.by_id, words(event)) == (owner.pk, {"until": "2026-03-10"})


def test_once_the_day_has_come_i_have_it_means_a_week(deadline, owner):
    assert acknowledge(deadline=deadline, by=owner, at=at(12)).until == at(19).date()


def test_a_snoozed_date_comes_back_on_its_day(deadline, inbox, owner):
    sweep(at(3))
    snooze(deadline=deadline, days=2, by=owner, at=at(3))
    for day in (4, 5, 6):
        sweep(at(day))
    sent = Reminder.objects.filter(state="sent").values_list("offset_days", "fire_on")
    assert set(sent) == {(-7, at(3).date()), (-5, at(5).date())}


def test_my_quiet_is_not_yours(deadline, inbox, owner, colleague):
    acknowledge(deadline=deadline, by=colleague, at=at(1))
    sweep(at(3))
    assert len(inbox.to(owner.email)) == 1


@pytest.mark.parametrize("until", [at(4).date(), at(3).date(), datetime.date(2028, 1, 1)])
def test_quiet_until_a_day_that_makes_no_sense_is_refused(deadline, owner, until):
    with pytest.raises(Refused, match="from tomorrow on"):
        acknowledge(deadline=deadline, until=until, by=owner, at=at(4))
    assert not Event.objects.exists()


def test_quiet_about_an_ended_date_is_refused(deadline, owner):
    closed = close_deadline(deadline=deadline, reason="Done.", on=at(4).date(), by=owner, at=at(4))
    with pytest.raises(Refused, match="not open"):
        snooze(deadline=closed, days=2, by=owner, at=at(4))


# A snooze promises a reminder


def ahead(deadline: Deadline) -> list[tuple[User, int]]:
    """Who is reminded on which days of March."""
    rows = Reminder.objects.filter(deadline=deadline, state="planned").order_by("fire_on", "pk")
    return [(row.person, (row.fire_on - at(1).date()).days + 1) for row in rows]


@pytest.mark.parametrize(
    ("due_on", "days"),
    [
        (DUE + datetime.timedelta(days=24), 1),
        (DUE + datetime.timedelta(days=300), 1),
        (DUE + datetime.timedelta(days=300), 30),
        (DUE, 20),
        (DUE - datetime.timedelta(days=60), 3),
        (DUE - datetime.timedelta(days=900), 20),
    ],
    ids=["near", "far", "beyond the horizon", "after its day", "no repeat left", "long past"],
)
@pytest.mark.parametrize("plan", ["usual", "empty"])
def test_a_promised_reminder_comes_whatever_the_plan(inbox, owner, due_on, days, plan):
    if plan == "empty":
        ReminderPlan.objects.create(kind="look_again", days_before=[], repeat_at_most=0)
    deadline = DeadlineFactory(due_on=due_on, owner=owner, case=CaseFactory(lead=owner))
    sweep(at(3))
    day = snooze(deadline=deadline, days=days, by=owner, at=at(3)).until
    before = len(inbox.to(owner.email))
    sweep(at(3))
    sweep(at(3 + days, hour=0))
    assert len(inbox.to(owner.email)) == before
    sweep(at(3 + days))
    sweep(at(3 + days))
    assert Reminder.objects.get(deadline=deadline, fire_on=day).state == "sent"
    assert len(inbox.to(owner.email)) == before + 1


def test_a_promise_is_kept_between_and_after_the_readings_of_a_law(owner):
    clock = StatutoryDeadlineFactory(
        due_on=DUE, overdue_after=DUE + datetime.timedelta(days=9), owner=owner
    )
    sweep(at(11))
    snooze(deadline=clock, days=6, by=owner, at=at(11))
    sweep(at(11))
    assert (owner, 17) in ahead(clock)


def test_whoever_asked_is_reminded_of_the_date_of_somebody_else(deadline, owner, colleague):
    snooze(deadline=deadline, days=2, by=colleague, at=at(2))
    sweep(at(2))
    assert (colleague, 4) in ahead(deadline) and (owner, 4) not in ahead(deadline)


def test_the_promise_to_somebody_away_is_kept_to_the_deputy(deadline, owner, colleague):
    snooze(deadline=deadline, days=2, by=owner, at=at(2))
    User.objects.filter(pk=owner.pk).update(away_until=at(5).date(), deputy=colleague)
    sweep(at(2))
    assert (colleague, 4) in ahead(deadline) and (owner, 4) not in ahead(deadline)


def test_a_deputy_who_asked_is_reminded_though_the_other_is_back(deadline, owner, colleague):
    User.objects.filter(pk=owner.pk).update(away_until=at(3).date(), deputy=colleague)
    sweep(at(2))
    snooze(deadline=deadline, days=2, by=colleague, at=at(3))
    sweep(at(3))
    assert (colleague, 5) in ahead(deadline)


def test_a_date_handed_over_takes_the_promise_with_it(deadline, owner, colleague):
    snooze(deadline=deadline, days=2, by=owner, at=at(2))
    sweep(at(2))
    assert (owner, 4) in ahead(deadline)
    assign_deadline(deadline=deadline, owner=colleague, reason="Hers.", by=owner, at=at(2))
    sweep(at(2))
    assert {person for person, _day in ahead(deadline)} == {colleague}


def test_whoever_may_not_see_the_case_any_more_is_not_reminded(deadline, colleague):
    snooze(deadline=deadline, days=2, by=colleague, at=at(2))
    User.objects.filter(pk=colleague.pk).update(is_active=False)
    sweep(at(2))
    assert colleague not in {person for person, _day in ahead(deadline)}


# The end of a mute


def test_a_shorter_mute_brings_back_what_the_longer_one_skipped(deadline, inbox, owner):
    acknowledge(deadline=deadline, until=at(30).date(), by=owner, at=at(2))
    sweep(at(2))
    assert ahead(deadline) == []
    snooze(deadline=deadline, days=2, by=owner, at=at(6))
    expected = [(owner, 8), (owner, 9), (owner, 10), (owner, 17)]
    sweep(at(6))
    assert ahead(deadline) == expected
    sweep(at(8))
    assert [row.fire_on for row in Reminder.objects.filter(state="sent")] == [at(8).date()]


def test_a_planner_finds_what_a_shorter_mute_left_skipped(deadline, owner):
    """Rows that a sweep skipped while the mute was being taken back."""
    acknowledge(deadline=deadline, by=owner, at=at(4))
    sweep(at(4))
    Mute.objects.all().delete()
    sweep(at(4))
    assert ahead(deadline) == [(owner, 7), (owner, 9), (owner, 10), (owner, 17)]


def test_a_mute_that_ends_brings_back_what_is_still_to_come(deadline, inbox, owner, colleague):
    sweep(at(1))
    acknowledge(deadline=deadline, by=colleague, at=at(2))
    mute = acknowledge(deadline=deadline, by=owner, at=at(2))
    sweep(at(8))
    for _twice in range(2):
        remind_again(deadline=deadline, by=owner, at=at(8))
        assert ahead(deadline)[0] == (owner, 9)
    assert [other.person for other in Mute.objects.all()] == [colleague]
    event = Event.objects.about(deadline).get(action="reminder.unmuted")
    assert (event.by_id, words(event)) == (owner.pk, {"until": mute.until.isoformat()})
    states = dict(Reminder.objects.values_list("offset_days", "state"))
    assert (states[-7], states[-3]) == ("skipped", "skipped")
    for day in (8, 9):
        sweep(at(day))
    assert [row.offset_days for row in Reminder.objects.filter(state="sent")][-1] == -1


def test_where_no_mute_runs_none_is_ended(deadline, owner):
    snooze(deadline=deadline, days=1, by=owner, at=at(2))
    remind_again(deadline=deadline, by=owner, at=at(3))
    assert not Event.objects.filter(action="reminder.unmuted").exists()


def test_to_be_reminded_of_an_ended_date_is_refused(deadline, owner):
    acknowledge(deadline=deadline, by=owner, at=at(4))
    closed = close_deadline(deadline=deadline, reason="Done.", on=at(4).date(), by=owner, at=at(4))
    with pytest.raises(Refused, match="not open"):
        remind_again(deadline=closed, by=owner, at=at(4))


def test_what_was_taken_back_does_not_return_while_it_is_muted(deadline, owner, colleague):
    sweep(at(4))
    Deadline.objects.filter(pk=deadline.pk).update(owner=colleague)
    Reminder.objects.filter(state="planned").cancel(Reminder.Reason.NOT_CONCERNED)
    acknowledge(deadline=deadline, by=owner, at=at(4))
    Deadline.objects.filter(pk=deadline.pk).update(owner=owner)
    sweep(at(4))
    assert {day for _person, day in ahead(deadline)} == {10, 17}
