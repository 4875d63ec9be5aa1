"""From the desk and the case page one says "I have it" in one click."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories.deadlines import DeadlineFactory
from tracker.models import Deadline, Quiet
from tracker.services.planning import plan


@pytest.fixture
def today(case, owner) -> Deadline:
    return DeadlineFactory(case=case, owner=owner, due_on=timezone.now().astimezone(owner.zone))


def test_a_date_of_today_is_acknowledged_or_put_off_from_the_desk(signed_in, today, owner):
    client = signed_in(owner)
    for name, data in (("deadline_acknowledge", {}), ("deadline_snooze", {"days": 3})):
        action = reverse(name, args=[today.pk])
        assert f'action="{action}"' in client.get("/").text
        assert client.post(action, {"next": "/", **data}).headers["Location"] == "/"
    assert list(Quiet.objects.order_by("pk").values_list("kind", "person")) == [
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
    at = timezone.now()
    DeadlineFactory(case=case, owner=owner, due_on=at.date() + datetime.timedelta(days=12))
    first = DeadlineFactory(
        case=case, owner=colleague, due_on=at.date() + datetime.timedelta(days=9)
    )
    plan(at=at)
    text = signed_in(owner).get(reverse("case_detail", args=[case.reference])).text
    card = text.split('id="reminders"')[1].split("</section>")[0]
    assert colleague.name in card
    assert reverse("deadline_acknowledge", args=[first.pk]) in card
