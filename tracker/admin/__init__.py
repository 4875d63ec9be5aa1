"""The admin, which pages call the editing desk: corrections of every table, a module per stem."""

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
