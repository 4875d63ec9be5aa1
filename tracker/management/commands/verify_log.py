"""`manage.py verify_log`: is the log as it was written?"""

from typing import Any

from django.core.management.base import CommandError

from tracker.management.sentences import SentenceCommand
from tracker.services.events import verify_chains


class Command(SentenceCommand):
    help = "Name the first event of each chain that was removed, changed or reordered; exit 1 then."

    def handle(self, *args: Any, **options: Any) -> None:
        breaks = verify_chains()
        for found in breaks:
            self.stderr.write(str(found))
        if breaks:
            raise CommandError("The log is not as it was written.", returncode=1)
        self.stdout.write("Every event is in its place.")
