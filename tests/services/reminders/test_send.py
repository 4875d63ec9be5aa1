"""Mails go out once, over a real SMTP connection, and whatever goes wrong is told apart."""

import datetime

import pytest
from django.db import DatabaseError, connection, transaction

from tests.factories.deadlines import (
    DeadlineFactory,
    RegistrationDeadlineFactory,
)
from tests.factories.reminders import MailFactory, ReminderFactory
from tests.now import database_now
from tracker.models import Deadline, Mail, MailTransition, Mute, Outage, Reminder
from tracker.services.reminders import outbox, recheck, send
from tracker.services.reminders.digest import write_digests
from tracker.services.reminders.handover import mark_handover
from tracker.services.reminders.mail_actions import send_again, settle_mail
from tracker.services.reminders.outbox import Accepted
from tracker.services.reminders.restore import hold_after_restore

pytestmark = pytest.mark.django_db

AT = datetime.datetime(2026, 3, 9, 3, tzinfo=datetime.UTC)
DUE = datetime.date(2026, 3, 10)
MINUTE = datetime.timedelta(minutes=1)
LATER = AT + 5 * MINUTE


@pytest.fixture
def mail(owner, case):
    """A digest of one date, due and not yet taken."""
    deadline = DeadlineFactory(due_on=DUE, owner=owner, case=case, title="Look at the court's page")
    ReminderFactory(person=owner, deadline=deadline)
    write_digests(at=AT)
    return Mail.objects.get()


def deliver(at: datetime.datetime = AT) -> tuple[int, int]:
    outcome = send.deliver(at=at, worker="w1", seconds=10)
    return outcome.sent, outcome.failed


def steps(mail: Mail) -> list[str]:
    return list(mail.transitions.order_by("pk").values_list("to_state", flat=True))


def again(mail: Mail) -> Mail:
    mail.refresh_from_db()
    return mail


def abandoned(mail: Mail) -> None:
    """The worker that held it was killed; its lease is over."""
    Mail.objects.filter(pk=mail.pk).update(
        lease_until=database_now() - datetime.timedelta(seconds=1)
    )


# The good case


def test_a_mail_is_sent_once_with_each_step_on_record(mail, inbox, owner):
    assert deliver() == (1, 0)
    assert deliver() == (0, 0)
    [received] = inbox.to(owner.email)
    assert received.message_id == mail.message_id
    assert again(mail).state == Mail.State.SENT
    assert (mail.smtp_reply, mail.token, mail.attempts) == ("250 OK kept", None, 0)
    assert steps(mail) == ["planned", "claimed", "handover", "sent"]
    assert Reminder.objects.get().state == Reminder.State.SENT


def test_a_mail_of_a_late_registration_calls_it_so(owner, case, inbox):
    day = DUE - datetime.timedelta(days=9)
    clock = RegistrationDeadlineFactory(case=case, owner=owner, due_on=day)
    ReminderFactory(person=owner, deadline=clock, fire_on=AT.date())
    write_digests(at=AT)
    assert deliver() == (1, 0)
    assert "Ask for the registration number" in Mail.objects.get().body_text


def test_the_mail_is_kept_as_it_was_sent(mail, inbox, owner):
    deliver()
    [received] = inbox.to(owner.email)
    message = received.message
    assert again(mail).subject == message["Subject"] == "Tracker: 1 coming up"
    assert mail.body_text == message.get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert mail.body_html == message.get_body(("html",)).get_content().replace("\r\n", "\n")
    assert (mail.to_address, mail.language) == (owner.email, "en")


def test_the_headers_say_that_a_machine_wrote_it(mail, inbox, owner):
    deliver()
    [received] = inbox.to(owner.email)
    headers = received.message
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["Precedence"] == "bulk"
    assert headers["List-Id"] == "Tracker <reminders.127.0.0.1>"
    assert headers["List-Unsubscribe"] == "<http://127.0.0.1:8000/accounts/me/>"
    assert headers["To"] == owner.email
    assert "Return-Receipt-To" not in headers


def test_many_mails_go_over_one_connection(inbox, caplog):
    caplog.set_level("INFO", logger="mail.log")
    for _ in range(30):
        deadline = DeadlineFactory(due_on=DUE)
        ReminderFactory(deadline=deadline)
    write_digests(at=AT)
    assert deliver() == (30, 0)
    assert len(inbox.received) == 30
    assert sum("handling connection" in line for line in caplog.messages) == 1


# The last look


def test_what_has_ended_since_is_left_out_and_an_empty_mail_is_not_sent(mail, inbox):
    Deadline.objects.update(state="closed", ended_on=DUE)
    assert deliver() == (0, 0)
    assert inbox.received == []
    assert again(mail).state == Mail.State.CANCELLED
    assert Reminder.objects.get().reason == Reminder.Reason.ENDED


def test_the_rest_of_the_mail_still_goes_out(mail, inbox, owner):
    other = DeadlineFactory(due_on=DUE, owner=owner, title="Ask at the registry")
    ReminderFactory(person=owner, deadline=other)
    write_digests(at=AT)
    Deadline.objects.exclude(pk=other.pk).update(generation=2)
    assert deliver() == (1, 0)
    assert "court" not in again(mail).body_text
    assert "Ask at the registry" in mail.body_text


def test_whoever_may_not_see_the_case_any_more_is_not_told(mail, inbox, case):
    type(case).objects.update(confidentiality="team")
    assert deliver() == (0, 0)
    assert inbox.received == []
    assert Reminder.objects.get().reason == Reminder.Reason.NOT_VISIBLE


def test_whoever_has_left_is_not_told(mail, inbox, owner):
    owner.is_active = False
    owner.save()
    assert deliver() == (0, 0)
    assert inbox.received == []


def test_whoever_asked_for_quiet_meanwhile_is_left_in_peace(mail, inbox, owner):
    deadline = Deadline.objects.get()
    Mute.objects.create(
        deadline=deadline, generation=1, person=owner, kind="acknowledged", until=DUE, at=AT
    )
    assert deliver() == (0, 0)
    assert (inbox.received, Reminder.objects.get().state) == ([], "skipped")


def test_it_goes_to_the_address_of_today(mail, inbox, owner):
    owner.email = "new@example.org"
    owner.save()
    deliver()
    assert len(inbox.to("new@example.org")) == 1


# Refusals


def test_a_temporary_refusal_is_tried_again_later_and_later(mail, inbox):
    inbox.replies[:] = ["451 try later", "451 try later"]
    assert deliver() == (0, 1)
    assert (again(mail).state, mail.attempts) == (Mail.State.RETRYING, 1)
    assert mail.smtp_reply == "451 try later"
    first = mail.next_attempt_at - AT
    assert 0.75 * MINUTE <= first <= 1.25 * MINUTE
    assert deliver() == (0, 0)
    deliver(at=AT + 2 * MINUTE)
    second = again(mail).next_attempt_at - (AT + 2 * MINUTE)
    assert 1.5 * MINUTE <= second <= 2.5 * MINUTE
    assert deliver(at=AT + 10 * MINUTE) == (1, 0)
    assert len(inbox.received) == 1


def test_after_twelve_temporary_refusals_a_person_is_asked(mail, inbox):
    Mail.objects.update(attempts=11)
    inbox.replies[:] = ["451 try later"]
    deliver()
    assert (again(mail).state, mail.attempts) == (Mail.State.DEAD, 12)


def test_a_refusal_for_good_stops_and_shows(mail, inbox):
    inbox.replies[:] = ["550 no such mailbox"]
    assert deliver() == (0, 1)
    assert (again(mail).state, mail.smtp_reply) == (Mail.State.DEAD, "550 no such mailbox")
    assert deliver(at=AT + datetime.timedelta(days=1)) == (0, 0)
    assert Reminder.objects.get().state == Reminder.State.IN_MAIL


def test_one_refused_mail_does_not_stop_the_next(mail, inbox, colleague):
    ReminderFactory(person=colleague, deadline=DeadlineFactory(due_on=DUE))
    write_digests(at=AT)
    inbox.replies[:] = ["550 no such mailbox"]
    assert deliver() == (1, 1)
    assert len(inbox.to(colleague.email)) == 1


def test_an_address_the_server_does_not_know_stops_there(mail, inbox, owner, colleague):
    ReminderFactory(person=colleague, deadline=DeadlineFactory(due_on=DUE))
    write_digests(at=AT)
    inbox.refusals[owner.email] = "550 no such mailbox"
    assert deliver() == (1, 1)
    assert (again(mail).state, mail.smtp_reply) == (Mail.State.DEAD, "550 no such mailbox")
    assert [to for mail in inbox.received for to in mail.recipients] == [colleague.email]


def test_an_address_that_is_busy_is_tried_again(mail, inbox, owner):
    inbox.refusals[owner.email] = "450 busy"
    assert deliver() == (0, 1)
    assert (again(mail).state, mail.attempts) == (Mail.State.RETRYING, 1)
    inbox.refusals.clear()
    assert deliver(at=LATER) == (1, 0)
    assert len(inbox.received) == 1


def test_a_refused_sender_is_no_fault_of_the_mail(mail, inbox):
    inbox.refusals["tracker@localhost"] = "550 not from here"
    assert deliver() == (0, 0)
    assert (again(mail).state, mail.attempts) == (Mail.State.RETRYING, 0)
    assert mail.last_error == "mail server away: 550 not from here"


def test_what_was_accepted_is_noted_although_the_next_is_refused(mail, inbox, owner, colleague):
    ReminderFactory(person=colleague, deadline=DeadlineFactory(due_on=DUE))
    write_digests(at=AT)
    inbox.refusals[colleague.email] = "550 no such mailbox"
    assert deliver() == (1, 1)
    assert again(mail).state == Mail.State.SENT
    assert steps(mail) == ["planned", "claimed", "handover", "sent"]


def test_what_was_accepted_is_noted_although_the_database_fails_then(mail, inbox, colleague):
    ReminderFactory(person=colleague, deadline=DeadlineFactory(due_on=DUE))
    write_digests(at=AT)

    def full_disk(execute, sql, params, many, context):
        if isinstance(params, dict) and params.get("to_address") == colleague.email:
            raise DatabaseError("the disk is full")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(full_disk), pytest.raises(DatabaseError):
        deliver()
    assert again(mail).state == Mail.State.SENT


def test_one_mail_that_cannot_be_written_does_not_stop_the_next(mail, inbox, owner, colleague):
    ReminderFactory(person=colleague, deadline=DeadlineFactory(due_on=DUE))
    write_digests(at=AT)
    type(owner).objects.filter(pk=owner.pk).update(time_zone="Mars/Olympus")
    assert deliver() == (1, 1)
    assert len(inbox.to(colleague.email)) == 1
    assert (again(mail).state, mail.attempts) == (Mail.State.RETRYING, 1)
    assert mail.last_error == "could not be written: ZoneInfoNotFoundError"


def test_an_address_with_a_line_break_is_no_way_to_add_headers(mail, inbox, owner):
    type(owner).objects.filter(pk=owner.pk).update(email="a@example.org\r\nBcc: b@example.org")
    assert deliver() == (0, 1)
    assert (inbox.received, again(mail).state) == ([], Mail.State.DEAD)


# The mail server is away


def test_a_server_that_is_away_is_no_fault_of_the_mail(mail, settings):
    settings.EMAIL_PORT = 1
    assert deliver() == (0, 0)
    assert (again(mail).state, mail.attempts) == (Mail.State.RETRYING, 0)
    assert mail.last_error == "mail server away: ConnectionRefusedError"


def test_after_five_failures_nobody_tries_for_a_minute(settings, inbox):
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    for _ in range(8):
        ReminderFactory(deadline=DeadlineFactory(due_on=DUE))
    write_digests(at=AT)
    deliver()
    assert Outage.objects.get().pause_until > database_now() + datetime.timedelta(seconds=50)
    assert set(Mail.objects.values_list("state", flat=True)) == {Mail.State.RETRYING}
    settings.EMAIL_PORT = port
    assert deliver(at=LATER) == (0, 0)
    Outage.objects.update(pause_until=database_now() - datetime.timedelta(seconds=1))
    assert deliver(at=LATER) == (8, 0)


def test_a_success_forgets_the_failures_before_it(mail, inbox):
    Outage.objects.create(pk=1, failures=4)
    assert deliver() == (1, 0)
    assert Outage.objects.get().failures == 0


# Killed, stuck, or without an answer


def test_a_mail_claimed_by_a_killed_worker_is_sent_by_the_next(mail, inbox):
    [claimed] = outbox.claim(at=AT, worker="killed", limit=10)
    assert deliver() == (0, 0)
    abandoned(claimed)
    assert outbox.recover(at=AT, worker="w2") == 1
    assert again(mail).state == Mail.State.RETRYING
    assert deliver(at=LATER) == (1, 0)
    assert len(inbox.received) == 1


def test_a_mail_handed_over_by_a_killed_worker_is_unknown_and_sent_once_more(mail, inbox):
    inbox.replies[:] = ["accept and drop"]
    assert deliver() == (0, 0)
    assert (again(mail).state, mail.unknown_count) == (Mail.State.UNKNOWN, 1)
    assert deliver() == (0, 0)
    assert deliver(at=LATER) == (1, 0)
    assert [copy.message_id for copy in inbox.received] == [mail.message_id] * 2
    first, second = (copy.message.get_body(("plain",)).get_content() for copy in inbox.received)
    assert first == second
    assert steps(mail) == [
        "planned", "claimed", "handover", "unknown", "claimed", "handover", "sent",
    ]  # fmt: skip


def test_killed_between_handover_and_answer_it_is_found_as_unknown(mail, inbox):
    [claimed] = outbox.claim(at=AT, worker="killed", limit=10)
    assert mark_handover(claimed, worker="killed")
    assert outbox.recover(at=AT, worker="w2") == 0
    abandoned(claimed)
    assert outbox.recover(at=AT, worker="w2") == 1
    assert (again(mail).state, mail.unknown_count) == (Mail.State.UNKNOWN, 1)


def test_a_mail_twice_unknown_waits_for_a_person(mail, inbox):
    inbox.replies[:] = ["accept and drop", "accept and drop"]
    deliver()
    deliver(at=LATER)
    assert (again(mail).state, mail.unknown_count) == (Mail.State.HELD, 2)
    assert deliver(at=AT + datetime.timedelta(days=3)) == (0, 0)
    assert len(inbox.received) == 2


def test_where_the_setting_says_hold_no_second_copy_is_sent(mail, inbox, settings):
    settings.UNKNOWN_POLICY = "hold"
    inbox.replies[:] = ["accept and drop"]
    deliver()
    assert again(mail).state == Mail.State.HELD
    assert steps(mail)[-2:] == ["unknown", "held"]
    assert deliver(at=AT + datetime.timedelta(days=3)) == (0, 0)
    assert len(inbox.received) == 1


def test_a_second_copy_is_not_sent_to_somebody_who_lost_sight_of_the_case(mail, inbox, case):
    inbox.replies[:] = ["drop"]
    deliver()
    type(case).objects.update(confidentiality="team")
    deliver(at=LATER)
    assert (again(mail).state, inbox.received) == (Mail.State.HELD, [])


def test_a_second_copy_keeps_its_language(mail, inbox, owner):
    inbox.replies[:] = ["accept and drop"]
    deliver()
    owner.language = "ru"
    owner.save()
    assert deliver(at=LATER) == (1, 0)
    first, second = (copy.message for copy in inbox.received)
    assert (first["Content-Language"], second["Content-Language"]) == ("en", "en")


def test_a_mail_that_was_never_written_is_not_sent_again_empty(mail, inbox, owner):
    hold_after_restore(at=AT, reason="may have been sent before the restore")
    settle_mail(mail=mail, delivered=True, by=owner, at=AT)
    send_again(mail=mail, by=owner, at=AT)
    assert deliver() == (1, 0)
    [received] = inbox.received
    assert received.message["Subject"] == "Tracker: 1 coming up"


def test_what_ended_before_the_second_copy_waits_in_no_mail(mail, inbox):
    inbox.replies[:] = ["drop"]
    deliver()
    Deadline.objects.update(state="closed", ended_on=DUE)
    assert deliver(at=LATER) == (0, 0)
    assert again(mail).state == Mail.State.CANCELLED
    row = Reminder.objects.get()
    assert (row.state, row.reason) == (Reminder.State.CANCELLED, Reminder.Reason.ENDED)


def test_a_claim_that_was_lost_sends_nothing(mail, inbox):
    [sleeper] = outbox.claim(at=AT, worker="asleep", limit=10)
    abandoned(sleeper)
    outbox.recover(at=AT, worker="w2")
    assert not mark_handover(sleeper, worker="asleep")
    assert steps(mail)[-1] == "retrying"


def test_nothing_is_said_to_the_server_after_a_handover_that_failed(mail, inbox, monkeypatch):
    monkeypatch.setattr(send, "mark_handover", lambda *arguments, **more: False)
    assert deliver() == (0, 0)
    assert inbox.received == []


def test_an_answer_after_the_lease_still_counts(mail, inbox):
    [slow] = outbox.claim(at=AT, worker="slow", limit=10)
    mark_handover(slow, worker="slow")
    abandoned(slow)
    outbox.recover(at=AT, worker="w2")
    outbox.mark_sent(Accepted(slow, "250 OK"), worker="slow")
    assert again(mail).state == Mail.State.SENT
    assert deliver() == (0, 0)


def test_an_answer_that_comes_while_another_worker_prepares_stops_the_second_copy(mail, inbox):
    [slow] = outbox.claim(at=AT, worker="slow", limit=10)
    mark_handover(slow, worker="slow")
    abandoned(slow)
    outbox.recover(at=AT, worker="w2")
    [second] = outbox.claim(at=LATER, worker="w2", limit=10)
    outbox.mark_sent(Accepted(slow, "250 OK"), worker="slow")
    assert not mark_handover(second, worker="w2")
    assert again(mail).state == Mail.State.SENT


def test_an_answer_that_comes_after_the_second_try_was_put_off_stops_the_next(mail, inbox):
    [slow] = outbox.claim(at=AT, worker="slow", limit=10)
    mark_handover(slow, worker="slow")
    abandoned(slow)
    outbox.recover(at=AT, worker="w2")
    second = outbox.claim(at=LATER, worker="w2", limit=10)
    outbox.release(second, error="mail server away", at=LATER, worker="w2")
    outbox.mark_sent(Accepted(slow, "250 OK"), worker="slow")
    assert again(mail).state == Mail.State.SENT
    assert deliver(at=LATER + 10 * MINUTE) == (0, 0)


def test_what_was_on_its_way_at_the_barrier_counts_as_perhaps_delivered(mail, inbox):
    [claimed] = outbox.claim(at=AT, worker="w1", limit=10)
    mark_handover(claimed, worker="w1")
    hold_after_restore(at=AT, reason="may have been sent before the restore")
    assert (again(mail).state, mail.unknown_count) == (Mail.State.HELD, 1)


def test_in_a_slow_batch_the_address_is_looked_up_again(mail, inbox, owner):
    [claimed] = outbox.claim(at=AT, worker="w1", limit=10)
    assert recheck.recheck([claimed], at=AT, worker="w1")[0].mail.person.email == owner.email
    owner.email = "new@example.org"
    owner.save()
    [prepared] = recheck.recheck([claimed], at=AT, worker="w1")
    assert prepared.mail.person.email == "new@example.org"


def test_each_mail_is_claimed_by_one_worker(mail, inbox):
    assert len(outbox.claim(at=AT, worker="w1", limit=10)) == 1
    assert outbox.claim(at=AT, worker="w2", limit=10) == []


def test_what_is_not_done_when_the_time_is_over_is_put_back(mail, inbox):
    run = send.DeliveryRun(send.MailServer(), at=AT, worker="w1", end=0.0)
    run.send_batch(outbox.claim(at=AT, worker="w1", limit=10))
    assert (again(mail).state, mail.attempts, mail.next_attempt_at) == ("retrying", 0, AT)
    assert run.outcome.sent == 0


def test_log_lines_hold_numbers_and_neither_names_nor_addresses(mail, inbox, owner, caplog):
    caplog.set_level("INFO", logger="tracker.reminders")
    inbox.replies[:] = ["451 <owner@example.org> is busy"]
    deliver()
    deliver(at=LATER)
    lines = [record.getMessage() for record in caplog.records if record.name == "tracker.reminders"]
    assert any(f"mail={mail.pk} handover->sent" in line for line in lines)
    for secret in (owner.email, owner.name, "court", "OPEN-1"):
        assert not any(secret in line for line in lines)


def test_transitions_can_neither_be_altered_nor_removed(mail):

    for change in (
        lambda: MailTransition.objects.update(reason="nothing happened"),
        lambda: MailTransition.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


def test_a_mail_of_a_state_no_one_waits_for_is_not_claimed(inbox, owner):
    for state in ("held", "dead", "cancelled", "sent"):
        MailFactory(person=owner, state=state)
    assert deliver() == (0, 0)


# Servers that keep to no protocol


def test_an_answer_that_means_nothing_leaves_the_outcome_unknown(mail, inbox):
    inbox.replies[:] = ["Hello, who is there?"]
    assert deliver() == (0, 0)
    assert (again(mail).state, mail.unknown_count) == (Mail.State.UNKNOWN, 1)


def test_any_word_of_success_is_one(mail, inbox):
    inbox.replies[:] = ["251 kept, and passed on"]
    assert deliver() == (1, 0)
    assert (again(mail).state, mail.smtp_reply) == (Mail.State.SENT, "251 kept, and passed on")


def test_a_line_that_is_out_of_step_is_not_used_again(mail, inbox, owner, colleague, caplog):
    caplog.set_level("INFO", logger="mail.log")
    ReminderFactory(person=colleague, deadline=DeadlineFactory(due_on=DUE))
    write_digests(at=AT)
    inbox.refusals[owner.email] = "what is this?"
    assert deliver() == (1, 1)
    assert len(inbox.to(colleague.email)) == 1
    assert sum("handling connection" in line for line in caplog.messages) == 2
