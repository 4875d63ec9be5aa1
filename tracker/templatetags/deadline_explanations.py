"""Why a clock ends on its day: the stored explanation in words of the reader's language."""

from collections import Counter
from typing import Any

from django import template
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from tracker.dates.names import local_name
from tracker.templatetags.dates import parsed, short_date, week_date

register = template.Library()


def period_words(quantity: int, unit: str) -> str:
    if unit == "working_day":
        words = ngettext("%(n)d working day", "%(n)d working days", quantity)
    elif unit == "month":
        words = ngettext("%(n)d month", "%(n)d months", quantity)
    else:
        words = ngettext("%(n)d calendar day", "%(n)d calendar days", quantity)
    return words % {"n": quantity}


def anchor_words(kind: str) -> str:
    return {
        "dated": _("from its date"),
        "sent": _("from sending"),
        "delivered": _("from delivery"),
        "received": _("from receipt"),
        "registered": _("from registration"),
        "previous_reply": _("from the previous reply"),
    }.get(kind, "")


@register.simple_tag
def clock_short(explanation: dict[str, Any]) -> str:
    """14 working days from registration: for one line of a list."""
    if not explanation.get("unit"):
        return ""
    period = period_words(explanation["quantity"], explanation["unit"])
    return f"{period} {anchor_words(explanation['rule_anchor'])}"


@register.simple_tag
def clock_sentence(explanation: dict[str, Any]) -> str:
    """14 working days from registration, Law No. 67. Readings, days not counted, what moved it."""
    if not explanation.get("unit"):
        return ""
    first = _("%(period)s %(from)s, %(norm)s.") % {
        "period": period_words(explanation["quantity"], explanation["unit"]),
        "from": anchor_words(explanation["rule_anchor"]),
        "norm": explanation["norm"],
    }
    return " ".join(
        part
        for part in (
            first,
            readings_sentence(explanation),
            skipped_sentence(explanation),
            *change_rows(explanation),
        )
        if part
    )


def readings_sentence(explanation: dict[str, Any]) -> str:
    days = [reading["due_on"] for reading in explanation["readings"]]
    if days[0] == days[-1]:
        return ""
    words = {"first": short_date(days[0]), "last": short_date(days[-1])}
    if explanation.get("changes"):
        return _("Before it was moved: strict reading %(first)s, latest %(last)s.") % words
    return _("Strict reading %(first)s, latest %(last)s.") % words


def skipped_sentence(explanation: dict[str, Any]) -> str:
    kinds = Counter(
        "weekend" if day["kind"] == "weekend" else "holiday" for day in explanation["skipped"]
    )
    if not kinds:
        return ""
    weekends = ngettext("%(n)d weekend day", "%(n)d weekend days", kinds["weekend"]) % {
        "n": kinds["weekend"]
    }
    if kinds["holiday"]:
        holidays = ngettext("%(n)d day off", "%(n)d days off", kinds["holiday"]) % {
            "n": kinds["holiday"]
        }
    else:
        holidays = _("no holiday")
    return _("Not counted: %(weekends)s, %(holidays)s.") % {
        "weekends": weekends,
        "holidays": holidays,
    }


@register.simple_tag
def day_reasons(explanation: dict[str, Any]) -> list[tuple[str, str]]:
    """Each day not counted that is not a plain weekend, and each worked against expectation."""
    rows = [*explanation.get("skipped", ()), *explanation.get("worked", ())]
    code = explanation.get("calendar", "")
    return [
        (week_date(parsed(day["date"])), reason_words(named(day, code)))
        for day in sorted(rows, key=lambda day: day["date"])
        if day["kind"] != "weekend"
    ]


def named(day: dict[str, Any], code: str) -> dict[str, Any]:
    """A feast under its name in the reader's language, where one is known."""
    if day["kind"] not in {"holiday", "estimated"}:
        return day
    name = local_name(code, parsed(day["date"]), get_language() or "")
    return {**day, "name": name} if name else day


def reason_words(day: dict[str, Any]) -> str:
    other = short_date(day.get("other_day"))
    sentences = {
        "holiday": _("public holiday: %(name)s"),
        "moved": _("day off, moved from %(other)s"),
        "worked_weekend": _("a worked weekend day")
        if not other
        else _("worked instead of %(other)s"),
        "worked_moved": _("worked; its day off moved to %(other)s"),
        "override_off": _("day off by decision: %(name)s")
        if day.get("name")
        else _("day off by decision"),
        "override_worked": _("worked by decision: %(name)s")
        if day.get("name")
        else _("worked by decision"),
    }
    return sentences.get(day["kind"], "") % {"name": day.get("name", ""), "other": other}


@register.simple_tag
def reading_rows(explanation: dict[str, Any]) -> list[tuple[str, str]]:
    """Each reading in words with its last day, the strict one first."""
    return [
        (
            _("if %(day)s itself counts") % {"day": short_date(reading["starts_on"])}
            if reading["counted"]
            else _("if counting begins the day after %(day)s")
            % {"day": short_date(reading["starts_on"])},
            short_date(reading["due_on"]),
        )
        for reading in explanation.get("readings", ())
    ]


@register.simple_tag
def doubt_rows(explanation: dict[str, Any]) -> list[str]:
    """Why a date may still move."""
    code = explanation.get("calendar", "")
    return [
        _(
            "If it was registered on %(day)s or later, version %(version)s of the rule applies; "
            "the range covers both."
        )
        % {"day": short_date(doubt["date"]), "version": doubt["version"]}
        if doubt["kind"] == "version"
        else _(
            "%(name)s (about %(day)s) follows the moon; the exact day is announced shortly before."
        )
        % {
            # Without the package's own “(estimated)”: the sentence says that.
            "name": named(doubt, code)["name"].partition(" (")[0],
            "day": short_date(doubt["date"]),
        }
        if doubt["kind"] == "estimated"
        else _("The days off of %(year)s are not decided yet.") % {"year": doubt["year"]}
        for doubt in explanation.get("doubts", ())
    ]


@register.simple_tag
def change_rows(explanation: dict[str, Any]) -> list[str]:
    """What moved the date after it was first counted."""
    return [
        _("Extended to %(day)s, as they gave notice.") % {"day": short_date(change["until"])}
        if change["kind"] == "extended"
        else _("Held from %(paused)s to %(resumed)s.")
        % {"paused": short_date(change["paused"]), "resumed": short_date(change["resumed"])}
        for change in explanation.get("changes", ())
    ]
