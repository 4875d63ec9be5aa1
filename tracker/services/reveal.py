"""Names and contacts shown to somebody who says what for; the event is the permission to look."""

import datetime

from django.db import models, transaction
from django.utils.translation import gettext as _

from tracker.models import Event, User, hidden_columns
from tracker.services.events import record_event
from tracker.services.records import case_of
from tracker.services.refusals import Refused

VERB = ".revealed"
# One by one and not as a list: whoever needs more within an hour copies.
MOST_AN_HOUR = 20
HOUR = datetime.timedelta(hours=1)
LASTS = datetime.timedelta(minutes=5)


@transaction.atomic
def reveal(*, row: models.Model, purpose: str, by: User, at: datetime.datetime) -> Event:
    """Record that somebody looks at what is masked of a row, and what for.

    Raises Refused without a purpose, where nothing is masked, and for too many within an hour.
    """
    if not purpose.strip():
        raise Refused("purpose", _("Write in a few words what you need it for."))
    if not hidden_columns(row):
        raise Refused("", _("Nothing of this is hidden."))
    # Held, so that many at once are counted one after the other.
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    looked = Event.objects.filter(by_id=by.pk, action__endswith=VERB, at__gt=at - HOUR)
    if looked.count() >= MOST_AN_HOUR:
        raise Refused(
            "purpose",
            _("You looked at %(number)d within an hour. Wait a while, or ask your coordinator.")
            % {"number": MOST_AN_HOUR},
        )
    return record_event(
        action=f"{row._meta.model_name}{VERB}",
        about=row,
        case=case_of(row),
        by=by,
        at=at,
        reason=purpose.strip(),
    )


def revealed(*, pk: int, to: User, at: datetime.datetime) -> Event | None:
    """The event by which this person may look now, for a few minutes; nobody else's counts."""
    recent = Event.objects.filter(by_id=to.pk, action__endswith=VERB, at__gt=at - LASTS)
    return recent.filter(pk=pk).first()
