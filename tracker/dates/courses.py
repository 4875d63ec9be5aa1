"""A period as it really ran: held for a while, extended to a day that was notified."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from tracker.dates.calendars import WorkingCalendar
from tracker.dates.periods import Ending, Hold
from tracker.dates.readings import Result, calendar_matters, draw, uncertainties


@dataclass(frozen=True, slots=True)
class Extension:
    """The last day as it was notified."""

    until: date


@dataclass(frozen=True, slots=True)
class Course:
    """Where a period ends after `steps`, which are those that moved it.

    `result` has the readings of the period itself, and the days and uncertainties of its whole way.
    """

    result: Result
    strict: Ending
    latest: Ending
    steps: tuple[Extension | Hold, ...]


def run_through(
    result: Result, steps: Iterable[Extension | Hold], calendar: WorkingCalendar
) -> Course:
    """Lead every reading through the steps, oldest first.

    An extension never shortens: where the law gives a later day, that day stands. A hold
    counts from the first day of the period at the earliest. Raises YearOutOfRangeError.
    """
    rule = result.rule
    ways = result.readings[0], result.readings[-1]
    law = [Ending(reading.ends_on, reading.due_on) for reading in ways]
    now, moved, holds = law, [], []
    for step in steps:
        before = law, now
        if isinstance(step, Extension):
            # Counted from the law each time: a later extension may put an earlier one right, and
            # none takes away days that the law itself gives.
            now = [e if e.last >= step.until else Ending(step.until, step.until) for e in law]
            changed = now != law
        else:
            # The first day may have been corrected to one after the pause began: days before it
            # were never lost, and are not given back.
            step = replace(step, paused_on=max(step.paused_on, result.anchor.day))
            if step.resumed_on <= step.paused_on:
                continue
            law, now = (_held(ends, step, result, calendar) for ends in before)
            changed = (law, now) != before
            if changed:
                holds.append(step)
        if changed:
            moved.append(step)
    if holds:
        last = max(law[1].last, now[1].last)
        result = replace(
            result,
            strip=draw(
                rule,
                result.readings[-1],
                result.anchor_first,
                calendar,
                holds=holds,
                until=law[1],
            ),
            uncertainties=uncertainties(
                result.anchor_first, last, calendar, relevant=calendar_matters(rule)
            ),
        )
    return Course(result, now[0], now[1], tuple(moved))


def _held(
    ends: list[Ending], hold: Hold, result: Result, calendar: WorkingCalendar
) -> list[Ending]:
    rule = result.rule
    strict, latest = (end.held(hold, rule.period.unit, calendar, rule.roll) for end in ends)
    # A hold in the days won by the roll of one reading only must not put it behind the other.
    return [strict, max(strict, latest, key=lambda end: (end.last, end.counted))]
