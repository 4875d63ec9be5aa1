"""The record's own history in words, and facts with the exactness of their source."""

from django import template
from django.apps import apps
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tracker.models import Action, DatedFact, DeadlineChange, Event, Evidence, Precision, Status
from tracker.templatetags.clocks import month_name, short_date

register = template.Library()


@register.simple_tag
def fact_day(fact: DatedFact | Evidence) -> str:
    """The day, or only the month or the year where the source gives no more."""
    if not fact.happened_on:
        return ""
    if fact.precision == Precision.YEAR:
        return date_format(fact.happened_on, "Y")
    if fact.precision == Precision.MONTH:
        return month_name(fact.happened_on)
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
        "demand.proposal_withdrawn": _("Proposed change taken back"),
        "demand.review_date": _("Review day set"),
        "response.graded": _("Answer graded"),
        "response.regraded": _("Grade of an answer changed"),
        "reminder.acknowledged": _("Quiet asked for: “I have it”"),
        "reminder.snoozed": _("Reminders put off"),
        "escalation.taken": _("Next step taken"),
        "escalation.declined": _("Next step put aside"),
        "addressee.forwarded": _("Passed on to another authority"),
        "addressee.silent": _("Silence put on record"),
        "case.read": _("Restricted case opened"),
        "case.created": _("Case made"),
        "case.changed": _("Case edited"),
        "case.loaded": _("Case loaded from a file"),
        "case.phase": _("Phase changed"),
        "case.closed": _("Case closed"),
        "case.reopened": _("Case reopened"),
        "case.confidentiality": _("Who may see the case changed"),
        "case.member_added": _("Put on the team"),
        "case.member_removed": _("Taken off the team"),
        "draft.started": _("Text entered"),
        "draft.kept": _("Draft kept"),
        "draft.confirmed": _("Draft made a case"),
        "draft.discarded": _("Draft thrown away"),
        "feed.made": _("Calendar feed made"),
        "feed.revoked": _("Calendar feed taken back"),
        "mail.send_again": _("E-mail sent again by hand"),
        "mail.settle": _("Outcome of an e-mail settled by hand"),
        "calendaryear.confirmed": _("Year of the calendar confirmed"),
        "recomputation.requested": _("Move of the open deadlines asked for"),
        "person.created": _("Account made"),
        "person.edited": _("Account edited"),
        "person.profile": _("Own settings changed"),
        "person.role": _("Role changed"),
        "person.deactivated": _("Account closed"),
        "person.reactivated": _("Account opened again"),
        "person.signed_out": _("Signed out everywhere"),
        "person.second_factor_removed": _("Second factor removed"),
    }
    return known.get(event.action) or row_words(kind, detail) or event.action


def row_words(kind: str, detail: str) -> str:
    """For events named after a table: a row of it was added, edited, removed or exported."""
    table = detail if kind == "export" else kind
    try:
        name = apps.get_model("tracker", table)._meta.verbose_name
    except LookupError:
        return ""
    words = {
        "added": _("Added: %(row)s"),
        "edited": _("Edited: %(row)s"),
        "removed": _("Removed: %(row)s"),
    }
    if kind == "export":
        return _("Exported as a file: %(row)s") % {"row": name}
    return words[detail] % {"row": name} if detail in words else ""


def label(choices: type, value: str) -> str:
    return str(dict(choices.choices).get(value, value))
