"""The record's own history: no code of an event is shown to people."""

import re
from pathlib import Path

import pytest
from django.apps import apps

from tracker.models import Action, DeadlineChange, EscalationChoice, Event, Quiet
from tracker.templatetags.history import event_words

SERVICES = Path(apps.get_app_config("tracker").path) / "services"
# A literal such as action="case.read"; what is put together from a choice stands below.
LITERAL = re.compile(r'"((?:[a-z]+)\.[a-z_]+)"')
OTHERS = {"desk.html", "reference.json", "content.xml"}


def actions() -> list[str]:
    written = {
        action
        for path in SERVICES.glob("*.py")
        for action in LITERAL.findall(path.read_text())
        if action not in OTHERS and not action.startswith("tracker.")
    }
    for kind, choices in (
        ("action", Action.Kind),
        ("deadline", DeadlineChange.Kind),
        ("reminder", Quiet.Kind),
        ("escalation", EscalationChoice.Decision),
    ):
        written |= {f"{kind}.{value}" for value in choices.values}
    return sorted(written | {"case.edited", "membership.added", "signatory.removed"})


@pytest.mark.parametrize("action", actions())
def test_every_event_is_told_in_words(action):
    said = event_words(Event(action=action, details={"from": "awaiting", "to": "rejected"}))
    assert said and action not in said
