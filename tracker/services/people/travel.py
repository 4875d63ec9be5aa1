"""A reduced view for a journey: whoever is made to open the account shows little.

On by oneself; off by a colleague who runs the team, or when the chosen day is over.
"""

import datetime

from django.db import models, transaction
from django.utils.translation import gettext as _

from tracker.models import Role, User
from tracker.services.days import today_of, too_far
from tracker.services.people.account_changes import IN_THEIR_ROLE
from tracker.services.records import save_row
from tracker.services.refusals import Refused
from tracker.services.security_notices import Notice, notify

KEEPERS = (Role.COORDINATOR, Role.ADMINISTRATOR)


@transaction.atomic
def start_travel(
    *, person: User, until: datetime.date | None, by: User, at: datetime.datetime
) -> User:
    """Reduce one's own view up to and including a day; None is until a colleague lifts it.

    Once it is on, the day may only be moved further away. Raises Refused for an earlier day, one
    that has passed, and without a day where no colleague could lift it.
    """
    person = User.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    if by.pk != person.pk:
        raise Refused("", _("Everybody turns the reduced view on for themselves."))
    today = today_of(person, at)
    if until is not None:
        if until < today:
            raise Refused("until", _("Choose today or a later day."))
        if sentence := too_far(until, today):
            raise Refused("until", sentence)
    elif not _who_could_lift(person).exists():
        raise Refused("until", _("Choose a day: there is no colleague who could lift it for you."))
    if person.travelling:
        shorter = person.travel_until is None or (until and until < person.travel_until)
        if until != person.travel_until and shorter:
            raise Refused("until", _("It can be made longer, not shorter. Ask a coordinator."))
        if until == person.travel_until:
            return person
    person.travel_since = person.travel_since or at
    person.travel_until = until
    fields = ["travel_since", "travel_until"]
    save_row(person, action="person.travel", update_fields=fields, by=by, at=at)
    notify(person=person, notice=Notice.TRAVEL_BEGAN, by=by, at=at)
    return person


@transaction.atomic
def end_travel(*, person: User, by: User | None, at: datetime.datetime) -> User:
    """Show everything again; `by=None` is the program, when the day is over.

    Raises Refused for oneself, for who may not run the team or does so only since the journey
    began and for less than a week, and for who travels too.
    """
    person = User.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    if by is not None and by.pk == person.pk:
        raise Refused("", _("Only a colleague can lift your reduced view."))
    if by is not None and (not by.coordinates or by.travelling):
        raise Refused("", _("A coordinator or administrator who does not travel can lift it."))
    if person.travel_since is None:
        return person
    # Or whoever is made to open their account would be made to name somebody who lifts it.
    named = by.role_since if by is not None else None
    if named and named >= person.travel_since and named > at - IN_THEIR_ROLE:
        raise Refused("", _("Somebody who ran the team before the journey began must lift it."))
    person.travel_since = person.travel_until = None
    fields = ["travel_since", "travel_until"]
    save_row(person, action="person.travel_ended", update_fields=fields, by=by, at=at)
    notify(person=person, notice=Notice.TRAVEL_ENDED, by=by, at=at)
    return person


def end_travels_due(*, at: datetime.datetime) -> int:
    """Whose day is over by their own calendar; returns how many."""
    away = User.objects.filter(travel_since__isnull=False, travel_until__isnull=False)
    over = [p for p in away.order_by("pk") if p.travel_until and p.travel_until < today_of(p, at)]
    for person in over:
        end_travel(person=person, by=None, at=at)
    return len(over)


def _who_could_lift(person: User) -> models.QuerySet[User]:
    keepers = User.objects.active().filter(role__in=KEEPERS, travel_since=None)
    return keepers.exclude(pk=person.pk)
