"""People are told what happened to their account, and nothing else is told by it."""

import datetime

import pytest

from tests.factories.reminders import MailFactory
from tests.now import NOW
from tracker.models import Mail, MailTransition
from tracker.services.refusals import Refused
from tracker.services.reminders.digest import write_digests
from tracker.services.reminders.mail_actions import send_again
from tracker.services.reminders.sweep import run_sweep
from tracker.services.security_notices import ATTEMPTS, Notice, notify

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)


def sent_to(inbox, address: str) -> list[str]:
    return [
        mail.message.get_body((kind,)).get_content()
        for mail in inbox.to(address)
        for kind in ("plain", "html")
    ]


@pytest.mark.parametrize("notice", Notice)
def test_each_notice_goes_out_under_the_same_subject(owner, administrator, inbox, notice):
    notify(person=owner, notice=notice, by=administrator, at=NOW)
    run_sweep(at=NOW, worker="w1")
    [mail] = inbox.to(owner.email)
    assert mail.message["Subject"] == "Tracker: about your account"
    text, page = sent_to(inbox, owner.email)
    assert str(notice.label) in text
    assert str(notice.label) in page.replace("&#x27;", "'")
    assert administrator.name not in text + page


def test_the_address_somebody_had_before_is_told_too(owner, administrator, inbox):
    owner.email = "new@example.org"
    owner.save()
    notify(
        person=owner,
        notice=Notice.ADDRESS_CHANGED,
        by=administrator,
        at=NOW,
        former_address="old@example.org",
    )
    run_sweep(at=NOW, worker="w1")
    assert len(sent_to(inbox, "new@example.org")) == len(sent_to(inbox, "old@example.org")) == 2
    assert set(MailTransition.objects.values_list("to_state", flat=True)) == {
        *("planned", "claimed", "handover", "sent")
    }


def test_whoever_lost_the_account_is_told(owner, inbox):
    owner.is_active = False
    owner.save()
    notify(person=owner, notice=Notice.ACCESS_ENDED, by=None, at=NOW)
    run_sweep(at=NOW, worker="w1")
    assert len(inbox.to(owner.email)) == 1


@pytest.mark.parametrize("notice", sorted(ATTEMPTS))
def test_of_many_tries_an_hour_one_is_told(owner, notice):
    for seconds in range(0, 7200, 600):
        at = NOW.replace(minute=0) + datetime.timedelta(seconds=seconds)
        notify(person=owner, notice=notice, by=owner, at=at)
    assert Mail.objects.count() == 2


def test_it_speaks_the_persons_language_and_clock(owner):
    owner.language, owner.time_zone = "ru", "Asia/Bishkek"
    notify(
        person=owner,
        notice=Notice.PASSWORD_CHANGED,
        by=owner,
        at=datetime.datetime(2026, 3, 9, 20, 15, tzinfo=datetime.UTC),
    )
    mail = Mail.objects.get()
    assert (mail.language, mail.local_day) == ("ru", datetime.date(2026, 3, 10))
    assert "10 марта 2026, 02:15" in mail.body_text


# A link that opens the account


@pytest.fixture
def link_asked(owner):
    notify(
        person=owner, notice=Notice.RESET_ASKED, by=None, at=NOW, secret_link=Mail.SecretLink.RESET
    )
    return Mail.objects.get()


def test_a_secret_link_is_in_the_mail_and_nowhere_else(link_asked, owner, inbox, settings):
    settings.BASE_URL = "https://tracker.example.org"
    run_sweep(at=NOW, worker="w1")
    for words in sent_to(inbox, owner.email):
        assert "https://tracker.example.org/accounts/password/reset/key/" in words
        assert "[…]" not in words
    kept = Mail.objects.values().get()
    assert kept["state"] == Mail.State.SENT
    assert "password/reset" not in str(kept)


def test_a_closed_account_gets_no_link(link_asked, owner, inbox):
    owner.is_active = False
    owner.save()
    run_sweep(at=NOW, worker="w1")
    assert inbox.to(owner.email) == []
    assert Mail.objects.get().state == Mail.State.CANCELLED


def test_a_link_that_did_not_arrive_is_not_sent_for_ever(link_asked, coordinator):
    Mail.objects.update(state=Mail.State.DEAD)
    send_again(mail=link_asked, by=coordinator, at=NOW + HOUR)
    Mail.objects.update(state=Mail.State.DEAD)
    with pytest.raises(Refused, match="asks for a new one"):
        send_again(mail=link_asked, by=coordinator, at=NOW + 25 * HOUR)


def test_what_was_told_is_not_told_again(owner, coordinator):
    sent = MailFactory(person=owner, kind=Mail.Kind.NOTICE, state="sent")
    with pytest.raises(Refused, match="one moment"):
        send_again(mail=sent, by=coordinator, at=NOW)


def test_a_notice_is_no_digest(link_asked):
    write_digests(at=NOW)
    link_asked.refresh_from_db()
    assert link_asked.state == Mail.State.PLANNED
