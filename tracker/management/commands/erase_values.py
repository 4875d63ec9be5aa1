"""`manage.py erase_values`: let the log lawfully forget a word, and keep its chain."""

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from tracker.management.sentences import SentenceCommand
from tracker.models import Event, User
from tracker.services.events import erase_values, values_with


class Command(SentenceCommand):
    help = (
        "Erase what events tell, by a word that stands in it or by the event's number. That it "
        "was done, when and why is an event; `verify_log` finds the chain whole."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--containing", metavar="WORD", help="a name, for example")
        which.add_argument("--event", type=int, metavar="NUMBER", help="its row, with --field")
        parser.add_argument("--field", action="append", default=[], help="of --event; repeatable")
        parser.add_argument("--reason", required=True, help="stays in the log: name nobody in it")
        parser.add_argument("--by", metavar="EMAIL", help="who decided it")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be erased")

    def handle(self, *args: Any, **options: Any) -> None:
        by = self.person(options["by"])
        found = self.wanted(options)
        at, erased = timezone.now(), 0
        for event, fields in found.items():
            self.stdout.write(f"event {event.pk}, {event.action}: {', '.join(sorted(fields))}")
            if not options["dry_run"]:
                erased += erase_values(
                    event=event, fields=fields, reason=options["reason"], by=by, at=at
                )
        if options["dry_run"]:
            self.stdout.write("Nothing was erased.")
        else:
            self.stdout.write(f"Erased: {erased}.")

    def person(self, email: str | None) -> User | None:
        if not email:
            return None
        person = User.objects.filter(email__iexact=email).first()
        if person is None:
            raise CommandError(f"Nobody here has the address {email}.", returncode=2)
        return person

    def wanted(self, options: dict[str, Any]) -> dict[Event, set[str]]:
        if options["containing"] is not None:
            if not options["containing"].strip():
                raise CommandError("Give the word that is to be forgotten.", returncode=2)
            return values_with(options["containing"])
        event = Event.objects.filter(pk=options["event"]).first()
        if event is None:
            raise CommandError(f"There is no event {options['event']}.", returncode=2)
        if not options["field"]:
            raise CommandError("Say with --field which of its values.", returncode=2)
        return {event: set(options["field"])}
