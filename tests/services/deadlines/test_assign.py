"""Whoever is given a date hears of it at once, if they want that."""

import datetime

import pytest

from tests.factories.deadlines import DeadlineFactory, StatutoryDeadlineFactory
from tests.factories.people import UserFactory
from tracker.models import Mail, Reminder
from tracker.services.cases import edit_case
from tracker.services.deadlines.assign import assign_deadline, tell_assigned
from tracker.services.refusals import Refused
from tracker.services.reminders.digest import write_digests
from tracker.services.reminders.sweep import run_sweep

pytestmark = pytest.mark.django_db

AT = datetime.datetime(2026, 3, 9, 6, tzinfo=datetime.UTC)
FAR = datetime.date(2026, 6, 1)


def sweep(minutes: int = 0) -> None:
    run_sweep(at=AT + datetime.timedelta(minutes=minutes), worker="w1")


def test_a_date_given_by_a_colleague_is_told_at_once_and_once(owner, colleague, inbox):
    deadline = DeadlineFactory(due_on=FAR, owner=owner)
    tell_assigned(deadlines=[deadline], person=deadline.owner, by=colleague, at=AT)
    tell_assigned(deadlines=[deadline], person=deadline.owner, by=colleague, at=AT)
    sweep()
    sweep(1)
    assert len(inbox.to(owner.email)) == 1


def test_after_the_days_digest_it_is_a_mail_of_its_own(owner, colleague, inbox):
    DeadlineFactory(due_on=AT.date() + datetime.timedelta(days=1), owner=owner)
    sweep()
    given = DeadlineFactory(due_on=FAR, owner=owner)
    tell_assigned(deadlines=[given], person=given.owner, by=colleague, at=AT)
    sweep(1)
    kinds = list(Mail.objects.order_by("pk").values_list("kind", "state"))
    assert kinds == [("digest", "sent"), ("at_once", "sent")]


def test_nobody_is_told_what_they_did_or_do_not_want_to_hear(owner, colleague):
    dates = [DeadlineFactory(due_on=FAR)]
    tell_assigned(deadlines=dates, person=owner, by=owner, at=AT)
    tell_assigned(deadlines=dates, person=None, by=owner, at=AT)
    owner.mail_at_once = False
    tell_assigned(deadlines=dates, person=owner, by=colleague, at=AT)
    assert not Reminder.objects.exists()


def give(deadline, to, by):
    return assign_deadline(deadline=deadline, owner=to, reason="On leave.", by=by, at=AT)


def test_a_date_given_away_is_told_to_the_one_and_taken_back_from_the_other(
    owner, colleague, case, inbox
):
    soon = AT.date() + datetime.timedelta(days=3)
    deadline = DeadlineFactory(due_on=soon, case=case, owner=owner)
    run_sweep(at=AT - datetime.timedelta(days=4), worker="w1")
    inbox.clear()
    give(deadline, colleague, by=owner)
    sweep()
    assert (len(inbox.to(colleague.email)), inbox.to(owner.email)) == (1, [])
    assert not Reminder.objects.pending().filter(person=owner).exists()
    deadline.refresh_from_db()
    change = deadline.changes.get()
    assert (deadline.owner, deadline.generation, change.kind) == (colleague, 1, "assigned")
    assert (change.before["owner"], change.after["owner"]) == (owner.name, colleague.name)


def test_a_date_given_back_goes_to_whoever_leads_the_case(owner, colleague, case, inbox):
    case.lead = colleague
    case.save()
    deadline = DeadlineFactory(due_on=FAR, case=case, owner=owner)
    give(deadline, None, by=owner)
    sweep()
    assert len(inbox.to(colleague.email)) == 1


@pytest.mark.parametrize("who", ["a stranger to the case", "somebody who left", "the same"])
def test_a_date_goes_only_to_somebody_who_can_work_on_it(owner, colleague, case, who):
    deadline = DeadlineFactory(due_on=FAR, case=case, owner=owner)
    if who == "a stranger to the case":
        type(case).objects.update(confidentiality="team")
    elif who == "somebody who left":
        type(owner).objects.filter(pk=colleague.pk).update(is_active=False)
    with pytest.raises(Refused) as refusal:
        give(deadline, owner if who == "the same" else colleague, by=owner)
    assert refusal.value.field == "owner"
    assert not deadline.changes.exists()


def test_a_new_lead_hears_of_all_the_dates_of_nobody_in_one_mail(owner, colleague, case, inbox):
    case.lead = owner
    case.save()
    for days in (40, 50):
        DeadlineFactory(due_on=AT.date() + datetime.timedelta(days=days), case=case)
    DeadlineFactory(due_on=FAR, case=case, owner=owner)
    case.refresh_from_db()
    case.lead = colleague
    edit_case(case=case, by=owner, at=AT)
    sweep()
    [mail] = inbox.to(colleague.email)
    assert Reminder.objects.filter(person=colleague, state="sent").count() == 2
    assert mail.message["Subject"] == "Tracker: 2 coming up"


def test_what_was_told_at_once_is_not_told_again_as_late_the_next_day(owner, colleague, inbox):
    DeadlineFactory(due_on=AT.date() + datetime.timedelta(days=1), owner=colleague)
    sweep()
    deadline = DeadlineFactory(due_on=AT.date() + datetime.timedelta(days=5), owner=owner)
    inbox.clear()
    give(deadline, colleague, by=owner)
    sweep(1)
    assert len(inbox.to(colleague.email)) == 1
    told = Reminder.objects.filter(deadline=deadline, person=colleague, fire_on__lt=AT.date())
    assert set(told.values_list("state", "reason")) == {("skipped", "superseded")}


def test_a_day_of_the_plan_does_not_keep_the_news_for_its_hour(owner, colleague, inbox):
    colleague.digest_hour = 20
    colleague.save()
    deadline = DeadlineFactory(due_on=AT.date() + datetime.timedelta(days=7), owner=owner)
    DeadlineFactory(due_on=AT.date() + datetime.timedelta(days=6), owner=colleague)
    sweep()
    inbox.clear()
    give(deadline, colleague, by=owner)
    sweep(1)
    assert len(inbox.to(colleague.email)) == 1


def test_between_two_readings_of_a_law_no_later_reminder_is_used_up(owner, colleague, inbox):
    due = AT.date() - datetime.timedelta(days=7)
    last = AT.date() + datetime.timedelta(days=3)
    deadline = StatutoryDeadlineFactory(due_on=due, overdue_after=last, owner=owner)
    DeadlineFactory(due_on=AT.date() + datetime.timedelta(days=1), owner=colleague)
    sweep()
    inbox.clear()
    give(deadline, colleague, by=owner)
    sweep(1)
    assert len(inbox.to(colleague.email)) == 1
    sweep(60)
    repeats = Reminder.objects.filter(deadline=deadline, person=colleague, state="planned")
    assert last + datetime.timedelta(days=7) in repeats.values_list("fire_on", flat=True)


@pytest.mark.parametrize("first_news_looked_at", [True, False])
def test_whoever_gets_a_date_back_the_same_day_hears_of_it(
    owner, colleague, case, inbox, first_news_looked_at
):
    DeadlineFactory(due_on=AT.date() + datetime.timedelta(days=1), owner=colleague)
    sweep()
    deadline = DeadlineFactory(due_on=FAR, case=case, owner=owner)
    inbox.clear()
    give(deadline, colleague, by=owner)
    write_digests(at=AT)
    give(deadline, owner, by=colleague)
    if first_news_looked_at:
        sweep(1)
        assert inbox.to(colleague.email) == []
    give(deadline, colleague, by=owner)
    sweep(2)
    assert len(inbox.to(colleague.email)) == 1


def test_the_deputy_of_somebody_away_hears_of_it_until_it_is_taken_back(
    owner, colleague, case, inbox
):
    deputy = UserFactory()
    colleague.away_until, colleague.deputy = AT.date() + datetime.timedelta(days=9), deputy
    colleague.save()
    deadline = DeadlineFactory(due_on=FAR, case=case, owner=owner)
    give(deadline, colleague, by=owner)
    sweep()
    assert (len(inbox.to(deputy.email)), inbox.to(colleague.email)) == (1, [])
    other = DeadlineFactory(due_on=FAR, case=case, owner=owner)
    give(other, colleague, by=owner)
    give(other, owner, by=owner)
    sweep(1)
    assert len(inbox.received) == 1
