"""Which cases are open to whom in an emergency, at a moment."""

import datetime
from collections.abc import Sequence

from tracker.models import Case, EmergencyAccess, User


def emergencies_of(case: Case, *, at: datetime.datetime) -> Sequence[EmergencyAccess]:
    if not case.restricted:
        return []
    running = EmergencyAccess.objects.running(at).filter(case=case)
    return running.select_related("user").order_by("at", "pk")


def read_in_an_emergency(user: User, *, at: datetime.datetime) -> frozenset[int]:
    """The numbers of the cases; whoever is on the team meanwhile needs no emergency."""
    running = EmergencyAccess.objects.running(at).filter(user=user)
    theirs = running.exclude(case__memberships__user=user)
    return frozenset(theirs.values_list("case", flat=True))
