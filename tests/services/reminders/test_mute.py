"""“I have it” and “snooze”."""

import datetime

import pytest

from tests.events import words
from tests.factories.cases import CaseFactory
from tests.factories.deadlines import DeadlineFactory
from tests.services.reminders import DUE, at
from tracker.models import Event, Reminder, SweepRun
from tracker.services.deadlines.end import close_deadline
from tracker.services.refusals import Refused
from tracker.services.reminders.mute import acknowledge, snooze
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
