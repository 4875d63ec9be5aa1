"""Each kind of deadline has its facts, and they fit together."""

import json

import pytest
from django.conf import settings

from tests.factories.deadlines import DeadlineFactory
from tracker.models import BY_LAW, KIND_FACTS, Deadline

# The only places that may name a kind: who makes one of it, and what the law says of it alone.
NAMED_IN = {
    "tracker/models/deadline_kinds.py",
    "tracker/services/addressees.py",
    "tracker/services/deadlines/addressee.py",
    "tracker/services/deadlines/start.py",
    "tracker/services/demonstration.py",
    "tracker/services/escalations.py",
    "tracker/forms/deadlines.py",
}
NAMES = [f"Kind.{kind.name}" for kind in Deadline.Kind]


def test_every_kind_has_its_facts():
    assert set(KIND_FACTS) == set(Deadline.Kind)


@pytest.mark.parametrize("kind", Deadline.Kind)
def test_the_facts_of_a_kind_fit_together(kind):
    facts = KIND_FACTS[kind]
    late = [facts.late_tint, facts.late, facts.late_short, facts.next_step_late]
    assert all(late) if facts.by_law else not any(late)
    assert bool(facts.choice) is not facts.by_law
    assert facts.by_law or not facts.silent_when_late
    assert facts.symbol and facts.tint and facts.next_step
    assert "X-1" in facts.feed_title % {"reference": "X-1"}


def test_every_kind_has_a_plan_of_reminders_from_the_start():
    rows = json.loads((settings.BASE_DIR / "fixtures" / "reference.json").read_text())
    plans = [row["fields"]["kind"] for row in rows if row["model"] == "tracker.reminderplan"]
    assert sorted(plans) == sorted(Deadline.Kind)


@pytest.mark.parametrize("kind", [kind for kind in Deadline.Kind if kind not in BY_LAW])
def test_only_a_legal_deadline_is_overdue(db, kind):
    row = DeadlineFactory(kind=kind)
    after = row.due_on.replace(year=row.due_on.year + 1)
    assert not row.is_overdue(after)
    assert not Deadline.objects.overdue(after).exists()


def test_nothing_asks_for_a_kind_that_its_facts_answer():
    naming = {
        str(path.relative_to(settings.BASE_DIR))
        for path in (settings.BASE_DIR / "tracker").rglob("*.py")
        if "migrations" not in path.parts
        and any(f"Deadline.{name}" in path.read_text() for name in NAMES)
    }
    pages = {
        str(path)
        for path in (settings.BASE_DIR / "templates").rglob("*.html")
        if "deadline.kind " in path.read_text()
    }
    assert naming - NAMED_IN == set()
    assert pages == set()
