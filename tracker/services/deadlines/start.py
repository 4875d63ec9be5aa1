"""How a deadline begins: the time an addressee has by law, or a date set by hand."""

import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from tracker.models import (
    BY_LAW,
    Addressee,
    Case,
    Deadline,
    DeadlineChange,
    Demand,
    ResponseRule,
    User,
)
from tracker.services.deadlines.assign import tell_assigned
from tracker.services.deadlines.checks import check_near, check_order
from tracker.services.deadlines.compute import (
    Calendars,
    computed_fields,
    known_anchor,
    rule_in_force,
)
from tracker.services.deadlines.history import write_change
from tracker.services.refusals import Refused


@transaction.atomic
def start_deadline(
    *,
    addressee: Addressee,
    by: User | None,
    at: datetime.datetime,
    rule: ResponseRule | None = None,
    kind: str = Deadline.Kind.STATUTORY,
    owner: User | None = None,
) -> Deadline:
    """Start the time to answer of an addressee, by its own rule unless another is given.

    The version in force on the day it runs from applies, not necessarily the one named on the
    addressee. Raises Refused: no rule, nothing sent, no version in force, year unknown,
    or a clock that runs already.
    """
    named = rule or addressee.rule
    if named is None:
        raise Refused("", _("No response rule binds this addressee, so no clock can start."))
    anchor = known_anchor(addressee=addressee, runs_from=named.anchor)
    in_force = rule_in_force(code=named.code, on=anchor.day)
    # Two people saving the same addressee at once must not start two clocks.
    Addressee.objects.select_for_update(no_key=True).get(pk=addressee.pk)
    if addressee.deadlines.running().by_law().filter(rule__code=named.code).exists():
        raise Refused("", _("This addressee's clock runs already."))
    deadline = Deadline(
        case=addressee.case,
        addressee=addressee,
        kind=kind,
        title=f"{addressee.authority.name}: {in_force.name}"[:200],
        rule=in_force,
        anchor=anchor.kind.value,
        anchor_on=anchor.day,
        owner=owner,
        created_by=by,
        created_at=at,
        **computed_fields(
            rule=in_force, anchor=anchor, calendar=Calendars().of(in_force, addressee)
        ),
    )
    write_change(deadline, DeadlineChange.Kind.STARTED, before={}, by=by, at=at)
    return deadline


@transaction.atomic
def set_date(
    *,
    case: Case,
    kind: str,
    due_on: datetime.date,
    title: str,
    by: User | None,
    at: datetime.datetime,
    demand: Demand | None = None,
    addressee: Addressee | None = None,
    owner: User | None = None,
    anchor_on: datetime.date | None = None,
) -> Deadline:
    """A date set by hand: look again, an event, or "expected by" of our own; never overdue.

    Raises Refused for the legal kind, for a demand or addressee of another case, for a day
    before `anchor_on`, and for one more than ten years ahead.
    """
    if kind in BY_LAW:
        raise Refused("", _("A legal deadline is computed from its rule, not set by hand."))
    if any(part is not None and part.case_id != case.pk for part in (demand, addressee)):
        raise Refused("", _("Choose a demand or an addressee of the same case."))
    check_order(due_on, anchor_on, field="due_on")
    check_near(due_on, field="due_on", by=by, at=at)
    deadline = Deadline(
        case=case,
        demand=demand,
        addressee=addressee,
        kind=kind,
        title=title,
        due_on=due_on,
        overdue_after=due_on,
        anchor_on=anchor_on,
        owner=owner,
        created_by=by,
        created_at=at,
    )
    write_change(deadline, DeadlineChange.Kind.STARTED, before={}, by=by, at=at)
    tell_assigned(deadlines=[deadline], person=owner, by=by, at=at)
    return deadline
