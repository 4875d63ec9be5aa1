"""From the desk and the case page one says "I have it" in one click."""

import datetime

import pytest
from django.urls import reverse
from django.utils.formats import date_format

from tests import pages
from tests.factories.deadlines import DeadlineFactory, StatutoryDeadlineFactory
from tests.factories.demands import DemandFactory
from tests.factories.reminders import MailFactory, ReminderFactory
from tests.now import NOW
from tracker.models import Deadline, Mute
from tracker.services.days import today_of
from tracker.services.reminders.plan import plan_reminders


@pytest.fixture
def today(case, owner) -> Deadline:
    return DeadlineFactory(case=case, owner=owner, due_on=today_of(owner, NOW))


def test_a_date_of_today_is_acknowledged_or_put_off_from_the_desk(signed_in, today, owner):
    client = signed_in(owner)
    for name, data in (("deadline_acknowledge", {}), ("deadline_snooze", {"days": 3})):
        action = reverse(name, args=[today.pk])
        assert f'action="{action}"' in client.get("/").text
        assert client.post(action, {"next": "/", **data}).headers["Location"] == "/"
    assert list(Mute.objects.order_by("pk").values_list("kind", "person")) == [
        ("acknowledged", owner.pk),
        ("snoozed", owner.pk),
    ]


def test_a_viewer_reads_the_desk_without_the_buttons(signed_in, today, viewer):
    today.owner = viewer
    today.save()
    text = signed_in(viewer).get("/").text
    assert today.title in text
    assert reverse("deadline_snooze", args=[today.pk]) not in text


def test_the_case_page_says_who_is_reminded_next(signed_in, case, owner, colleague):
    at = NOW
    DeadlineFactory(case=case, owner=owner, due_on=at.date() + datetime.timedelta(days=12))
    first = DeadlineFactory(
        case=case, owner=colleague, due_on=at.date() + datetime.timedelta(days=9)
    )
    plan_reminders(at=at)
    page = signed_in(owner).get(reverse("case_detail", args=[case.reference]))
    card = pages.part(page, "reminders")
    assert colleague.name in pages.text(card)
    assert reverse("deadline_acknowledge", args=[first.pk]) in pages.actions(card)


def test_a_reminder_in_an_e_mail_that_waits_is_not_called_the_next(signed_in, case, owner, today):
    mail = MailFactory(person=owner, state="retrying", attempts=1)
    ReminderFactory(deadline=today, person=owner, state="in_mail", mail=mail)
    page = signed_in(owner).get(reverse("case_detail", args=[case.reference]))
    card = pages.part(page, "reminders")
    assert pages.pills(card) == [mail.get_state_display()]
    assert pages.find(card, tag="strong") == []


def test_what_stands_beside_a_row_concerns_that_row(signed_in, today, case, owner):
    demand = DemandFactory(case=case, review_on=today.due_on)
    clock = StatutoryDeadlineFactory(
        case=case, due_on=datetime.date(2020, 2, 4), overdue_after=datetime.date(2020, 2, 5)
    )
    text = signed_in(owner).get("/").text
    assert f'href="{reverse("deadline_change", args=[today.pk, "move"])}"' in text
    assert f'href="{reverse("deadline_detail", args=[clock.pk])}#reminders"' in text
    assert f'href="{reverse("demand_detail", args=[demand.pk])}#review"' in text
    assert reverse("date_new", args=[case.reference]) not in text


def test_a_row_one_asked_quiet_for_says_so_here_and_on_its_own_page(
    signed_in, today, owner, colleague
):
    client = signed_in(owner)
    client.post(reverse("deadline_snooze", args=[today.pk]), {"next": "/", "days": 3})
    until = Mute.objects.get().until

    for address in ("/", reverse("deadline_detail", args=[today.pk])):
        said = pages.one(client.get(address), data_muted_until=until.isoformat())
        assert date_format(until) in pages.text(said)
    today.owner = colleague
    today.save()
    answer = signed_in(colleague).get("/")
    assert today.title in answer.text
    assert pages.find(answer, data_muted_until=True) == []
