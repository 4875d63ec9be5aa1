"""`manage.py backup_key FILE`: a pair of keys for backups."""

import os
from pathlib import Path
from typing import Any

import pyrage
from django.core.management.base import CommandError

from tracker.management.sentences import SentenceCommand


class Command(SentenceCommand):
    help = "Write a new private key for backups to FILE, and print its public key."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="a new file")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        key = pyrage.x25519.Identity.generate()
        public = key.to_public()
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise CommandError(
                f"{path} cannot be written ({error.strerror}); no key was made.", returncode=2
            ) from error
        with open(descriptor, "w") as file:
            file.write(f"# public key: {public}\n{key}\n")
        self.stdout.write(
            f"TRACKER_BACKUP_KEY={public}\n"
            f"The private key is in {path}. Keep it away from this machine, in two places: without "
            "it no backup can ever be opened."
        )
