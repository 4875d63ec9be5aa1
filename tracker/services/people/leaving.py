"""Somebody leaves: cut off, closed, and what they had in hand goes to a colleague, in one step.

Nothing of theirs is deleted. Of a restricted case that whoever does this may not see, nothing is
shown: it goes to somebody of its own team.
"""

import datetime
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from tracker.models import Case, Deadline, Demand, Membership, User
from tracker.services.cases import edit_case, remove_member
from tracker.services.deadlines.assign import assign_deadline
from tracker.services.people.accounts import end_access
from tracker.services.records import save_row
from tracker.services.refusals import Refused


@dataclass
class InHand:
    """What somebody has in hand, as far as `seen_by` may see it; all of it where that is None."""

    cases: list[Case] = field(default_factory=list)
    demands: list[Demand] = field(default_factory=list)
    deadlines: list[Deadline] = field(default_factory=list)
    teams: list[Case] = field(default_factory=list)


def in_hand(person: User, *, seen_by: User | None = None) -> InHand:
    cases = Case.objects.all() if seen_by is None else Case.objects.visible_to(seen_by)
    running = cases.running()
    waiting = [Deadline.State.OPEN, Deadline.State.PAUSED]
    return InHand(
        cases=list(running.filter(lead=person).order_by("reference", "pk")),
        demands=list(
            Demand.objects.filter(owner=person, case__in=running)
            .select_related("case__lead")
            .order_by("case__reference", "number")
        ),
        deadlines=list(
            Deadline.objects.filter(owner=person, case__in=cases, state__in=waiting)
            .select_related("case__lead", "addressee__authority")
            .order_by("due_on", "pk")
        ),
        teams=list(cases.filter(memberships__user=person).order_by("reference", "pk")),
    )


@transaction.atomic
def leave(*, person: User, successor: User | None, by: User, at: datetime.datetime) -> InHand:
    """Close an account and hand over what was in hand; returns what was handed over.

    `successor` takes what `by` may see; what of it they may not see, and every case that `by` may
    not see, goes to somebody of the case's team. Raises Refused for oneself, for a successor who
    cannot work, and without one where `by` sees something to hand over.
    """
    person = User.objects.get(pk=person.pk)
    if not person.is_active:
        raise Refused("", _("%(name)s has left already.") % {"name": person.name})
    if person.pk == by.pk:
        raise Refused("", _("A colleague must do this for you."))
    shown = in_hand(person, seen_by=by)
    if successor is None and (shown.cases or shown.demands or shown.deadlines):
        raise Refused("successor", _("Choose who takes over."))
    if successor is not None and (successor.pk == person.pk or not successor.works):
        raise Refused("successor", _("Choose a colleague who works on cases."))
    seen = set(Case.objects.visible_to(by).values_list("pk", flat=True))
    heirs = Heirs(person, successor, seen)
    everything = in_hand(person)
    # Closed first: so nobody is told of what the person answers for, and dates find their heirs.
    end_access(person=person, by=by, at=at)
    _hand_over(everything, heirs, by, at)
    for colleague in User.objects.filter(deputy=person).order_by("pk"):
        colleague.deputy = None
        save_row(colleague, action="person.profile", update_fields=["deputy"], by=by, at=at)
    for case in everything.teams:
        _leave_team(case, person, by, at)
    return everything


class Heirs:
    """Who takes over in which case; each is asked about once."""

    def __init__(self, person: User, successor: User | None, seen: set[int]) -> None:
        self.person, self.successor, self.seen = person, successor, seen
        self._known: dict[int, User | None] = {}

    def of(self, case: Case) -> User | None:
        if case.pk not in self._known:
            self._known[case.pk] = self._find(case)
        return self._known[case.pk]

    def _find(self, case: Case) -> User | None:
        able = User.objects.working().able_to_see(case).exclude(pk=self.person.pk)
        if case.pk in self.seen and self.successor and able.contains(self.successor):
            return self.successor
        if not case.restricted:
            return self.successor
        # The lead first, then whoever is on the team for longest.
        lead = able.filter(pk=case.lead_id).first()
        longest = Membership.objects.filter(case=case, user__in=able).order_by("added_at", "pk")
        first = longest.select_related("user").first()
        return lead or (first.user if first else None)


def _hand_over(everything: InHand, heirs: Heirs, by: User, at: datetime.datetime) -> None:
    reason = _("%(name)s has left.") % {"name": heirs.person.name}
    # Dates and demands before the case: a new lead is told at once of the dates of nobody.
    for deadline in everything.deadlines:
        assign_deadline(
            deadline=deadline, owner=heirs.of(deadline.case), reason=reason, by=by, at=at
        )
    for demand in everything.demands:
        demand.owner = heirs.of(demand.case)
        save_row(demand, action="demand.owner", reason=reason, by=by, at=at)
    for case in everything.cases:
        case.lead = heirs.of(case)
        edit_case(case=case, by=by, at=at, reason=reason)


def _leave_team(case: Case, person: User, by: User, at: datetime.datetime) -> None:
    """The last one of a restricted case stays on its team: else nobody could tell whose it was.

    The account is closed, so the case is seen by nobody; it can be opened in an emergency. A
    closed case keeps who led it.
    """
    case = Case.objects.get(pk=case.pk)  # it may have another lead by now
    if case.lead_id == person.pk:
        return
    others = Membership.objects.filter(case=case).exclude(user=person)
    if case.restricted and not others.exists():
        return
    remove_member(case=case, user=person, by=by, at=at)
