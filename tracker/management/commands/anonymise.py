"""`manage.py anonymise`: take the people out of cases that have been closed for long."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from tracker.management.sentences import SentenceCommand
from tracker.models import Case
from tracker.services.anonymise import anonymise_case, due
from tracker.services.refusals import Refused


class Command(SentenceCommand):
    help = (
        "Remove names, contacts, drafts and the words of mails of closed cases: of those that are "
        "named, or of all closed for longer than TRACKER_ANONYMISE_AFTER_MONTHS. Dates, statuses "
        "and counts stay. It cannot be undone; old backups still hold what went."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "reference", nargs="*", help="a case; all that are due if none is named"
        )
        parser.add_argument("--after", type=int, metavar="MONTHS", help="instead of the setting")
        parser.add_argument(
            "--papers", action="store_true", help="files and texts of documents too"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would go")

    def handle(self, *args: Any, **options: Any) -> None:
        at, dry_run = timezone.now(), options["dry_run"]
        cases = self._cases(options, at)
        if not cases:
            self.stdout.write("No case has been closed for so long.")
        for case in cases:
            try:
                gone = anonymise_case(
                    case=case, by=None, at=at, papers=options["papers"], dry_run=dry_run
                )
            except Refused as refused:
                raise CommandError(str(refused), returncode=2) from refused
            would = "would go" if dry_run else "gone"
            said = f"{would}: {gone}" if gone else "nothing left to remove"
            self.stdout.write(f"{case.reference}: {said}")

    def _cases(self, options: dict[str, Any], at: Any) -> list[Case]:
        wanted = options["reference"]
        if wanted:
            found = {case.reference: case for case in Case.objects.filter(reference__in=wanted)}
            if missing := [reference for reference in wanted if reference not in found]:
                raise CommandError(f"There is no case {missing[0]}.", returncode=2)
            return [found[reference] for reference in wanted]
        months = settings.ANONYMISE_AFTER_MONTHS if options["after"] is None else options["after"]
        if not months or months < 0:
            raise CommandError(
                "Name the cases, or say after how many months: with --after, or for good in "
                "TRACKER_ANONYMISE_AFTER_MONTHS.",
                returncode=2,
            )
        return list(due(months=months, at=at))
