"""The words of a digest: plain text and HTML from the same lines, in the person's language.

A mail may be read by somebody else, at the provider or on a seized phone: the subject only
counts, and of a case that is not open to all staff nothing is told but its reference. An
organisation may want that of every case, and then the subject is always the same.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext, override
from django.utils.translation import gettext as _

from tracker.models import Case, Deadline, Reminder, User
from tracker.services.days import today_of
from tracker.services.reminders.schedule import DAY

OVERDUE, PASSED, TODAY, SOON = range(4)


@dataclass(frozen=True)
class DigestContent:
    subject: str
    body_text: str
    body_html: str


@dataclass(frozen=True)
class Line:
    """One date: how pressing, what it is, when, and what to do next."""

    urgency: int
    due_on: datetime.date
    title: str
    when: str
    next_step: str
    late: str


@dataclass(frozen=True)
class CaseLines:
    reference: str
    title: str
    url: str
    lines: list[Line]


def write_content(
    person: User, reminders: Iterable[Reminder], *, at: datetime.datetime
) -> DigestContent:
    """`reminders` come with their deadline and its case; days are by the calendar of `person`."""
    on = today_of(person, at)
    with override(person.language):
        cases = by_case(reminders, person, on)
        counts = summary([line for case in cases for line in case.lines])
        context = {
            "greeting": _("Good day, %(name)s.") % {"name": person.name},
            "contents": _("In this e-mail: %(summary)s.") % {"summary": counts},
            "summary": counts,
            "little": settings.MAIL_SAYS_LITTLE,
            "cases": cases,
            "desk_url": link("desk"),
            "settings_url": link("profile"),
            "language": person.language,
        }
        return DigestContent(
            subject=render_to_string("emails/digest-subject.txt", context).strip(),
            body_text=render_to_string("emails/digest-body.txt", context).strip() + "\n",
            body_html=render_to_string("emails/digest-body.html", context),
        )


@lru_cache(maxsize=1000)
def link(name: str, *arguments: str) -> str:
    """From the configured address, never from a request: a mail must not lead elsewhere."""
    return settings.BASE_URL + reverse(name, args=arguments)


def summary(lines: list[Line]) -> str:
    """How many and how pressing, and nothing else."""
    overdue, passed, today, soon = (
        sum(line.urgency == urgency for line in lines) for urgency in range(4)
    )
    counts = [
        overdue and ngettext("%(n)d overdue", "%(n)d overdue", overdue) % {"n": overdue},
        passed
        and ngettext("%(n)d own date passed", "%(n)d own dates passed", passed) % {"n": passed},
        today and ngettext("%(n)d due today", "%(n)d due today", today) % {"n": today},
        soon and ngettext("%(n)d coming up", "%(n)d coming up", soon) % {"n": soon},
    ]
    return ", ".join(count for count in counts if count)


def by_case(reminders: Iterable[Reminder], person: User, on: datetime.date) -> list[CaseLines]:
    """The most pressing case first, and within a case the most pressing line."""
    found: dict[int, CaseLines] = {}
    for reminder in reminders:
        case = reminder.deadline.case
        group = found.setdefault(
            case.pk,
            CaseLines(
                reference=case.reference,
                title="" if told_little(case) else case.title,
                url=link("case_detail", case.reference),
                lines=[],
            ),
        )
        group.lines.append(line(reminder, person, on))
    for group in found.values():
        group.lines.sort(key=pressing)
    return sorted(found.values(), key=lambda group: (*pressing(group.lines[0]), group.reference))


def told_little(case: Case) -> bool:
    return settings.MAIL_SAYS_LITTLE or case.restricted


def pressing(line: Line) -> tuple[int, datetime.date]:
    return line.urgency, line.due_on


def line(reminder: Reminder, person: User, on: datetime.date) -> Line:
    deadline = reminder.deadline
    urgency = urgency_of(deadline, on)
    little = told_little(deadline.case)
    return Line(
        urgency=urgency,
        due_on=deadline.due_on,
        title=_("A date of this case") if little else deadline.title,
        when=when(deadline, urgency, on),
        next_step=_("Sign in to see it.") if little else next_step(deadline, urgency),
        late=late(reminder, person, on),
    )


def urgency_of(deadline: Deadline, on: datetime.date) -> int:
    if deadline.is_overdue(on):
        return OVERDUE
    if deadline.due_on > on:
        return SOON
    if deadline.due_on == on or deadline.by_law:
        return TODAY  # between the two readings of a law every day is the day
    return PASSED


def long_date(day: datetime.date) -> str:
    """22 November 2026; the months decline where the language wants that."""
    return long_date_in(get_language(), day)


@lru_cache(maxsize=1000)
def long_date_in(language: str, day: datetime.date) -> str:
    # Kyrgyz names the year first, and has no month written out as it stands after a number.
    return date_format(day, "DATE_FORMAT" if language == "ky" else "j E Y")


def when(deadline: Deadline, urgency: int, on: datetime.date) -> str:
    days = (deadline.due_on - on).days
    day = long_date(deadline.due_on)
    last = long_date(deadline.overdue_after)
    if urgency == OVERDUE:
        if deadline.facts.mail_late and not told_little(deadline.case):
            return deadline.facts.mail_late % {"day": last}
        late = (on - deadline.overdue_after).days
        return ngettext(
            "The time ran out on %(day)s, %(n)d day ago.",
            "The time ran out on %(day)s, %(n)d days ago.",
            late,
        ) % {"day": last, "n": late}
    if days == 0:
        return _("Today, %(day)s.") % {"day": day}
    if days == 1:
        return _("Tomorrow, %(day)s.") % {"day": day}
    if days > 0:
        return ngettext("On %(day)s, in %(n)d day.", "On %(day)s, in %(n)d days.", days) % {
            "day": day,
            "n": days,
        }
    if deadline.by_law:
        return _("By the strict reading the time ended on %(day)s; by the latest, on %(last)s.") % {
            "day": day,
            "last": last,
        }
    return ngettext(
        "It was for %(day)s, %(n)d day ago.", "It was for %(day)s, %(n)d days ago.", -days
    ) % {"day": day, "n": -days}


def next_step(deadline: Deadline, urgency: int) -> str:
    """What to do now, in a sentence."""
    facts = deadline.facts
    return str(facts.next_step_late if urgency == OVERDUE else facts.next_step)


def late(reminder: Reminder, person: User, on: datetime.date) -> str:
    """After an outage the mail says so itself. A date entered late is not a late mail."""
    entered = today_of(person, reminder.deadline.created_at)
    first_chance = reminder.fire_on if entered < reminder.fire_on else entered + DAY
    days = (on - first_chance).days
    if days <= 0:
        return ""
    return ngettext(
        "This reminder is %(n)d day late.", "This reminder is %(n)d days late.", days
    ) % {"n": days}
