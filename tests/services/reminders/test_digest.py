"""One mail a day for one person, whatever is late, early or twice."""

import datetime

import pytest

from tests.factories.deadlines import DeadlineFactory
from tests.factories.people import UserFactory
from tests.factories.reminders import AT, MailFactory, ReminderFactory
from tracker.models import Mail, MailTransition, Reminder
from tracker.services.reminders.digest import message_id, write_digests

pytestmark = pytest.mark.django_db

DUE = datetime.date(2026, 3, 10)
TODAY = datetime.date(2026, 3, 9)
TOMORROW = AT + datetime.timedelta(days=1)


def due(owner, **fields) -> Reminder:
    """A reminder of a date of its own; AT is 09:00 in Bishkek, an hour after the digest's."""
    if "deadline" not in fields:
        fields["deadline"] = DeadlineFactory(due_on=DUE, owner=owner)
    return ReminderFactory(person=owner, **fields)


def fresh(row: Reminder) -> Reminder:
    return Reminder.objects.select_related("mail").get(pk=row.pk)


def test_all_that_is_due_for_one_person_goes_into_one_mail(owner, colleague):
    rows = [due(owner), due(owner), due(colleague)]
    assert write_digests(at=AT) == 2
    mails = [fresh(row).mail for row in rows]
    assert mails[0] == mails[1] != mails[2]
    assert (mails[0].person, mails[0].local_day, mails[0].state) == (owner, TODAY, "planned")
    assert {fresh(row).state for row in rows} == {"in_mail"}
    steps = MailTransition.objects.values_list("mail", "from_state", "to_state")
    assert set(steps) == {(mails[0].pk, "", "planned"), (mails[2].pk, "", "planned")}


def test_what_is_not_due_yet_waits(owner):
    row = due(owner, send_at=AT + datetime.timedelta(seconds=1))
    assert write_digests(at=AT) == 0
    assert fresh(row).state == "planned"


def test_writing_twice_changes_nothing(owner):
    due(owner)
    write_digests(at=AT)
    assert write_digests(at=AT) == 0
    assert (Mail.objects.count(), MailTransition.objects.count()) == (1, 1)


def test_a_digest_grows_until_somebody_takes_it(owner):
    first = due(owner)
    write_digests(at=AT)
    second = due(owner)
    assert write_digests(at=AT) == 0
    assert fresh(first).mail == fresh(second).mail


@pytest.mark.parametrize("state", ["sent", "dead", "held", "unknown"])
def test_after_the_days_digest_has_left_the_rest_waits_for_tomorrow(owner, state):
    MailFactory(person=owner, key=f"digest:{owner.pk}:{TODAY}", state=state)
    row = due(owner)
    assert write_digests(at=AT) == 0
    assert fresh(row).state == "planned"
    assert write_digests(at=TOMORROW) == 1
    assert fresh(row).mail.local_day == DUE


def test_what_cannot_wait_for_tomorrow_follows_the_digest_at_once(owner):
    MailFactory(person=owner, key=f"digest:{owner.pk}:{TODAY}", state="sent")
    urgent, other = due(owner, at_once=True), due(owner)
    assert write_digests(at=AT) == 1
    assert fresh(urgent).mail.kind == Mail.Kind.AT_ONCE
    assert fresh(other).state == "planned"
    assert write_digests(at=AT) == 0


def test_what_cannot_wait_goes_with_the_digest_where_that_has_not_left(owner):
    urgent = due(owner, at_once=True)
    write_digests(at=AT)
    assert fresh(urgent).mail.kind == Mail.Kind.DIGEST


def test_before_the_hour_of_the_day_the_digest_is_yesterdays(owner):
    owner.digest_hour = 10
    owner.save()
    row = due(owner)
    write_digests(at=AT)
    assert fresh(row).mail.local_day == TODAY - datetime.timedelta(days=1)


def test_of_one_date_only_the_newest_reminder_is_told(owner):
    deadline = DeadlineFactory(due_on=DUE, owner=owner)
    older, newer = (
        due(owner, deadline=deadline, offset_days=-3),
        due(owner, deadline=deadline, offset_days=-1),
    )
    write_digests(at=AT)
    assert fresh(newer).state == "in_mail"
    assert (fresh(older).state, fresh(older).reason) == ("skipped", "superseded")


def test_after_days_without_a_mail_server_one_digest_is_left(owner):
    deadline = DeadlineFactory(due_on=DUE, owner=owner)
    monday, kept = due(owner, deadline=deadline, offset_days=-1), due(owner)
    write_digests(at=AT)
    first = Mail.objects.get()
    Mail.objects.update(state="retrying")
    tuesday = due(owner, deadline=deadline, offset_days=0, send_at=TOMORROW)
    assert write_digests(at=TOMORROW) == 1
    first.refresh_from_db()
    assert first.state == Mail.State.CANCELLED
    assert fresh(tuesday).mail == fresh(kept).mail != first
    assert (fresh(monday).state, fresh(monday).mail) == ("skipped", None)


def test_a_mail_that_may_have_been_delivered_is_left_alone(owner):
    row = due(owner)
    write_digests(at=AT)
    Mail.objects.update(state="retrying", unknown_count=1)
    due(owner, send_at=TOMORROW)
    write_digests(at=TOMORROW)
    assert fresh(row).mail.state == "retrying"
    assert Mail.objects.count() == 2


def test_a_digest_whose_every_line_was_cancelled_is_taken_up_again(owner):
    due(owner)
    write_digests(at=AT)
    Reminder.objects.update(state="cancelled")
    Mail.objects.update(state="cancelled")
    row = due(owner)
    assert write_digests(at=AT) == 0
    assert (fresh(row).state, fresh(row).mail.state) == ("in_mail", "planned")


def test_a_date_that_has_ended_is_not_put_into_a_mail(owner):
    row = due(owner)
    type(row.deadline).objects.filter(pk=row.deadline_id).update(generation=2)
    assert write_digests(at=AT) == 0
    assert fresh(row).state == "planned"


def test_two_hundred_and_fifty_one_people_all_get_theirs():
    for _ in range(251):
        due(UserFactory(password="!"))
    assert write_digests(at=AT) == 251
    assert set(Reminder.objects.values_list("state", flat=True)) == {"in_mail"}


def test_one_person_whose_mail_is_refused_does_not_stop_the_others(owner, colleague, caplog):
    # The number of tomorrow's digest is taken by a row that is no digest.
    MailFactory(key=f"digest:{owner.pk}:{TODAY}", person=owner, kind="at_once", state="sent")
    refused, written = due(owner), due(colleague)
    assert write_digests(at=AT) == 1
    assert (fresh(refused).state, fresh(written).state) == ("planned", "in_mail")
    assert f"person={owner.pk}" in caplog.text


def test_the_message_id_is_the_same_for_the_same_mail_and_says_nothing():
    assert message_id("digest:7:2026-03-09") == message_id("digest:7:2026-03-09")
    assert message_id("digest:7:2026-03-09") != message_id("digest:7:2026-03-10")
    assert message_id("digest:7:2026-03-09").endswith("@127.0.0.1>")
    assert "2026" not in message_id("digest:7:2026-03-09")


def test_the_number_of_queries_does_not_grow(django_assert_num_queries):
    due(UserFactory())
    with django_assert_num_queries(8):
        write_digests(at=AT)
    for _ in range(3):
        due(UserFactory())
    with django_assert_num_queries(8):
        write_digests(at=AT)
