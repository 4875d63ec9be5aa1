"""What nothing will bring back to mind: no date ahead, or no movement for long."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Count,
    DateField,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce, Greatest, TruncDate

from tracker.models import TERMINAL, Action, Case, Demand, Phase, StatusChange, User

SILENT_DAYS = 60
SHOWN = 50


@dataclass(frozen=True)
class Unscheduled:
    """At most `SHOWN` of each, with how many there are.

    `demands` leaves out those of `cases`: one date for the case is enough for them.
    """

    cases: list[Case]
    case_count: int
    demands: list[Demand]
    demand_count: int
    silent: list[Case]
    silent_count: int


def unscheduled(*, user: User, owner: User | None, days: int, on: datetime.date) -> Unscheduled:
    """What has no date ahead on `on`, and cases without movement for `days` days.

    `owner` narrows to what that person answers for; None means everybody's.
    """
    cases = Case.objects.visible_to(user)
    demands = Demand.objects.visible_to(user)
    if owner:
        cases = cases.filter(lead=owner)
        demands = demands.of_person(owner)
    undated = Case.objects.visible_to(user).without_next_date(on)
    forgotten = with_last_movement(cases.without_next_date(on)).order_by("moved_on", "pk")
    alone = (
        demands.without_next_date(on)
        .exclude(case__in=undated.filter(lead=owner) if owner else undated)
        .select_related("case__lead", "owner")
        .order_by("case__reference", "number", "pk")
    )
    silent = unmoved_cases(cases, days=days, on=on).order_by("moved_on", "pk")
    return Unscheduled(
        cases=list(_rows(forgotten)),
        case_count=forgotten.count(),
        demands=list(alone[:SHOWN]),
        demand_count=alone.count(),
        silent=list(_rows(silent)),
        silent_count=silent.count(),
    )


def _rows(cases: QuerySet[Any]) -> QuerySet[Any]:
    still_open = Count("demands", filter=~Q(demands__status__in=TERMINAL))
    return cases.select_related("lead").annotate(open_demands=still_open)[:SHOWN]


def unmoved_cases(cases: QuerySet[Case], *, days: int, on: datetime.date) -> QuerySet[Any]:
    """Running cases in which nothing moved during the last `days` days."""
    since = on - datetime.timedelta(days=days)
    return with_last_movement(cases.exclude(phase=Phase.CLOSED)).filter(moved_on__lte=since)


def with_last_movement(cases: QuerySet[Case]) -> QuerySet[Any]:
    """Adds `moved_on`: our last written step, their last answer or the last change of a status.

    A case in which none of these happened counts from its own date, else from its entry.
    """
    acted = Action.objects.movements().filter(case=OuterRef("pk")).order_by("-happened_on")
    changed = StatusChange.objects.filter(demand__case=OuterRef("pk")).order_by("-happened_on")
    begun = Coalesce(F("issued_on"), TruncDate("created_at"))
    return cases.annotate(
        moved_on=ExpressionWrapper(
            Greatest(
                Coalesce(Subquery(acted.values("happened_on")[:1]), begun),
                Coalesce(Subquery(changed.values("happened_on")[:1]), begun),
                output_field=DateField(),
            ),
            output_field=DateField(),
        )
    )
