"""The steps in the life of a deadline, each as a sentence."""

from typing import Any

from django import template
from django.utils.translation import gettext as _

from tracker.models import Deadline, DeadlineChange
from tracker.reports.deadlines import forwarded_to
from tracker.templatetags.dates import short_date
from tracker.templatetags.deadline_explanations import anchor_words, period_words

register = template.Library()
Kind = DeadlineChange.Kind


@register.simple_tag
def change_sentence(change: DeadlineChange) -> str:
    """What the step did, with the days before and after."""
    before, after = change.before, change.after
    day = {
        Kind.EXTENDED: change.until,
        Kind.PAUSED: change.paused_on,
        Kind.RESUMED: change.resumed_on,
    }.get(Kind(change.kind), change.ended_on)
    words = {"until": span(after), "was": span(before) if before else "", "day": short_date(day)}
    match change.kind:
        case Kind.CORRECTED:
            return corrected(before, after)
        case Kind.ASSIGNED:
            return assigned(before["owner"], after["owner"])
        case Kind.STARTED:
            said = _("Set: %(until)s.")
        case Kind.EXTENDED if day is None:
            said = _("The extension was taken back: %(until)s; it was %(was)s.")
        case Kind.EXTENDED if day.isoformat() < before["due_on"]:
            said = _("The extension was put right: to %(day)s; it was %(was)s.")
        case Kind.EXTENDED:
            said = _("Extended to %(day)s; it was %(was)s.")
        case Kind.PAUSED:
            words["left"] = left_words(change.days_left or 0, change.deadline)
            said = _("Paused on %(day)s with %(left)s left.")
        case Kind.RESUMED:
            said = _("Ran on from %(day)s: %(until)s.")
        case Kind.RECOMPUTED:
            said = _(
                "Counted again after a change of the rule or calendar: %(until)s; it was %(was)s."
            )
        case Kind.REOPENED if words["until"] != words["was"]:
            said = _(
                "Reopened and counted by the rule and calendar of now: %(until)s; it was %(was)s."
            )
        case Kind.REOPENED:
            said = _("Reopened: %(until)s.")
        case Kind.CLOSED:
            said = _("Closed on %(day)s.")
        case Kind.CANCELLED:
            said = _("Cancelled on %(day)s.")
        case Kind.FORWARDED:
            said = _("Ended on %(day)s: the appeal was forwarded to another body.")
    return said % words


def span(state: dict[str, Any]) -> str:
    """The day, or both where the strict reading and the latest differ."""
    if state["due_on"] == state["overdue_after"]:
        return _("due %(day)s") % {"day": short_date(state["due_on"])}
    return _("due %(strict)s, at the latest %(latest)s") % {
        "strict": short_date(state["due_on"]),
        "latest": short_date(state["overdue_after"]),
    }


@register.simple_tag
def passed_on_to(deadline: Deadline) -> str:
    """The body to which the appeal was forwarded, where that ended this date."""
    return forwarded_to([deadline]).get(deadline.pk, "")


@register.simple_tag
def days_left_words(deadline: Deadline) -> str:
    """12 working days: what was left of a paused clock."""
    return left_words(deadline.days_left or 0, deadline)


def left_words(days: int, deadline: Deadline) -> str:
    # Of a period in months, calendar days are left.
    unit = deadline.explanation.get("unit")
    return period_words(days, unit if unit == "working_day" else "calendar_day")


def corrected(before: dict[str, Any], after: dict[str, Any]) -> str:
    if (before["anchor"], before["anchor_on"]) == (after["anchor"], after["anchor_on"]):
        return _("Moved: %(until)s; it was %(was)s.") % {"until": span(after), "was": span(before)}
    return _("Counted %(from)s on %(day)s instead of %(was)s: %(until)s.") % {
        "from": anchor_words(after["anchor"]),
        "day": short_date(after["anchor_on"]),
        "was": short_date(before["anchor_on"]),
        "until": span(after),
    }


def assigned(before: str, after: str) -> str:
    nobody = _("whoever leads the case")
    return _("Given to %(to)s; it was with %(from)s.") % {
        "to": after or nobody,
        "from": before or nobody,
    }


@register.simple_tag
def beyond_words(change: DeadlineChange) -> str:
    """Why an extension is flagged; empty where it is within the rule."""
    if not change.beyond_rule:
        return ""
    if change.allowed_until:
        return _("More than the rule allows, which is up to %(day)s.") % {
            "day": short_date(change.allowed_until)
        }
    return _("The rule on file names no extension.")
