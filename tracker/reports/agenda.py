"""The agenda: dates by the day, week or month, and what has no date at all.

A day's dates are its open deadlines and the review days of open demands. Weeks begin on Monday.
"""

import calendar
import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import models
from django.db.models import Min, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from tracker.models import Authority, Case, Deadline, Demand, User

DAY = datetime.timedelta(days=1)


class Span(models.TextChoices):
    DAY = "day", _("day")
    WEEK = "week", _("week")
    MONTH = "month", _("month")


@dataclass(frozen=True)
class AgendaItem:
    """One date: a deadline, or the review day of a demand."""

    day: datetime.date
    case: Case
    deadline: Deadline | None = None
    demand: Demand | None = None
    overdue: bool = False
    strict_passed: bool = False

    @property
    def order(self) -> tuple[datetime.date, str, int]:
        return self.day, self.case.reference, (self.deadline or self.demand).pk  # type: ignore[union-attr]

    @property
    def latest_reading(self) -> datetime.date | None:
        """The latest reading, where the law can be read two ways."""
        if self.deadline and self.deadline.overdue_after != self.deadline.due_on:
            return self.deadline.overdue_after
        return None


@dataclass(frozen=True)
class Choice:
    """What the reader narrowed the agenda to; None stands for all."""

    owner: User | None = None
    case: Case | None = None
    addressee: Authority | None = None

    def __bool__(self) -> bool:
        return bool(self.owner or self.case or self.addressee)


@dataclass
class AgendaDay:
    day: datetime.date
    items: list[AgendaItem] = field(default_factory=list)


@dataclass(frozen=True)
class AgendaPage:
    """`weeks` are rows of seven; None fills the days of a month's first and last week that are
    not its own. `late_before`: legal clocks that ran out before the first day.
    """

    span: str
    first: datetime.date
    last: datetime.date
    weeks: list[list[AgendaDay | None]]
    late_before: int
    next_after: datetime.date | None

    @property
    def days(self) -> list[AgendaDay]:
        return [day for week in self.weeks for day in week if day]

    @property
    def count(self) -> int:
        return sum(len(day.items) for day in self.days)

    @property
    def overdue(self) -> int:
        return sum(item.overdue for day in self.days for item in day.items)

    @property
    def previous(self) -> datetime.date:
        return period(self.span, self.first - DAY)[0]

    @property
    def following(self) -> datetime.date:
        return self.last + DAY


def period(span: str, on: datetime.date) -> tuple[datetime.date, datetime.date]:
    """The first and last day of the day, week (from Monday) or month around `on`."""
    if span == Span.DAY:
        return on, on
    if span == Span.WEEK:
        monday = on - on.weekday() * DAY
        return monday, monday + 6 * DAY
    return on.replace(day=1), on.replace(day=calendar.monthrange(on.year, on.month)[1])


def weeks_of(first: datetime.date, last: datetime.date) -> list[list[datetime.date | None]]:
    """The days from `first` to `last` in rows from Monday to Sunday, None beyond both ends."""
    if first == last:
        return [[first]]
    days: list[datetime.date | None] = [None] * first.weekday()
    days += [first + n * DAY for n in range((last - first).days + 1)]
    days += [None] * (6 - last.weekday())
    return [days[start : start + 7] for start in range(0, len(days), 7)]


def agenda_page(
    *, user: User, span: str, around: datetime.date, on: datetime.date, choice: Choice
) -> AgendaPage:
    """The period around a day, as `user` may see it; `on` is their today."""
    first, last = period(span, around)
    deadlines = chosen_deadlines(user, choice)
    demands = chosen_demands(user, choice)
    found: dict[datetime.date, list[AgendaItem]] = defaultdict(list)
    for item in items_of(
        deadlines.standing_between(first, last, on),  # type: ignore[attr-defined]
        demands.filter(review_on__range=(first, last)),
        on,
    ):
        found[item.day].append(item)
    after = deadlines.with_standing_day(on).filter(standing_day__gt=last)  # type: ignore[attr-defined]
    days_after = [
        after.aggregate(day=Min("standing_day"))["day"],
        demands.filter(review_on__gt=last).aggregate(day=Min("review_on"))["day"],
    ]
    late = deadlines.overdue(on).filter(overdue_after__lt=first)  # type: ignore[attr-defined]
    return AgendaPage(
        span=span,
        first=first,
        last=last,
        weeks=[
            [AgendaDay(day, found.get(day, [])) if day else None for day in week]
            for week in weeks_of(first, last)
        ],
        late_before=late.count(),
        next_after=min((day for day in days_after if day), default=None),
    )


def chosen_deadlines(user: User, choice: Choice) -> QuerySet[Deadline]:
    found = Deadline.objects.visible_to(user).open()
    if choice.owner:
        found = found.of_person(choice.owner)
    if choice.case:
        found = found.filter(case=choice.case)
    if choice.addressee:
        found = found.filter(addressee__authority=choice.addressee)
    return found.select_related("case__lead", "addressee__authority", "demand", "owner", "rule")


def chosen_demands(user: User, choice: Choice) -> QuerySet[Demand]:
    """Open demands of running cases; those of a closed case are not looked at again."""
    found = Demand.objects.visible_to(user).open().in_running_cases()
    if choice.owner:
        found = found.of_person(choice.owner)
    if choice.case:
        found = found.filter(case=choice.case)
    if choice.addressee:
        # Asked apart: a join could give a demand twice, once for each addressee of this body.
        asked = Q(addressees__authority=choice.addressee)
        found = found.filter(pk__in=Demand.objects.filter(asked).values("pk"))
    return found.select_related("case__lead", "owner")


def items_of(
    deadlines: Iterable[Deadline], demands: Iterable[Demand], on: datetime.date
) -> list[AgendaItem]:
    """Dates in their order; a demand counts by its review day, if it has one."""
    items = [
        AgendaItem(
            day=d.stands_on(on),
            case=d.case,
            deadline=d,
            demand=d.demand,
            overdue=d.is_overdue(on),
            strict_passed=d.by_law and d.due_on < on <= d.overdue_after,
        )
        for d in deadlines
    ]
    items += [AgendaItem(day=d.review_on, case=d.case, demand=d) for d in demands if d.review_on]
    return sorted(items, key=lambda item: item.order)
