"""From the files in `fixtures/` to rows: only what is missing is added, nothing is overwritten.

A file of a case is one piece of work. Once its first row is there it belongs to the staff, and
the whole file is left alone: half of it laid over their changes would contradict them.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core import serializers
from django.core.serializers.base import DeserializedObject
from django.db import models, transaction

from tracker.models import Case
from tracker.services.events import NewEvent, record_events
from tracker.services.records import case_of, changes

FIXTURES: Path = settings.BASE_DIR / "fixtures"
# In this order: the ladder of next steps names authorities.
REFERENCE_FILES = ("reference", "escalations")

# In this order: the last one links two of those before it.
CASE_FILES = ("lawyers-2020", "birduino-2020", "experts-2020", "si-2022", "crisis-news-2020")


@dataclass(frozen=True)
class Loaded:
    """What one file came to: rows added, and rows that were there before."""

    name: str
    added: int
    kept: int
    case: Case | None = None


@transaction.atomic
def load_reference(*, at: datetime.datetime) -> Loaded:
    """Authorities, response rules, calendar overrides, reminder plans, next steps, row by row.

    A row whose natural key is there already is left as it is, whatever people made of it.
    """
    added, kept = [], 0
    for name in REFERENCE_FILES:
        for item in _read(name):
            if item.object.pk is not None:
                kept += 1
            else:
                _add(item)
                added.append(item.object)
    _record(added, at)
    return Loaded("reference", len(added), kept)


@transaction.atomic
def load_case_file(*, name: str, at: datetime.datetime) -> Loaded:
    """One file of `CASE_FILES`: all of it, or nothing where its first row is there already.

    Needs the reference data. `Loaded.case` is the case the file brought, if it brought one.
    """
    items = _read(name)
    first = next(items)
    if first.object.pk is not None:
        return Loaded(name, 0, 1 + sum(1 for _ in items))
    rows = [first]
    _add(first)
    for item in items:
        _add(item)
        rows.append(item)
    for item in rows:
        if item.deferred_fields:
            item.save_deferred_fields()
    _record([item.object for item in rows], at)
    case = next((item.object for item in rows if isinstance(item.object, Case)), None)
    return Loaded(name, len(rows), 0, case)


def _read(name: str) -> Iterator[DeserializedObject]:
    """The rows of a file, one by one: a row may name those before it, once they are saved.

    The primary key is set where a row with the same natural key exists.
    """
    text = (FIXTURES / f"{name}.json").read_text(encoding="utf-8")
    return iter(serializers.deserialize("json", text, handle_forward_references=True))


def _add(item: DeserializedObject) -> None:
    item.object.save()
    for field, values in (item.m2m_data or {}).items():
        getattr(item.object, field).set(values)


def _record(rows: list[models.Model], at: datetime.datetime) -> None:
    record_events(
        NewEvent(
            action=f"{row._meta.model_name}.loaded",
            about=row,
            case=case_of(row),
            by=None,
            at=at,
            changes=changes(None, row),
        )
        for row in rows
    )
