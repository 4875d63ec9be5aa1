"""Putting a backup back: whole or not at all, and nothing goes out twice because of it."""

import contextlib
import datetime
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.apps import apps as current
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from tracker.models import Case, Event, EventChain, User
from tracker.services.backup import archive
from tracker.services.backup.archive import BadArchive, Entry, Manifest
from tracker.services.backup.switches import set_last_number, without_triggers
from tracker.services.backup.tables import (
    CHUNK,
    EMPTIED,
    Model,
    columns_of,
    for_database,
    kept_tables,
    lines_of,
)
from tracker.services.events import record_event
from tracker.services.people.restore import refuse_after_restore
from tracker.services.reminders.restore import hold_after_restore

UNFINISHED = ".restore-"
Migrations = set[tuple[str, str]]


class CannotRestore(Exception):
    """The sentence says why; nothing was changed."""


@dataclass(frozen=True)
class Restored:
    manifest: Manifest
    made_at: datetime.datetime
    held: int


def restore_backup(
    *,
    source: Path,
    keys: Sequence[Any],
    at: datetime.datetime,
    replace: bool = False,
    foreign: bool = False,
) -> Restored:
    """Put the archive into this database, which must be empty unless it is to be replaced.

    First the archive is read to its end. Then the rows go in by one transaction, and each table
    is read again and compared before it ends. Then every mail that is due waits for a person.
    `foreign` takes an archive that was made with another SECRET_KEY. Raises BadArchive and
    CannotRestore, and OSError where documents cannot be written.
    """
    head, manifest = archive.checked(source, keys)
    if not (manifest.is_ours or foreign):
        raise CannotRestore(
            "The archive was made with another SECRET_KEY, or by somebody who only has the public "
            "key. If you know where it comes from, say so with --foreign."
        )
    if occupied() and not replace:
        raise CannotRestore(
            "The database is not empty. Restore into a new one, or say --replace to delete what is "
            "in it."
        )
    wanted = {(app, name) for app, name in head["migrations"]}
    tables = _prepared_tables(wanted)
    made_at = datetime.datetime.fromisoformat(head["made_at"])
    newest = wanted == set(MigrationExecutor(connection).loader.disk_migrations)
    with _new_files() as files, transaction.atomic(durable=True):
        with without_triggers(tables.values()):
            _empty(tables)
            _fill(source, keys, manifest, tables, files)
            connection.check_constraints()
            _compare(tables, manifest)
        held = _set_barrier(made_at, at) if newest else 0
        files.put_in_place()
    if not newest:
        call_command("migrate", interactive=False, verbosity=0)
        with transaction.atomic():
            held = _set_barrier(made_at, at)
    cache.clear()
    return Restored(manifest, made_at, held)


def occupied() -> bool:
    """Whether somebody's data is in the database; one without tables is empty."""
    names = connection.introspection.table_names()
    return any(
        model._meta.db_table in names and model._base_manager.exists()
        for model in (User, Case, Event)
    )


def _prepared_tables(wanted: Migrations) -> dict[str, Model]:
    """The tables as the archive knew them, made where there are none. Raises CannotRestore."""
    executor = MigrationExecutor(connection)
    loader = executor.loader
    if wanted - set(loader.disk_migrations):
        raise CannotRestore(
            "The archive was made by a newer Tracker than this one. Update Tracker, then restore."
        )
    applied = set(loader.applied_migrations)
    if not applied:
        nodes = [node for node in wanted if not _children(loader, node) & wanted]
        executor.migrate(sorted(nodes))
        if wanted == set(loader.disk_migrations):
            call_command("migrate", interactive=False, verbosity=0)
    elif applied != wanted:
        raise CannotRestore(
            "The archive is of another version of Tracker than the database. Restore it into a new "
            "database without tables; they are made and brought up to date."
        )
    if wanted == set(loader.disk_migrations):
        apps = current
    else:
        apps = MigrationExecutor(connection).loader.project_state(sorted(wanted)).apps
    return {model._meta.db_table: model for model in kept_tables(apps)}


def _children(loader: Any, node: tuple[str, str]) -> Migrations:
    return {child.key for child in loader.graph.node_map[node].children if child.key[0] == node[0]}


def _empty(tables: dict[str, Model]) -> None:
    present = connection.introspection.table_names()
    with connection.cursor() as cursor:
        for name in (*(name for name in EMPTIED if name in present), *tables):
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(name)}")  # noqa: S608 - ours


def _fill(
    source: Path,
    keys: Sequence[Any],
    manifest: Manifest,
    tables: dict[str, Model],
    files: "_NewFiles",
) -> None:
    rows: list[list[Any]] = []
    with archive.decrypted(source, keys) as stream:
        for entry in archive.entries(stream):
            if isinstance(entry, Manifest):
                if entry != manifest:
                    raise BadArchive("The archive changed while it was read. Try again.")
            elif entry.kind == "table":
                _same_columns(entry, tables)
            elif entry.kind == "row":
                rows.append(entry.facts)
                if len(rows) >= CHUNK:
                    _insert(tables[entry.name], rows)
                    rows.clear()
            elif entry.kind == "end":
                _insert(tables[entry.name], rows)
                rows.clear()
                set_last_number(tables[entry.name], entry.facts)
            elif entry.kind == "file":
                files.write(entry)


def _same_columns(entry: Entry, tables: dict[str, Model]) -> None:
    model = tables.get(entry.name)
    if model is None or [field.column for field in columns_of(model)] != entry.facts:
        raise CannotRestore(f"The table {entry.name} is not as this version of Tracker has it.")


def _insert(model: Model, rows: list[list[Any]]) -> None:
    if not rows:
        return
    fields = columns_of(model)
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(field.column)) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES ({marks})"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.executemany(
            statement,
            [
                [for_database(field, value) for field, value in zip(fields, row, strict=True)]
                for row in rows
            ],
        )


def _compare(tables: dict[str, Model], manifest: Manifest) -> None:
    """Read what is in the database now. Raises CannotRestore where a table came out differently."""
    for name, model in tables.items():
        count, digest = 0, hashlib.sha256()
        for line in lines_of(model):
            count += 1
            digest.update(line)
        if manifest.tables.get(name) != (count, digest.hexdigest()):
            raise CannotRestore(f"The table {name} came out differently; nothing was restored.")


def _set_barrier(made_at: datetime.datetime, at: datetime.datetime) -> int:
    """How many mails wait for a person; the log tells that its newest rows may be missing."""
    refuse_after_restore(at=at)
    held = hold_after_restore(at=at, reason="may have been sent before the restore")
    record_event(
        action="database.restored",
        about=EventChain(case_id=0),
        case=None,
        by=None,
        at=at,
        label="",
        details={"backup_of": made_at.isoformat()},
    )
    return held


# Documents


@dataclass
class _NewFiles:
    """Written beside where they belong, and moved there at the very end."""

    folder: Path
    names: list[str] = field(default_factory=list)
    placed: list[Path] = field(default_factory=list)

    def write(self, entry: Entry) -> None:
        try:
            default_storage.path(entry.name)
        except SuspiciousFileOperation:
            raise CannotRestore("A document would lie outside of its folder.") from None
        path = self.folder / str(len(self.names))
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            for piece in entry.pieces or ():
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        self.names.append(entry.name)

    def put_in_place(self) -> None:
        for number, name in enumerate(self.names):
            path = Path(default_storage.path(name))
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not path.exists():
                self.placed.append(path)
            (self.folder / str(number)).replace(path)


@contextlib.contextmanager
def _new_files() -> Iterator[_NewFiles]:
    root = Path(settings.MEDIA_ROOT)
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    for unfinished in root.glob(f"{UNFINISHED}*"):
        shutil.rmtree(unfinished, ignore_errors=True)  # of one that was killed
    files = _NewFiles(root / f"{UNFINISHED}{secrets.token_hex(8)}")
    files.folder.mkdir(mode=0o700)
    try:
        yield files
    except BaseException:
        for path in files.placed:
            path.unlink(missing_ok=True)
        raise
    finally:
        shutil.rmtree(files.folder, ignore_errors=True)
