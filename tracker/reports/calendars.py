"""What the calendars hold: the days of a year, what a file would add, what nobody confirmed."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Count, Max, Q

from tracker.dates.calendars import JURISDICTIONS, DayKind, DayStatus, WorkingCalendar
from tracker.models import (
    Authority,
    CalendarDay,
    CalendarYear,
    Case,
    Deadline,
    Jurisdiction,
    User,
)

# Governments publish the next year's days off in autumn.
ASK_FROM_MONTH = 10
SHOWN = frozenset(DayKind) - {DayKind.WORKING, DayKind.WEEKEND}


@dataclass(frozen=True)
class CalendarSummary:
    """One jurisdiction in the list."""

    code: str
    label: str
    known_through: int
    entered: int
    asked_for: tuple[int, ...]


@dataclass(frozen=True)
class YearPage:
    """One year: every day that is not a plain weekend or working day."""

    code: str
    label: str
    year: int
    days: tuple[DayStatus, ...]
    working_days: int
    known: bool
    confirmed: CalendarYear | None
    previous: int | None
    following: int | None


class Novelty(StrEnum):
    """What a day of a file would change."""

    NEW = "new"
    ESTIMATED = "estimated"
    KNOWN = "known"
    ENTERED = "entered"
    WEEKEND = "weekend"
    OUTSIDE = "outside"


USEFUL = frozenset({Novelty.NEW, Novelty.ESTIMATED})


def label_of(code: str) -> str:
    return str(Jurisdiction(code).label)


def calendar(code: str) -> WorkingCalendar:
    """The stored calendar of a jurisdiction, as public bodies keep it."""
    days = CalendarDay.objects.filter(jurisdiction=code)
    years = CalendarYear.objects.filter(jurisdiction=code).values_list("year", flat=True)
    return WorkingCalendar(code, [day.as_override() for day in days], confirmed_years=years)


def unconfirmed_years(on: datetime.date) -> list[tuple[str, int]]:
    """(jurisdiction, year) that somebody should confirm: this year, and the next from October.

    Only of calendars in use: a running legal deadline counts by it, or an authority's rule does.
    """
    used = set(
        Deadline.objects.running().by_law().values_list("rule__jurisdiction", flat=True)
    ) | set(
        Authority.objects.filter(default_rule__isnull=False).values_list(
            "default_rule__jurisdiction", flat=True
        )
    )
    years = [on.year, on.year + 1] if on.month >= ASK_FROM_MONTH else [on.year]
    confirmed = set(CalendarYear.objects.values_list("jurisdiction", "year"))
    return [
        (code, year)
        for code in sorted(used & JURISDICTIONS.keys())
        for year in years
        if year > JURISDICTIONS[code].known_through and (code, year) not in confirmed
    ]


def calendar_list(on: datetime.date) -> list[CalendarSummary]:
    asked: dict[str, list[int]] = {}
    for code, year in unconfirmed_years(on):
        asked.setdefault(code, []).append(year)
    entered: dict[str, int] = {}
    for code in CalendarDay.objects.values_list("jurisdiction", flat=True):
        entered[code] = entered.get(code, 0) + 1
    confirmed: dict[str, int] = {}
    for code, year in CalendarYear.objects.values_list("jurisdiction", "year"):
        confirmed[code] = max(year, confirmed.get(code, 0))
    return [
        CalendarSummary(
            code=code,
            label=label_of(code),
            known_through=max(known.known_through, confirmed.get(code, 0)),
            entered=entered.get(code, 0),
            asked_for=tuple(asked.get(code, ())),
        )
        for code, known in JURISDICTIONS.items()
    ]


def rules_in_use(user: User) -> list[dict[str, Any]]:
    """The rules that running legal deadlines count by: code, name, how many run that one may see.

    `others` says that more run in cases one does not see, and never how many.
    """
    seen = Q(case__in=Case.objects.visible_to(user))
    found = (
        Deadline.objects.running()
        .by_law()
        .values("rule__code")
        .annotate(name=Max("rule__name"), running=Count("pk", filter=seen), all=Count("pk"))
        .order_by("rule__code")
    )
    return [rule | {"others": rule.pop("all") > rule["running"]} for rule in found]


def year_page(code: str, year: int) -> YearPage:
    """Raises YearOutOfRangeError for a year the calendar does not cover."""
    shown = calendar(code)
    shown.check_year(year)
    whole = list(shown.days(datetime.date(year, 1, 1), datetime.date(year, 12, 31)))
    covered = shown.jurisdiction
    return YearPage(
        code=code,
        label=label_of(code),
        year=year,
        days=tuple(status for status in whole if status.kind in SHOWN),
        working_days=sum(status.working for status in whole),
        known=shown.year_is_known(year),
        confirmed=CalendarYear.objects.filter(jurisdiction=code, year=year)
        .select_related("confirmed_by")
        .first(),
        previous=year - 1 if year > covered.first_year else None,
        following=year + 1 if year < covered.last_year else None,
    )


def novelties(code: str, days: Iterable[datetime.date]) -> list[Novelty]:
    """What each day of a file would change in the stored calendar, in the same order."""
    stored = calendar(code)
    return [_novelty(stored, day) for day in days]


def _novelty(stored: WorkingCalendar, day: datetime.date) -> Novelty:
    covered = stored.jurisdiction
    if not covered.first_year <= day.year <= covered.last_year:
        return Novelty.OUTSIDE
    if day in stored.overrides:
        return Novelty.ENTERED
    status = stored.status(day)
    if status.working:
        return Novelty.NEW
    if status.estimated:
        return Novelty.ESTIMATED
    return Novelty.WEEKEND if status.kind is DayKind.WEEKEND else Novelty.KNOWN
