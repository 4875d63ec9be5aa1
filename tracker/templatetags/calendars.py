"""Days of a calendar in words."""

from django import template
from django.utils.translation import gettext as _

from tracker.dates.calendars import DayStatus
from tracker.reports.calendars import Novelty
from tracker.templatetags.deadline_explanations import named, reason_words

register = template.Library()


@register.simple_tag
def status_reason(status: DayStatus, code: str) -> str:
    """Why the day is worked or not, in the reader's language."""
    facts = {"date": status.day.isoformat(), "kind": status.kind.value, "name": status.name}
    if status.other_day:
        facts["other_day"] = status.other_day.isoformat()
    return reason_words(named(facts, code))


@register.simple_tag
def novelty_words(kind: Novelty) -> str:
    """What a day of a file would change."""
    return {
        Novelty.NEW: _("worked so far; becomes a day off"),
        Novelty.ESTIMATED: _("only estimated so far; becomes certain"),
        Novelty.KNOWN: _("nothing: it is off already"),
        Novelty.ENTERED: _("nothing: somebody entered this day already"),
        Novelty.WEEKEND: _("nothing: a weekend"),
        Novelty.OUTSIDE: _("nothing: outside the years of the calendar"),
    }[kind]
