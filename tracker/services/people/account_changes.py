"""Another address, or the end of a second factor: what would let somebody into an account.

One person asks, a second agrees, the owner is told at once at the address of before, and only
after a wait is it done: until then the owner can refuse it.
"""

import datetime

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from tracker.models import AccountChange, User
from tracker.services.people.accounts import change_address, remove_second_factor
from tracker.services.records import save_row
from tracker.services.refusals import Refused
from tracker.services.security_notices import Notice, notify

# Whoever was let in as a second person a moment ago is none.
IN_THEIR_ROLE = datetime.timedelta(days=7)


@transaction.atomic
def ask_change(
    *,
    person: User,
    kind: str,
    reason: str,
    by: User,
    at: datetime.datetime,
    new_address: str = "",
) -> AccountChange:
    """Ask for a change of an account, one's own or a colleague's; its owner is told at once.

    Raises Refused without a reason, for a closed account, for an address that cannot be, without a
    second factor, and where one is asked for already.
    """
    person = User.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    new_address, reason = new_address.strip().lower(), reason.strip()
    if not reason:
        raise Refused("reason", _("Say why."))
    if not person.is_active:
        raise Refused("", _("This account is closed: nobody could refuse the change."))
    if AccountChange.objects.open().filter(person=person, kind=kind).exists():
        raise Refused("", _("This is asked for already. It waits for a second person, or its day."))
    if kind == AccountChange.Kind.ADDRESS:
        _check_address(person, new_address)
    elif not Authenticator.objects.filter(user=person).exists():
        raise Refused("", _("%(name)s has no second factor.") % {"name": person.name})
    change = AccountChange(
        person=person,
        kind=kind,
        new_address=new_address if kind == AccountChange.Kind.ADDRESS else "",
        reason=reason,
        asked_by=by,
        asked_at=at,
        due_at=at + datetime.timedelta(hours=settings.ACCOUNT_CHANGE_HOURS),
    )
    save_row(change, action="person.change_asked", by=by, at=at)
    notify(person=person, notice=Notice.CHANGE_ASKED, by=by, at=at)
    return change


@transaction.atomic
def approve_change(*, change: AccountChange, by: User, at: datetime.datetime) -> AccountChange:
    """Agree as the second person; done after the wait. Again changes nothing.

    Raises Refused for who asked, for the owner, for who does not run the team or does so for less
    than a week, and for a change that is done or refused.
    """
    change = _open(change)
    if by.pk in (change.asked_by_id, change.person_id):
        raise Refused("", _("Neither who asked nor the owner can agree; a third person must."))
    if not by.coordinates or by.travelling:
        raise Refused("", _("A coordinator or administrator must agree."))
    if by.role_since and by.role_since > change.asked_at - IN_THEIR_ROLE:
        raise Refused("", _("Who agrees must have been in their role for a week before."))
    if change.approved_at is None:
        change.approved_by, change.approved_at = by, at
        save_row(change, action="person.change_approved", by=by, at=at)
    return change


@transaction.atomic
def refuse_change(*, change: AccountChange, by: User, at: datetime.datetime) -> AccountChange:
    """Say no: the owner, who asked, or whoever runs the team. Raises Refused where it is done."""
    change = _open(change)
    if by.pk not in (change.asked_by_id, change.person_id) and not by.coordinates:
        raise Refused("", _("You cannot refuse this."))
    change.refused_by, change.refused_at = by, at
    save_row(change, action="person.change_refused", by=by, at=at)
    notify(person=change.person, notice=Notice.CHANGE_REFUSED, by=by, at=at)
    return change


def apply_due_changes(*, at: datetime.datetime) -> int:
    """Do what was agreed and has waited long enough; returns how many.

    One whose address somebody else has meanwhile, or whose two people run the team no more, is
    refused by the program.
    """
    due = list(AccountChange.objects.due(at).order_by("due_at", "pk"))
    for change in due:
        _apply(change, at)
    return len(due)


@transaction.atomic
def _apply(change: AccountChange, at: datetime.datetime) -> None:
    change = _locked(change)
    if not change.open or change.approved_by is None or change.due_at > at:
        return
    try:
        _check_still_agreed(change)
        if change.kind == AccountChange.Kind.ADDRESS:
            _check_address(change.person, change.new_address)
    except Refused:
        change.refused_at = at
        save_row(change, action="person.change_refused", by=None, at=at)
        notify(person=change.person, notice=Notice.CHANGE_REFUSED, by=None, at=at)
        return
    change.applied_at = at
    save_row(change, action="person.change_made", by=None, at=at)
    if change.kind == AccountChange.Kind.ADDRESS:
        change_address(person=change.person, address=change.new_address, by=None, at=at)
    else:
        remove_second_factor(person=change.person, by=None, at=at)


def _check_still_agreed(change: AccountChange) -> None:
    asked, approved = change.asked_by, change.approved_by
    asks = asked.is_active and (asked == change.person or asked.coordinates)
    if not (asks and approved and approved.coordinates):
        raise Refused("", _("Those who agreed do not run the team any more."))


def _check_address(person: User, address: str) -> None:
    try:
        validate_email(address)
    except ValidationError as error:
        raise Refused("new_address", error.messages[0]) from error
    if address == person.email:
        raise Refused("new_address", _("This is the address already."))
    if User.objects.filter(email__iexact=address).exists():
        raise Refused("new_address", _("There is an account with this address already."))


def _locked(change: AccountChange) -> AccountChange:
    held = AccountChange.objects.select_for_update(of=("self",), no_key=True)
    return held.select_related("person", "asked_by", "approved_by").get(pk=change.pk)


def _open(change: AccountChange) -> AccountChange:
    change = _locked(change)
    if not change.open:
        raise Refused("", _("This was done or refused meanwhile."))
    return change
