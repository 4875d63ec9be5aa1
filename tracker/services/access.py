"""Reading leaves a trace where it matters: restricted cases, and what leaves as a file."""

import datetime

from django.db import transaction

from tracker.models import Case, Event, User
from tracker.services.events import record_event


def note_read(*, case: Case, by: User, at: datetime.datetime) -> Event | None:
    """Log that a restricted case was opened; nothing for a case open to all staff."""
    if not case.restricted:
        return None
    with transaction.atomic():
        return record_event(action="case.read", about=case, case=case, by=by, at=at)


def note_export(*, what: str, rows: int, query: str, by: User, at: datetime.datetime) -> Event:
    """Log that a list left as a file: which, how many rows, under which filter."""
    with transaction.atomic():
        return record_event(
            action=f"export.{what}",
            about=by,
            case=None,
            by=by,
            at=at,
            details={"rows": rows, "query": query[:500]},
        )
