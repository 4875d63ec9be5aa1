"""The report for a meeting: demands by status and addressee, clocks run out, who carries what."""

import datetime
from collections import Counter
from dataclasses import dataclass

from django.db.models import QuerySet

from tracker.models import STATUS_FACTS, Authority, Deadline, Demand, User
from tracker.reports.demands import demand_rows


@dataclass(frozen=True)
class Line:
    """One authority across the statuses; `cells` pairs each status with its number of demands."""

    authority: Authority
    cells: list[tuple[str, int]]
    total: int


@dataclass(frozen=True)
class Summary:
    """`totals` counts each demand once, however many authorities it was put to."""

    demands: list[Demand]
    statuses: list[str]
    lines: list[Line]
    totals: list[tuple[str, int]]
    unaddressed: int
    overdue: list[Deadline]
    cases: int


def summary(demands: QuerySet[Demand], *, user: User, on: datetime.date) -> Summary:
    """The table over exactly these demands, and the clocks run out in their cases."""
    rows = list(demand_rows(demands))
    by_pair: Counter[tuple[str, int]] = Counter()
    authorities: dict[int, Authority] = {}
    asked: Counter[int] = Counter()
    for demand in rows:
        for pk, authority in {a.authority_id: a.authority for a in demand.addressees.all()}.items():
            authorities[pk] = authority
            by_pair[demand.status, pk] += 1
            asked[pk] += 1
    totals = Counter(demand.status for demand in rows)
    statuses = [status for status in STATUS_FACTS if totals[status]]
    cases = {demand.case_id for demand in rows}
    return Summary(
        demands=rows,
        statuses=statuses,
        lines=[
            Line(a, [(status, by_pair[status, a.pk]) for status in statuses], asked[a.pk])
            for a in sorted(authorities.values(), key=lambda a: (-asked[a.pk], a.name, a.pk))
        ],
        totals=[(status, totals[status]) for status in statuses],
        unaddressed=sum(1 for demand in rows if not demand.addressees.all()),
        overdue=list(
            Deadline.objects.visible_to(user)
            .overdue(on)
            .filter(case__in=cases)
            .select_related("case", "addressee__authority", "rule")
            .order_by("overdue_after", "pk")
        ),
        cases=len(cases),
    )
