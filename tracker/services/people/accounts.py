"""Accounts: who may sign in, and as what."""

import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext as _

from tracker.models import Role, User
from tracker.services.events import record_event
from tracker.services.people.cut_off import cut_off
from tracker.services.records import changes, save_row
from tracker.services.refusals import Refused
from tracker.services.security_notices import Notice, notify

KEEPERS = (Role.COORDINATOR, Role.ADMINISTRATOR)


@transaction.atomic
def edit_person(*, person: User, by: User | None, at: datetime.datetime) -> User:
    """Save corrected facts, role and activity; the person is told of the last two.

    Who is deactivated or given another role is cut off. Raises ValidationError, and Refused for
    another address, which needs a second person (`account_changes.py`), for one's own role, for
    whoever opens accounts or gives roles while travelling, and where nobody would be left to
    administer.
    """
    # All administrators are held, so that two of them cannot take each other's role at once.
    administrators = list(
        User.objects.select_for_update(no_key=True).filter(role=Role.ADMINISTRATOR, is_active=True)
    )
    stored = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    person.email = person.email.strip().lower()
    changed = [name for name in changes(stored, person) if name not in NOT_EDITED]
    if "email" in changed:
        raise Refused("email", _("Ask for another address on the page of the person."))
    _check_still_administered(stored, person, administrators, by)
    if person.deputy_id == person.pk:
        raise Refused("deputy", _("Choose somebody else as deputy."))
    if not changed:
        return person
    if person.is_active and {"is_active", "role"} & set(changed):
        check_not_travelling(by)
    person.full_clean(exclude=["password"])
    action = _edit_action(stored, person)
    # Whoever comes back is as new as whoever is given a role, or an old account of a coordinator,
    # opened for the occasion, would do as a second person.
    if {"is_active", "role"} & set(changed):
        person.role_since = at
        changed.append("role_since")
    save_row(person, stored=stored, action=action, update_fields=changed, by=by, at=at)
    if {"is_active", "role"} & set(changed):
        cut_off(person=person, by=by, at=at, tell=False)
        notify(person=person, notice=_notice(stored, person), by=by, at=at)
        if person.coordinates:
            tell_keepers(about=person, by=by, at=at)
    return person


NOT_EDITED = ("password", "last_login", "cut_offs", "role_since", "travel_since", "travel_until")


def change_role(*, person: User, role: str, by: User | None, at: datetime.datetime) -> User:
    """Raises Refused for one's own, and where nobody would be left to administer."""
    person = User.objects.get(pk=person.pk)
    person.role = role
    return edit_person(person=person, by=by, at=at)


def end_access(*, person: User, by: User | None, at: datetime.datetime) -> User:
    """Close an account; its history stays. Raises Refused for one's own."""
    person = User.objects.get(pk=person.pk)
    person.is_active = False
    return edit_person(person=person, by=by, at=at)


def check_not_travelling(by: User | None) -> None:
    """Raises Refused: a new account, or a higher role, would see what the journey hides."""
    if by is not None and by.travelling:
        raise Refused("", _("While your reduced view is on, a colleague must do this."))


def tell_keepers(*, about: User, by: User | None, at: datetime.datetime) -> None:
    """Whoever runs the team hears of somebody new who may: nobody makes their own second person."""
    for keeper in (
        User.objects.active().filter(role__in=KEEPERS).exclude(pk=about.pk).order_by("pk")
    ):
        if keeper != by:
            notify(person=keeper, notice=Notice.KEEPER_ADDED, by=by, at=at)


@transaction.atomic
def remove_second_factor(*, person: User, by: User | None, at: datetime.datetime) -> int:
    """Forget codes, passkeys and recovery codes, and cut off what is open.

    Nobody calls this for another alone: it needs a second person (`account_changes.py`).
    """
    removed = Authenticator.objects.filter(user=person).delete()[0]
    if removed:
        details = {"removed": removed}
        record_event(
            action="person.second_factor_removed",
            about=person,
            case=None,
            by=by,
            at=at,
            details=details,
        )
        cut_off(person=person, by=by, at=at, tell=False)
        notify(person=person, notice=Notice.FACTOR_REMOVED, by=by, at=at)
    return removed


@transaction.atomic
def change_address(*, person: User, address: str, by: User | None, at: datetime.datetime) -> User:
    """Another address to sign in with, told to both; as above not by one person alone.

    Raises ValidationError, also where somebody else has it meanwhile.
    """
    person = User.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    former, person.email = person.email, address.strip().lower()
    person.full_clean(exclude=["password"])
    save_row(person, action="person.address", update_fields=["email"], by=by, at=at)
    # Sign-in also looks here; an address somebody no longer owns must not open the account.
    EmailAddress.objects.filter(user=person).exclude(email__iexact=person.email).delete()
    cut_off(person=person, by=by, at=at, tell=False)
    notice = Notice.ADDRESS_CHANGED
    notify(person=person, notice=notice, by=by, at=at, former_address=former)
    return person


def _check_still_administered(
    stored: User, person: User, administrators: list[User], by: User | None
) -> None:
    loses = stored in administrators and not (
        person.is_active and person.role == Role.ADMINISTRATOR
    )
    if loses and len(administrators) == 1:
        raise Refused("role", _("Nobody else is an administrator. Name another one first."))
    if by and by.pk == person.pk:
        if not person.is_active:
            raise Refused("is_active", _("You cannot close your own account."))
        if person.role != stored.role:
            raise Refused("role", _("A colleague must change your own role."))


def _edit_action(stored: User, person: User) -> str:
    if stored.is_active != person.is_active:
        return "person.reactivated" if person.is_active else "person.deactivated"
    return "person.role" if stored.role != person.role else "person.edited"


def _notice(stored: User, person: User) -> Notice:
    if stored.is_active != person.is_active:
        return Notice.ACCESS_OPENED if person.is_active else Notice.ACCESS_ENDED
    return Notice.ROLE_CHANGED
