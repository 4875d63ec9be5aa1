"""`manage.py load_reference`: authorities, response rules, calendar days, reminder plans."""

from typing import Any

from django.utils import timezone

from tracker.management.sentences import SentenceCommand
from tracker.services.loading import load_reference


class Command(SentenceCommand):
    help = (
        "Load authorities, response rules, calendar overrides and reminder plans. "
        "Safe to repeat: what is there already stays as you edited it."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        loaded = load_reference(at=timezone.now())
        self.stdout.write(f"Reference data: {loaded.added} added, {loaded.kept} already there.")
