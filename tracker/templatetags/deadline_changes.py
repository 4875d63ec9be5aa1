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
    words = {"until": span(after), "was": span(before) if before else ""}
    match change.kind:
        case Kind.STARTED:
            return _("Set: %(until)s.") % words
        case Kind.EXTENDED if change.until is None:
            return _("The extension was taken back: %(until)s; it was %(was)s.") % words
        case Kind.EXTENDED if change.until.isoformat() < before["due_on"]:
            return _("The extension was put right: to %(day)s; it was %(was)s.") % {
                **words,
                "day": short_date(change.until),
            }
        case Kind.EXTENDED:
            return _("Extended to %(day)s; it was %(was)s.") % {
                **words,
                "day": short_date(change.until),
            }
        case Kind.PAUSED:
            return _("Paused on %(day)s with %(left)s left.") % {
                "day": short_date(change.paused_on),
                "left": left_words(change.days_left or 0, change.deadline),
            }
        case Kind.RESUMED:
            return _("Ran on from %(day)s: %(until)s.") % {
                **words,
                "day": short_date(change.resumed_on),
            }
        case Kind.CORRECTED:
            return corrected(before, after)
        case Kind.RECOMPUTED:
            return (
                _(
                    "Counted again after a change of the rule or calendar: %(until)s; "
                    "it was %(was)s."
                )
                % words
            )
        case Kind.ASSIGNED:
            return assigned(before["owner"], after["owner"])
        case Kind.REOPENED if words["until"] != words["was"]:
            return (
                _(
                    "Reopened and counted by the rule and calendar of now: %(until)s; "
                    "it was %(was)s."
                )
                % words
            )
        case Kind.REOPENED:
            return _("Reopened: %(until)s.") % words
    ended = {
        Kind.CLOSED: _("Closed on %(day)s."),
        Kind.CANCELLED: _("Cancelled on %(day)s."),
        Kind.FORWARDED: _("Ended on %(day)s: the appeal was forwarded to another body."),
    }
    return ended[change.kind] % {"day": short_date(change.ended_on)}


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
