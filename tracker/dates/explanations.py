"""A result as plain data: what is stored with a deadline and printed by the command."""

from typing import Any

from tracker.dates.calendars import DayKind, DayStatus
from tracker.dates.readings import Reading, Result, StripDay, Uncertainty
from tracker.dates.rules import Period


def explanation(result: Result) -> dict[str, Any]:
    """Everything needed to explain and draw `result` later, JSON-serialisable, dates in ISO form.

    Reasons are kept twice: as kind and facts, from which pages make translated
    sentences, and as an English sentence for the command line and the admin.
    """
    rule = result.rule
    return {
        "rule": rule.code,
        "version": rule.version,
        "norm": rule.norm,
        "source": rule.source,
        "calendar": rule.calendar,
        **_period(rule.period),
        "first_day": rule.first_day.value,
        "roll": rule.roll.value,
        "rule_anchor": rule.anchor.value,
        "anchor": result.anchor.day.isoformat(),
        "anchor_kind": result.anchor.kind.value,
        "anchor_known": result.anchor_known,
        "anchor_range": [result.anchor_first.isoformat(), result.anchor_last.isoformat()],
        "registration": _period(rule.registration) if rule.registration else None,
        "readings": [_reading(reading) for reading in result.readings],
        "due_on": result.due_on.isoformat(),
        "overdue_after": result.overdue_after.isoformat(),
        "skipped": [_day(status) for status in result.skipped],
        "worked": [_day(status) for status in result.worked],
        "provisional": result.provisional,
        "doubts": [_uncertainty(doubt) for doubt in result.uncertainties],
        "days": [_strip_day(day) for day in result.strip],
    }


def _period(period: Period) -> dict[str, Any]:
    return {"quantity": period.quantity, "unit": period.unit.value}


def _reading(reading: Reading) -> dict[str, Any]:
    return {
        "name": reading.name,
        "counted": reading.counted,
        "starts_on": reading.starts_on.isoformat(),
        "due_on": reading.due_on.isoformat(),
    }


def _day(status: DayStatus) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "date": status.day.isoformat(),
        "kind": status.kind.value,
        "reason": status.reason,
    }
    if status.name:
        facts["name"] = status.name
    if status.other_day:
        facts["other_day"] = status.other_day.isoformat()
    if status.source:
        facts["source"] = status.source
    return facts


def _strip_day(day: StripDay) -> dict[str, Any]:
    drawn: dict[str, Any] = {"date": day.status.day.isoformat(), "kind": day.kind.value}
    if day.number is not None:
        drawn["number"] = day.number
    if day.status.kind is not DayKind.WORKING:
        drawn["reason"] = day.status.reason
    return drawn


def _uncertainty(doubt: Uncertainty) -> dict[str, Any]:
    if doubt.kind == "estimated":
        return {"kind": doubt.kind, "date": doubt.day.isoformat(), "name": doubt.name}
    return {"kind": doubt.kind, "year": doubt.day.year}
