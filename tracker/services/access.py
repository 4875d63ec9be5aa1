"""Reading leaves a trace where it matters: restricted cases, and what leaves as a file.

No page says what it shows. Every row that is read while a page is made passes `collect`, and
what belongs to a restricted case is noted in that case's log when the page is done: so a page
that is added later, or a column, cannot be forgotten. Why so:
`docs/decisions/0021-what-is-read-is-noted-by-the-row.md`.
"""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from tracker.models import (
    Action,
    Case,
    CaseLink,
    Confidentiality,
    Deadline,
    Demand,
    Document,
    Event,
    Mail,
    Reminder,
    User,
)
from tracker.services.events import NewEvent, record_events

# The same person on the same page of the same case again is the same reading: a page asks for
# its parts one by one, and who works on a form sees it several times. A page that names no row
# (a list, the desk, the agenda) shows each case that there is, and is noted once a day.
SAME_PAGE = datetime.timedelta(minutes=15)
SAME_LIST = datetime.timedelta(days=1)
# Who tries addresses in a loop leaves one event an hour for each kind of page.
SAME_TRY = datetime.timedelta(hours=1)
PAGE = "page"

# Which columns of a row lead to its case, the nearest first: the first that the table has is taken.
WAYS = {
    "case_id": "case",
    "born_in_id": "case",
    "demand_id": "demand",
    "deadline_id": "deadline",
    "action_id": "action",
    "document_id": "document",
    "event_id": "event",
    "mail_id": "mail",
}
STARTS = {Case: "case", Document: "document", Mail: "mail"}


@dataclass
class Shown:
    """What one request has read: numbers of rows that lead to a case, by their table."""

    numbers: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    open: set[int] = field(default_factory=set)  # cases known to be open to all staff
    by: User | None = None  # where it is not the request's own person: the owner of a feed

    def restricted(self) -> QuerySet[Case] | None:
        """The restricted cases among them; None where there is certainly none."""
        wanted = {way: found - self.open if way == "case" else found for way, found in self.rows()}
        found = [CASES[way](numbers) for way, numbers in wanted.items() if numbers]
        if not found:
            return None
        return Case.objects.filter(Q(*found, _connector=Q.OR), confidentiality=Confidentiality.TEAM)

    def rows(self) -> list[tuple[str, set[int]]]:
        return sorted(self.numbers.items())


CASES = {
    "case": lambda numbers: Q(pk__in=numbers),
    "demand": lambda numbers: Q(pk__in=_owners(Demand, numbers)),
    "deadline": lambda numbers: Q(pk__in=_owners(Deadline, numbers)),
    "action": lambda numbers: Q(pk__in=_owners(Action, numbers)),
    "document": lambda numbers: Q(
        pk__in=Document.cases.through.objects.filter(document__in=numbers).values("case")
    ),
    "event": lambda numbers: Q(pk__in=_owners(Event, numbers).exclude(case_id=None)),
    "mail": lambda numbers: Q(
        pk__in=Reminder.objects.filter(mail__in=numbers).values("deadline__case")
    ),
}


def _owners(table: type[models.Model], numbers: set[int]) -> QuerySet[Any, Any]:
    return table._default_manager.filter(pk__in=numbers).values("case_id")


_shown: ContextVar[Shown | None] = ContextVar("shown", default=None)


@contextmanager
def collecting() -> Iterator[Shown]:
    """Keep in mind which rows are read meanwhile, by this thread."""
    before = _shown.set(Shown())
    try:
        yield _shown.get() or Shown()
    finally:
        _shown.reset(before)


def watch_tables() -> None:
    """Let every row of every table that leads to a case be seen by `collect`."""
    for model in apps.get_app_config("tracker").get_models():
        if columns_of(model):
            models.signals.post_init.connect(collect, sender=model, dispatch_uid=f"shown {model}")


def columns_of(model: type[models.Model]) -> list[tuple[str, str]]:
    if model is CaseLink:
        return [("case_id", "case"), ("other_id", "case")]
    if model in STARTS:
        return [("id", STARTS[model])]
    has = {column.attname for column in model._meta.concrete_fields}
    return [(column, way) for column, way in WAYS.items() if column in has][:1]


_COLUMNS: dict[type[models.Model], list[tuple[str, str]]] = {}


def collect(sender: type[models.Model], instance: models.Model, **kwargs: Any) -> None:
    """A row has been read. Of a page under way its case is kept in mind; else nothing."""
    shown = _shown.get()
    if shown is None:
        return
    read = vars(instance)
    if sender not in _COLUMNS:
        _COLUMNS[sender] = columns_of(sender)
    for column, way in _COLUMNS[sender]:
        if (number := read.get(column)) is not None:
            shown.numbers[way].add(number)
    if sender is Case and read.get("confidentiality") == Confidentiality.OPEN:
        shown.open.add(read["id"])


def note_read(
    *, shown: Shown, page: str, names_a_row: bool, by: User, at: datetime.datetime
) -> list[Event]:
    """Log in each restricted case that `by` was shown it, and on which page.

    A row that was read and that the person may not see is no reading: the page has counted it,
    or moved it. Nothing is written where the same was noted just now.
    """
    cases = shown.restricted()
    if cases is None:
        return []
    seen = cases.filter(pk__in=Case.objects.visible_to(by).values("pk"))
    since = at - (SAME_PAGE if names_a_row else SAME_LIST)
    return _note(seen, action="case.read", page=page, since=since, by=by, at=at)


def note_refused(
    *,
    table: type[models.Model],
    row: dict[str, Any],
    page: str,
    forbidden: bool,
    by: User,
    at: datetime.datetime,
) -> list[Event]:
    """Log in a restricted case that somebody asked for a page of it and was turned away.

    `row` says which row of `table` the address names. Without `forbidden` nothing was found at
    it: then it is told only of cases the person may not see, for whoever sees one mistyped.
    """
    with collecting() as tried:
        list(table._base_manager.filter(**row)[:1])
    cases = tried.restricted()
    if cases is None:
        return []
    if not forbidden:
        cases = cases.exclude(pk__in=Case.objects.visible_to(by).values("pk"))
    return _note(cases, action="case.refused", page=page, since=at - SAME_TRY, by=by, at=at)


def _note(
    cases: QuerySet[Case],
    *,
    action: str,
    page: str,
    since: datetime.datetime,
    by: User,
    at: datetime.datetime,
) -> list[Event]:
    told = Event.objects.filter(
        case_id=OuterRef("pk"),
        by_id=by.pk,
        action=action,
        at__gt=since,
        values__field=PAGE,
        values__new=page,
    )
    noted = [
        NewEvent(
            action=action,
            about=case,
            case=case,
            by=by,
            at=at,
            details={PAGE: page},
            label=case.reference,
        )
        for case in cases.exclude(Exists(told)).order_by("pk")
    ]
    if not noted:  # mostly: then one question is all it costs
        return []
    with transaction.atomic():
        return record_events(noted)


@transaction.atomic
def note_export(
    *, what: str, rows: int, filters: Collection[str], by: User, at: datetime.datetime
) -> Event:
    """Log that a list left as a file: how many rows, narrowed by which filters.

    What was typed into the filters stays out, for it may be a word of a restricted case, and
    this event has no case. Each restricted case whose rows were read for it is told in its own log.
    """
    shown = _shown.get() or Shown()
    cases = shown.restricted()
    seen = [] if cases is None else cases.filter(pk__in=Case.objects.visible_to(by).values("pk"))
    action = f"export.{what}"
    details = {"rows": rows, "filters": sorted(filters)}
    general = NewEvent(action=action, about=by, case=None, by=by, at=at, details=details)
    of_cases = [
        NewEvent(action=action, about=case, case=case, by=by, at=at, label=case.reference)
        for case in seen
    ]
    event = record_events([general, *of_cases])[0]
    shown.numbers.clear()  # it is told: not once more, as a page
    return event
