"""How a row that people edit is saved: with its version, its event, and the values that changed.

A table with rules of its own has its own module and calls `save_row`; `add_row`, `edit_row` and
`remove_row` serve the rest: signatories, norms, links, facts ...
"""

import datetime
from collections.abc import Collection, Iterable, Mapping
from typing import Any, TypeVar

from django.db import models, transaction

from tracker.models import Case, Document, Encrypted, Sealed, User
from tracker.services.events import Changes, NewEvent, record_events
from tracker.services.refusals import StaleRecord

Row = TypeVar("Row", bound=models.Model)


def save_row(
    row: Row,
    *,
    by: User | None,
    at: datetime.datetime,
    stored: models.Model | None = None,
    action: str = "",
    reason: str = "",
    details: Mapping[str, Any] | None = None,
    cases: Iterable[Case | None] = (),
    update_fields: Collection[str] | None = None,
) -> Row:
    """Save a row with one event; a row that carries a `version` only at the version it shows.

    Call it inside a transaction. `stored` is the row as it was, read here if not given; `cases`
    are those in whose log it stands, the row's own if not given. Raises StaleRecord when the
    row has moved on.
    """
    if stored is None and not row._state.adding:
        stored = type(row)._base_manager.get(pk=row.pk)
    changed = changes(stored, row, update_fields)
    versioned: Any = row
    if stored is not None and counts_versions(row):
        # The conditional UPDATE both checks and takes the version: of two writers one changes a row
        # and the other none, on every database, without trusting what either had read.
        rows = type(row)._default_manager.filter(pk=row.pk, version=versioned.version)
        if not rows.update(version=versioned.version + 1):
            raise StaleRecord(row)
        versioned.version += 1
    row.save(update_fields=update_fields)
    verb = "edited" if stored else "added"
    record_events(
        [
            NewEvent(
                action=action or f"{row._meta.model_name}.{verb}",
                about=row,
                case=case,
                by=by,
                at=at,
                reason=reason,
                changes=changed,
                details=details or {},
            )
            for case in (cases or [case_of(row)])
        ]
    )
    return row


@transaction.atomic
def add_row(*, row: Row, by: User | None, at: datetime.datetime) -> Row:
    """Save a new row; without a number it becomes the next one of its case.

    Raises ValidationError.
    """
    numbered: Any = row
    if hasattr(row, "number") and hasattr(row, "case_id") and not row.number:
        # Held, so that two who add at once do not both become the next.
        case = Case.objects.select_for_update(no_key=True).get(pk=numbered.case_id)
        last = type(row)._default_manager.filter(case=case).aggregate(n=models.Max("number"))["n"]
        numbered.number = (last or 0) + 1
    row.full_clean()
    return save_row(row, by=by, at=at)


@transaction.atomic
def edit_row(*, row: Row, by: User | None, at: datetime.datetime, reason: str = "") -> Row:
    """Save a corrected copy; where the table has versions, one read at the version it shows.

    Writes nothing when nothing differs. Raises StaleRecord and ValidationError.
    """
    stored = type(row)._default_manager.select_for_update(no_key=True).get(pk=row.pk)
    # A copy read before somebody else's save is a conflict even where no column differs now: its
    # reader decided by what the row said then. So `save_row` is called, and refuses it.
    if not changes(stored, row) and getattr(row, "version", 0) == getattr(stored, "version", 0):
        return row
    row.full_clean()
    return save_row(row, stored=stored, by=by, at=at, reason=reason)


@transaction.atomic
def note_links(
    *, row: models.Model, fields: list[str], by: User | None, at: datetime.datetime
) -> None:
    """Log that a row was tied to other rows than before (its many-to-many fields)."""
    _record(row, "edited", dict.fromkeys(fields, (None, None)), by, at)


@transaction.atomic
def remove_row(
    *, row: models.Model, by: User | None, at: datetime.datetime, reason: str = ""
) -> None:
    """Delete a row that nothing depends on; what it said stays in the event."""
    _record(row, "removed", changes(row, None), by, at, reason)
    row.delete()


def changes(
    before: models.Model | None,
    after: models.Model | None,
    fields: Collection[str] | None = None,
) -> dict[str, tuple[Any, Any]]:
    """The columns in which two copies of one row differ, as (old, new); the version aside.

    None is the row that is not there yet, or no more: then empty columns are left out. Of a
    column that is encrypted, or in the table's `not_recorded`, it is told that it changed, and
    not from what to what.
    """
    row = after or before
    if row is None:
        return {}
    changed = {}
    for column in row._meta.concrete_fields:
        if column.primary_key or (column.name == "version" and not column.editable):
            continue
        if fields is not None and column.name not in fields:
            continue
        old, new = (_stored(copy, column) for copy in (before, after))
        if old != new and Sealed in (type(old), type(new)):
            old, new = (getattr(copy, column.attname, None) for copy in (before, after))
        if old == new or (None in (before, after) and (new or old) in EMPTY):
            continue
        secret = isinstance(column, Encrypted) or column.name in getattr(row, "not_recorded", ())
        changed[column.name] = (None, None) if secret else (old, new)
    return changed


def _stored(row: models.Model | None, column: models.Field) -> Any:
    """Of an encrypted column what lies in the database, as long as nobody has asked for more."""
    kept = row.__dict__.get(column.attname) if row is not None else None
    return kept if isinstance(kept, Sealed) else getattr(row, column.attname, None)


def case_of(row: models.Model) -> Case | None:
    """The case a row belongs to, whose readers may read what is logged of it."""
    if isinstance(row, Case):
        return row
    keys = {field.name for field in row._meta.concrete_fields if field.is_relation}
    for path in ("case", "born_in", "demand", "action", "deadline"):
        if path in keys:
            owner = getattr(row, path)
            return owner if isinstance(owner, Case | None) else owner.case
    document = row if isinstance(row, Document) else getattr(row, "document", None)
    if isinstance(document, Document) and document.pk:
        return _only_case(document)
    return None


def _record(
    row: models.Model,
    verb: str,
    changed: Changes,
    by: User | None,
    at: datetime.datetime,
    reason: str = "",
) -> None:
    event = NewEvent(
        action=f"{row._meta.model_name}.{verb}",
        about=row,
        case=case_of(row),
        by=by,
        at=at,
        reason=reason,
        changes=changed,
    )
    record_events([event])


EMPTY: tuple[Any, ...] = (None, "", [], {})


def counts_versions(row: models.Model) -> bool:
    """Whether its `version` counts its saves; that of a response rule is the law's, and typed."""
    return any(field.name == "version" and not field.editable for field in row._meta.fields)


def _only_case(document: Document) -> Case | None:
    """A paper of two cases is nobody's in particular, unless one of them is restricted."""
    cases = list(document.cases.order_by("-confidentiality", "pk")[:2])
    if len(cases) == 2 and not cases[0].restricted:
        return None
    return cases[0] if cases else None
