"""The admin, which pages call the editing desk: corrections of every table, a module per stem."""

from tracker.admin import (  # noqa: F401 - each registers its tables
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
