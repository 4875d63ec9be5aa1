"""The calendar as people keep it: confirming a year, taking over published days."""

import datetime
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from tracker.dates.calendars import JURISDICTIONS
from tracker.models import CalendarDay, CalendarYear, User
from tracker.services.calendar_files import FileDay
from tracker.services.records import add_row, save_row
from tracker.services.refusals import Refused


@transaction.atomic
def confirm_year(
    *,
    jurisdiction: str,
    year: int,
    source_url: str,
    by: User | None,
    at: datetime.datetime,
) -> CalendarYear:
    """Say that the days off of a year are published and entered: no longer provisional.

    Running deadlines take it over with the next recomputation. Safe to repeat. Raises
    Refused for a year outside the calendar.
    """
    known = JURISDICTIONS.get(jurisdiction)
    if known is None or not known.first_year <= year <= known.last_year:
        raise Refused("", _("The calendar does not cover that year."))
    if confirmed := CalendarYear.objects.filter(jurisdiction=jurisdiction, year=year).first():
        return confirmed
    confirmed = CalendarYear(
        jurisdiction=jurisdiction,
        year=year,
        source_url=source_url,
        confirmed_by=by,
        confirmed_at=at,
    )
    return save_row(confirmed, action="calendaryear.confirmed", by=by, at=at)


@transaction.atomic
def import_days(
    *,
    jurisdiction: str,
    days: Iterable[FileDay],
    source_url: str,
    by: User | None,
    at: datetime.datetime,
) -> list[CalendarDay]:
    """Enter published days off; a day already entered stays as it is. Raises ValidationError."""
    chosen = {entry.day: entry.name for entry in days}
    entered = set(
        CalendarDay.objects.filter(jurisdiction=jurisdiction, day__in=chosen).values_list(
            "day", flat=True
        )
    )
    rows = [
        CalendarDay(
            jurisdiction=jurisdiction,
            day=day,
            kind=CalendarDay.Kind.OFF,
            scope=CalendarDay.Scope.ALL,
            reason=chosen[day] or _("Day off by a published calendar"),
            source_url=source_url,
        )
        for day in sorted(chosen.keys() - entered)
    ]
    for row in rows:
        add_row(row=row, by=by, at=at)
    return rows
