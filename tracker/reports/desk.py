"""What needs one person (or the team): counts with the list behind each, and the agenda."""

import datetime
from dataclasses import dataclass, field

from django.db.models import OuterRef, Q, QuerySet, Subquery

from tracker.models import Deadline, Demand, Mute, Status, StatusProposal, User
from tracker.reports.agenda import AgendaItem, items_of
from tracker.reports.escalations import next_steps

WEEK = datetime.timedelta(days=7)
LATER_SHOWN = 8


@dataclass
class Agenda:
    """Dates by nearness, each group in the order of its days."""

    overdue: list[AgendaItem] = field(default_factory=list)
    today: list[AgendaItem] = field(default_factory=list)
    week: list[AgendaItem] = field(default_factory=list)
    later: list[AgendaItem] = field(default_factory=list)
    later_left_out: int = 0

    def __bool__(self) -> bool:
        return bool(self.overdue or self.today or self.week or self.later)


@dataclass(frozen=True)
class Desk:
    agenda: Agenda
    clocks_run_out: list[Deadline]
    next_step: str
    due_today: list[Deadline]
    due_this_week: list[Deadline]
    on: datetime.date
    reviews_this_week: int
    own_dates_passed: list[Deadline]
    to_grade: list[Demand]
    to_confirm: list[StatusProposal]
    to_review: list[Demand]
    without_date: list[Demand]

    @property
    def needs_today(self) -> int:
        """Things that should not wait until tomorrow: the sum of the cards that say so."""
        return (
            len(self.clocks_run_out)
            + len(self.due_today)
            + len(self.own_dates_passed)
            + len(self.to_grade)
            + len(self.to_confirm)
            + len(self.to_review)
        )

    @property
    def first_this_week(self) -> datetime.date | None:
        return self.due_this_week[0].stands_on(self.on) if self.due_this_week else None

    @property
    def next_item(self) -> AgendaItem | None:
        upcoming = [*self.agenda.today, *self.agenda.week, *self.agenda.later]
        return upcoming[0] if upcoming else None


def desk(*, user: User, on: datetime.date, whole_team: bool = False) -> Desk:
    """The desk of `user`, or of everybody whose cases `user` sees."""
    deadlines = list(open_deadlines(user, whole_team))
    run_out = [d for d in deadlines if d.is_unanswered(on)]
    demands = Demand.objects.visible_to(user).in_running_cases()
    if not whole_team:
        demands = demands.of_person(user)
    demands = demands.select_related("case").order_by("case__reference", "number", "pk")
    to_review = list(demands.review_due(on))
    coming = list(demands.open().filter(review_on__gt=on))
    return Desk(
        agenda=agenda(deadlines, [*to_review, *coming], on),
        clocks_run_out=run_out,
        next_step=first_waiting_step(run_out, on),
        due_today=[d for d in deadlines if d.is_for_today(on)],
        due_this_week=sorted(
            (d for d in deadlines if on <= d.stands_on(on) <= on + WEEK),
            key=lambda d: (d.stands_on(on), d.pk),
        ),
        on=on,
        reviews_this_week=sum(d.review_on <= on + WEEK for d in coming if d.review_on),
        own_dates_passed=[d for d in deadlines if not d.by_law and d.due_on < on],
        to_grade=list(demands.waiting_for_grades()),
        to_confirm=proposals(user),
        to_review=to_review,
        without_date=list(demands.without_next_date(on)),
    )


def open_deadlines(user: User, whole_team: bool) -> QuerySet[Deadline]:
    """With `muted_until`: the day until which `user` wanted to hear no more of it."""
    asked = Mute.objects.filter(
        person=user, deadline=OuterRef("pk"), generation=OuterRef("generation")
    )
    deadlines = Deadline.objects.visible_to(user).open()
    deadlines = deadlines.annotate(
        muted_until=Subquery(asked.order_by("-at", "-pk").values("until")[:1])
    )
    if not whole_team:
        deadlines = deadlines.of_person(user)
    return deadlines.select_related(
        "case", "addressee__authority", "demand", "owner", "rule"
    ).order_by("due_on", "pk")


def first_waiting_step(run_out: list[Deadline], on: datetime.date) -> str:
    """What can follow the first clock that ran out and nobody has decided about yet."""
    steps = next_steps(run_out[:1], on)
    names = [str(item.step.name) for mine in steps.values() for item in mine if item.waiting]
    return names[0] if names else ""


def proposals(user: User) -> list[StatusProposal]:
    """Changes that this person may confirm: proposed by another, given up by coordinators."""
    theirs = StatusProposal.objects.visible_to(user).waiting().filter(~Q(by=user))
    if not user.works:
        return []
    if not user.coordinates:
        theirs = theirs.exclude(to_status=Status.DISCONTINUED)
    return list(theirs.select_related("demand__case", "by").order_by("at", "pk"))


def agenda(deadlines: list[Deadline], demands: list[Demand], on: datetime.date) -> Agenda:
    result = Agenda()
    for item in items_of(deadlines, demands, on):
        if item.strict_passed or item.day == on:
            result.today.append(item)
        elif item.day < on:
            result.overdue.append(item)
        elif item.day <= on + WEEK:
            result.week.append(item)
        else:
            result.later.append(item)
    result.later_left_out = max(0, len(result.later) - LATER_SHOWN)
    del result.later[LATER_SHOWN:]
    return result
