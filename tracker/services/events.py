"""The one place that writes the event log."""

import datetime

from django.db import models

from tracker.models import Case, CaseLink, Event, User


def record_event(
    *,
    action: str,
    about: models.Model,
    case: Case | None,
    by: User | None,
    at: datetime.datetime,
    details: dict | None = None,
) -> Event:
    """Write who did what to which record; `by=None` is the system itself.

    Call it inside the transaction of the change, so that neither exists without the other.
    """
    event = new_event(action=action, about=about, case=case, by=by, at=at, details=details)
    event.save(force_insert=True)
    return event


def new_event(
    *,
    action: str,
    about: models.Model,
    case: Case | None,
    by: User | None,
    at: datetime.datetime,
    details: dict | None = None,
) -> Event:
    """The same, not saved yet: for many at once."""
    # The log of one case is read by people who may not see the other that a link names.
    named = about.case if isinstance(about, CaseLink) else about
    return Event(
        at=at,
        by_id=by.pk if by else None,
        by_name=by.name if by else "",
        action=action,
        model=about._meta.model_name or "",
        object_id=about.pk,
        label=str(named)[:200],
        case_id=case.pk if case else None,
        details=details or {},
    )
