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
    stays run out when the answer comes after all. One that was cancelled, or ended in time
    without an answer (passed on, or closed by hand), is not counted.
    """
    seen = Q(addressees__case__in=Case.objects.visible_to(user))
    owed = Deadline.objects.filter(kind__in=SILENT_WHEN_LATE)
    answered = Q(addressees__actions__response__isnull=False)
    late = Q(addressees__deadlines__in=owed.overdue(on) | owed.ended_late())
    legal = (
        late
        | Q(addressees__deadlines__in=owed.running())
        | Q(addressees__deadlines__in=owed.filter(state=Deadline.State.CLOSED)) & answered
    )
    return (
        Authority.objects.visible_to(user)
        .select_related("default_rule")
        .annotate(
            asked=Count("addressees", filter=seen, distinct=True),
            answered=Count("addressees", filter=seen & answered, distinct=True),
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
    """Each addressee's time to answer once, counted as in `authority_rows`."""
    counts = {"in_time": 0, "late": 0, "silent": 0, "running": 0}
    for row in addressees:
        clocks = [
            d
            for d in row.deadlines.all()
            if d.facts.silent_when_late and d.state != Deadline.State.CANCELLED
        ]
        last = max(clocks, key=lambda d: (d.overdue_after, d.pk), default=None)
        if last and (outcome := _outcome(last, row, on)):
            counts[outcome] += 1
    return Silence(clocks=sum(counts.values()), **counts)


def _outcome(clock: Deadline, row: Addressee, on: datetime.date) -> str:
    """Empty for one that ended in time without an answer."""
    if clock.is_unanswered(on):
        return "silent"
    if clock.state != Deadline.State.CLOSED:
        return "running"
    if row.responses:  # type: ignore[attr-defined]
        return "late" if clock.ended_late else "in_time"
    return "silent" if clock.ended_late else ""
