"""Which day a reminder belongs to, in words, and the state of its e-mail."""

import datetime

import pytest

from tests.factories.deadlines import DeadlineFactory, StatutoryDeadlineFactory
from tests.factories.reminders import MailFactory, ReminderFactory
from tracker.templatetags.reminders import mail_pill, offset_words

DUE, LATEST = datetime.date(2026, 10, 28), datetime.date(2026, 10, 29)


@pytest.mark.parametrize(
    ("offset_days", "fire_on", "words"),
    [
        (-3, datetime.date(2026, 10, 25), "3 days before"),
        (-1, datetime.date(2026, 10, 27), "1 day before"),
        (0, DUE, "on the day"),
        (1, LATEST, "on the last legal day"),
        (28, datetime.date(2026, 11, 26), "28 days after 29 Oct 2026, the last legal day"),
        # Its own number was taken by a repeat, so it has one that tells no day.
        (63, datetime.date(2026, 11, 4), "6 days after 29 Oct 2026, the last legal day"),
    ],
)
def test_the_words_of_a_legal_clock_follow_its_days(db, offset_days, fire_on, words):
    clock = StatutoryDeadlineFactory(due_on=DUE, overdue_after=LATEST)
    assert (
        offset_words(ReminderFactory(deadline=clock, offset_days=offset_days, fire_on=fire_on))
        == words
    )


def test_a_date_of_our_own_has_one_last_day(db):
    day = DUE + datetime.timedelta(days=7)
    assert offset_words(ReminderFactory(deadline=DeadlineFactory(due_on=DUE), fire_on=day)) == (
        "7 days after"
    )


def test_a_day_between_two_readings_is_told_from_the_first(db):
    clock = StatutoryDeadlineFactory(due_on=DUE, overdue_after=datetime.date(2026, 11, 2))
    assert offset_words(ReminderFactory(deadline=clock, fire_on=LATEST)) == "1 day after"


def test_a_reminder_of_a_clock_that_moved_since_is_told_from_its_own_day(db):
    clock = StatutoryDeadlineFactory(due_on=DUE, overdue_after=LATEST, generation=2)
    old = ReminderFactory(
        deadline=clock,
        generation=1,
        due_on=datetime.date(2026, 10, 20),
        fire_on=datetime.date(2026, 10, 22),
    )
    assert offset_words(old) == "2 days after"


def test_an_e_mail_that_a_person_sends_again_waits(db):
    assert "waits to be sent" in mail_pill(MailFactory(state="retrying", attempts=0))
    assert "will be tried again" in mail_pill(MailFactory(state="retrying", attempts=1))
