"""Inviting a colleague: a link by mail with which they, and nobody else, set their password."""

import datetime

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils.translation import gettext as _

from tracker.models import Invitation, Mail, User
from tracker.services.people.accounts import KEEPERS, check_not_travelling, tell_keepers
from tracker.services.records import save_row
from tracker.services.refusals import Refused
from tracker.services.secret_links import invitation_of
from tracker.services.security_notices import Notice, notify


@transaction.atomic
def invite(
    *, name: str, email: str, role: str, language: str, by: User | None, at: datetime.datetime
) -> Invitation:
    """Make a closed account without a password, and send the link that opens it.

    Somebody whose invitation was taken back may be invited again. Raises ValidationError, and
    Refused where there is an account, and for whoever travels.
    """
    check_not_travelling(by)
    email = email.strip().lower()
    person = User.objects.select_for_update(of=("self",), no_key=True).filter(email__iexact=email)
    known = person.first()
    if known and not known.is_active and known.has_usable_password():
        sentence = _("The account is closed. An administrator opens it again at the editing desk.")
        raise Refused("email", sentence)
    if known and known.is_active:
        raise Refused("email", _("There is an account with this address already."))
    if known and Invitation.objects.open().filter(person=known).exists():
        raise Refused("email", _("An invitation is on its way to this address. Send it again."))
    invited = known or User(email=email, is_active=False)
    invited.name, invited.role, invited.language = name.strip(), role, language
    invited.role_since = at
    if not known:
        invited.set_unusable_password()
    invited.full_clean(exclude=["password"])
    save_row(invited, action="person.invited", by=by, at=at)
    return _send(invited, by, at)


@transaction.atomic
def invite_again(*, invitation: Invitation, by: User, at: datetime.datetime) -> Invitation:
    """A new link to the same address; the one before is void.

    Raises Refused where it was used, and for whoever travels.
    """
    check_not_travelling(by)
    invitation = _open(invitation)
    invitation.taken_back_at = at
    save_row(invitation, action="person.invited_again", by=by, at=at)
    return _send(invitation.person, by, at)


@transaction.atomic
def take_invitation_back(*, invitation: Invitation, by: User, at: datetime.datetime) -> Invitation:
    """Void at once. Raises Refused where it was used."""
    invitation = _open(invitation)
    invitation.taken_back_at = at
    return save_row(invitation, action="person.invitation_taken_back", by=by, at=at)


@transaction.atomic
def accept_invitation(*, secret: str, password: str, at: datetime.datetime) -> User:
    """The invited person opens their account, once. Raises Refused and ValidationError."""
    found = invitation_of(secret, at=at)
    if found is None:
        raise Refused("", _("This link does not work any more. Ask for a new invitation."))
    invitation = _open(found)
    person = invitation.person
    validate_password(password, person)
    person.set_password(password)
    person.is_active, person.role_since = True, at
    invitation.accepted_at = at
    save_row(invitation, action="person.invitation_accepted", by=person, at=at)
    fields = ["password", "is_active", "role_since"]
    save_row(person, action="person.joined", update_fields=fields, by=person, at=at)
    if person.role in KEEPERS:
        tell_keepers(about=person, by=None, at=at)
    return person


def _send(person: User, by: User | None, at: datetime.datetime) -> Invitation:
    expires_at = at + datetime.timedelta(days=settings.INVITATION_DAYS)
    invitation = Invitation(person=person, by=by, at=at, expires_at=expires_at)
    save_row(invitation, action="person.invitation_sent", by=by, at=at)
    link = Mail.SecretLink.INVITATION
    notify(person=person, notice=Notice.INVITED, by=by, at=at, secret_link=link)
    return invitation


def _open(invitation: Invitation) -> Invitation:
    held = Invitation.objects.select_for_update(of=("self",), no_key=True)
    invitation = held.select_related("person").get(pk=invitation.pk)
    if invitation.accepted_at or invitation.taken_back_at:
        raise Refused("", _("This invitation was used or taken back meanwhile."))
    return invitation
