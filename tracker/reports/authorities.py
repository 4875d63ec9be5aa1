"""How authorities answer: counts with what they are counted over, never a bare rate.

Only cases the reader may see are counted, so two people may rightly read different numbers.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from tracker.models import SILENT_WHEN_LATE, Addressee, Authority, Case, Deadline, Demand, User


def authority_rows(user: User, on: datetime.date) -> QuerySet[Authority]:
    """Authorities with four counts of appeals: asked, answered, under a legal clock, run out.

    Run out is counted over those under a legal clock, answered over those asked. A clock
    stays run out when the answer comes after all.
    """
    seen = Q(addressees__case__in=Case.objects.visible_to(user))
    owed = Deadline.objects.filter(kind__in=SILENT_WHEN_LATE)
    legal = Q(addressees__deadlines__in=owed.exclude(state=Deadline.State.CANCELLED))
    late = Q(addressees__deadlines__in=owed.overdue(on) | owed.ended_late())
    return (
        Authority.objects.visible_to(user)
        .select_related("default_rule")
        .annotate(
            asked=Count("addressees", filter=seen, distinct=True),
            answered=Count(
                "addressees",
                filter=seen & Q(addressees__actions__response__isnull=False),
                distinct=True,
            ),
            clocked=Count("addressees", filter=seen & legal, distinct=True),
            late=Count("addressees", filter=seen & late, distinct=True),
        )
        .order_by("-asked", "name", "pk")
    )


@dataclass(frozen=True)
class Silence:
    """Legal clocks of one authority; the four parts add up to `clocks`."""

    clocks: int
    in_time: int
    late: int
    silent: int
    running: int


@dataclass(frozen=True)
class AuthorityPage:
    addressees: Sequence[Addressee]
    demands: list[Demand]
    answered: int
    silence: Silence


def authority_page(authority: Authority, *, user: User, on: datetime.date) -> AuthorityPage:
    addressees = list(
        authority.addressees.filter(case__in=Case.objects.visible_to(user))
        .select_related("case")
        .annotate(responses=Count("actions__response", distinct=True))
        .prefetch_related("demands", "deadlines")
        .order_by("-case__issued_on", "pk")
    )
    demands = {demand.pk: demand for row in addressees for demand in row.demands.all()}
    return AuthorityPage(
        addressees=addressees,
        demands=list(demands.values()),
        answered=sum(1 for row in addressees if row.responses),
        silence=silence(addressees, on),
    )


def silence(addressees: Sequence[Addressee], on: datetime.date) -> Silence:
    """Each addressee's time to answer once; a cancelled one is not counted at all."""
    counts = {"in_time": 0, "late": 0, "silent": 0, "running": 0}
    for row in addressees:
        clocks = [
            d
            for d in row.deadlines.all()
            if d.facts.silent_when_late and d.state != Deadline.State.CANCELLED
        ]
        if clocks:
            counts[_outcome(max(clocks, key=lambda d: (d.overdue_after, d.pk)), row, on)] += 1
    return Silence(clocks=sum(counts.values()), **counts)


def _outcome(clock: Deadline, row: Addressee, on: datetime.date) -> str:
    answered = bool(row.responses)  # type: ignore[attr-defined]
    if clock.state == Deadline.State.CLOSED and answered and clock.ended_on:
        return "in_time" if clock.ended_on <= clock.overdue_after else "late"
    if clock.overdue_after < on:
        return "silent"
    return "running"
