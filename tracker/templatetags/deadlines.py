"""A deadline on a page: its state in a word and a tint, and the strip of its days."""

import datetime
from collections.abc import Collection
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tracker.dates.readings import DRAWN_AT_MOST
from tracker.models import Deadline
from tracker.templatetags.dates import distance, lateness, parsed, short_date, week_date
from tracker.templatetags.statuses import pill

register = template.Library()

LONG_STRIP = 40


@register.simple_tag
def stands_on(deadline: Deadline, on: datetime.date) -> datetime.date:
    """The day to show for it: the last legal day once the strict reading has passed."""
    return deadline.stands_on(on)


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
    if not 1 < len(days) <= DRAWN_AT_MOST:
        return SafeString("")
    # Once the end was moved, the ends of the readings are days like any other.
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
    won = min((until - first).days - 1, DRAWN_AT_MOST)
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
    # Before all else: an answer that came late stays late, however the clock was closed.
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
