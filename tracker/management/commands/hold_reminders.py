"""`manage.py hold_reminders`: the barrier to set after the database was put back from a backup."""

from typing import Any

from django.utils import timezone

from tracker.management.sentences import SentenceCommand
from tracker.services.reminders.restore import hold_after_restore


class Command(SentenceCommand):
    help = (
        "After a restore: hold every e-mail that is due by now, because the backup does not know "
        "what was sent since. Run it before the workers start; a person decides on the Reminders "
        "page. What comes due later goes out by itself."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        held = hold_after_restore(at=timezone.now(), reason="may have been sent before the restore")
        self.stdout.write(f"E-mails that wait for a decision on the Reminders page: {held}.")
