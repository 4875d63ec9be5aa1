"""From a rule and an event to every defensible last day, with each step explained."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tracker.dates.calendars import ONE_DAY, DayKind, DayStatus, WorkingCalendar
from tracker.dates.periods import Ending, Hold, last_day, rolled
from tracker.dates.rules import Anchor, AnchorKind, FirstDay, Roll, RuleSpec, Unit

# The order of events on the way of a letter; a rule can be computed from its own
# anchor or, as a range, from an earlier one.
_JOURNEY = (
    AnchorKind.DATED,
    AnchorKind.SENT,
    AnchorKind.DELIVERED,
    AnchorKind.RECEIVED,
    AnchorKind.REGISTERED,
)


DRAWN_AT_MOST = 92  # days; more would be thinner than a pixel on a phone


class AnchorMismatchError(ValueError):
    """The known event says nothing about the one the rule runs from."""

    def __init__(self, rule: RuleSpec, anchor: Anchor) -> None:
        super().__init__(
            f"The rule {rule.code} runs from the day “{rule.anchor}”; "
            f"the day “{anchor.kind}” does not show it."
        )


class StripKind(StrEnum):
    """What a day is in the drawn strip."""

    ANCHOR = "anchor"
    WAITING = "waiting"
    COUNTED = "counted"
    HELD = "held"
    SKIPPED = "skipped"
    LAST = "last"


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read the law: where the period starts and on which day it ends.

    The count ends on `ends_on`; `due_on` is later where that day is not worked and the law rolls.
    """

    starts_on: date
    counted: bool
    due_on: date
    ends_on: date

    @property
    def name(self) -> str:
        return "first day counted" if self.counted else "first day excluded"


@dataclass(frozen=True, slots=True)
class StripDay:
    """A day of the strip; `number` is its place in the period under the latest reading."""

    status: DayStatus
    kind: StripKind
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """Why a result is provisional: an estimated feast, or a year not known yet."""

    kind: str
    day: date
    name: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """Every reading of one period, strict (earliest) first."""

    rule: RuleSpec
    anchor: Anchor
    anchor_first: date
    anchor_last: date
    readings: tuple[Reading, ...]
    strip: tuple[StripDay, ...]
    uncertainties: tuple[Uncertainty, ...]

    @property
    def due_on(self) -> date:
        """The last day under the strict reading."""
        return self.readings[0].due_on

    @property
    def overdue_after(self) -> date:
        """The last day under the latest reading: overdue from the day after it."""
        return self.readings[-1].due_on

    @property
    def anchor_known(self) -> bool:
        """False where the rule's own event is not known and `readings` cover a range for it."""
        return self.anchor.kind is self.rule.anchor

    @property
    def provisional(self) -> bool:
        return bool(self.uncertainties)

    @property
    def skipped(self) -> tuple[DayStatus, ...]:
        """The days passed over, with their reasons."""
        return tuple(day.status for day in self.strip if day.kind is StripKind.SKIPPED)

    @property
    def worked(self) -> tuple[DayStatus, ...]:
        """The counted days one might have taken for days off; none where every day counts."""
        if self.rule.period.unit is not Unit.WORKING_DAY:
            return ()
        return tuple(
            day.status
            for day in self.strip
            if day.status.working
            and day.status.kind is not DayKind.WORKING
            and day.kind is not StripKind.HELD
        )


def anchor_range(rule: RuleSpec, anchor: Anchor, calendar: WorkingCalendar) -> tuple[date, date]:
    """The earliest and latest possible day of the rule's own event.

    Sent, registration unknown: registered at the earliest the same day (reception by
    e-mail is immediate), at the latest when the time allowed for registering has run.
    The post's own days are not guessed. Raises AnchorMismatchError when nothing follows.
    """
    if anchor.kind is rule.anchor:
        return anchor.day, anchor.day
    on_the_way = anchor.kind in _JOURNEY and rule.anchor in _JOURNEY
    if not on_the_way or _JOURNEY.index(anchor.kind) > _JOURNEY.index(rule.anchor):
        raise AnchorMismatchError(rule, anchor)
    if rule.anchor is AnchorKind.REGISTERED and rule.registration:
        counted = rule.registration_first_day is FirstDay.COUNTED  # the latest is wanted
        roll = rule.registration_roll
        period = rule.registration
        return anchor.day, last_day(anchor.day, period, calendar, counted=counted, roll=roll)
    return anchor.day, anchor.day


def compute(rule: RuleSpec, anchor: Anchor, calendar: WorkingCalendar) -> Result:
    """Every reading of `rule` from `anchor`.

    Raises AnchorMismatchError, and YearOutOfRangeError where a day leaves the calendar.
    """
    first, last = anchor_range(rule, anchor, calendar)
    ways = {
        FirstDay.COUNTED: (True,),
        FirstDay.EXCLUDED: (False,),
        FirstDay.TWO_READINGS: (True, False),
    }
    readings = []
    for start in sorted({first, last}):
        for counted in ways[rule.first_day]:
            end = last_day(start, rule.period, calendar, counted=counted)
            readings.append(Reading(start, counted, rolled(end, calendar, rule.roll), end))
    # Of two that end on one day the one that counts the first day is the stricter.
    readings.sort(key=lambda r: (r.due_on, not r.counted, r.starts_on))
    overdue_after = readings[-1].due_on
    return Result(
        rule=rule,
        anchor=anchor,
        anchor_first=first,
        anchor_last=last,
        readings=tuple(readings),
        strip=draw(rule, readings[-1], first, calendar),
        uncertainties=uncertainties(
            first, overdue_after, calendar, relevant=calendar_matters(rule)
        ),
    )


def draw(
    rule: RuleSpec,
    reading: Reading,
    first: date,
    calendar: WorkingCalendar,
    *,
    holds: Sequence[Hold] = (),
    until: Ending | None = None,
) -> tuple[StripDay, ...]:
    """The days from `first` to the last day of `reading`, each with its part in the count.

    `until`: where the count ended after `holds`.
    """
    working_only = rule.period.unit is Unit.WORKING_DAY
    until = until or Ending(reading.ends_on, reading.due_on)
    counted_from = reading.starts_on if reading.counted else reading.starts_on + ONE_DAY
    strip: list[StripDay] = []
    number = 0
    for status in calendar.days(first, until.last):
        held = any(hold.holds(status.day) for hold in holds)
        in_period = (
            counted_from <= status.day <= until.counted
            and (not working_only or status.working)
            and not held
        )
        number += in_period
        if status.day == until.last:
            kind = StripKind.LAST
        elif status.day == reading.starts_on:
            kind = StripKind.ANCHOR
        # A hold may begin before the event it is counted from was corrected to a later day.
        elif held and status.day > reading.starts_on:
            kind = StripKind.HELD
        elif in_period:
            kind = StripKind.COUNTED
        elif status.day < reading.starts_on:
            kind = StripKind.WAITING if status.working else StripKind.SKIPPED
        else:
            kind = StripKind.SKIPPED
        strip.append(StripDay(status, kind, number if in_period else None))
    return tuple(strip)


def uncertainties(
    first: date, last: date, calendar: WorkingCalendar, *, relevant: bool = True
) -> tuple[Uncertainty, ...]:
    """Why the days from `first` to `last` may still change; nothing if the calendar is not used.

    A lunar feast may come a day sooner or later than estimated, so the days beside the
    window are looked at too, and a feast estimated on a weekend counts as well.
    """
    if not relevant or not calendar.code:
        return ()
    found = [
        Uncertainty("year_not_known", date(year, 1, 1))
        for year in range(first.year, last.year + 1)
        if not calendar.year_is_known(year)
    ]
    covered = calendar.jurisdiction
    before = max(first - ONE_DAY, date(covered.first_year, 1, 1))
    after = min(last + ONE_DAY, date(covered.last_year, 12, 31))
    found += [
        Uncertainty("estimated", s.day, s.name) for s in calendar.days(before, after) if s.estimated
    ]
    return tuple(found)


def calendar_matters(rule: RuleSpec) -> bool:
    """Whether a day off, decided late, could move an end under this rule."""
    return (
        rule.period.unit is Unit.WORKING_DAY
        or rule.roll is Roll.FORWARD
        or rule.registration is not None
    )
