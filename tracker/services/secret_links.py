"""Addresses that open an account to whoever has them: in a mail, and nowhere else.

A mail that brings one is written with LINK_HERE in its place, and the address is made while the
mail goes over the wire. So neither the outbox, nor its readers, nor a backup can open an account.
"""

import datetime

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core import signing
from django.urls import reverse

from tracker.models import Invitation, Mail, User

LINK_HERE = "[…]"
SALT = "tracker.invitation"


def secret_link(mail: Mail) -> str:
    """ "" where the mail has none."""
    return LINKS[Mail.SecretLink(mail.secret_link)](mail.person) if mail.secret_link else ""


def reset_link(person: User) -> str:
    """Where a new password can be set, once, until PASSWORD_RESET_TIMEOUT.

    From the configured address, never from a request: whoever asks names the host in it.
    """
    key = default_token_generator.make_token(person)
    kwargs = {"uidb36": user_pk_to_url_str(person), "key": key}
    return settings.BASE_URL + reverse("account_reset_password_from_key", kwargs=kwargs)


def invitation_link(person: User) -> str:
    """Where the invited choose their first password."""
    return settings.BASE_URL + reverse("invitation_link", args=[invitation_secret(person)])


def invitation_secret(person: User) -> str:
    """ "" where no invitation is open."""
    invitation = Invitation.objects.open().filter(person=person).first()
    return signing.dumps([invitation.pk, person.cut_offs], salt=SALT) if invitation else ""


def invitation_of(secret: str, *, at: datetime.datetime) -> Invitation | None:
    """None for what was never one, and for one that ran out, was used, or taken back."""
    try:
        number, cut_offs = signing.loads(secret, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    open_ones = Invitation.objects.open().filter(expires_at__gt=at, person__cut_offs=cut_offs)
    return open_ones.select_related("person").filter(pk=number).first()


def opens_nothing(mail: Mail) -> bool:
    """By the time it is sent: the account was closed, the invitation taken back or used."""
    if mail.secret_link == Mail.SecretLink.INVITATION:
        return not Invitation.objects.open().filter(person=mail.person).exists()
    return bool(mail.secret_link) and not mail.person.is_active


LINKS = {Mail.SecretLink.RESET: reset_link, Mail.SecretLink.INVITATION: invitation_link}
