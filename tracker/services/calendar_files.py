"""A published .ics of holidays, as days and names. Untrusted: read, never trusted, never kept."""

import datetime
from dataclasses import dataclass

from django.utils.translation import gettext as _
from icalendar import Calendar, Component

from tracker.intake.invisible import visible
from tracker.services.refusals import Refused

MOST_BYTES = 1_000_000
MOST_EVENTS = 2_000
LONGEST = datetime.timedelta(days=31)  # a holiday that lasts longer is a mistake of the file
DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class FileDay:
    """One day off, as the file names it."""

    day: datetime.date
    name: str


@dataclass(frozen=True)
class HolidayFile:
    """`left_out`: entries with a time of day, without a date, repeating, or called off."""

    days: tuple[FileDay, ...]
    left_out: int


def read_holidays(data: bytes) -> HolidayFile:
    """The all-day events of an .ics file; an event of several days gives each of them.

    Raises Refused.
    """
    if len(data) > MOST_BYTES:
        raise Refused("file", _("This file is larger than 1 MB. A year of holidays is smaller."))
    try:
        events = Calendar.from_ical(data).walk("VEVENT")
    except (ValueError, IndexError, KeyError, AttributeError) as error:
        raise Refused(
            "file", _("This is not a calendar file. Choose the .ics file that the site offers.")
        ) from error
    if len(events) > MOST_EVENTS:
        raise Refused("file", _("This file holds thousands of entries, not a year of holidays."))
    found: dict[datetime.date, str] = {}
    left_out = 0
    for event in events:
        days = _days(event)
        left_out += not days
        name = visible(" ".join(_text(event, "SUMMARY").split()))[:200]
        for day in days:
            found.setdefault(day, name)
    if not found:
        raise Refused("file", _("No whole-day entry was found in this file."))
    return HolidayFile(tuple(FileDay(day, found[day]) for day in sorted(found)), left_out)


def _days(event: Component) -> list[datetime.date]:
    """The days of one all-day event; none for anything else."""
    # A feast that repeats by rule is that of the file, not of this year’s decree.
    if "RRULE" in event or "RDATE" in event or "DTSTART" not in event:
        return []
    if _text(event, "STATUS").upper() == "CANCELLED":
        return []
    try:
        first = event.decoded("DTSTART")
        if "DTEND" in event:
            after = event.decoded("DTEND")
            if after == first:  # a common slip, where the day after was meant
                after = first + DAY
        else:
            after = first + (event.decoded("DURATION") if "DURATION" in event else DAY)
    except (ValueError, TypeError, AttributeError, OverflowError):
        return []
    # A datetime is a date to isinstance, so the plain type is asked.
    if type(first) is not datetime.date or type(after) is not datetime.date:
        return []
    if not DAY <= after - first <= LONGEST:
        return []
    return [first + n * DAY for n in range((after - first).days)]


def _text(event: Component, name: str) -> str:
    """A property in words; the first where a file gives several."""
    found = event.get(name, "")
    return str(found[0] if isinstance(found, list) else found)
