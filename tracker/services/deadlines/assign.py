"""Who answers for a date, and that they hear of it at once."""

import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from tracker.models import Case, Deadline, DeadlineChange, Mute, Reminder, User
from tracker.services.days import today_of
from tracker.services.deadlines.history import snapshot, write_change
from tracker.services.deadlines.lock import check_state, lock
from tracker.services.refusals import Refused
from tracker.services.reminders.recipients import Staff
from tracker.services.reminders.schedule import Schedules, offset_for_day


@transaction.atomic
def assign_deadline(
    *,
    deadline: Deadline,
    owner: User | None,
    reason: str,
    by: User | None,
    at: datetime.datetime,
    shown_version: int | None = None,
) -> Deadline:
    """Give a date to another person, or with None to whoever leads the case.

    The clock runs on; what waits for the one is taken back, the next sweep plans for the other.
    Raises Refused for somebody who does not work, may not see the case or has it already, and for
    a date that has ended.
    """
    deadline = lock(deadline, shown_version)
    check_state(deadline, Deadline.State.OPEN, Deadline.State.PAUSED)
    if owner == deadline.owner:
        raise Refused("owner", _("It is theirs already. Choose somebody else."))
    case = deadline.case
    if owner is not None and not User.objects.working().able_to_see(case).contains(owner):
        raise Refused(
            "owner",
            _("%(name)s cannot work on this case. Choose somebody of its team.")
            % {"name": owner.name},
        )
    former = deadline.owner
    before = snapshot(deadline) | {"owner": name_of(former)}
    if former is not None:
        # What was planned for somebody away is the deputy's.
        told = {former, stand_in(former, case, at)}
        theirs = Reminder.objects.filter(
            deadline=deadline, generation=deadline.generation, person__in=told
        )
        theirs.cancel(Reminder.Reason.NOT_CONCERNED)
        # A snooze would remind them all the same.
        Mute.objects.filter(deadline=deadline, person__in=told - {owner}).delete()
    deadline.owner = owner
    write_change(
        deadline,
        DeadlineChange.Kind.ASSIGNED,
        before=before,
        by=by,
        at=at,
        reason=reason,
        after=snapshot(deadline) | {"owner": name_of(owner)},
    )
    tell_assigned(deadlines=[deadline], person=owner or case.lead, by=by, at=at)
    return deadline


def stand_in(person: User, case: Case, at: datetime.datetime) -> User:
    """Who is told in place of somebody away; the person, where that is nobody."""
    return Staff([case.pk]).or_deputy(person, case.pk, today_of(person, at))


def name_of(person: User | None) -> str:
    return person.name if person else ""


def tell_lead(*, case: Case, by: User | None, at: datetime.datetime) -> None:
    """Tell a new lead at once which dates of nobody in particular are theirs now."""
    unowned = Deadline.objects.open().filter(case=case, owner=None).order_by("due_on", "pk")
    tell_assigned(deadlines=list(unowned), person=case.lead, by=by, at=at)


def tell_assigned(
    *,
    deadlines: list[Deadline],
    person: User | None,
    by: User | None,
    at: datetime.datetime,
) -> None:
    """Tell somebody at once that these dates of one case are theirs now, in one e-mail.

    The deputy hears of it instead of somebody away. Nothing happens where nobody is named, where
    people name themselves, or where the person prefers to hear of it in time.
    """
    if person is None or person == by or not deadlines:
        return
    person = stand_in(person, deadlines[0].case, at)
    if person == by or not person.mail_at_once:
        return
    today = today_of(person, at)
    schedules = Schedules()
    rows = []
    for deadline in deadlines:
        if deadline.state == Deadline.State.OPEN:
            # By the number that the plan has for today, if it has one: two would be told twice.
            offset = offset_for_day(deadline, schedules.of(deadline), today)
            rows.append(
                Reminder(
                    deadline=deadline,
                    generation=deadline.generation,
                    person=person,
                    offset_days=offset.days,
                    due_on=deadline.due_on,
                    fire_on=today,
                    send_at=at,
                    at_once=True,
                    created_at=at,
                )
            )
    Reminder.objects.bulk_create(rows, ignore_conflicts=True)
    for row in rows:
        # Theirs before, taken back, and theirs again within a day; or planned for a later hour.
        Reminder.objects.filter(
            Q(state=Reminder.State.CANCELLED) | Q(state=Reminder.State.PLANNED, at_once=False),
            deadline=row.deadline,
            generation=row.generation,
            person=person,
            offset_days=row.offset_days,
        ).update(state=Reminder.State.PLANNED, reason="", fire_on=today, send_at=at, at_once=True)
