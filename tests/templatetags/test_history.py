"""The record's own history: no code of an event is shown to people."""

import re
from pathlib import Path

import pytest
from django.apps import apps

from tracker.models import Action, Case, DeadlineChange, EscalationChoice, Event, EventValue, Mute
from tracker.templatetags.history import event_sentence, event_subject, event_words

SERVICES = Path(apps.get_app_config("tracker").path) / "services"
# A literal such as action="case.read"; what is put together from a choice stands below.
LITERAL = re.compile(r'"((?:[a-z]+)\.[a-z_]+)"')
FILES = (".html", ".json", ".xml")


def told(action: str, *, model: str = "", **values) -> Event:
    """An event with these values; a pair is what was and what became."""
    event = Event(action=action, model=model)
    pairs = {
        name: value if isinstance(value, tuple) else (None, value) for name, value in values.items()
    }
    event.by_field = {
        name: EventValue(field=name, old=old, new=new) for name, (old, new) in pairs.items()
    }
    return event


def actions() -> list[str]:
    written = {
        action
        for path in SERVICES.rglob("*.py")
        for action in LITERAL.findall(path.read_text())
        if not action.endswith(FILES) and not action.startswith("tracker.")
    }
    for kind, choices in (
        ("action", Action.Kind),
        ("deadline", DeadlineChange.Kind),
        ("reminder", Mute.Kind),
        ("escalation", EscalationChoice.Decision),
    ):
        written |= {f"{kind}.{value}" for value in choices.values}
    return sorted(written | {"case.edited", "membership.added", "signatory.removed"})


@pytest.mark.parametrize("action", actions())
def test_every_event_is_told_in_words(action):
    said = event_words(told(action, status=("awaiting", "rejected")))
    assert said and action not in said


@pytest.mark.parametrize(
    ("event", "sentence"),
    [
        (
            told("case.phase", model="case", phase=("sent", "closed")),
            "Phase changed: from “sent” to “closed”",
        ),
        (told("case.read", model="case", label="A-1 Title"), "Restricted case shown"),
        (
            told(
                "action.meeting",
                model="action",
                label="2026-02-03 meeting, A-1",
                happened_on="2026-02-03",
            ),
            "Noted: meeting, 3 Feb 2026",
        ),
        (
            told("case.member_added", model="case", name="Aida"),
            "Put on the team: Aida",
        ),
        (
            told("addressee.edited", model="addressee", label="A-1/2 The President"),
            "Edited: addressee: The President",
        ),
        (
            told("deadline.extended", model="deadline", label="2026-02-03 Reply, A-1"),
            "Deadline extended: 3 Feb 2026, Reply",
        ),
        (
            told(
                "reminder.snoozed",
                model="deadline",
                label="2026-02-03 Reply, A-1",
                until="2026-02-06",
            ),
            "Reminders put off: Reply, until 6 Feb 2026",
        ),
        (
            told(
                "reminder.unmuted",
                model="deadline",
                label="2026-02-03 Reply, A-1",
                until="2026-02-06",
            ),
            "Mute ended: Reply, until 6 Feb 2026",
        ),
        (
            told(
                "addressee.silent",
                model="addressee",
                label="A-1/2 The President",
                grade="D1",
                demands=[1, 3],
            ),
            "Silence put on record: The President, D1 no reply in time, demands 1, 3",
        ),
    ],
)
def test_an_event_is_a_sentence_on_the_page_of_its_case(event, sentence):
    assert event_sentence(event, Case(reference="A-1")) == sentence


def test_the_desk_names_the_record_with_its_case():
    assert event_subject(told("x", label="2026-02-03 Reply, A-1")) == "3 Feb 2026, Reply, A-1"
