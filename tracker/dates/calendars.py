"""Which days are worked, and why not: the `holidays` package plus our own overrides.

The package is asked in en_US only, because the labels that matter ("estimated",
"substituted from") change with the language. Every answer carries its reason.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cache, lru_cache

import holidays

ONE_DAY = timedelta(days=1)


class DayKind(StrEnum):
    """Why a day is worked or not; the values are stored in explanations."""

    WORKING = "working"
    WORKED_WEEKEND = "worked_weekend"
    WORKED_MOVED = "worked_moved"
    OVERRIDE_WORKED = "override_worked"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MOVED = "moved"
    OVERRIDE_OFF = "override_off"


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """What the package knows of one country.

    `known_through` is the last year whose days off and confirmed lunar feasts are in
    the package data; later years are computed and may still change.
    """

    code: str
    first_year: int
    last_year: int
    known_through: int


# Checked against holidays 0.109; tests/dates/test_calendars.py fails when an upgrade moves them.
JURISDICTIONS = {
    j.code: j
    for j in (
        Jurisdiction("KG", 1992, 2100, 2026),
        Jurisdiction("KZ", 1991, 2100, 2025),
        Jurisdiction("RU", 1991, 2100, 2027),
        Jurisdiction("TJ", 1992, 2100, 2025),
        Jurisdiction("UZ", 1992, 2100, 2026),
        Jurisdiction("BE", 1901, 2100, 2100),
    )
}

# Bodies without a state calendar (the United Nations, say): Saturdays and Sundays only.
WEEKENDS_ONLY = ""


class UnknownCalendarError(ValueError):
    """No calendar of that code."""

    def __init__(self, code: str) -> None:
        self.code = code
        known = ", ".join(sorted(JURISDICTIONS))
        super().__init__(f"There is no calendar “{code}”; the known ones are {known}.")


class YearOutOfRangeError(ValueError):
    """A day outside the calendar's years, where the package would silently find no holidays."""

    def __init__(self, code: str, year: int, first_year: int, last_year: int) -> None:
        self.code, self.year = code, year
        self.first_year, self.last_year = first_year, last_year
        super().__init__(
            f"The {code or 'weekday'} calendar covers the years {first_year} to {last_year}; "
            f"{year} is outside it."
        )


@dataclass(frozen=True, slots=True)
class Override:
    """A day decided by hand. `public_only`: the decision binds state and municipal bodies only."""

    day: date
    off: bool
    source: str = ""
    name: str = ""
    public_only: bool = False


@dataclass(frozen=True, slots=True)
class DayStatus:
    """One day: worked or not, why, and under which name.

    `other_day` is the day this one was exchanged with (day off against day worked).
    """

    day: date
    working: bool
    kind: DayKind
    name: str = ""
    other_day: date | None = None
    source: str = ""
    estimated: bool = False

    @property
    def reason(self) -> str:
        """The reason in plain English, or "" for an ordinary working day."""
        weekday = f"{self.day:%A}"
        other = (
            f"{self.other_day:%a} {self.other_day.day} {self.other_day:%b %Y}"
            if self.other_day
            else ""
        )
        match self.kind:
            case DayKind.WORKING:
                return ""
            case DayKind.WEEKEND:
                return weekday
            case DayKind.HOLIDAY:
                return self.name
            case DayKind.MOVED:
                return f"day off moved from {other}"
            case DayKind.WORKED_WEEKEND:
                return f"worked {weekday}" + (f", for the day off on {other}" if other else "")
            case DayKind.WORKED_MOVED:
                return f"worked, its day off moved to {other}"
            case DayKind.OVERRIDE_OFF:
                return f"day off by decision: {self.name}" if self.name else "day off by decision"
        return f"worked by decision: {self.name}" if self.name else "worked by decision"


_SUBSTITUTED = re.compile(r"substituted from (\d\d)/(\d\d)/(\d{4})")


def moved_from(name: str) -> date | None:
    """The day worked in exchange, from an en_US package name, or None."""
    match = _SUBSTITUTED.search(name)
    if match is None:
        return None
    # The package's en_US names put the month first.
    month, day, year = map(int, match.groups())
    return date(year, month, day)


@dataclass(frozen=True, slots=True)
class _PackageYear:
    names: dict[date, str]
    worked_weekends: frozenset[date]
    off_for_worked: dict[date, date]


@lru_cache(maxsize=512)
def _package_year(code: str, year: int) -> _PackageYear:
    # The next year is loaded too: KZ worked Saturday 28 December 2013 in exchange for
    # 3 January 2014, and the package knows that only once 2014 is populated.
    country = holidays.country_holidays(code, years=(year, year + 1), language="en_US")
    names = {day: name for day, name in country.items() if day.year == year}
    off_for_worked = {worked: day for day, name in country.items() if (worked := moved_from(name))}
    return _PackageYear(
        names=names,
        worked_weekends=frozenset(day for day in country.weekend_workdays if day.year == year),
        off_for_worked=off_for_worked,
    )


class WorkingCalendar:
    """The working days of one jurisdiction, for public bodies unless `public_body=False`.

    `confirmed_years`: years past the package's knowledge that a person has checked.
    Raises UnknownCalendarError for an unknown code, YearOutOfRangeError when asked about
    a day outside the calendar's years.
    """

    def __init__(
        self,
        code: str,
        overrides: Iterable[Override] = (),
        *,
        confirmed_years: Iterable[int] = (),
        public_body: bool = True,
    ) -> None:
        if code == WEEKENDS_ONLY:
            self.jurisdiction = Jurisdiction(code, 1900, 2100, 2100)
        elif code in JURISDICTIONS:
            self.jurisdiction = JURISDICTIONS[code]
        else:
            raise UnknownCalendarError(code)
        self.code = code
        self.overrides = {o.day: o for o in overrides if public_body or not o.public_only}
        self.confirmed_years = frozenset(confirmed_years)
        # One calendar serves many deadlines, whose days are mostly the same.
        self.status: Callable[[date], DayStatus] = cache(self._look_up)

    def add_working_days(self, start: date, count: int) -> date:
        """The `count`-th working day after `start`; `start` itself for 0.

        `start` is never counted: day 1 is the day after it. Raises ValueError for a negative
        count, YearOutOfRangeError past the calendar.
        """
        if count < 0:
            raise ValueError("A number of working days cannot be negative.")
        day = start
        while count:
            day += ONE_DAY
            count -= self.status(day).working
        return day

    def count_working_days(self, start: date, end: date) -> int:
        """How many working days lie after `start`, `end` included; 0 when `end` is not later."""
        return sum(status.working for status in self.days(start + ONE_DAY, end))

    def on_or_after(self, day: date) -> date:
        """`day` if it is worked, else the next working day."""
        while not self.status(day).working:
            day += ONE_DAY
        return day

    def days(self, first: date, last: date) -> list[DayStatus]:
        """Every day from `first` to `last`, both included; none where `last` comes first."""
        return [self.status(first + ONE_DAY * n) for n in range((last - first).days + 1)]

    def year_is_known(self, year: int) -> bool:
        """False where that year's days off are computed, not decided, and nobody confirmed them."""
        return year <= self.jurisdiction.known_through or year in self.confirmed_years

    def check_year(self, year: int) -> None:
        """Raise YearOutOfRangeError unless the calendar covers `year`."""
        j = self.jurisdiction
        if not j.first_year <= year <= j.last_year:
            raise YearOutOfRangeError(self.code, year, j.first_year, j.last_year)

    def _look_up(self, day: date) -> DayStatus:
        """The day with its reason."""
        self.check_year(day.year)
        base = self._from_package(day) if self.code else self._from_weekday(day)
        override = self.overrides.get(day)
        if override is None:
            return base
        if override.off == (not base.working):
            # A decision that repeats the calendar confirms it: an estimated feast is one no longer.
            return replace(base, source=override.source, estimated=False)
        kind = DayKind.OVERRIDE_OFF if override.off else DayKind.OVERRIDE_WORKED
        return DayStatus(day, not override.off, kind, override.name, source=override.source)

    def _from_weekday(self, day: date) -> DayStatus:
        weekend = day.weekday() >= 5
        return DayStatus(day, not weekend, DayKind.WEEKEND if weekend else DayKind.WORKING)

    def _from_package(self, day: date) -> DayStatus:
        year = _package_year(self.code, day.year)
        name = year.names.get(day, "")
        estimated = "estimated" in name
        if day.weekday() >= 5:
            if day in year.worked_weekends:
                return DayStatus(
                    day, True, DayKind.WORKED_WEEKEND, other_day=year.off_for_worked.get(day)
                )
            if name:
                return DayStatus(day, False, DayKind.HOLIDAY, name, estimated=estimated)
            return DayStatus(day, False, DayKind.WEEKEND)
        if not name:
            other = year.off_for_worked.get(day)
            return DayStatus(
                day, True, DayKind.WORKED_MOVED if other else DayKind.WORKING, other_day=other
            )
        other = moved_from(name)
        if other:
            return DayStatus(day, False, DayKind.MOVED, name, other_day=other)
        return DayStatus(day, False, DayKind.HOLIDAY, name, estimated=estimated)
