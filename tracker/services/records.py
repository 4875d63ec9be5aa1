"""Saving a row so that its history says who and when, and a stale copy is refused."""

import datetime
from typing import Any

from django.db import models

from tracker.models import User


class StaleRecord(Exception):
    """Somebody saved the row after this copy of it was read; nothing was written."""

    def __init__(self, instance: models.Model) -> None:
        super().__init__(f"{instance._meta.model_name} {instance.pk} was changed meanwhile")
        self.instance = instance


def counts_versions(instance: models.Model) -> bool:
    """Whether its `version` counts its saves; that of a response rule is the law's, and typed."""
    return any(field.name == "version" and not field.editable for field in instance._meta.fields)


def save_record(
    instance: models.Model,
    *,
    by: User | None,
    at: datetime.datetime,
    reason: str = "",
) -> models.Model:
    """Save with history; a row that carries a `version` is taken only at the version it shows.

    Call it inside a transaction. Raises StaleRecord when the row has moved on.
    """
    if hasattr(instance, "history"):
        vars(instance).update(_history_user=by, _history_date=at, _change_reason=reason[:100])
    if counts_versions(instance) and instance.pk and not instance._state.adding:
        # The conditional UPDATE both checks and takes the version: of two writers one changes a
        # row and the other none, on every database, without trusting what either had read.
        row: Any = instance
        rows = type(instance)._default_manager.filter(pk=row.pk, version=row.version)
        if not rows.update(version=row.version + 1):
            raise StaleRecord(instance)
        row.version += 1
    instance.save()
    return instance
