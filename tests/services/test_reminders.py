"""The sweep, quiet times, and what a person decides about mails."""

import datetime

import pytest
from django.utils import timezone

from tests.factories.cases import CaseFactory
from tests.factories.deadlines import DeadlineFactory
from tests.factories.reminders import MailFactory, ReminderFactory
from tracker.models import Deadline, Event, Mail, Quiet, Reminder, SweepRun, User
from tracker.services import reminders
from tracker.services.deadlines import close_deadline

pytestmark = pytest.mark.django_db

UTC = datetime.UTC
DUE = datetime.date(2026, 3, 10)
DAY = datetime.timedelta(days=1)


def at(day: int, hour: int = 6) -> datetime.datetime:
    """A moment of March 2026; 06:00 UTC is noon in Bishkek, when digests have left."""
    return datetime.datetime(2026, 3, 1, hour, tzinfo=UTC) + (day - 1) * DAY


def sweep(when: datetime.datetime) -> SweepRun:
    return reminders.sweep(at=when, worker="w1")


@pytest.fixture
def deadline(owner):
    return DeadlineFactory(due_on=DUE, owner=owner, case=CaseFactory(lead=owner))


# The sweep


def test_swept_every_six_hours_each_rung_is_told_once(deadline, inbox, owner):
    for day in range(1, 32):
        for hour in (0, 6, 12, 18):
            sweep(at(day, hour))
    sent = Reminder.objects.filter(state="sent").values_list("rung", flat=True)
    assert sorted(sent) == [-14, -7, -3, -1, 0, 7, 14, 21]
    assert len(inbox.to(owner.email)) == 8


def test_two_days_late_each_rung_is_told_once(deadline, inbox, owner):
    sweep(at(3))
    sweep(at(9))
    sweep(at(9))
    rungs = dict(Reminder.objects.values_list("rung", "state"))
    assert (rungs[-7], rungs[-3], rungs[-1]) == ("sent", "skipped", "sent")
    assert len(inbox.to(owner.email)) == 2


def test_after_a_closed_deadline_nothing_more_is_sent(deadline, inbox, owner):
    sweep(at(3))
    close_deadline(deadline=deadline, reason="Answered.", on=at(4).date(), by=owner, at=at(4))
    for day in range(5, 15):
        sweep(at(day))
    assert len(inbox.to(owner.email)) == 1


def test_a_sweep_leaves_its_figures_and_its_time(deadline, inbox):
    before = timezone.now() - datetime.timedelta(seconds=2)
    run = sweep(at(9))
    assert (run.planned, run.mails, run.sent, run.failed, run.error) == (3, 1, 1, 0, "")
    # The heartbeat is real time whatever moment was swept.
    assert before < run.started_at <= run.finished_at < timezone.now() + DAY
    assert run.worker == "w1"


def test_a_failing_step_does_not_stop_the_next_and_is_no_heartbeat(deadline, inbox, monkeypatch):
    sweep(at(1))

    def broken(*, at: datetime.datetime) -> int:
        raise RuntimeError

    monkeypatch.setattr(reminders, "plan", broken)
    run = sweep(at(9))
    assert (run.sent, run.error, run.finished_at) == (1, "plan: RuntimeError", None)


def test_a_preview_names_all_and_leaves_no_trace(deadline, inbox, owner):
    found = reminders.preview(at=at(9))
    assert [(row.person, row.rung, row.mail.local_day) for row in found.mailed] == [
        (owner, -1, at(9).date())
    ]
    assert [row.rung for row in found.skipped] == [-14, -7, -3]
    assert (Reminder.objects.count(), Mail.objects.count(), inbox.received) == (0, 0, [])


# Quiet


def test_whoever_has_it_hears_nothing_until_the_day_itself(deadline, inbox, owner):
    sweep(at(3))
    quiet = reminders.acknowledge(deadline=deadline, by=owner, at=at(4))
    assert (quiet.until, quiet.clock, quiet.person) == (DUE, 1, owner)
    for day in range(4, 11):
        sweep(at(day))
    sent = Reminder.objects.filter(state="sent").values_list("rung", flat=True)
    assert sorted(sent) == [-7, 0]
    event = Event.objects.about(deadline).get(action="reminder.acknowledged")
    assert (event.by_id, event.details) == (owner.pk, {"until": "2026-03-10"})


def test_once_the_day_has_come_i_have_it_means_a_week(deadline, owner):
    assert reminders.acknowledge(deadline=deadline, by=owner, at=at(12)).until == at(19).date()


def test_a_snoozed_date_comes_back_on_its_day(deadline, inbox, owner):
    sweep(at(3))
    reminders.snooze(deadline=deadline, days=2, by=owner, at=at(3))
    for day in (4, 5, 6):
        sweep(at(day))
    sent = Reminder.objects.filter(state="sent").values_list("rung", "fire_on")
    assert set(sent) == {(-7, at(3).date()), (-5, at(5).date())}


def test_my_quiet_is_not_yours(deadline, inbox, owner, colleague):
    reminders.acknowledge(deadline=deadline, by=colleague, at=at(1))
    sweep(at(3))
    assert len(inbox.to(owner.email)) == 1


def test_a_second_click_asks_for_quiet_once(deadline, owner, colleague):
    first = reminders.acknowledge(deadline=deadline, by=owner, at=at(4))
    assert reminders.acknowledge(deadline=deadline, by=owner, at=at(4)) == first
    assert Event.objects.about(deadline).filter(action="reminder.acknowledged").count() == 1
    # The last wish counts, so the first one again after another is a new one.
    reminders.snooze(deadline=deadline, days=2, by=owner, at=at(4))
    reminders.acknowledge(deadline=deadline, by=owner, at=at(4))
    reminders.acknowledge(deadline=deadline, by=colleague, at=at(4))
    assert Quiet.objects.count() == 4


@pytest.mark.parametrize("until", [at(4).date(), at(3).date(), datetime.date(2028, 1, 1)])
def test_quiet_until_a_day_that_makes_no_sense_is_refused(deadline, owner, until):
    with pytest.raises(reminders.QuietRefused, match="from tomorrow on"):
        reminders.acknowledge(deadline=deadline, until=until, by=owner, at=at(4))
    assert not Event.objects.exists()


def test_quiet_about_an_ended_date_is_refused(deadline, owner):
    closed = close_deadline(deadline=deadline, reason="Done.", on=at(4).date(), by=owner, at=at(4))
    with pytest.raises(reminders.QuietRefused, match="not open"):
        reminders.snooze(deadline=closed, days=2, by=owner, at=at(4))


# Mails that need a person


@pytest.fixture
def failed(deadline, owner, inbox):
    inbox.replies[:] = ["550 no such mailbox"]
    sweep(at(9))
    return Mail.objects.get()


def test_a_failed_mail_is_sent_again_by_a_person(failed, inbox, owner):
    assert failed.state == Mail.State.DEAD
    reminders.send_again(mail=failed, by=owner, at=at(9))
    sweep(at(9))
    [copy] = inbox.to(owner.email)
    assert copy.message_id == failed.message_id
    event = Event.objects.get(action="mail.send_again")
    assert (event.by_id, event.details) == (owner.pk, {"before": "dead"})


def test_a_sent_mail_is_sent_again_word_for_word(deadline, inbox, owner):
    sweep(at(9))
    User.objects.update(name="Another Name")
    reminders.send_again(mail=Mail.objects.get(), by=owner, at=at(9))
    sweep(at(9))
    first, second = inbox.to(owner.email)
    texts = [copy.message.get_body(("plain",)).get_content() for copy in (first, second)]
    assert (first.message_id, texts[0]) == (second.message_id, texts[1])
    assert Mail.objects.get().state == Mail.State.SENT


def test_a_mail_under_way_cannot_be_sent_again(owner):
    with pytest.raises(reminders.MailRefused, match="planned"):
        reminders.send_again(mail=MailFactory(person=owner), by=owner, at=at(9))


def test_a_mail_with_nothing_left_to_tell_is_not_sent_again(failed, deadline, owner):
    close_deadline(deadline=deadline, reason="Answered.", on=at(9).date(), by=owner, at=at(9))
    with pytest.raises(reminders.MailRefused, match="ended since"):
        reminders.send_again(mail=failed, by=owner, at=at(9))
    failed.refresh_from_db()
    assert failed.state == Mail.State.DEAD


def test_all_failed_are_tried_again_and_the_others_are_left(failed, owner, coordinator):
    MailFactory(person=owner, state="held")
    ended = MailFactory(person=owner, state="dead")
    assert reminders.retry_failed(by=coordinator, at=at(9)) == 1
    ended.refresh_from_db()
    assert ended.state == Mail.State.DEAD


def test_a_person_says_that_it_arrived(owner, deadline):
    mail = MailFactory(person=owner, state="held")
    row = ReminderFactory(deadline=deadline, person=owner, state="in_mail", mail=mail)
    reminders.settle(mail=mail, delivered=True, by=owner, at=at(9))
    mail.refresh_from_db(), row.refresh_from_db()
    assert (mail.state, mail.sent_at, row.state) == ("sent", at(9), "sent")


def test_a_person_decides_not_to_send_it(owner, deadline):
    mail = MailFactory(person=owner, state="dead")
    row = ReminderFactory(deadline=deadline, person=owner, state="in_mail", mail=mail)
    reminders.settle(mail=mail, delivered=False, by=owner, at=at(9))
    mail.refresh_from_db(), row.refresh_from_db()
    assert (mail.state, row.state, row.reason) == ("cancelled", "cancelled", "discarded")


def test_there_is_nothing_to_decide_about_a_sent_mail(owner):
    mail = MailFactory(person=owner, state="sent")
    with pytest.raises(reminders.MailRefused, match="nothing to decide"):
        reminders.settle(mail=mail, delivered=True, by=owner, at=at(9))


# After a restore


def test_behind_the_barrier_nothing_goes_out_by_itself(deadline, inbox, owner, colleague):
    """Lost with the newer database: that all this was sent already."""
    waiting = MailFactory(person=colleague, state="unknown", unknown_count=1)
    held = reminders.hold_back(at=at(9), reason="may have been sent before the restore")
    assert held == 2
    for hour in (6, 12, 18):
        sweep(at(9, hour))
    assert inbox.received == []
    assert set(Mail.objects.values_list("state", flat=True)) == {"held"}
    assert waiting.transitions.latest("pk").reason == "may have been sent before the restore"


def test_what_comes_due_after_the_barrier_goes_out(deadline, inbox, owner):
    reminders.hold_back(at=at(9), reason="restored")
    sweep(at(10))
    assert len(inbox.to(owner.email)) == 1
    assert Mail.objects.filter(state="held").count() == 1


def test_rungs_that_would_have_waited_for_tomorrow_are_held_too(deadline, owner):
    MailFactory(key=f"digest:{owner.pk}:{at(9).date()}", person=owner, state="sent",
                local_day=at(9).date())  # fmt: skip
    assert reminders.hold_back(at=at(9), reason="restored") == 1
    assert not Reminder.objects.due(at(9)).exists()


def test_a_held_mail_is_released_by_a_person(deadline, inbox, owner):
    reminders.hold_back(at=at(9), reason="restored")
    reminders.send_again(mail=Mail.objects.get(), by=owner, at=at(9))
    sweep(at(9))
    assert len(inbox.to(owner.email)) == 1
    assert Deadline.objects.get().state == Deadline.State.OPEN


def test_a_mail_that_failed_again_within_the_minute_can_be_sent_again(deadline, owner):
    failed = MailFactory(person=owner, state="dead")
    ReminderFactory(deadline=deadline, person=owner, mail=failed, state="in_mail")
    reminders.send_again(mail=failed, by=owner, at=at(9))
    Mail.objects.update(state="dead")
    seconds_later = at(9) + datetime.timedelta(seconds=20)
    assert reminders.send_again(mail=failed, by=owner, at=seconds_later).state == "retrying"
    assert reminders.send_again(mail=failed, by=owner, at=seconds_later).state == "retrying"
    assert Event.objects.filter(action="mail.send_again").count() == 2
