"""A person's dates as a calendar file (RFC 5545), with words that may lie about anywhere."""

import datetime
from typing import Any

from django.db.models import Max, OuterRef, QuerySet, Subquery
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Timezone, TimezoneStandard
from icalendar import Event as Entry

from tracker.intake.invisible import visible
from tracker.models import Deadline, Demand, Event, FeedToken

DAY = datetime.timedelta(days=1)
NINE_ON_THE_DAY = datetime.timedelta(hours=9)
NINE_THE_DAY_BEFORE = NINE_ON_THE_DAY - DAY
ASK_AGAIN = datetime.timedelta(hours=4)


def feeds_of(user: Any) -> QuerySet[FeedToken]:
    """A person's feeds that still work, the newest first."""
    return FeedToken.objects.visible_to(user).valid().order_by("-created_at", "-pk")


def feed_file(*, feed: FeedToken, host: str) -> bytes:
    """The open dates of the feed's person, as they may see them now, in two queries.

    `host` makes the entries' UIDs unique among installations. No entry depends on the clock, so
    that nothing changed gives the same bytes.
    """
    file = Calendar()
    file.add("prodid", "-//Tracker//Dates//EN")
    file.add("version", "2.0")
    file.add("calscale", "GREGORIAN")
    file.add("x-wr-calname", _("Tracker"))
    file.add("refresh-interval", ASK_AGAIN, parameters={"VALUE": "DURATION"})
    file.add("x-published-ttl", "PT4H")
    for deadline in feed_deadlines(feed):
        file.add_component(
            entry(
                uid=f"deadline-{deadline.pk}@{host}",
                day=deadline.due_on,
                title=deadline_title(deadline),
                note=deadline_note(deadline),
                # The title tells the case's reference, or nothing else where it is restricted: a
                # change of either row must reach the calendar.
                sequence=deadline.version + deadline.case.version,
                changed_at=deadline.changed_at or deadline.created_at,
                alarm=NINE_THE_DAY_BEFORE if deadline.by_law else NINE_ON_THE_DAY,
            )
        )
    for demand in feed_demands(feed):
        file.add_component(
            entry(
                uid=f"demand-{demand.pk}-review@{host}",
                day=demand.review_on,
                title=demand_title(demand),
                note="",
                sequence=demand.version + demand.case.version,
                changed_at=demand.changed_at or demand.case.created_at,
                alarm=NINE_ON_THE_DAY,
            )
        )
    if not file.subcomponents:
        file.add_component(universal_time())
    return file.to_ical()


def universal_time() -> Timezone:
    """What stands in a calendar without dates: it must hold one part at least (RFC 5545, 3.6),
    and some programs refuse it otherwise. A time zone nobody uses is shown nowhere.
    """
    zone = Timezone()
    zone.add("tzid", "Etc/UTC")
    always = TimezoneStandard()
    always.add("dtstart", datetime.datetime(1970, 1, 1))  # noqa: DTZ001 - of the zone itself
    always.add("tzoffsetfrom", datetime.timedelta(0))
    always.add("tzoffsetto", datetime.timedelta(0))
    always.add("tzname", "UTC")
    zone.add_component(always)
    return zone


def feed_deadlines(feed: FeedToken) -> QuerySet[Any]:
    found = Deadline.objects.visible_to(feed.user).open()
    if not feed.everything:
        found = found.of_person(feed.user)
    return (
        found.select_related("case")
        .annotate(changed_at=Max("changes__at"))
        .order_by("due_on", "pk")
    )


def feed_demands(feed: FeedToken) -> QuerySet[Any]:
    found = Demand.objects.visible_to(feed.user).open().in_running_cases()
    if not feed.everything:
        found = found.of_person(feed.user)
    saved = Event.objects.filter(model="demand", object_id=OuterRef("pk")).order_by("-at", "-pk")
    return (
        found.filter(review_on__isnull=False)
        .select_related("case")
        .annotate(changed_at=Subquery(saved.values("at")[:1]))
        .order_by("review_on", "pk")
    )


def deadline_title(deadline: Deadline) -> str:
    """Deadline: LAWYERS-2020. Of a restricted case the reference and nothing else."""
    reference = deadline.case.reference
    if deadline.case.restricted:
        return reference
    return deadline.facts.feed_title % {"reference": reference}


def deadline_note(deadline: Deadline) -> str:
    """The latest reading, where it is another day; nothing that tells what the case is about."""
    if deadline.case.restricted or deadline.overdue_after == deadline.due_on:
        return ""
    return _("Latest reading: %(day)s") % {"day": date_format(deadline.overdue_after)}


def demand_title(demand: Demand) -> str:
    reference = demand.case.reference
    if demand.case.restricted:
        return reference
    return _("Look again: %(reference)s, demand %(number)d") % {
        "reference": reference,
        "number": demand.number,
    }


def entry(
    *,
    uid: str,
    day: datetime.date,
    title: str,
    note: str,
    sequence: int,
    changed_at: datetime.datetime,
    alarm: datetime.timedelta,
) -> Entry:
    """One all-day entry; `alarm` is counted from midnight of the day, by the reader's clock.

    `sequence` must rise whenever the day or the title changes.
    """
    changed_at = changed_at.astimezone(datetime.UTC)
    event = Entry()
    event.add("uid", uid)
    event.add("sequence", sequence)
    # Without a METHOD this is when the entry last changed, not when the file was written.
    event.add("dtstamp", changed_at)
    event.add("last-modified", changed_at)
    event.add("dtstart", day)
    # Without an end it lasts the day; the last day that can be written has no next one.
    if day < datetime.date.max:
        event.add("dtend", day + DAY)
    event.add("summary", visible(title))
    if note:
        event.add("description", visible(note))
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")
    bell = Alarm()
    bell.add("action", "DISPLAY")
    bell.add("description", title)
    bell.add("trigger", alarm)
    event.add_component(bell)
    return event
