"""Addresses that open an account to whoever has them: in a mail, and nowhere else.

A mail that brings one is written with LINK_HERE in its place, and the address is made while the
mail goes over the wire. So neither the outbox, nor its readers, nor a backup can open an account.
"""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse

from tracker.models import Mail, User

LINK_HERE = "[…]"


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


LINKS = {Mail.SecretLink.RESET: reset_link}
