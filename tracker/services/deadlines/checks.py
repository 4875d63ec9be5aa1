"""What a further step in the life of a deadline must not contradict."""

import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tracker.dates.courses import Extension
from tracker.dates.periods import Hold
from tracker.models import Anchor, Deadline, User
from tracker.services.days import today_of, too_far
from tracker.services.deadlines.compute import steps_of
from tracker.services.deadlines.history import past_changes
from tracker.services.refusals import Refused


def check_not_held(deadline: Deadline, paused: datetime.date, resumed: datetime.date) -> None:
    """Raise Refused where the days were held before: no day is given back twice."""
    for step in steps_of(past_changes(deadline)):
        if isinstance(step, Hold) and max(step.paused_on, paused) < min(step.resumed_on, resumed):
            raise Refused(
                "on",
                _("It was paused from %(first)s to %(last)s already. Choose a day outside.")
                % {"first": date_format(step.paused_on), "last": date_format(step.resumed_on)},
            )


def check_follows_appeal(deadline: Deadline, anchor: str, anchor_on: datetime.date) -> None:
    """Nothing reaches an office before the appeal was written, nor before it was sent."""
    dated = deadline.case.issued_on
    if dated and anchor_on < dated:
        raise Refused(
            "anchor_on",
            _("The appeal is dated %(day)s; nothing happened to it before. Check the date.")
            % {"day": date_format(dated)},
        )
    sent = deadline.addressee.sent_on if deadline.addressee else None
    if sent and anchor_on < sent and anchor not in (Anchor.DATED, Anchor.SENT):
        raise Refused(
            "anchor_on",
            _("The appeal was sent on %(day)s and cannot have come before. Check the date.")
            % {"day": date_format(sent)},
        )


def check_notice_follows(deadline: Deadline, anchor_on: datetime.date) -> None:
    """An extension notified to a day before the new beginning no longer makes sense."""
    for step in steps_of(past_changes(deadline)):
        if isinstance(step, Extension):
            check_order(step.until, anchor_on, field="anchor_on")


def check_order(due_on: datetime.date, anchor_on: datetime.date | None, *, field: str) -> None:
    """Raise Refused for a last day before the first."""
    if anchor_on and due_on < anchor_on:
        raise Refused(
            field,
            _("%(due)s is before %(anchor)s, the day it is counted from. Correct one of them.")
            % {"due": date_format(due_on), "anchor": date_format(anchor_on)},
        )


def check_has_come(
    day: datetime.date, sentence: str, *, field: str, by: User | None, at: datetime.datetime
) -> None:
    """Raise Refused for a day after today, by the person's own calendar."""
    if day > today_of(by, at):
        raise Refused(field, sentence)


def check_near(day: datetime.date, *, field: str, by: User | None, at: datetime.datetime) -> None:
    """Raise Refused for a day so far ahead that the year must be mistyped."""
    if sentence := too_far(day, today_of(by, at)):
        raise Refused(field, sentence)
