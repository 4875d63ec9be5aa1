"""The record's own history in words, and facts with the exactness of their source."""

import re

from django import template
from django.apps import apps
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tracker.models import (
    Action,
    Case,
    DatedFact,
    DeadlineChange,
    Event,
    Evidence,
    Grade,
    Phase,
    Precision,
    Status,
)
from tracker.templatetags.dates import month_name, short_date

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
            "before": label(Status, event.old("status")),
            "after": label(Status, event.new("status")),
        }
    if kind == "action":
        noted = _("Noted: %(kind)s") % {"kind": label(Action.Kind, detail)}
        on = event.new("happened_on")
        return f"{noted}, {short_date(on)}" if on else noted
    if kind == "deadline":
        return _("Deadline %(kind)s") % {"kind": label(DeadlineChange.Kind, detail)}
    known = {
        "demand.proposed": _("Change of status proposed"),
        "demand.proposal_declined": _("Proposed change declined"),
        "demand.proposal_withdrawn": _("Proposed change taken back"),
        "demand.review_date": _("Review day set"),
        "response.graded": _("Answer graded"),
        "response.regraded": _("Grade of an answer changed"),
        "response.grade_taken_back": _("Grade of an answer taken back"),
        "reminder.acknowledged": _("Reminders muted: “I have it”"),
        "reminder.snoozed": _("Reminders put off"),
        "reminder.unmuted": _("Mute ended"),
        "escalation.taken": _("Next step taken"),
        "escalation.declined": _("Next step put aside"),
        "addressee.forwarded": _("Passed on to another authority"),
        "addressee.silent": _("Silence put on record"),
        "addressee.silence_taken_back": _("Silence taken off the record"),
        "case.read": _("Restricted case shown"),
        "case.refused": _("Restricted case asked for, and refused"),
        "case.anonymised": _("Names and contacts removed for good"),
        "case.revealed": _("Contacts shown"),
        "authority.published": _("Authority published"),
        "authority.revealed": _("Contacts shown"),
        "signatory.revealed": _("Name shown"),
        "case.created": _("Case made"),
        "case.edited": _("Case edited"),
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
        "feed.read": _("Calendar feed read for the first time that day"),
        "feed.revoked": _("Calendar feed taken back"),
        "mail.send_again": _("E-mail sent again by hand"),
        "mail.settle": _("Outcome of an e-mail settled by hand"),
        "calendaryear.confirmed": _("Year of the calendar confirmed"),
        "recomputation.requested": _("Move of the open deadlines asked for"),
        "event.erased": _("Words of the record erased"),
        "case.opened_in_emergency": _("Opened in an emergency"),
        "case.emergency_ended": _("Opening in an emergency ended"),
        "person.password": _("Own password changed"),
        "person.password_reset": _("Password set by a link"),
        "person.reset_asked": _("Link for a new password asked for"),
        "person.sign_in": _("Signed in"),
        "person.sign_in_failed": _("Wrong password at sign-in"),
        "person.sign_out": _("Signed out"),
        "person.session_ended": _("Session ended by itself"),
        "person.created": _("Account made"),
        "person.edited": _("Account edited"),
        "person.profile": _("Own settings changed"),
        "person.role": _("Role changed"),
        "person.deactivated": _("Account closed"),
        "person.reactivated": _("Account opened again"),
        "person.signed_out": _("Signed out everywhere"),
        "person.second_factor_removed": _("Second factor removed"),
        "person.cut_off": _("Everything opened with the account ended"),
        "person.address": _("Another e-mail address"),
        "person.change_asked": _("Change of an account asked for"),
        "person.change_approved": _("Change of an account agreed to"),
        "person.change_refused": _("Change of an account refused"),
        "person.change_made": _("Change of an account made"),
        "person.invited": _("Invited"),
        "person.invited_again": _("Invited again"),
        "person.invitation_sent": _("Invitation sent"),
        "person.invitation_taken_back": _("Invitation taken back"),
        "person.invitation_accepted": _("Invitation accepted"),
        "person.joined": _("Account made by an invitation"),
        "person.travel": _("Reduced view begun"),
        "person.travel_ended": _("Reduced view ended"),
        "demand.owner": _("Demand given to somebody else"),
        "database.restored": _("Restored from a backup"),
    }
    return known.get(event.action) or row_words(kind, detail) or event.action


@register.filter
def event_subject(event: Event, reference: str = "") -> str:
    """The record an event is about; on the page of its case without the case's `reference`."""
    text = event.label
    if reference:
        text = text.removesuffix(f", {reference}")
        text = re.sub(rf"^{re.escape(reference)}(/\d+)? ", "", text)
    return re.sub(r"^(\d{4}-\d\d-\d\d):? ", lambda day: f"{short_date(day[1])}, ", text)


@register.simple_tag
def event_told(event: Event) -> str:
    """What was done, on a page that shows to what."""
    about = event_specifics(event)
    return f"{event_words(event)}: {about}" if about else event_words(event)


@register.simple_tag
def event_sentence(event: Event, case: Case) -> str:
    """What was done to what, on the page of the case."""
    about = event_specifics(event)
    if not about and event.model not in ("case", "action"):
        about = event_subject(event, case.reference)
    return f"{event_words(event)}: {about}" if about else event_words(event)


def event_specifics(event: Event) -> str:
    """What of its values says more than the name of the record."""
    match event.action:
        case "case.member_added" | "case.member_removed":
            return event.new("name")
        case "case.phase":
            return _("from “%(before)s” to “%(after)s”") % {
                "before": label(Phase, event.old("phase")),
                "after": label(Phase, event.new("phase")),
            }
        case "response.graded" | "response.regraded" | "response.grade_taken_back":
            return _("demand %(number)s, %(grade)s") % {
                "number": event.new("demand") or "?",
                "grade": label(Grade, event.new("grade")),
            }
        case "addressee.silent" | "addressee.silence_taken_back":
            grades = event.new("grades") or [event.new("grade")]
            return _("%(name)s, %(grades)s, demands %(numbers)s") % {
                "name": event_subject(event, event.label.partition("/")[0]),
                "grades": ", ".join(label(Grade, grade) for grade in grades),
                "numbers": ", ".join(map(str, event.new("demands"))),
            }
        case "reminder.acknowledged" | "reminder.snoozed" | "reminder.unmuted":
            return _("%(title)s, until %(day)s") % {
                "title": re.sub(r"^[\d-]+ |, [^,]+$", "", event.label),
                "day": short_date(event.new("until")),
            }
    return ""


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
        "loaded": _("Loaded from a file: %(row)s"),
    }
    if kind == "export":
        return _("Exported as a file: %(row)s") % {"row": name}
    return words[detail] % {"row": name} if detail in words else ""


def label(choices: type, value: str) -> str:
    return str(dict(choices.choices).get(value, value))
