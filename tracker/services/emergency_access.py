"""Breaking the glass: to read one restricted case without being on its team, for a few hours.

Nobody else need agree, for nobody may be reached; so its team is told at once, the reason stands
in the record of the case, it ends by itself, and it lets nobody change or keep anything.
"""

import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from tracker.models import Case, EmergencyAccess, User
from tracker.services.events import record_event
from tracker.services.refusals import Refused
from tracker.services.security_notices import Notice, notify


@transaction.atomic
def open_in_emergency(
    *, reference: str, reason: str, by: User, at: datetime.datetime
) -> EmergencyAccess:
    """Let `by` read the case of this reference; again while it is open returns the first.

    Raises Refused where no restricted case has the reference, where `by` sees it anyway, without
    a reason, and for whoever travels.
    """
    reason = reason.strip()
    if not by.coordinates or by.travelling:
        raise Refused("", _("A coordinator or administrator who does not travel can do this."))
    if not reason:
        raise Refused("reason", _("Say why it cannot wait for somebody of the team."))
    found = Case.objects.filter(reference=reference.strip().upper())
    case = found.select_for_update(of=("self",), no_key=True).first()
    if case is None:
        raise Refused("reference", _("No case has this reference."))
    if Case.objects.visible_to(by).contains(case):
        raise Refused("reference", _("You may see this case already."))
    if running := EmergencyAccess.objects.running(at).filter(case=case, user=by).first():
        return running
    ends_at = at + datetime.timedelta(hours=settings.EMERGENCY_HOURS)
    opening = EmergencyAccess.objects.create(
        case=case, user=by, reason=reason, at=at, ends_at=ends_at
    )
    record_event(
        action="case.opened_in_emergency",
        about=case,
        case=case,
        by=by,
        at=at,
        reason=reason,
        details={"until": ends_at},
    )
    for person in _who_is_told(case, by):
        notify(person=person, notice=Notice.CASE_OPENED, by=by, at=at, case=case.reference)
    return opening


@transaction.atomic
def end_emergency_access(
    *, opening: EmergencyAccess, by: User, at: datetime.datetime
) -> EmergencyAccess:
    """Before it would end by itself; again changes nothing."""
    held = EmergencyAccess.objects.select_for_update(of=("self",), no_key=True)
    opening = held.select_related("case", "user").get(pk=opening.pk)
    if opening.ended_at is None and opening.ends_at > at:
        opening.ended_at = at
        opening.save(update_fields=["ended_at"])
        record_event(
            action="case.emergency_ended", about=opening.case, case=opening.case, by=by, at=at
        )
    return opening


def _who_is_told(case: Case, by: User) -> list[User]:
    """The team, and so the lead; where none of it is here any more, all others who run the team.

    Nobody who travels: the mail names the case on a device that should not know of it.
    """
    team = User.objects.able_to_see(case).order_by("pk")
    others = User.objects.active().exclude(pk=by.pk).order_by("pk")
    return list(team) or [person for person in others if person.coordinates]
