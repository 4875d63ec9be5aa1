"""The life of a legal clock so far: counted again, and what a further step must not contradict."""

import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tracker.dates import rules
from tracker.dates.courses import Extension
from tracker.models import Anchor, Deadline, DeadlineChange, ResponseRule
from tracker.services.clocks import Calendars, ClockError, hold_of, reckoned_fields, steps_of
from tracker.services.deadline_history import DeadlineBeforeAnchorError, check_order


def past_changes(deadline: Deadline) -> list[DeadlineChange]:
    """The extensions and holds so far, oldest first."""
    return list(
        deadline.changes.filter(
            kind__in=[DeadlineChange.Kind.EXTENDED, DeadlineChange.Kind.RESUMED]
        ).order_by("at", "pk")
    )


def counted_again(
    deadline: Deadline,
    *,
    rule: ResponseRule,
    anchor_on: datetime.date,
    changes: list[DeadlineChange],
) -> dict[str, Any]:
    """What a legal deadline holds when it is counted again now. Raises ClockError."""
    return reckoned_fields(
        rule=rule,
        anchor=rules.Anchor(rules.AnchorKind(deadline.anchor), anchor_on),
        calendar=Calendars().of(rule, deadline.addressee),
        changes=changes,
    )


def check_not_held(deadline: Deadline, paused: datetime.date, resumed: datetime.date) -> None:
    """Raise ClockError where the days were held before: no day is given back twice."""
    for change in past_changes(deadline):
        if change.kind != DeadlineChange.Kind.RESUMED:
            continue
        hold = hold_of(change)
        if max(hold.paused_on, paused) < min(hold.resumed_on, resumed):
            raise ClockError(
                _("It was paused from %(first)s to %(last)s already. Choose a day outside.")
                % {"first": date_format(hold.paused_on), "last": date_format(hold.resumed_on)},
                field="on",
            )


def check_follows_appeal(deadline: Deadline, anchor: str, anchor_on: datetime.date) -> None:
    """Nothing reaches an office before the appeal was written, nor before it was sent."""
    dated = deadline.case.issued_on
    if dated and anchor_on < dated:
        raise DeadlineBeforeAnchorError(
            _("The appeal is dated %(day)s; nothing happened to it before. Check the date.")
            % {"day": date_format(dated)},
            field="anchor_on",
        )
    sent = deadline.addressee.sent_on if deadline.addressee else None
    if sent and anchor_on < sent and anchor not in (Anchor.DATED, Anchor.SENT):
        raise DeadlineBeforeAnchorError(
            _("The appeal was sent on %(day)s and cannot have come before. Check the date.")
            % {"day": date_format(sent)},
            field="anchor_on",
        )


def check_notice_follows(deadline: Deadline, anchor_on: datetime.date) -> None:
    """An extension notified to a day before the new beginning no longer makes sense."""
    for step in steps_of(past_changes(deadline)):
        if isinstance(step, Extension):
            check_order(step.until, anchor_on)
