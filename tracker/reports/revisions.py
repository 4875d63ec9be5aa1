"""What was done to a row, or in a case: who, when, why, which field went from what to what."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.formats import date_format, localize
from django.utils.translation import gettext as _

from tracker.models import Case, Event, User

SHOWN = 200
SHOWN_OF_A_CASE = 40
# The program's own counting, of which a person knows nothing.
COUNTERS = ("id", "version", "status_seq", "generation")


@dataclass(frozen=True)
class Change:
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Revision:
    at: datetime.datetime
    by: str
    reason: str
    event: Event
    changes: list[Change]


def revisions(row: Any, user: User) -> list[Revision]:
    """The last steps of a row the person may see, the newest first.

    Names of related rows are given only where the person may see those too.
    """
    seen = Event.objects.visible_to(user).about(row).of_changes().in_words()
    events = list(seen.order_by("-at", "-pk")[:SHOWN])
    changes = _changes(events, user)
    return [_revision(event, changes.get(event.pk, [])) for event in events]


def case_revisions(case: Case, user: User) -> list[Revision]:
    """The last steps of a case and of what belongs to it, which has passed the gate already.

    What a new row held is on the page itself, or stands as the old value of what came after.
    """
    events = list(
        Event.objects.filter(case_id=case.pk)
        .of_changes()
        # Of a case loaded from a file the one event of the case itself tells enough.
        .exclude(models.Q(action__endswith=".loaded") & ~models.Q(model="case"))
        .in_words()
        .order_by("-at", "-pk")[:SHOWN_OF_A_CASE]
    )
    changes = _changes([event for event in events if not _made_a_row(event)], user)
    return [_revision(event, changes.get(event.pk, [])) for event in events]


def changed_since(row: Any, shown_version: int, user: User) -> list[Revision]:
    """What was done to a row since the version a page showed, the first first."""
    columns = {column.name for column in row._meta.concrete_fields}
    found: list[Revision] = []
    left = row.version - shown_version
    for step in revisions(row, user):
        if left <= 0:
            break
        found.insert(0, step)
        left -= not columns.isdisjoint(step.event.by_field)  # each save makes one version
    return found


def _revision(event: Any, changes: list[Change]) -> Revision:
    by = event.by_name or _("the system")
    return Revision(event.at, by, event.reason, event, changes)


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

    def __init__(self, values: Iterable[tuple[models.Field, Any]], user: User) -> None:
        """`values` are what is to be named, each with the column it stands in."""
        wanted: dict[type[models.Model], set[Any]] = defaultdict(set)
        for column, value in values:
            if isinstance(column, models.ForeignKey) and value is not None:
                wanted[column.related_model].add(value)
        self.rows = {
            model: {
                related.pk: related.name if isinstance(related, User) else str(related)
                for related in named(_through_the_gate(model, user).filter(pk__in=keys))
            }
            for model, keys in wanted.items()
        }

    @classmethod
    def of_rows(
        cls, columns: Iterable[models.Field], rows: Sequence[models.Model], user: User
    ) -> "Names":
        return cls(((c, getattr(row, c.attname)) for c in columns for row in rows), user)

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


def _columns(event: Event) -> dict[str, Any]:
    """The columns of the table an event is about; none where there is no such table any more."""
    try:
        meta = apps.get_model("tracker", event.model)._meta
    except LookupError:
        return {}
    return {column.name: column for column in (*meta.concrete_fields, *meta.many_to_many)}


def _made_a_row(event: Event) -> bool:
    """Whether a column that is never empty was."""
    columns = _columns(event)
    return any(
        value.old is None
        and value.new is not None
        and value.field in columns
        and not columns[value.field].null
        for value in event.values.all()
    )


def _changes(events: list[Event], user: User) -> dict[int, list[Change]]:
    """By event: the columns it changed. Related rows are read once for all events."""
    told = [
        (value, column)
        for event in events
        for columns in [_columns(event)]
        for value in event.values.all()
        if value.field not in COUNTERS and (column := columns.get(value.field))
    ]
    keys = [(column, side) for value, column in told for side in (value.old, value.new)]
    names = Names(keys, user)
    found = defaultdict(list)
    for value, column in told:
        if value.erased_at:
            before = after = _("(erased)")
        elif value.old != value.new:
            before, after = (names.of(column, _typed(column, v)) for v in (value.old, value.new))
        elif column.editable:  # it is recorded that it changed, and not from what to what
            before = after = _("(not recorded)")
        else:
            continue
        found[value.event_id].append(Change(str(column.verbose_name), before, after))
    return found


def _typed(column: Any, value: Any) -> Any:
    try:
        return column.to_python(value)
    except ValidationError:  # from before the column had its present type
        return value
