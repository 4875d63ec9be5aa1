"""The record's own history in words, and facts with the exactness of their source."""

from django import template
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tracker.models import Action, DatedFact, DeadlineChange, Event, Evidence, Precision, Status
from tracker.templatetags.clocks import short_date

register = template.Library()


@register.simple_tag
def fact_day(fact: DatedFact | Evidence) -> str:
    """The day, or only the month or the year where the source gives no more."""
    if not fact.happened_on:
        return ""
    if fact.precision == Precision.YEAR:
        return date_format(fact.happened_on, "Y")
    if fact.precision == Precision.MONTH:
        return date_format(fact.happened_on, "F Y")
    return short_date(fact.happened_on)


@register.simple_tag
def event_words(event: Event) -> str:
    """What was done, in words; an unknown kind of event shows its code."""
    kind, _dot, detail = event.action.partition(".")
    if event.action == "demand.status":
        return _("Status changed from “%(before)s” to “%(after)s”") % {
            "before": label(Status, event.details.get("from", "")),
            "after": label(Status, event.details.get("to", "")),
        }
    if kind == "action":
        return _("Noted: %(kind)s") % {"kind": label(Action.Kind, detail)}
    if kind == "deadline":
        return _("Deadline %(kind)s") % {"kind": label(DeadlineChange.Kind, detail)}
    known = {
        "demand.proposed": _("Change of status proposed"),
        "demand.proposal_declined": _("Proposed change declined"),
        "demand.review_date": _("Review day set"),
        "document.added": _("Document added"),
        "response.graded": _("Answer graded"),
        "response.regraded": _("Grade of an answer changed"),
        "addressee.silent": _("Silence put on record"),
        "case.read": _("Restricted case opened"),
        "case.created": _("Case made"),
        "case.changed": _("Case edited"),
    }
    return known.get(event.action, event.action)


def label(choices: type, value: str) -> str:
    return str(dict(choices.choices).get(value, value))
