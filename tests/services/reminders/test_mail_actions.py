"""What a person decides about mails."""

import datetime

import pytest

from tests.events import words
from tests.factories.cases import CaseFactory
from tests.factories.deadlines import DeadlineFactory
from tests.factories.reminders import MailFactory, ReminderFactory
from tests.services.reminders import DUE, at
from tracker.models import Event, Mail, SweepRun, User
from tracker.services.deadlines.end import close_deadline
from tracker.services.refusals import Refused
from tracker.services.reminders.mail_actions import retry_failed, send_again, settle_mail
from tracker.services.reminders.sweep import run_sweep

pytestmark = pytest.mark.django_db


def sweep(when: datetime.datetime) -> SweepRun:
    return run_sweep(at=when, worker="w1")


@pytest.fixture
def deadline(owner):
    return DeadlineFactory(due_on=DUE, owner=owner, case=CaseFactory(lead=owner))


@pytest.fixture
def failed(deadline, owner, inbox):
    inbox.replies[:] = ["550 no such mailbox"]
    sweep(at(9))
    return Mail.objects.get()


def test_a_failed_mail_is_sent_again_by_a_person(failed, inbox, owner):
    assert failed.state == Mail.State.DEAD
    send_again(mail=failed, by=owner, at=at(9))
    sweep(at(9))
    [copy] = inbox.to(owner.email)
    assert copy.message_id == failed.message_id
    event = Event.objects.get(action="mail.send_again")
    assert (event.by_id, words(event)) == (owner.pk, {"before": "dead"})


def test_a_sent_mail_is_sent_again_word_for_word(deadline, inbox, owner):
    sweep(at(9))
    User.objects.update(name="Another Name")
    send_again(mail=Mail.objects.get(), by=owner, at=at(9))
    sweep(at(9))
    first, second = inbox.to(owner.email)
    texts = [copy.message.get_body(("plain",)).get_content() for copy in (first, second)]
    assert (first.message_id, texts[0]) == (second.message_id, texts[1])
    assert Mail.objects.get().state == Mail.State.SENT


def test_a_mail_under_way_cannot_be_sent_again(owner):
    with pytest.raises(Refused) as refused:
        send_again(mail=MailFactory(person=owner), by=owner, at=at(9))
    assert str(refused.value) == (
        "This e-mail is “planned”; only a failed, held or sent one can be sent again."
    )


def test_a_mail_with_nothing_left_to_tell_is_not_sent_again(failed, deadline, owner):
    close_deadline(deadline=deadline, reason="Answered.", on=at(9).date(), by=owner, at=at(9))
    with pytest.raises(Refused, match="ended since"):
        send_again(mail=failed, by=owner, at=at(9))
    failed.refresh_from_db()
    assert failed.state == Mail.State.DEAD


def test_all_failed_are_tried_again_and_the_others_are_left(failed, owner, coordinator):
    MailFactory(person=owner, state="held")
    ended = MailFactory(person=owner, state="dead")
    assert retry_failed(by=coordinator, at=at(9)) == 1
    ended.refresh_from_db()
    assert ended.state == Mail.State.DEAD


def test_a_person_says_that_it_arrived(owner, deadline):
    mail = MailFactory(person=owner, state="held")
    row = ReminderFactory(deadline=deadline, person=owner, state="in_mail", mail=mail)
    settle_mail(mail=mail, delivered=True, by=owner, at=at(9))
    mail.refresh_from_db(), row.refresh_from_db()
    assert (mail.state, mail.sent_at, row.state) == ("sent", at(9), "sent")


def test_a_person_decides_not_to_send_it(owner, deadline):
    mail = MailFactory(person=owner, state="dead")
    row = ReminderFactory(deadline=deadline, person=owner, state="in_mail", mail=mail)
    settle_mail(mail=mail, delivered=False, by=owner, at=at(9))
    mail.refresh_from_db(), row.refresh_from_db()
    assert (mail.state, row.state, row.reason) == ("cancelled", "cancelled", "discarded")


def test_there_is_nothing_to_decide_about_a_sent_mail(owner):
    mail = MailFactory(person=owner, state="sent")
    with pytest.raises(Refused, match="nothing to decide"):
        settle_mail(mail=mail, delivered=True, by=owner, at=at(9))


def test_a_mail_that_failed_again_can_be_sent_again(deadline, owner):
    failed = MailFactory(person=owner, state="dead")
    ReminderFactory(deadline=deadline, person=owner, mail=failed, state="in_mail")
    send_again(mail=failed, by=owner, at=at(9))
    with pytest.raises(Refused, match="will be tried again"):
        send_again(mail=failed, by=owner, at=at(9))
    Mail.objects.update(state="dead")
    assert send_again(mail=failed, by=owner, at=at(9)).state == "retrying"
    assert Event.objects.filter(action="mail.send_again").count() == 2
