"""`manage.py verify_log`: is the log as it was written?"""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from tracker.management.sentences import SentenceCommand
from tracker.services.event_erasures import verify_erasures
from tracker.services.event_heads import files_of_heads, verify_files, verify_heads
from tracker.services.events import verify_chains


class Command(SentenceCommand):
    help = (
        "Name the first event of each chain that was removed, changed or reordered, or erased "
        "while no event says so, and what is missing since the heads of earlier days were kept; "
        "exit 1 then."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--heads",
            metavar="PATH",
            type=Path,
            action="append",
            default=[],
            help="a file of heads or a folder of them, from a backup; beside those kept here",
        )
        parser.add_argument(
            "--root", metavar="DIGEST", help="from a mail: that of one of these files"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        kept, problems = verify_files(self.files(options["heads"]))
        root = (options["root"] or "").lower()
        if root and root not in {heads.root for heads in kept}:
            problems.append("No file of heads has this root.")
        breaks = [*verify_chains(), *verify_erasures(), *verify_heads(kept)]
        for told in dict.fromkeys([*problems, *map(str, breaks)]):
            self.stderr.write(told)
        if problems or breaks:
            raise CommandError("The log is not as it was written.", returncode=1)
        self.stdout.write("Every event is in its place.")
        if kept:
            self.stdout.write(f"Nothing is missing since the heads of {kept[0].day}.")
        else:
            self.stdout.write("No heads are kept yet, so a log that was cut short would not show.")

    def files(self, given: list[Path]) -> list[Path]:
        found = files_of_heads(Path(settings.HEADS_DIR))
        for path in given:
            if not path.exists():
                raise CommandError(f"There is no {path}.", returncode=2)
            found += files_of_heads(path) if path.is_dir() else [path]
        return found
