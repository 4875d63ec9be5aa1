"""“I have it” and “snooze”: no reminders of a date to a person until a day."""

import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tracker.models import Deadline, Mute, Reminder, User
from tracker.services.days import today_of
from tracker.services.events import record_event
from tracker.services.refusals import Refused

LONGEST_MUTE = 365  # days


def acknowledge(
    *,
    deadline: Deadline,
    by: User,
    at: datetime.datetime,
    until: datetime.date | None = None,
) -> Mute:
    """ "I have it": no reminders of this date to this person until a day of their calendar.

    Without a day: until the day it is due, or for a week where that has come.
    """
    today = today_of(by, at)
    week = today + datetime.timedelta(days=7)
    until = until or (deadline.due_on if deadline.due_on > today else week)
    return mute_until(deadline, Mute.Kind.ACKNOWLEDGED, until, by=by, at=at)


def snooze(*, deadline: Deadline, days: int, by: User, at: datetime.datetime) -> Mute:
    """Remind this person again in so many days, and not before."""
    until = today_of(by, at) + datetime.timedelta(days=days)
    return mute_until(deadline, Mute.Kind.SNOOZED, until, by=by, at=at)


@transaction.atomic
def mute_until(
    deadline: Deadline, kind: str, until: datetime.date, *, by: User, at: datetime.datetime
) -> Mute:
    """Raises Refused: the date is not open, or the day is past or far away."""
    deadline = lock_open(deadline)
    days = (until - today_of(by, at)).days
    if not 1 <= days <= LONGEST_MUTE:
        raise Refused("", _("Choose a day from tomorrow on, and within a year."))
    mute = Mute.objects.create(
        deadline=deadline, generation=deadline.generation, person=by, kind=kind, until=until, at=at
    )
    reminders = reminders_of(deadline, by)
    # What is in a mail already is checked once more before it is sent: see `recheck.py`.
    reminders.filter(fire_on__lt=until, state=Reminder.State.PLANNED).update(
        state=Reminder.State.SKIPPED, reason=Reminder.Reason.MUTED
    )
    # An earlier mute may have lasted longer.
    bring_back(reminders.filter(fire_on__gte=until), at)
    note(kind, deadline, until, by=by, at=at)
    return mute


@transaction.atomic
def remind_again(*, deadline: Deadline, by: User, at: datetime.datetime) -> None:
    """End this person's mute, and with it what a snooze promised; nothing where none runs.

    Raises Refused for a date that is not open.
    """
    deadline = lock_open(deadline)
    mutes = Mute.objects.filter(deadline=deadline, generation=deadline.generation, person=by)
    last = mutes.order_by("pk").last()
    if last is None or last.until <= today_of(by, at):
        return
    mutes.delete()
    bring_back(reminders_of(deadline, by), at)
    note("unmuted", deadline, last.until, by=by, at=at)


def lock_open(deadline: Deadline) -> Deadline:
    deadline = (
        Deadline.objects.select_for_update(of=("self",), no_key=True)
        .select_related("case")
        .get(pk=deadline.pk)
    )
    if deadline.state != Deadline.State.OPEN:
        raise Refused("", _("This date is not open any more, so no reminder will come."))
    return deadline


def reminders_of(deadline: Deadline, person: User) -> QuerySet[Reminder]:
    return Reminder.objects.filter(deadline=deadline, person=person, generation=deadline.generation)


def bring_back(reminders: QuerySet[Reminder], at: datetime.datetime) -> None:
    """What a mute skipped and whose moment is still to come; planning finds what else there is."""
    reminders.filter(
        state=Reminder.State.SKIPPED, reason=Reminder.Reason.MUTED, send_at__gt=at
    ).update(state=Reminder.State.PLANNED, reason="")


def note(
    what: str, deadline: Deadline, until: datetime.date, *, by: User, at: datetime.datetime
) -> None:
    record_event(
        action=f"reminder.{what}",
        about=deadline,
        case=deadline.case,
        by=by,
        at=at,
        details={"until": until.isoformat()},
    )
