"""`manage.py backup FILE [--to KEY]`: the database and its documents in one encrypted file."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.utils import timezone

from tracker.management.sentences import SentenceCommand
from tracker.services.backup.archive import BadArchive, BadKey, Manifest
from tracker.services.backup.make import CannotBackUp, make_backup


class Command(SentenceCommand):
    help = (
        "Write the database and its documents into one file that only a private key kept elsewhere "
        "opens, and read it back. People may go on working meanwhile."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="a new file")
        parser.add_argument(
            "--to",
            action="append",
            metavar="KEY",
            help="the public key, age1...; may be repeated (default: TRACKER_BACKUP_KEY)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        recipients = options["to"] or settings.BACKUP_KEYS
        try:
            manifest = make_backup(to=path, recipients=recipients, at=timezone.now())
        except (BadKey, CannotBackUp) as refused:
            raise CommandError(str(refused), returncode=2) from refused
        except BadArchive as damaged:
            raise CommandError(
                f"What was written to {path} cannot be read back: is the disk sound?"
            ) from damaged
        except OSError as error:
            raise CommandError(
                f"{path} cannot be written ({error.strerror or error}); no backup was made."
            ) from error
        told(self, manifest, options["verbosity"])
        self.stdout.write(f"Written and read back: {path}, {path.stat().st_size:,} bytes.")
        if manifest.missing:
            raise CommandError(
                "The backup was made, but the files of these documents are not there any more: "
                f"{', '.join(manifest.missing)}."
            )


def told(command: SentenceCommand, manifest: Manifest, verbosity: int) -> None:
    if verbosity > 1:
        for name, (count, digest) in sorted(manifest.tables.items()):
            command.stdout.write(f"{digest[:16]} {count:>8,} {name}")
    command.stdout.write(
        f"{manifest.rows:,} rows in {len(manifest.tables)} tables, {manifest.files:,} files of "
        f"documents; contents {manifest.contents}."
    )
