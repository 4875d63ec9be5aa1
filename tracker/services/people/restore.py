"""After a database was put back from a backup: no account changes hands by itself."""

import datetime

from django.db import transaction

from tracker.models import AccountChange
from tracker.services.records import save_row


@transaction.atomic
def refuse_after_restore(*, at: datetime.datetime) -> int:
    """Refuse what was asked for: its owner may have done so since the backup. Returns how many."""
    changes = list(AccountChange.objects.open().order_by("pk"))
    for change in changes:
        change.refused_at = at
        save_row(
            change,
            action="person.change_refused",
            reason="the database was put back from a backup",
            by=None,
            at=at,
        )
    return len(changes)
