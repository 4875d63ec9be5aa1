import datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from tests.events import words
from tracker.models import Event
from tracker.services.event_erasures import verify_erasures
from tracker.services.events import record_event, verify_chains

AT = datetime.datetime(2026, 3, 2, 9, 30, tzinfo=datetime.UTC)


@pytest.fixture
def events(case, owner) -> list[Event]:
    """Three of a case; the first and the last tell of Айда."""
    told = [{"name": "Айда Курманова", "rows": 1}, {"name": "Bakyt"}, {"names": ["айда", "x"]}]
    found = [
        record_event(action="x", about=case, case=case, by=owner, at=AT, details=details)
        for details in told
    ]
    connection.check_constraints()  # as at the end of the transaction
    return found


def erase(**options) -> list[str]:
    out = StringIO()
    call_command("erase_values", **{"reason": "Their wish", **options}, stdout=out)
    connection.check_constraints()
    return out.getvalue().splitlines()


def test_a_word_is_forgotten_wherever_it_stands(events, owner):
    said = erase(containing="АЙДА", by=owner.email)
    assert said == [
        f"event {events[0].pk}, x: name",
        f"event {events[2].pk}, x: names",
        "Erased: 2.",
    ]
    assert [words(event) for event in events] == [
        {"name": None, "rows": 1},
        {"name": "Bakyt"},
        {"names": None},
    ]
    told = Event.objects.in_words().filter(action="event.erased")
    assert [(event.reason, event.by_id, event.case_id) for event in told] == [
        ("Their wish", owner.pk, events[0].case_id)
    ] * 2
    assert verify_chains() == verify_erasures() == []
    assert erase(containing="айда") == ["Erased: 0."]


def test_one_value_of_one_event_is_forgotten(events):
    assert erase(event=events[1].pk, field=["name"])[-1] == "Erased: 1."
    assert words(events[1]) == {"name": None}
    assert verify_chains() == []


def test_a_dry_run_only_says_it(events):
    assert erase(containing="Айда", dry_run=True)[-1] == "Nothing was erased."
    assert words(events[0])["name"] == "Айда Курманова"


@pytest.mark.parametrize(
    "options",
    [
        {"containing": " "},
        {"event": 999_999, "field": ["name"]},
        {"containing": "x", "by": "nobody@example.org"},
    ],
)
def test_bad_input_gets_a_sentence(options, events):
    with pytest.raises(CommandError) as refused:
        erase(**options)
    assert refused.value.returncode == 2
