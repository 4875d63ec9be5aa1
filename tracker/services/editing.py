"""Corrections of rows that have no rules of their own: signatories, norms, links, facts ...

A table with rules has its own module; this one gives the rest what every write owes: a check, a
version where the table has one, history and an event, all in one transaction.
"""

import datetime
from typing import Any

from django.db import models, transaction

from tracker.models import Case, Document, User
from tracker.services.events import record_event
from tracker.services.records import save_record


@transaction.atomic
def add_row(*, row: models.Model, by: User | None, at: datetime.datetime) -> models.Model:
    """Save a new row; without a number it becomes the next one of its case.

    Raises ValidationError.
    """
    if _numbered(row) and not row.number:  # type: ignore[attr-defined]
        case = Case.objects.select_for_update().get(pk=row.case_id)  # type: ignore[attr-defined]
        last = type(row)._default_manager.filter(case=case).aggregate(n=models.Max("number"))["n"]
        row.number = (last or 0) + 1  # type: ignore[attr-defined]
    row.full_clean()
    save_record(row, by=by, at=at)
    record_event(action=_action(row, "added"), about=row, case=case_of(row), by=by, at=at)
    return row


@transaction.atomic
def edit_row(
    *, row: models.Model, by: User | None, at: datetime.datetime, reason: str = ""
) -> models.Model:
    """Save a corrected copy; where the table has versions, one read at the version it shows.

    Writes nothing when nothing differs. Raises StaleRecord and ValidationError.
    """
    stored = type(row)._default_manager.select_for_update().get(pk=row.pk)
    changed = changes(stored, row)
    if not changed and getattr(row, "version", 0) == getattr(stored, "version", 0):
        return row
    row.full_clean()
    save_record(row, by=by, at=at, reason=reason)
    details: dict[str, Any] = {"changed": list(changed), "reason": reason}
    if not hasattr(row, "history"):
        # The event is the only memory such a table has.
        details["values"] = changed
    record_event(
        action=_action(row, "edited"),
        about=row,
        case=case_of(row),
        by=by,
        at=at,
        details=details,
    )
    return row


@transaction.atomic
def note_links(
    *, row: models.Model, fields: list[str], by: User | None, at: datetime.datetime
) -> None:
    """Log that a row was tied to other rows than before (its many-to-many fields)."""
    record_event(
        action=_action(row, "edited"),
        about=row,
        case=case_of(row),
        by=by,
        at=at,
        details={"changed": fields},
    )


@transaction.atomic
def remove_row(*, row: models.Model, by: User | None, at: datetime.datetime) -> None:
    """Delete a row that nothing depends on; what it said stays in the event."""
    values = {
        field.name: _plain(field.value_from_object(row)) for field in row._meta.concrete_fields
    }
    if hasattr(row, "history"):
        row._history_user = by  # type: ignore[attr-defined]
        row._history_date = at  # type: ignore[attr-defined]
    record_event(
        action=_action(row, "removed"),
        about=row,
        case=case_of(row),
        by=by,
        at=at,
        details={"values": values},
    )
    row.delete()


def changes(before: models.Model, after: models.Model) -> dict[str, list[Any]]:
    """The columns in which two copies of one row differ, but for the version: [old, new]."""
    return {
        field.name: [_plain(old), _plain(new)]
        for field in before._meta.concrete_fields
        if field.name != "version"
        and (old := getattr(before, field.attname)) != (new := getattr(after, field.attname))
    }


def case_of(row: models.Model) -> Case | None:
    """The case a row belongs to, whose readers may read what is logged of it."""
    if isinstance(row, Case):
        return row
    keys = {field.name for field in row._meta.concrete_fields if field.is_relation}
    for path in ("case", "demand", "action", "deadline"):
        if path in keys:
            owner = getattr(row, path)
            return owner if path == "case" or owner is None else owner.case
    document = row if isinstance(row, Document) else getattr(row, "document", None)
    if isinstance(document, Document) and document.pk:
        return _only_case(document)
    return None


def _only_case(document: Document) -> Case | None:
    """A paper of two cases is nobody's in particular, unless one of them is restricted."""
    cases = list(document.cases.order_by("-confidentiality", "pk")[:2])
    if len(cases) == 2 and not cases[0].restricted:
        return None
    return cases[0] if cases else None


def _numbered(row: models.Model) -> bool:
    return hasattr(row, "number") and hasattr(row, "case_id")


def _action(row: models.Model, verb: str) -> str:
    return f"{row._meta.model_name}.{verb}"


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | str | list | dict):
        return value
    return str(value)
