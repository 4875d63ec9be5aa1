"""A backup while people work: one moment of the database, its documents, read back and compared."""

import contextlib
import datetime
import hashlib
import os
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyrage
from django.apps import apps
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from tracker.models import Document
from tracker.services.backup import archive
from tracker.services.backup.archive import FORMAT, PIECE, Manifest, proof_of
from tracker.services.backup.switches import snapshot
from tracker.services.backup.tables import (
    Model,
    columns_of,
    kept_tables,
    last_number,
    lines_of,
    to_line,
)


class CannotBackUp(Exception):
    """The sentence says why, and what to do."""


@dataclass
class _Content:
    """The lines of an archive, and what went into them so far."""

    at: datetime.datetime
    migrations: list[list[str]]
    whole: Any = field(default_factory=hashlib.sha256)
    missing: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[bytes]:
        for line in self._all():
            self.whole.update(line)
            yield line
        digest = self.whole.hexdigest()
        yield to_line(
            {"done": {"sha256": digest, "proof": proof_of(digest), "missing": self.missing}}
        )

    def _all(self) -> Iterator[bytes]:
        yield to_line({"tracker_backup": FORMAT, "made_at": self.at, "migrations": self.migrations})
        for model in kept_tables(apps):
            yield from _table(model)
        for name in Document.objects.exclude(file="").order_by("pk").values_list("file", flat=True):
            yield from self._file(name)

    def _file(self, name: str) -> Iterator[bytes]:
        """Files are written once and never changed: read twice, they are the same."""
        digest = hashlib.sha256()
        try:
            with default_storage.open(name) as file:
                for piece in file.chunks(PIECE):
                    digest.update(piece)
                yield to_line({"file": name, "bytes": file.size, "sha256": digest.hexdigest()})
                yield from file.chunks(PIECE)
        except FileNotFoundError:
            self.missing.append(name)


def _table(model: Model) -> Iterator[bytes]:
    name, columns = model._meta.db_table, [column.column for column in columns_of(model)]
    yield to_line({"table": name, "columns": columns})
    count, digest = 0, hashlib.sha256()
    for line in lines_of(model):
        digest.update(line)
        count += 1
        yield line
    ended = {"end": name, "rows": count, "sha256": digest.hexdigest(), "last": last_number(model)}
    yield to_line(ended)


def make_backup(*, to: Path, recipients: Sequence[str], at: datetime.datetime) -> Manifest:
    """Write an archive that only the recipients' private keys open, and read it back.

    It appears under its name when it is whole and was read back, and never takes the place of
    another file. Raises BadKey, CannotBackUp, and OSError where it cannot be written.
    """
    if not recipients:
        raise archive.BadKey(
            "Name the public key to encrypt to, with --to or in TRACKER_BACKUP_KEY; “manage.py "
            "backup_key FILE” makes a pair."
        )
    keys = [archive.recipient(text) for text in recipients]
    if to.exists():
        raise CannotBackUp(f"{to} exists already, and a backup replaces none. Choose another name.")
    # A key of this moment alone: with it what was written is read back, and then it is forgotten.
    passing = pyrage.x25519.Identity.generate()
    content = _Content(at, migrations_here())
    unfinished = to.with_name(f".{to.name}.{secrets.token_hex(8)}")
    try:
        with open(os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            with snapshot():
                archive.encrypt(content.lines(), file, [*keys, passing.to_public()])
            file.flush()
            os.fsync(file.fileno())
        _, manifest = archive.checked(unfinished, [passing])
        if manifest.digest != content.whole.hexdigest():
            raise CannotBackUp("What was written reads back differently: is the disk sound?")
        _give_name(unfinished, to)
    finally:
        with contextlib.suppress(OSError):
            unfinished.unlink()
    return manifest


def _give_name(unfinished: Path, to: Path) -> None:
    """Raises CannotBackUp where another file has the name by now."""
    try:
        try:
            to.hardlink_to(unfinished)
        except FileExistsError:
            raise
        except OSError:  # a disk that knows no second name, as a USB stick
            os.close(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            unfinished.replace(to)
    except FileExistsError:
        raise CannotBackUp(f"{to} appeared meanwhile; choose another name.") from None
    folder = os.open(to.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def migrations_here() -> list[list[str]]:
    """All that were applied. Raises CannotBackUp where the program and the database differ."""
    loader = MigrationLoader(connection)
    applied = set(loader.applied_migrations)
    if applied != set(loader.disk_migrations):
        raise CannotBackUp(
            "The database is not of this version of Tracker. Run “manage.py migrate” first, or "
            "make the backup with the version that it is of."
        )
    return sorted([app, name] for app, name in applied)
