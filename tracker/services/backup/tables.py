"""Which tables a backup has, and each value in a form that no database owns."""

import datetime
import json
import uuid
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.apps.registry import Apps
from django.db import connection, models

from tracker.models import Sealed

# What is no part of the organisation's memory, or must not come back.
LEFT_OUT = {
    "django_session": "whoever is signed in signs in again",
    "usersessions_usersession": "the devices of those sessions",
    "account_emailconfirmation": "links that were sent and have aged",
    "tracker_formsubmission": "forms of the last hours",
    "tracker_guesslimit": "tries of the last hours",
    "django_content_type": "made by `migrate`",
    "auth_permission": "made by `migrate`",
    "auth_group": "roles are columns of people",
    "auth_group_permissions": "roles are columns of people",
    "django_admin_log": "never written: the record is the log of events",
}
# Of these the old rows go too when another database's rows come in.
EMPTIED = (
    "usersessions_usersession",
    "django_session",
    "account_emailconfirmation",
    "tracker_formsubmission",
    "tracker_guesslimit",
)
CHUNK = 2000  # rows in memory at a time

Model = type[models.Model]


def kept_tables(apps: Apps) -> list[Model]:
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model._meta.db_table not in LEFT_OUT
    ]


def columns_of(model: Model) -> list[models.Field]:
    return list(model._meta.local_concrete_fields)


def lines_of(model: Model) -> Iterator[bytes]:
    """Each row as one line of JSON, in the order of its key; the same on every database."""
    names = [field.attname for field in columns_of(model)]
    rows = model._base_manager.order_by("pk").values_list(*names)
    for row in rows.iterator(chunk_size=CHUNK):
        yield to_line(list(row))


def to_line(value: Any) -> bytes:
    text = json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain
    )
    return text.encode() + b"\n"


def _plain(value: Any) -> str:
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).isoformat(timespec="microseconds")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, uuid.UUID | Decimal):
        return str(value)
    raise TypeError(f"A backup cannot keep a {type(value).__name__} yet.")


def for_database(field: models.Field, value: Any) -> Any:
    """What the driver takes for a value of a line."""
    if isinstance(value, str):
        if getattr(field, "encrypted", False):
            # As it lay there: whoever puts a backup back need not hold the key of its names.
            value = Sealed(value) if value else value
        elif not isinstance(field, models.JSONField):
            value = field.to_python(value)
    return field.get_db_prep_save(value, connection)


def last_number(model: Model) -> int:
    """The highest number the table ever gave out: the log still tells of rows that are gone."""
    key = model._meta.pk
    if not isinstance(key, models.AutoField):
        return 0
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "SELECT seq FROM sqlite_sequence WHERE name = %s", [model._meta.db_table]
            )
        else:
            cursor.execute(
                "SELECT pg_sequence_last_value(pg_get_serial_sequence(%s, %s)::regclass)",
                [f'"{model._meta.db_table}"', key.column],
            )
        found = cursor.fetchone()
    return (found and found[0]) or 0
