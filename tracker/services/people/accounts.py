"""Accounts: who may sign in, and as what."""

import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils.translation import gettext as _

from tracker.models import Role, User
from tracker.services.events import record_event
from tracker.services.people.cut_off import cut_off
from tracker.services.records import changes, save_row
from tracker.services.refusals import Refused


@transaction.atomic
def create_person(
    *, person: User, by: User | None, at: datetime.datetime, password: str = ""
) -> User:
    """Give somebody an account; without a password they set one by “forgot your password?”.

    Raises ValidationError for a bad field or a weak password.
    """
    person.email = person.email.strip().lower()
    if password:
        validate_password(password, person)
        person.set_password(password)
    else:
        person.set_unusable_password()
    person.full_clean(exclude=["password"])
    return save_row(person, action="person.created", by=by, at=at)


@transaction.atomic
def edit_person(
    *, person: User, by: User | None, at: datetime.datetime, password: str = ""
) -> User:
    """Save corrected facts, role, activity and, if given, a new password.

    Who is deactivated, given another role or a new password is cut off. Raises
    ValidationError, and Refused where nobody would be left to administer.
    """
    # All administrators are held, so that two of them cannot take each other's role at once.
    administrators = list(
        User.objects.select_for_update(no_key=True).filter(role=Role.ADMINISTRATOR, is_active=True)
    )
    stored = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    person.email = person.email.strip().lower()
    changed = [name for name in changes(stored, person) if name not in ("password", "last_login")]
    _check_still_administered(stored, person, administrators, by)
    if person.deputy_id == person.pk:
        raise Refused("deputy", _("Choose somebody else as deputy."))
    if password:
        validate_password(password, person)
        person.set_password(password)
        changed.append("password")
    if not changed:
        return person
    person.full_clean(exclude=["password"])
    action = _edit_action(stored, person)
    save_row(person, stored=stored, action=action, update_fields=changed, by=by, at=at)
    if "email" in changed:
        # Sign-in also looks here; an address somebody no longer owns must not open the account.
        EmailAddress.objects.filter(user=person).exclude(email__iexact=person.email).delete()
    if {"is_active", "role", "password"} & set(changed):
        cut_off(person=person, by=by, at=at)
    return person


@transaction.atomic
def remove_second_factor(*, person: User, by: User | None, at: datetime.datetime) -> int:
    """For a lost telephone: forget codes and recovery codes, and cut off what is open."""
    removed = Authenticator.objects.filter(user=person).delete()[0]
    if removed:
        _record("person.second_factor_removed", person, by, at, {"removed": removed})
        cut_off(person=person, by=by, at=at)
    return removed


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
            raise Refused("role", _("Another administrator must change your own role."))


def _edit_action(stored: User, person: User) -> str:
    if stored.is_active != person.is_active:
        return "person.reactivated" if person.is_active else "person.deactivated"
    return "person.role" if stored.role != person.role else "person.edited"


def _record(action: str, person: User, by: User | None, at: datetime.datetime, more: dict) -> None:
    record_event(action=action, about=person, case=None, by=by, at=at, details=more)
