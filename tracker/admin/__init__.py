"""The editing desk: the correction desk for every table. One module per stem."""

from tracker.admin import (
    authorities,
    calendars,
    cases,
    correspondence,
    deadlines,
    demands,
    documents,
    escalations,
    events,
    feeds,
    intake,
    people,
    reminders,
)

__all__ = [
    "authorities",
    "calendars",
    "cases",
    "correspondence",
    "deadlines",
    "demands",
    "documents",
    "escalations",
    "events",
    "feeds",
    "intake",
    "people",
    "reminders",
]
