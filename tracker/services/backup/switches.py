"""What the database does by itself, put off while rows are put back exactly as they were.

Triggers refuse changes of the record, write a mail's steps and chain events: all of that is in
the rows already. Both databases do this inside the transaction, for their owner and no one else.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, models, transaction

from tracker.services.backup.tables import Model

PATIENCE = "10s"


@contextmanager
def snapshot() -> Iterator[None]:
    """One moment of the database, however long it is read, and nobody waits for it."""
    if connection.vendor == "sqlite":
        # Ours begin by taking the right to write, and everybody else would wait for its end.
        sqlite: Any = connection
        mode, sqlite.transaction_mode = sqlite.transaction_mode, "DEFERRED"
        try:
            with transaction.atomic(durable=True):
                yield
        finally:
            sqlite.transaction_mode = mode
    else:
        with transaction.atomic(durable=True):
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield


@contextmanager
def without_triggers(tables: Collection[Model]) -> Iterator[None]:
    """Inside a transaction. On PostgreSQL it waits for whoever still writes, but not for long."""
    names = [connection.ops.quote_name(model._meta.db_table) for model in tables]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
            for name, _ in triggers:
                cursor.execute(f"DROP TRIGGER {connection.ops.quote_name(name)}")
            yield
            for _, statement in triggers:
                cursor.execute(statement, None)  # a per cent sign is no placeholder here
        else:
            cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'")
            for name in names:
                cursor.execute(f"ALTER TABLE {name} DISABLE TRIGGER USER")
            yield
            # What foreign keys still have to check would forbid to alter the tables.
            connection.check_constraints()
            for name in names:
                cursor.execute(f"ALTER TABLE {name} ENABLE TRIGGER USER")


def set_last_number(model: Model, number: int) -> None:
    """The next row gets a higher one, and higher than any row there is."""
    key, table = model._meta.pk, model._meta.db_table
    if not isinstance(key, models.AutoField):
        return
    highest = model._base_manager.aggregate(found=models.Max("pk"))["found"] or 0
    last = max(number, highest)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, last])
        else:
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, %s), %s, %s)",
                [f'"{table}"', key.column, max(last, 1), last > 0],
            )
