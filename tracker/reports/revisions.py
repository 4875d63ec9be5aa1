"""What was done to one row: who, when, why, and which field went from what to what."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.formats import date_format, localize
from django.utils.translation import gettext as _

from tracker.models import Event, User

SHOWN = 200
# The program's own counting, of which a person knows nothing.
COUNTERS = ("id", "version", "status_seq")


@dataclass(frozen=True)
class Change:
    label: str
    before: str
    after: str


@dataclass
class Revision:
    """One step. `event` is the log's row for it, where there is one."""

    at: datetime.datetime
    by: str
    reason: str = ""
    event: Event | None = None
    changes: list[Change] = field(default_factory=list)


def revisions(row: Any, user: User) -> list[Revision]:
    """The last steps of a row the person may see, the newest first.

    Names of related rows are given only where the person may see those too.
    """
    events = list(Event.objects.visible_to(user).about(row).order_by("-at", "-pk")[:SHOWN])
    steps = []
    if hasattr(row, "history"):
        steps = _from_history(row, user, events)
    told = {step.event.pk for step in steps if step.event}
    steps += [_from_event(row, event, user) for event in events if event.pk not in told]
    return sorted(steps, key=lambda step: step.at, reverse=True)


def last_step(row: Any) -> Revision | None:
    """Who touched a row last, and when; None where the log knows nothing of it."""
    event = Event.objects.about(row).order_by("-at", "-pk").first()
    return event and Revision(at=event.at, by=event.by_name or _("the system"), event=event)


# What the name of a row is made of, beyond its own columns.
NAMED_BY = {
    "action": ("case",),
    "addressee": ("case", "authority"),
    "caselink": ("case", "other"),
    "deadline": ("case",),
    "deadlinechange": ("deadline__case",),
    "demand": ("case",),
    "escalationchoice": ("step",),
    "evidence": ("demand__case",),
    "feedtoken": ("user",),
    "mail": ("person",),
    "membership": ("user", "case"),
    "mute": ("person", "deadline__case"),
    "reminder": ("person", "deadline__case"),
    "response": ("action__case",),
    "responsegrade": ("demand__case",),
    "statuschange": ("demand__case",),
    "statusproposal": ("demand__case",),
}


def named(rows: models.QuerySet) -> models.QuerySet:
    """The same rows, read with what their names are made of."""
    paths = NAMED_BY.get(str(rows.model._meta.model_name))
    return rows.select_related(*paths) if paths else rows


def _through_the_gate(model: Any, user: User) -> models.QuerySet:
    return model._default_manager.visible_to(user)


class Names:
    """Values in words; what a foreign key points to is read once per table, through the gate."""

    def __init__(
        self, fields: Iterable[models.Field], records: Iterable[models.Model], user: User
    ) -> None:
        wanted: dict[type[models.Model], set[Any]] = defaultdict(set)
        records = list(records)
        for column in fields:
            if isinstance(column, models.ForeignKey):
                wanted[column.related_model] |= {
                    getattr(record, column.attname) for record in records
                } - {None}
        self.rows = {
            model: {
                related.pk: related.name if isinstance(related, User) else str(related)
                for related in named(_through_the_gate(model, user).filter(pk__in=keys))
            }
            for model, keys in wanted.items()
            if keys
        }

    def of(self, column: models.Field, value: Any) -> str:
        if value is None or value == "":
            return "–"
        if isinstance(column, models.ForeignKey):
            return self.rows.get(column.related_model, {}).get(value, _("(not shown)"))
        if column.flatchoices:
            return str(dict(column.flatchoices).get(value, value))
        if isinstance(value, datetime.datetime):
            return date_format(value, "DATETIME_FORMAT")
        if isinstance(value, datetime.date):
            return date_format(value)
        if isinstance(value, list):
            return ", ".join(map(str, value))
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        return localize(value) if isinstance(value, int) else str(value)


def _historic_fields(row: Any) -> list[models.Field]:
    kept = {column.name for column in row.history.model._meta.concrete_fields}
    return [
        column
        for column in row._meta.concrete_fields
        if column.name in kept and column.name not in COUNTERS
    ]


def _differences(row: Any, old: Any, new: Any, names: Names) -> list[Change]:
    return [
        Change(
            str(column.verbose_name),
            names.of(column, getattr(old, column.attname)),
            names.of(column, getattr(new, column.attname)),
        )
        for column in _historic_fields(row)
        if getattr(old, column.attname) != getattr(new, column.attname)
    ]


def _from_history(row: Any, user: User, events: list[Event]) -> list[Revision]:
    records = list(row.history.select_related("history_user").order_by("-history_id")[: SHOWN + 1])
    names = Names(_historic_fields(row), records, user)
    # Both are written in one transaction at one moment, and in the same order.
    by_time = defaultdict(list)
    for event in events:
        if ".member_" not in event.action:
            by_time[event.at].append(event)
    steps = []
    for record, older in reversed(list(zip(records, [*records[1:], None], strict=True))):
        told = by_time[record.history_date]
        steps.append(
            Revision(
                at=record.history_date,
                by=record.history_user.name if record.history_user else _("the system"),
                reason=record.history_change_reason or "",
                event=told.pop() if told else None,
                changes=_differences(row, older, record, names) if older else [],
            )
        )
    return steps[::-1][:SHOWN]


def _from_event(row: Any, event: Event, user: User) -> Revision:
    columns = {column.name: column for column in row._meta.concrete_fields}
    changes = []
    for name, values in event.details.get("values", {}).items():
        if name in columns and isinstance(values, list) and len(values) == 2:
            column = columns[name]
            old, new = (column.to_python(v) if v is not None else None for v in values)
            fakes = [type(row)(**{column.attname: value}) for value in (old, new)]
            names = Names([column], fakes, user)
            changes.append(
                Change(str(column.verbose_name), names.of(column, old), names.of(column, new))
            )
    return Revision(
        at=event.at,
        by=event.by_name or _("the system"),
        reason=str(event.details.get("reason", "")),
        event=event,
        changes=changes,
    )
