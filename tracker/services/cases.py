"""A case from entry to closing: its facts, its phase, who leads it and who may see it."""

import datetime
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from tracker.models import Case, Confidentiality, DeadlineChange, Membership, Phase, User
from tracker.services.days import today_of
from tracker.services.deadlines.assign import tell_lead
from tracker.services.deadlines.end import end_all
from tracker.services.events import record_event
from tracker.services.records import changes, save_row
from tracker.services.refusals import Refused, check_shown

# Between these the work goes to and fro; every other step leads forward only.
WORKING_PHASES = (Phase.ASSESSMENT, Phase.DIALOGUE, Phase.ESCALATED, Phase.MONITORING)


def phases_after(phase: str) -> tuple[str, ...]:
    """Where a case may go from here.

    Steps may be left out: an appeal that was only published is never registered. A closed case
    reopens into dialogue, on new facts.
    """
    if phase == Phase.CLOSED:
        return (Phase.DIALOGUE,)
    order = list(Phase)
    later = order[order.index(Phase(phase)) + 1 :]
    back = [earlier for earlier in WORKING_PHASES if phase in WORKING_PHASES]
    return tuple(p for p in order if p != phase and (p in later or p in back))


@transaction.atomic
def create_case(
    *, case: Case, by: User | None, at: datetime.datetime, team: Iterable[User] = ()
) -> Case:
    """Enter a new case (`case` is not saved yet) and put its team together.

    The lead and whoever enters it belong to the team of a case that is not open to all.
    Raises ValidationError, or Refused for a lead who cannot work and for a case closed
    before it began.
    """
    if case.closed:
        raise Refused("phase", _("Enter the case first, then close it with a reason."))
    _check_lead(case)
    _check_source(case)
    case.full_clean()
    save_row(case, action="case.created", by=by, at=at)
    _file_source(case)
    for user in dict.fromkeys([*team, *_must_see(case, by)]):
        _join(case, user, by, at)
    return case


@transaction.atomic
def edit_case(*, case: Case, by: User | None, at: datetime.datetime, reason: str = "") -> Case:
    """Save a corrected copy of a case, read at the version it shows.

    A new phase must follow the old one. A new lead, and whoever restricts a case, belong to its
    team. Raises StaleRecord, ValidationError and Refused.
    """
    stored = Case.objects.select_for_update(no_key=True).get(pk=case.pk)
    check_shown(stored, case.version)  # first: an old copy's phase was not chosen now
    moved = case.phase != stored.phase
    if moved:
        _check_phase(stored, case)
        case.closed_at = at if case.closed else None
        if stored.closed:
            # Why it had ended stays in its history; a running case has no such reason.
            case.close_reason = case.closing_note = ""
    if case.lead_id != stored.lead_id:
        _check_lead(case)
    changed = changes(stored, case)
    if not changed:
        return case
    if {"source", "confidentiality"} & set(changed):
        _check_source(case)
    case.full_clean()
    action = _edit_action(stored, case)
    save_row(case, stored=stored, action=action, by=by, at=at, reason=reason)
    _file_source(case)
    if {"lead", "confidentiality"} & set(changed):
        # Whoever restricts a case would lock themselves out by it.
        for user in _must_see(case, by if "confidentiality" in changed else None):
            _join(case, user, by, at)
    if "lead" in changed:
        tell_lead(case=case, by=by, at=at)
    if moved and case.closed:
        _cancel_dates(case, by, at)
    return case


def close_case(
    *, case: Case, close_reason: str, note: str, by: User | None, at: datetime.datetime
) -> Case:
    """End our work on a case; its open dates are cancelled. Raises Refused without a note."""
    case.phase = Phase.CLOSED
    case.close_reason, case.closing_note = close_reason, note.strip()
    return edit_case(case=case, by=by, at=at, reason=case.get_close_reason_display())


def reopen_case(*, case: Case, reason: str, by: User | None, at: datetime.datetime) -> Case:
    """Take a closed case up again, on new facts; the old closing note stays in its history."""
    if not case.closed:
        raise Refused("phase", _("This case is not closed."))
    if not reason.strip():
        raise Refused("reason", _("Say which new facts reopen the case."))
    case.phase = Phase.DIALOGUE
    return edit_case(case=case, by=by, at=at, reason=reason.strip())


@transaction.atomic
def add_member(*, case: Case, user: User, by: User | None, at: datetime.datetime) -> Membership:
    """Put somebody on the team; safe to repeat. Raises Refused for one who has left."""
    if not user.is_active:
        raise Refused("user", _("%(name)s has left; choose somebody else.") % _name(user))
    return _join(case, user, by, at)


@transaction.atomic
def remove_member(*, case: Case, user: User, by: User | None, at: datetime.datetime) -> None:
    """Take somebody off the team. Raises Refused for the lead and for the last one."""
    # Two who take each other off at once would leave a restricted case to nobody.
    Case.objects.select_for_update(no_key=True).get(pk=case.pk)
    if case.lead_id == user.pk:
        raise Refused("", _("%(name)s leads the case. Choose another lead first.") % _name(user))
    team = Membership.objects.filter(case=case)
    if case.restricted and not team.exclude(user=user).exists():
        raise Refused("", _("Nobody would see this case any more. Add a colleague first."))
    if not team.filter(user=user).delete()[0]:
        return
    record_event(
        action="case.member_removed",
        about=case,
        case=case,
        by=by,
        at=at,
        details={"person": user.pk, "name": user.name},
    )


def _check_phase(stored: Case, case: Case) -> None:
    if case.phase not in phases_after(stored.phase):
        raise Refused(
            "phase",
            _("A case in “%(now)s” cannot go to “%(then)s”.")
            % {
                "now": stored.get_phase_display(),
                "then": dict(Phase.choices).get(case.phase, case.phase),
            },
        )
    if case.closed:
        if not case.close_reason:
            raise Refused("close_reason", _("Choose why the case is closed."))
        if not case.closing_note.strip():
            raise Refused(
                "closing_note", _("Write the closing note: what came of the appeal, and why now.")
            )


def _check_lead(case: Case) -> None:
    if case.lead and not case.lead.works:
        raise Refused(
            "lead", _("%(name)s cannot work on cases. Choose another lead.") % _name(case.lead)
        )


def _check_source(case: Case) -> None:
    """A case open to all must not open the papers of restricted cases along with itself."""
    if case.source is None or case.confidentiality == Confidentiality.TEAM:
        return
    others = case.source.cases.exclude(pk=case.pk)
    # Seen through any one of its cases: so one that is open would show it to all.
    if others.exists() and not others.filter(confidentiality=Confidentiality.OPEN).exists():
        raise Refused(
            "source",
            _("This paper belongs to a restricted case. Add a copy of it to this case first."),
        )


def _edit_action(stored: Case, case: Case) -> str:
    if case.phase != stored.phase:
        if case.closed:
            return "case.closed"
        return "case.reopened" if stored.closed else "case.phase"
    if case.confidentiality != stored.confidentiality:
        return "case.confidentiality"
    return "case.edited"


def _must_see(case: Case, by: User | None) -> list[User]:
    """Whoever would otherwise lose sight of a case they lead, entered or just restricted."""
    if case.confidentiality != Confidentiality.TEAM:
        return []
    return [user for user in (case.lead, by) if user]


def _join(case: Case, user: User, by: User | None, at: datetime.datetime) -> Membership:
    membership, new = Membership.objects.get_or_create(case=case, user=user)
    if new:
        record_event(
            action="case.member_added",
            about=case,
            case=case,
            by=by,
            at=at,
            details={"person": user.pk, "name": user.name},
        )
    return membership


def _file_source(case: Case) -> None:
    """The source text belongs to the case's papers, else its readers could not open it."""
    if case.source:
        case.source.cases.add(case)


def _cancel_dates(case: Case, by: User | None, at: datetime.datetime) -> None:
    end_all(
        deadlines=case.deadlines.all(),
        kind=DeadlineChange.Kind.CANCELLED,
        reason=_("The case was closed."),
        on=today_of(by, at),
        by=by,
        at=at,
    )


def _name(user: User) -> dict[str, str]:
    return {"name": user.name}
