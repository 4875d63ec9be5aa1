"""The report for a meeting: demands by status and addressee, clocks run out, who carries what."""

import datetime
from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from tracker.models import STATUS_FACTS, Authority, Deadline, Demand, User


@dataclass(frozen=True)
class Line:
    """One authority across the statuses; `cells` pairs each status with its number of demands."""

    authority: Authority
    cells: list[tuple[str, int]]
    total: int


@dataclass(frozen=True)
class Summary:
    """`totals` counts each demand once, however many authorities it was put to.

    `ended_late`: clocks that ran out and were closed only then, by a late answer or by us.
    """

    count: int
    cases: int
    statuses: list[str]
    lines: list[Line]
    totals: list[tuple[str, int]]
    unaddressed: int
    overdue: list[Deadline]
    ended_late: list[Deadline]


def summary(demands: QuerySet[Demand], *, user: User, on: datetime.date) -> Summary:
    """The table over exactly these demands, and the clocks run out in their cases."""
    # A fresh query: the joins of the filter would multiply the counts.
    chosen = Demand.objects.filter(pk__in=demands.order_by().values("pk"))
    totals: Counter[str] = Counter(
        dict(chosen.values_list("status").annotate(n=Count("pk")).order_by())
    )
    pairs = (
        chosen.filter(addressees__isnull=False)
        .values_list("status", "addressees__authority")
        .annotate(n=Count("pk", distinct=True))
        .order_by()
    )
    by_pair = {(status, authority): n for status, authority, n in pairs}
    statuses = [status for status in STATUS_FACTS if totals[status]]
    names = Authority.objects.in_bulk({authority for _status, authority in by_pair})
    lines = [
        Line(authority, cells, sum(n for _status, n in cells))
        for authority in names.values()
        for cells in [[(status, by_pair.get((status, authority.pk), 0)) for status in statuses]]
    ]
    clocks = (
        Deadline.objects.visible_to(user)
        .filter(case__in=chosen.values("case"))
        .select_related("case", "addressee__authority", "rule")
        .order_by("overdue_after", "pk")
    )
    return Summary(
        count=totals.total(),
        cases=chosen.values("case").distinct().count(),
        statuses=statuses,
        lines=sorted(lines, key=lambda line: (-line.total, line.authority.name, line.authority.pk)),
        totals=[(status, totals[status]) for status in statuses],
        unaddressed=chosen.filter(addressees__isnull=True).count(),
        overdue=list(clocks.unanswered(on)),
        ended_late=list(clocks.ended_late()),
    )
