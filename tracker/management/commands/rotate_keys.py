"""`manage.py rotate_keys`: names and contacts under a new key."""

from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from tracker.management.sentences import SentenceCommand
from tracker.models import field_keys, key_file, make_key_file
from tracker.services.encrypted import rotate


class Command(SentenceCommand):
    help = (
        "Write names and contacts anew under the first key. Safe to repeat, and while people work."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        one = parser.add_mutually_exclusive_group()
        one.add_argument("--new", action="store_true", help="first put a new key into the key file")
        one.add_argument("--print", action="store_true", help="print a new key, and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["print"]:
            self.stdout.write(Fernet.generate_key().decode())
            return
        if options["new"]:
            self._add_key()
        done = rotate()
        self.stdout.write(
            f"{done.rewritten} values written anew; {done.current} had the first key already."
        )
        if done.unreadable:
            for value in done.unreadable:
                self.stderr.write(value)
            raise CommandError(
                f"No key here opens {len(done.unreadable)} values; they are left as they are. "
                "Add the key they were written with, and run this again.",
                returncode=1,
            )
        self.stdout.write(
            "The older keys are needed for backups made before now, and for nothing else."
        )

    def _add_key(self) -> None:
        if settings.FIELD_KEYS:
            raise CommandError(
                "The keys come from TRACKER_FIELD_KEYS. Put a new one first there "
                "(“manage.py rotate_keys --print” makes one), restart everything, and run this "
                "without --new.",
                returncode=2,
            )
        field_keys()  # where the present key is missing, a new one alone would not help
        make_key_file()
        self.stdout.write(f"A new key stands first in {key_file()}.")
