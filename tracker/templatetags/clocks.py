"""Dates and clocks: how near or late, the state of a date, and the strip of its days."""

import datetime
from collections.abc import Collection
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from tracker.models import Deadline
from tracker.templatetags.statuses import pill

register = template.Library()

LONGEST_STRIP = 92  # days; more would be thinner than a pixel on a phone
LONG_STRIP = 40


def parsed(iso: str) -> datetime.date:
    return datetime.date.fromisoformat(iso)


# One form per language, those of tracker/formats: the months decline there where they must.


@register.filter
def short_date(day: datetime.date | str | None) -> str:
    """12 Feb 2020, in the reader's language."""
    if not day:
        return ""
    return date_format(parsed(day) if isinstance(day, str) else day)


@register.filter
def moment(at: datetime.datetime | None) -> str:
    """12 Feb 2020, 14:05, by the reader's clock."""
    return date_format(timezone.localtime(at), "DATETIME_FORMAT") if at else ""


@register.filter
def month_name(day: datetime.date) -> str:
    """November 2026, standing alone."""
    return date_format(day, "YEAR_MONTH_FORMAT")


def weekday(day: datetime.date) -> str:
    """Thu: only English writes it with a capital within a sentence."""
    name = date_format(day, "D")
    return name if (get_language() or "en").startswith("en") else name.lower()


@register.filter
def week_date(day: datetime.date | None) -> str:
    """Thu 26 Nov 2026: where the weekday matters."""
    return f"{weekday(day)} {date_format(day)}" if day else ""


@register.filter
def day_heading(day: datetime.date) -> str:
    """Thursday, 26 Nov 2026: above the dates of that day."""
    return f"{date_format(day, 'l')}, {date_format(day)}"


@register.filter
def month_word(day: datetime.date) -> str:
    """The month as it stands after the number of a day: November, ноября, ноябрь."""
    month = date_format(day, "E")
    return month.lower() if get_language() == "ky" else month


@register.filter
def today_heading(day: datetime.date) -> str:
    """Thursday, 26 November: nobody has to be told the year of today."""
    between = "-" if get_language() == "ky" else " "
    return f"{date_format(day, 'l')}, {day.day}{between}{month_word(day)}"


@register.simple_tag
def near_date(day: datetime.date, on: datetime.date) -> str:
    """The weekday for dates within a few months; the year unless it is the year of `on`."""
    if abs((day - on).days) >= 100:
        return short_date(day)
    if day.year != on.year:
        return week_date(day)
    return f"{weekday(day)} {date_format(day, 'MONTH_DAY_FORMAT')}"


@register.simple_tag
def stands_on(deadline: Deadline, on: datetime.date) -> datetime.date:
    """The day to show for it: the last legal day once the strict reading has passed."""
    return deadline.stands_on(on)


@register.simple_tag
def distance(day: datetime.date, on: datetime.date) -> str:
    """How far `day` is from `on`, as a colleague would say it."""
    days = (day - on).days
    if days == 0:
        return _("today")
    if days == 1:
        return _("tomorrow")
    if days == -1:
        return _("yesterday")
    if abs(days) < 60:
        if days > 0:
            return ngettext("in %(n)d day", "in %(n)d days", days) % {"n": days}
        return ngettext("%(n)d day ago", "%(n)d days ago", -days) % {"n": -days}
    months = round(abs(days) / 30.44)
    if months < 24:
        if days > 0:
            return ngettext("in %(n)d month", "in %(n)d months", months) % {"n": months}
        return ngettext("%(n)d month ago", "%(n)d months ago", months) % {"n": months}
    years = abs(days) // 365
    if days > 0:
        return ngettext("in %(n)d year", "in %(n)d years", years) % {"n": years}
    return ngettext("%(n)d year ago", "%(n)d years ago", years) % {"n": years}


@register.simple_tag
def lateness(overdue_after: datetime.date, on: datetime.date) -> str:
    """4 days late; years rather than thousands of days."""
    days = (on - overdue_after).days
    if days < 60:
        return ngettext("%(n)d day late", "%(n)d days late", days) % {"n": days}
    months = round(days / 30.44)
    if months < 24:
        return ngettext("%(n)d month late", "%(n)d months late", months) % {"n": months}
    return ngettext("%(n)d year late", "%(n)d years late", days // 365) % {"n": days // 365}


@register.simple_tag
def day_strip(
    explanation: dict[str, Any],
    on: datetime.date,
    tint: str,
    until: datetime.date | None = None,
) -> SafeString:
    """One box per day from the event to the last day; hatched where the office does not work.

    `until` is the last day of a clock that was extended or paused since it was counted. Empty
    for explanations without days and for periods too long to draw.
    """
    days = explanation.get("days") or []
    moved = bool(days and until and explanation.get("changes"))
    if moved and until:
        days = redrawn(days, until, explanation.get("won_off", ()))
    if not 1 < len(days) <= LONGEST_STRIP:
        return SafeString("")
    readings = {reading["due_on"] for reading in explanation.get("readings", ()) if not moved}
    classes = {
        "anchor": "day--anchor",
        "waiting": "day--wait",
        "skipped": "day--skip",
        "held": "day--skip",
        "last": "day--last",
    }
    boxes = []
    for day in days:
        kind = classes.get(day["kind"], "")
        if day["kind"] in {"counted", "anchor"} and day["date"] in readings:
            kind = "day--reading"
        today = " day--today" if day["date"] == on.isoformat() else ""
        boxes.append((f"{kind}{today}", box_title(day)))
    return format_html(
        '<div class="strip tone-{}{}" role="img" aria-label="{}">{}</div>',
        tint,
        " strip--long" if len(days) > LONG_STRIP else "",
        strip_summary(days),
        format_html_join("", '<span class="{}" title="{}"></span>', boxes),
    )


def box_title(day: dict[str, Any]) -> str:
    label = week_date(parsed(day["date"]))
    if day["kind"] == "skipped":
        return _("%(day)s: not counted") % {"day": label}
    if day["kind"] == "held":
        return _("%(day)s: not counted, it was paused") % {"day": label}
    if day["kind"] == "won":
        return _("%(day)s: added since") % {"day": label}
    if "number" in day:
        return _("%(day)s: day %(number)d") % {"day": label, "number": day["number"]}
    return label


def redrawn(
    days: list[dict[str, Any]], until: datetime.date, off: Collection[str] = ()
) -> list[dict[str, Any]]:
    """The days of the period, then those won by an extension, up to the new last day.

    `off`: which of the won ones are not worked, in ISO form.
    """
    if days[-1]["date"] == until.isoformat():
        return days
    kept = [
        {**day, "kind": "counted"} if day["kind"] == "last" else day
        for day in days
        if day["date"] < until.isoformat()
    ]
    first = parsed(kept[-1]["date"]) if kept else until
    # One more than can be drawn is enough to draw none.
    won = min((until - first).days - 1, LONGEST_STRIP)
    more = [(first + datetime.timedelta(days=number + 1)).isoformat() for number in range(won)]
    return [
        *kept,
        *({"date": day, "kind": "skipped" if day in off else "won"} for day in more),
        {"date": until.isoformat(), "kind": "last"},
    ]


def strip_summary(days: list[dict[str, Any]]) -> str:
    skipped = sum(1 for day in days if day["kind"] in {"skipped", "held"})
    return _(
        "From %(first)s to %(last)s: %(counted)d days drawn, %(skipped)d of them not counted."
    ) % {
        "first": short_date(days[0]["date"]),
        "last": short_date(days[-1]["date"]),
        "counted": len(days),
        "skipped": skipped,
    }


@register.simple_tag
def clock_pill(
    deadline: Deadline,
    on: datetime.date,
    *,
    short: bool = False,
    answered: bool = False,
    forwarded_to: str = "",
) -> SafeString:
    """The state of one date on a day; only a legal clock may say that it has run out.

    `short`: beside a column that tells since when. `answered`: an answer has come.
    `forwarded_to`: the body whose own clock took the place of this one.
    """
    if forwarded_to:
        return pill("slate", "→", _("forwarded to %(body)s") % {"body": forwarded_to})
    tint, symbol, words = clock_state(deadline, on)
    if short and deadline.is_overdue(on):
        words = deadline.facts.late_short
    silent = deadline.facts.silent_when_late
    if answered and silent and deadline.ended_late and deadline.ended_on:
        late = lateness(deadline.overdue_after, deadline.ended_on)
        words = _("answered %(late)s") % {"late": late}
    return pill(tint, symbol, words)


@register.simple_tag
def clock_tint(deadline: Deadline, on: datetime.date, *, forwarded_to: str = "") -> str:
    return "slate" if forwarded_to else clock_state(deadline, on)[0]


def clock_state(deadline: Deadline, on: datetime.date) -> tuple[str, str, str]:
    """Tint, symbol and words."""
    facts = deadline.facts
    if deadline.ended_late and deadline.ended_on:
        words = _("closed %(day)s, %(late)s") % {
            "day": short_date(deadline.ended_on),
            "late": lateness(deadline.overdue_after, deadline.ended_on),
        }
        return "amber", "▲", words
    if deadline.state == Deadline.State.CLOSED:
        return "green", "✓", _("closed %(day)s") % {"day": short_date(deadline.ended_on)}
    if deadline.state == Deadline.State.CANCELLED:
        return "slate", "–", _("cancelled %(day)s") % {"day": short_date(deadline.ended_on)}
    if deadline.state == Deadline.State.PAUSED:
        return "violet", "‖", _("paused since %(day)s") % {"day": short_date(deadline.paused_on)}
    if deadline.is_overdue(on):
        words = facts.late % {"day": short_date(deadline.overdue_after)}
        return facts.late_tint, "▲", words
    if facts.by_law and deadline.due_on < on:
        return (
            "amber",
            "◷",
            _("last day %(day)s") % {"day": short_date(deadline.overdue_after)},
        )
    if deadline.due_on < on:
        return "amber", "◷", _("passed %(day)s") % {"day": short_date(deadline.due_on)}
    if deadline.due_on == on:
        return "amber", "◷", _("today")
    if facts.by_law:
        tint = "amber" if (deadline.due_on - on).days <= 7 else facts.tint
        return tint, facts.symbol, _("due %(day)s") % {"day": short_date(deadline.due_on)}
    return facts.tint, "→", distance(deadline.due_on, on)


@register.simple_tag
def is_overdue(deadline: Deadline, on: datetime.date) -> bool:
    return deadline.is_overdue(on)
