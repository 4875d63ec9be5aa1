"""Deciding about a proposed next step: by whom, for whom, and in which cases."""

import datetime

import pytest
from django.urls import reverse

from tests.factories.authorities import AddresseeFactory
from tests.factories.cases import MembershipFactory
from tests.factories.deadlines import StatutoryDeadlineFactory
from tests.now import NOW, TODAY
from tests.pages import find, levels
from tracker.models import Deadline, EscalationStep

LONG_AGO = TODAY - datetime.timedelta(days=30)
NEXT_WEEK = TODAY + datetime.timedelta(days=7)


@pytest.fixture
def step(db) -> EscalationStep:
    return EscalationStep.objects.create(
        code="reminder-letter",
        number=1,
        name="Reminder letter",
        advice="Write again.",
        opened_by=EscalationStep.OpenedBy.BOTH,
        logged_as="reminder_1",
    )


def late(case) -> Deadline:
    return StatutoryDeadlineFactory(
        case=case, addressee=AddresseeFactory(case=case), due_on=LONG_AGO
    )


def take(client, deadline, step, **data):
    url = reverse("next_step", args=[deadline.pk, step.code])
    return client.post(url, {"decision": "take", "do_by": NEXT_WEEK.isoformat(), **data})


def test_a_step_taken_becomes_a_date_of_ours(signed_in, owner, case, step):
    answer = take(signed_in(owner), late(case), step, owner=owner.pk)
    assert (answer.status_code, answer.url) == (302, "/cases/OPEN-1/")
    made = Deadline.objects.get(kind=Deadline.Kind.EXPECTED)
    assert (made.title, made.due_on, made.owner) == ("Reminder letter", NEXT_WEEK, owner)


def test_only_people_who_see_the_case_can_be_given_a_step(
    signed_in, owner, team_case, stranger, step
):
    deadline = late(team_case)
    assert take(signed_in(owner), deadline, step, owner=stranger.pk).status_code == 422
    MembershipFactory(case=team_case, user=stranger)
    assert take(signed_in(owner), deadline, step, owner=stranger.pk).status_code == 302


@pytest.mark.parametrize("phase", ["closed", "sent"])
def test_a_closed_case_is_offered_no_step(signed_in, owner, case, step, phase):
    deadline = late(case)
    if phase == "closed":
        case.phase, case.closed_at, case.close_reason = phase, NOW, "withdrawn"
        case.save()
    answer = take(signed_in(owner), deadline, step)
    assert answer.status_code == (403 if phase == "closed" else 302)


def test_viewers_and_strangers_find_no_step(signed_in, viewer, stranger, case, team_case, step):
    assert take(signed_in(viewer), late(case), step).status_code == 403
    assert take(signed_in(stranger), late(team_case), step).status_code == 404


def test_a_viewer_is_offered_no_step_on_the_case_page(signed_in, viewer, owner, case, step):
    clock = late(case)
    address = reverse("next_step", args=[clock.pk, step.code])
    assert address in signed_in(owner).get(f"/cases/{case.reference}/").text
    assert address not in signed_in(viewer).get(f"/cases/{case.reference}/").text


def test_a_step_that_is_proposed_no_more_says_so_on_the_page_of_the_deadline(
    signed_in, owner, case, step
):
    deadline = late(case)
    Deadline.objects.update(state="closed", ended_on=LONG_AGO)
    client = signed_in(owner)
    for answer in (
        client.get(reverse("next_step", args=[deadline.pk, step.code]), follow=True),
        client.post(reverse("next_step", args=[deadline.pk, step.code]), follow=True),
    ):
        assert answer.redirect_chain == [(f"/deadlines/{deadline.pk}/", 302)]
        assert levels(answer) == ["warning"]
    assert client.get(reverse("next_step", args=[deadline.pk, "vanished"])).status_code == 404


def test_what_the_decision_asks_for_is_not_called_optional(signed_in, owner, case, step):
    page = signed_in(owner).get(reverse("next_step", args=[late(case).pk, step.code]))
    optional = {label.get("for") for label in find(page, tag="label") if find(label, class_="hint")}
    assert optional == {"id_owner"}
