"""Every rule version and calendar at once, in memory: for computations over many deadlines.

Before `load_reference` has run the command line still answers, from the shipped file.
"""

import datetime
import json
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

from django.conf import settings
from django.db.models import Model
from django.db.utils import DatabaseError

from tracker.dates.calendars import Override
from tracker.models import CalendarDay, ResponseRule
from tracker.services.deadlines.compute import Calendars

Row = TypeVar("Row", bound=Model)

REFERENCE = Path(settings.BASE_DIR) / "fixtures" / "reference.json"


class Rulebook:
    """Rule versions by code, the newest first, with the calendars they are counted over."""

    def __init__(self, rules: Iterable[ResponseRule], calendars: Calendars) -> None:
        self.calendars = calendars
        self.versions: dict[str, list[ResponseRule]] = {}
        for rule in sorted(rules, key=lambda rule: -rule.version):
            self.versions.setdefault(rule.code, []).append(rule)

    def in_force(self, code: str, on: datetime.date) -> ResponseRule | None:
        """As `compute.rule_in_force`, without a query."""
        return next((r for r in self.versions.get(code, ()) if r.applies_on(on)), None)


def stored_rulebook() -> Rulebook:
    """What the database holds; calendars are read when first asked for."""
    return Rulebook(ResponseRule.objects.select_related("registration"), Calendars())


def shipped_rulebook(path: Path = REFERENCE) -> Rulebook:
    """What the reference file holds, without a database. Raises OSError where it is missing."""
    rows = json.loads(path.read_text(encoding="utf-8"))
    fields = [row["fields"] for row in rows if row["model"] == "tracker.responserule"]
    steps = {(row["code"], row["version"]): row["registration"] for row in fields}
    rules = {
        (row["code"], row["version"]): _unsaved(ResponseRule, {**row, "registration": None})
        for row in fields
    }
    for key, step in steps.items():
        if step is not None:
            rules[key].registration = rules[tuple(step)]
    days = [
        _unsaved(CalendarDay, row["fields"])
        for row in rows
        if row["model"] == "tracker.calendarday"
    ]
    return Rulebook(rules.values(), ShippedCalendars(days))


def rulebook() -> Rulebook:
    """The stored one, or the shipped one while no rule was loaded yet (or no table exists)."""
    try:
        stored = stored_rulebook()
    except DatabaseError:
        return shipped_rulebook()
    return stored if stored.versions else shipped_rulebook()


class ShippedCalendars(Calendars):
    """Calendars over the days of the reference file."""

    def __init__(self, days: Iterable[CalendarDay]) -> None:
        super().__init__()
        self._days = list(days)

    def overrides(self, code: str) -> list[Override]:
        return [day.as_override() for day in self._days if day.jurisdiction == code]

    def confirmed_years(self, code: str) -> list[int]:
        return []


def _unsaved(model: type[Row], row: dict) -> Row:
    """A row of a fixture as an instance with real dates, not in the database."""
    instance = model(**row)
    for field in model._meta.concrete_fields:
        if not field.is_relation:
            setattr(instance, field.attname, field.to_python(getattr(instance, field.attname)))
    return instance
