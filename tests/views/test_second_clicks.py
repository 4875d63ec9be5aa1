"""Every form sent twice, as a double click on a slow line does: done once, and nothing is amiss."""

import datetime
import uuid

import pytest
from django.contrib.messages import get_messages

from tests.factories.authorities import AddresseeFactory
from tests.factories.deadlines import (
    DeadlineFactory,
    ResponseRuleFactory,
    StatutoryDeadlineFactory,
)
from tests.factories.demands import DemandFactory
from tests.factories.reminders import MailFactory, ReminderFactory
from tests.now import NOW, TODAY
from tracker.models import EscalationStep, Event, StatusProposal
from tracker.services.intake import start_draft

pytestmark = pytest.mark.django_db

COURT = {"new_kind": "court", "rule": "usual"}
DAY = datetime.timedelta(days=1)


def twice(client, address: str, data: dict):
    """Both answers lead to the same page and say the same, and the second writes nothing."""
    data = data | {"form_token": str(uuid.uuid4())}
    first = client.post(address, data)
    assert first.status_code == 302, first.text
    written = Event.objects.count()
    second = client.post(address, data)
    assert (second.status_code, second.url) == (302, first.url)
    assert Event.objects.count() == written > 0
    said = list(get_messages(first.wsgi_request))
    assert list(client.get(second.url, follow=True).context["messages"]) == said
    assert not [message for message in said if message.level_tag in ("error", "warning")]


@pytest.fixture
def today():
    return TODAY


@pytest.fixture
def client(signed_in, owner):
    return signed_in(owner)


@pytest.fixture
def late(case):
    return StatutoryDeadlineFactory(
        case=case, addressee=AddresseeFactory(case=case), due_on=datetime.date(2024, 3, 1)
    )


@pytest.mark.parametrize(
    "kind", ["addressee", "contact", "date", "demand", "document", "quiet", "snooze", "team"]
)
def test_what_is_added_is_added_once(client, case, colleague, today, kind):
    deadline = DeadlineFactory(case=case, due_on=today + 9 * DAY)
    address, data = {
        "addressee": ("/cases/OPEN-1/addressees/new/", {"new_authority": "Court", **COURT}),
        "demand": (
            "/cases/OPEN-1/demands/new/",
            {"text": "Release them.", "kind": "general", "basis": "explicit"},
        ),
        "team": ("/cases/OPEN-1/team/", {"user": colleague.pk}),
        "document": ("/cases/OPEN-1/documents/new/", {"title": "T", "kind": "note", "text": "W"}),
        "contact": (
            "/cases/OPEN-1/contacts/new/",
            {"kind": "phone_call", "happened_on": today, "note": "They will write."},
        ),
        "date": (
            "/cases/OPEN-1/dates/new/",
            {"kind": "look_again", "when": "week", "title": "Look again"},
        ),
        "quiet": (f"/deadlines/{deadline.pk}/acknowledge/", {}),
        "snooze": (f"/deadlines/{deadline.pk}/snooze/", {"days": "3"}),
    }[kind]
    twice(client, address, data)


def test_the_days_of_an_addressee(client, case, today):
    addressee = AddresseeFactory(case=case, rule=ResponseRuleFactory())
    data = {"shown_version": addressee.version, "channel": "post", "sent_on": today - 3 * DAY}
    twice(client, f"/cases/OPEN-1/addressees/{addressee.number}/", data)
    assert addressee.deadlines.count() == 1


@pytest.mark.parametrize(
    "data",
    [{"decision": "decline", "reason": "Not now."}, {"decision": "take"}],
    ids=["decline", "take"],
)
def test_a_next_step(client, late, today, data):
    step = EscalationStep.objects.create(
        code="letter",
        number=1,
        name="Letter",
        advice="Write again.",
        opened_by=EscalationStep.OpenedBy.BOTH,
    )
    data = data | {"do_by": today + 7 * DAY}
    twice(client, f"/deadlines/{late.pk}/next/{step.code}/", data)


def test_a_day_to_look_again(client, case, today):
    demand = DemandFactory(case=case)
    twice(client, f"/demands/{demand.pk}/review/", {"review_on": today + 7 * DAY})


@pytest.mark.parametrize("decision", ["confirm", "decline"])
def test_a_decision_about_a_proposal(client, case, colleague, today, decision):
    demand = DemandFactory(case=case)
    proposal = StatusProposal.objects.create(
        demand=demand,
        seq=1,
        from_status="awaiting",
        to_status="rejected",
        happened_on=today,
        reason="They refuse.",
        by=colleague,
        at=NOW,
    )
    data = {"decision": decision, "reason": "Look at the letter again."}
    twice(client, f"/demands/{demand.pk}/proposals/{proposal.pk}/", data)


def test_a_draft_thrown_away(client, owner):
    draft = start_draft(text="We call on you to answer.", by=owner, at=NOW)
    twice(client, f"/cases/new/{draft.pk}/discard/", {})


@pytest.mark.parametrize("what", ["again", "settle"])
def test_a_mail_that_did_not_go(client, case, owner, today, what):
    deadline = DeadlineFactory(case=case, due_on=today + 9 * DAY)
    mail = MailFactory(person=owner, state="dead")
    ReminderFactory(deadline=deadline, person=owner, mail=mail, state="in_mail")
    twice(client, f"/reminders/mails/{mail.pk}/{what}/", {"delivered": "no"})


@pytest.mark.parametrize("action", ["close", "pause"])
def test_a_change_of_a_clock(client, late, today, action):
    data = {"shown_version": late.version, "on": today, "reason": "Answered."}
    if action == "pause":
        data["on"] = late.anchor_on + DAY
    twice(client, f"/deadlines/{late.pk}/{action}/", data)


def test_closing_and_reopening_a_case(client, case):
    closing = {"close_reason": "partly", "closing_note": "Half of it."}
    twice(client, "/cases/OPEN-1/close/", {"shown_version": 1, **closing})
    twice(client, "/cases/OPEN-1/reopen/", {"shown_version": 2, "reason": "A new arrest."})
