"""What the demand list and the demand page show, and the rows of its export."""

import datetime
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tracker.intake.invisible import visible
from tracker.models import (
    Addressee,
    Deadline,
    Demand,
    Evidence,
    Response,
    ResponseGrade,
    StatusChange,
    StatusProposal,
    User,
)
from tracker.reports.revisions import Revision, revisions

CELLS_THAT_CALCULATE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def demand_rows(demands: QuerySet[Demand]) -> QuerySet[Demand]:
    """Demands as the list shows them."""
    return (
        demands.select_related("case__lead", "owner")
        .prefetch_related(
            Prefetch("addressees", Addressee.objects.select_related("authority").order_by("number"))
        )
        .with_source_count()  # type: ignore[attr-defined]
        .order_by("case__reference", "number", "pk")
    )


@dataclass(frozen=True)
class DemandPage:
    changes: list[StatusChange]
    unweighed: list[Evidence]
    waiting: StatusProposal | None
    declined: list[StatusProposal]
    grades: list[ResponseGrade]
    addressees: list[Addressee]
    answers: list[Response]
    dates: list[Deadline]
    corrections: list[Revision]
    neighbours: tuple[Demand | None, Demand | None]

    @property
    def answered_on(self) -> datetime.date | None:
        """The day of the last answer of anybody asked, graded or not."""
        return self.answers[-1].action.happened_on if self.answers else None

    @property
    def ungraded(self) -> list[Response]:
        """The last answer of each addressee none of whose answers was graded for this demand."""
        graded = {grade.addressee_id for grade in self.grades if grade.response_id}
        last = {answer.action.addressee_id: answer for answer in self.answers}
        return [answer for addressee, answer in last.items() if addressee not in graded]

    @property
    def disputed(self) -> bool:
        """Sources of the present status contradict each other."""
        if not self.changes:
            return False
        stances = {row.stance for row in self.changes[0].evidence.all()}
        return Evidence.Stance.CONTRADICTS in stances


def demand_page(demand: Demand, *, user: User) -> DemandPage:
    """Everything about one demand that `user` may see; it has passed the gate already."""
    seen = Evidence.objects.visible_to(user).select_related("document")
    evidence = Prefetch("evidence", seen.order_by("stance", "happened_on", "pk"))
    proposals = list(
        demand.proposals.select_related("by", "decided_by")
        .prefetch_related(evidence)
        .order_by("-at", "-pk")
    )
    siblings = {
        sibling.number: sibling
        for sibling in demand.case.demands.only("pk", "number", "heading", "text", "case")
    }
    before = [n for n in siblings if n < demand.number]
    after = [n for n in siblings if n > demand.number]
    return DemandPage(
        changes=list(
            demand.changes.select_related("by", "confirmed_by", "corrects")
            .prefetch_related(evidence, "corrected_by")
            .order_by("-seq")
        ),
        unweighed=list(seen.filter(demand=demand).unassessed().order_by("happened_on", "pk")),
        waiting=next((p for p in proposals if not p.decision), None),
        declined=[p for p in proposals if p.decision == StatusProposal.Decision.DECLINED],
        grades=list(
            demand.grades.select_related("addressee__authority", "response", "by").order_by(
                "-graded_on", "-pk"
            )
        ),
        addressees=list(demand.addressees.select_related("authority").order_by("number", "pk")),
        answers=list(
            Response.objects.filter(
                action__case=demand.case_id, action__addressee__in=demand.addressees.all()
            )
            .select_related("action")
            .order_by("action__happened_on", "pk")
        ),
        dates=list(demand.deadlines.running().select_related("owner").order_by("due_on", "pk")),
        corrections=[
            step for step in revisions(demand, user) if step.event.action == "demand.edited"
        ],
        neighbours=(
            siblings[max(before)] if before else None,
            siblings[min(after)] if after else None,
        ),
    )


@dataclass(frozen=True)
class Column:
    """One column of the export; `value` is of a demand as `demand_rows` reads it, on a day."""

    heading: Promise
    value: Callable[[Any, datetime.date], Any]


EXPORTED = (
    Column(_("Case"), lambda demand, on: demand.case.reference),
    Column(_("Title"), lambda demand, on: demand.case.title),
    Column(_("Dated"), lambda demand, on: demand.case.issued_on),
    Column(_("Number"), lambda demand, on: demand.number),
    Column(_("Demand"), lambda demand, on: demand.text),
    Column(_("Addressees"), lambda demand, on: _names_of(demand.addressees.all())),
    Column(_("Status"), lambda demand, on: demand.get_status_display()),
    Column(_("Extent"), lambda demand, on: demand.get_extent_display()),
    Column(_("Since"), lambda demand, on: demand.status_on),
    Column(_("Days in this status"), lambda demand, on: days_in_status(demand, on)),
    Column(_("Review on"), lambda demand, on: demand.review_on),
    Column(_("Owner"), lambda demand, on: getattr(demand.owner or demand.case.lead, "name", "")),
    Column(_("Sources"), lambda demand, on: demand.source_count),
)


def export_rows(demands: QuerySet[Demand], on: datetime.date) -> Iterator[list[Any]]:
    """The demand list as a table for a spreadsheet, its heading first."""
    yield [str(column.heading) for column in EXPORTED]
    for demand in demand_rows(demands):
        yield [inert(column.value(demand, on)) for column in EXPORTED]


def _names_of(addressees: Iterable[Addressee]) -> str:
    return "; ".join(addressee.authority.name for addressee in addressees)


def days_in_status(demand: Demand, on: datetime.date) -> int | None:
    return (on - demand.status_on).days if demand.status_on else None


def inert(value: Any) -> Any:
    """A cell no spreadsheet will calculate: what looks like a formula is given an apostrophe."""
    if not isinstance(value, str):
        return "" if value is None else value
    text = visible(value)
    return f"'{text}" if text.lstrip(" \u00a0").startswith(CELLS_THAT_CALCULATE) else text
