"""`manage.py restore FILE --identity KEYFILE`: a backup put back into an empty database."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.db import DatabaseError, connection
from django.utils import timezone

from tracker.management.commands.backup import told
from tracker.management.sentences import SentenceCommand
from tracker.models import Unreadable, field_keys
from tracker.services.backup import archive
from tracker.services.backup.archive import BadArchive, BadKey
from tracker.services.backup.restore import CannotRestore, occupied, restore_backup

TWICE = ("replace", "delete what is there")


class Command(SentenceCommand):
    help = (
        "Put a backup back, into an empty database of either kind; one without tables gets them. "
        "Every e-mail that is due by now then waits for a person."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="what “backup” wrote")
        parser.add_argument(
            "--identity", type=Path, metavar="KEYFILE", required=True, help="the private key"
        )
        parser.add_argument(
            "--check", action="store_true", help="only read it to its end; nothing is written"
        )
        parser.add_argument(
            "--replace", action="store_true", help="delete what the database holds; asks twice"
        )
        parser.add_argument(
            "--foreign", action="store_true", help="it was made with another SECRET_KEY"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            keys = archive.identities(options["identity"])
            if not path.is_file():
                raise BadArchive(f"There is no file {path}.")
            if options["check"]:
                self.check_only(path, keys, options)
                return
            replace = options["replace"] and occupied() and self.asked_twice()
            restored = restore_backup(
                source=path,
                keys=keys,
                at=timezone.now(),
                replace=replace,
                foreign=options["foreign"],
            )
        except (BadKey, BadArchive, CannotRestore) as refused:
            raise CommandError(str(refused), returncode=2) from refused
        except OSError as error:
            raise CommandError(
                f"The documents cannot be written ({error.strerror}); nothing was restored."
            ) from error
        except DatabaseError as error:
            # Its further lines may hold what stands in the rows.
            why = next(iter(str(error).splitlines()), type(error).__name__)
            raise CommandError(
                f"The database does not let it be done ({why}); nothing was restored. Stop web, "
                "workers and beat, and take an account that owns the tables."
            ) from error
        told(self, restored.manifest, options["verbosity"])
        self.say_what_remains(restored)

    def check_only(self, path: Path, keys: list[Any], options: dict[str, Any]) -> None:
        head, manifest = archive.checked(path, keys)
        told(self, manifest, options["verbosity"])
        self.stdout.write(f"Made at {head['made_at']}, and whole. Nothing was written.")
        if not manifest.is_ours:
            self.stdout.write("It was made with another SECRET_KEY than the one here.")

    def asked_twice(self) -> bool:
        """Raises CommandError for any other answer, and where nobody is there to answer."""
        name = connection.settings_dict["NAME"]
        self.stdout.write(f"Everything in the database {name} will be deleted.")
        for words in TWICE:
            self.stdout.write(f"To go on, type: {words}")
            self.stdout.flush()
            try:
                answer = input()
            except EOFError:
                answer = ""
            if answer.strip() != words:
                raise CommandError("Nothing was deleted and nothing restored.", returncode=2)
        return True

    def say_what_remains(self, restored: Any) -> None:
        day = restored.made_at.isoformat(sep=" ", timespec="minutes")
        self.stdout.write(
            f"Restored as of {day}. E-mails that wait for a decision on the Reminders page: "
            f"{restored.held}.\nPasswords, roles and calendar feeds are as they were then: whoever "
            "was cut off since must be cut off again."
        )
        if restored.manifest.missing:
            count = len(restored.manifest.missing)
            self.stdout.write(f"Files of documents that the backup did not have: {count}.")
        try:
            field_keys()
        except Unreadable as missing:
            self.stdout.write(f"{missing} ({settings.VAR_DIR})")
