"""After a database was put back from a backup: no account changes hands by itself."""

import datetime

from django.db import transaction

from tracker.models import AccountChange, EmergencyAccess, Invitation
from tracker.services.records import save_row


@transaction.atomic
def refuse_after_restore(*, at: datetime.datetime) -> int:
    """Refuse what was asked for, and void what was open: it may have been refused, used or taken
    back since the backup. Returns how many changes.
    """
    changes = list(AccountChange.objects.open().order_by("pk"))
    for change in changes:
        change.refused_at = at
        save_row(change, action="person.change_refused", by=None, at=at)
    for invitation in Invitation.objects.open().order_by("pk"):
        invitation.taken_back_at = at
        save_row(invitation, action="person.invitation_taken_back", by=None, at=at)
    EmergencyAccess.objects.running(at).update(ended_at=at)
    return len(changes)
