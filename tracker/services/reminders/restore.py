"""After a database was put back from a backup: nothing goes out twice by itself."""

import datetime

from django.db import transaction

from tracker.models import Mail
from tracker.services.reminders import outbox
from tracker.services.reminders.digest import write_digests
from tracker.services.reminders.plan import plan_reminders


def hold_after_restore(*, at: datetime.datetime, reason: str) -> int:
    """The barrier after a restore: whatever is due by now waits for a person.

    A database put back from a backup has forgotten what was sent since. So all that is due or
    under way is put into held mails; only what comes due later goes out by itself. Returns the
    number of mails that wait. Stop the workers before the restore and start them after this.
    """
    plan_reminders(at=at)
    with transaction.atomic():
        write_digests(at=at, hold=reason)
        under_way = Mail.objects.filter(state__in=Mail.UNFINISHED).order_by("pk")
        for mail in under_way.select_for_update(no_key=True):
            # What was on its way may have arrived: a person's second copy has the same words.
            copies = mail.unknown_count + (mail.state == Mail.State.HANDOVER)
            outbox.transition(
                mail,
                to=Mail.State.HELD,
                reason=reason,
                last_error=reason[:300],
                unknown_count=copies,
            )
        return Mail.objects.filter(state=Mail.State.HELD).count()
