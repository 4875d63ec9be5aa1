"""What the case list and the case page show, each read in a fixed number of queries."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Least

from tracker.models import (
    TERMINAL,
    Action,
    Addressee,
    Case,
    CaseLink,
    Deadline,
    Demand,
    Document,
    Reminder,
    ResponseGrade,
    User,
)
from tracker.reports.agenda import AgendaItem, items_of
from tracker.reports.case_timeline import TimelineEntry, timeline
from tracker.reports.deadlines import forwarded_to
from tracker.reports.escalations import NextStep, next_steps
from tracker.reports.revisions import Revision, case_revisions

# Beyond this many addressees the matrix would not fit a screen and becomes a list.
MATRIX_COLUMNS = 4


def case_rows(cases: QuerySet[Case], on: datetime.date) -> QuerySet[Case]:
    """Cases as the list shows them: next date, clocks run out, demands with their statuses."""
    late = Q(deadlines__in=Deadline.objects.overdue(on))
    dates = (
        Deadline.objects.filter(case=OuterRef("pk"))
        .open()
        .with_standing_day(on)
        .filter(standing_day__gte=on)
        .order_by("standing_day")
        .values("standing_day")[:1]
    )
    reviews = (
        Demand.objects.filter(case=OuterRef("pk"), review_on__gte=on)
        .open()
        .in_running_cases()
        .order_by("review_on")
        .values("review_on")[:1]
    )
    return (
        cases.select_related("lead")
        .annotate(
            # Each in place of the other: SQLite knows no least of a day and nothing.
            next_due=Least(
                Coalesce(Subquery(dates), Subquery(reviews)),
                Coalesce(Subquery(reviews), Subquery(dates)),
            ),
            late_count=Count("deadlines", filter=late, distinct=True),
        )
        .prefetch_related(
            Prefetch(
                "demands",
                Demand.objects.only("pk", "case", "status", "number").order_by("number"),
                to_attr="listed_demands",
            )
        )
        .order_by(F("next_due").asc(nulls_last=True), "-issued_on", "reference", "pk")
    )


@dataclass(frozen=True)
class Cell:
    """One addressee's answer to one demand."""

    addressee: Addressee
    asked: bool
    grade: ResponseGrade | None = None
    late_since: datetime.date | None = None
    answered_on: datetime.date | None = None

    @property
    def ungraded_on(self) -> datetime.date | None:
        """The day an answer came that nobody has graded for this demand."""
        graded = self.grade is not None and self.grade.response_id is not None
        return self.answered_on if self.asked and not graded else None


@dataclass(frozen=True)
class Row:
    demand: Demand
    cells: list[Cell]
    sources: int


@dataclass(frozen=True)
class AddresseeDates:
    """An addressee with the dates that run for it, and what it has been graded so far."""

    addressee: Addressee
    deadlines: list[Deadline]
    late: bool
    silence_noted: bool
    steps: list[tuple[Deadline, list[NextStep]]]
    answered: bool
    forwarded_to: str


@dataclass(frozen=True)
class CasePage:
    demands: Sequence[Demand]
    clocks: list[AddresseeDates]
    dates: list[Deadline]
    rows: list[Row]
    addressees: list[Addressee]
    timeline: list[TimelineEntry]
    documents: list[Document]
    signatories: dict[str, list[Any]]
    signatory_count: int
    norms: list[Any]
    links: list[tuple[CaseLink, Case]]
    history: list[Revision]
    next_item: AgendaItem | None
    next_reminder: Reminder | None

    @property
    def without_clock(self) -> list[AddresseeDates]:
        return [clock for clock in self.clocks if not clock.deadlines]

    @property
    def as_matrix(self) -> bool:
        return len(self.addressees) <= MATRIX_COLUMNS


def case_page(case: Case, *, user: User, on: datetime.date) -> CasePage:
    """Everything about one case that `user` may see; `case` has passed the gate already."""
    demands = list(
        case.demands.select_related("owner")
        .prefetch_related("addressees")
        .with_source_count()  # type: ignore[attr-defined]
        .order_by("number", "pk")
    )
    addressees = list(
        case.addressees.select_related("authority", "rule", "forwarded_from__authority").order_by(
            "number", "pk"
        )
    )
    deadlines = list(
        case.deadlines.select_related("addressee__authority", "demand", "owner", "rule").order_by(
            "due_on", "pk"
        )
    )
    grades = list(
        ResponseGrade.objects.filter(demand__case=case)
        .select_related("response__action", "addressee__authority", "demand", "by")
        .order_by("graded_on", "pk")
    )
    signatories = list(case.signatories.visible_to(user).order_by("number", "pk"))
    groups: dict[str, list[Any]] = defaultdict(list)
    for signatory in signatories:
        groups[signatory.group].append(signatory)
    # By addressee: of the same key a dict keeps the last, which is the newest answer.
    answers = dict(
        Action.objects.filter(case=case, response__isnull=False, addressee__isnull=False)
        .order_by("happened_on", "pk")
        .values_list("addressee", "happened_on")
    )
    ahead = items_of(
        [d for d in deadlines if d.state == Deadline.State.OPEN],
        [d for d in demands if d.status not in TERMINAL and not case.closed],
        on,
    )
    silent = [d for d in deadlines if d.is_unanswered(on)]
    return CasePage(
        demands=demands,
        addressees=addressees,
        clocks=addressee_dates(addressees, deadlines, grades, answers, silent, on),
        dates=[d for d in deadlines if not _of_clock(d) and d.state in ("open", "paused")],
        rows=matrix(demands, addressees, silent, grades, answers),
        timeline=timeline(case, user, addressees, deadlines, grades, on),
        documents=list(
            Document.objects.visible_to(user)
            .filter(cases=case)
            .prefetch_related("facts")
            .distinct()
            .order_by("kind", "dated_on", "title", "pk")
        ),
        signatories=dict(groups),
        signatory_count=len(signatories),
        norms=list(case.norms.order_by("number", "pk")),
        links=links(case, user),
        history=case_revisions(case, user),
        next_item=next((item for item in ahead if item.day >= on), None),
        next_reminder=Reminder.objects.pending()
        .filter(deadline__case=case)
        .select_related("deadline", "person", "mail")
        .order_by("send_at", "pk")
        .first(),
    )


def _of_clock(deadline: Deadline) -> bool:
    return deadline.addressee_id is not None and deadline.facts.ended_by_answer


def addressee_dates(
    addressees: Iterable[Addressee],
    deadlines: Iterable[Deadline],
    grades: Iterable[ResponseGrade],
    answers: dict[int, datetime.date],
    silent: list[Deadline],
    on: datetime.date,
) -> list[AddresseeDates]:
    """Running clocks of each addressee; where none runs, the last that did.

    `silent`: those that ran out without an answer.
    """
    of: dict[int, list[Deadline]] = defaultdict(list)
    for deadline in deadlines:
        if deadline.addressee_id is not None and _of_clock(deadline):
            of[deadline.addressee_id].append(deadline)
    noted = {grade.addressee_id for grade in grades if grade.response_id is None}
    steps = next_steps([d for mine in of.values() for d in mine if d.state != "cancelled"], on)
    passed_on = forwarded_to(d for mine in of.values() for d in mine)
    result = []
    for addressee in addressees:
        mine = of[addressee.pk]
        shown = [d for d in mine if d.state in ("open", "paused")] or mine[-1:]
        result.append(
            AddresseeDates(
                addressee=addressee,
                deadlines=shown,
                late=any(d in silent for d in shown),
                silence_noted=addressee.pk in noted,
                steps=[(d, steps[d.pk]) for d in shown if d.pk in steps],
                answered=addressee.pk in answers,
                forwarded_to=next((passed_on[d.pk] for d in shown if d.pk in passed_on), ""),
            )
        )
    return result


def matrix(
    demands: Sequence[Demand],
    addressees: list[Addressee],
    silent: Iterable[Deadline],
    grades: Iterable[ResponseGrade],
    answers: dict[int, datetime.date],
) -> list[Row]:
    """Demands against addressees; the latest grade of each pair stands.

    `silent`: the clocks that ran out without an answer; `answers`: the day of the last
    answer of each addressee that gave one.
    """
    latest = {(grade.demand_id, grade.addressee_id): grade for grade in grades}
    late = {d.addressee_id: d.overdue_after for d in silent}
    rows = []
    for demand in demands:
        asked = {addressee.pk for addressee in demand.addressees.all()}
        rows.append(
            Row(
                demand=demand,
                cells=[
                    Cell(
                        addressee=addressee,
                        asked=addressee.pk in asked,
                        grade=latest.get((demand.pk, addressee.pk)),
                        late_since=late.get(addressee.pk),
                        answered_on=answers.get(addressee.pk),
                    )
                    for addressee in addressees
                ],
                sources=demand.source_count,  # type: ignore[attr-defined]
            )
        )
    return rows


def links(case: Case, user: User) -> list[tuple[CaseLink, Case]]:
    """Links to cases `user` may see; the others must not even be counted."""
    seen = Case.objects.visible_to(user)
    found = (
        CaseLink.objects.filter(Q(case=case, other__in=seen) | Q(other=case, case__in=seen))
        .select_related("case", "other")
        .order_by("kind", "pk")
    )
    return [(link, link.other if link.case_id == case.pk else link.case) for link in found]
