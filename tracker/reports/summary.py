"""The report for a meeting: demands by status and addressee, clocks run out, who carries what."""

import datetime
from collections import Counter
from dataclasses import dataclass

from django.db.models import QuerySet

from tracker.models import STATUS_FACTS, Authority, Deadline, Demand, User
from tracker.reports.demands import demand_rows


@dataclass(frozen=True)
class StatusLine:
    """One status across the addressees of the table; `total` counts each demand once."""

    status: str
    cells: list[int]
    total: int


@dataclass(frozen=True)
class Summary:
    demands: list[Demand]
    authorities: list[Authority]
    lines: list[StatusLine]
    column_totals: list[int]
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
    columns = sorted(authorities.values(), key=lambda a: (-asked[a.pk], a.name, a.pk))
    totals = Counter(demand.status for demand in rows)
    cases = {demand.case_id for demand in rows}
    return Summary(
        demands=rows,
        authorities=columns,
        lines=[
            StatusLine(status, [by_pair[status, a.pk] for a in columns], totals[status])
            for status in STATUS_FACTS
            if totals[status]
        ],
        column_totals=[asked[a.pk] for a in columns],
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

