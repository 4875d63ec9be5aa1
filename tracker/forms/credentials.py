"""The library's forms of passwords and second factors, where they are to do more than it does."""

import struct
from collections.abc import Iterator
from contextlib import contextmanager

from allauth.account.forms import ChangePasswordForm, UserTokenForm
from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from cryptography.exceptions import InvalidSignature
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tracker.models import User
from tracker.services.credentials import proof_failed


class OwnPasswordForm(ChangePasswordForm):
    def clean_oldpassword(self) -> str:
        try:
            return super().clean_oldpassword()
        except ValidationError:
            proof_failed(person=self.user, signed_in=True, at=timezone.now())
            raise


class LinkForm(UserTokenForm):
    def _get_user(self, uidb36: str) -> User | None:
        """Of a closed account a link opens nothing, whenever it was sent."""
        person = super()._get_user(uidb36)
        return person if person and person.is_active else None


class AddCodesForm(ActivateTOTPForm):
    def clean_code(self) -> str:
        """The code that proves the app works cannot sign in afterwards."""
        code = super().clean_code()
        TOTP(Authenticator(user=self.user))._mark_code_used(code)
        return code


# What the library of passkeys stumbles over in an answer that no browser would give.
MADE_UP = (
    *(LookupError, TypeError, ValueError, AttributeError, AssertionError),
    *(struct.error, InvalidSignature),
)


@contextmanager
def answer_of_a_browser() -> Iterator[None]:
    """Raises ValidationError for what is none."""
    try:
        yield
    except MADE_UP as error:
        raise ValidationError(_("This is no answer of a passkey.")) from error


class AddPasskeyForm(AddWebAuthnForm):
    """Always one that signs in by itself, behind the device's own lock (finger, face, PIN)."""

    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        required=False,
        help_text=_("For example the device it is on."),
    )
    passwordless = forms.BooleanField(required=False, initial=True, widget=forms.HiddenInput)

    def clean_passwordless(self) -> bool:
        return True

    def clean(self) -> dict:
        with answer_of_a_browser():
            return super().clean()


class WrongPasskeyIsTold(AuthenticateWebAuthnForm):
    def clean_credential(self) -> Authenticator:
        try:
            with answer_of_a_browser():
                return super().clean_credential()
        except ValidationError:
            signed_in = context.request.user.is_authenticated
            proof_failed(person=self.user, signed_in=signed_in, at=timezone.now())
            raise


class PasskeyAloneForm(LoginWebAuthnForm):
    """Signs in without a password, and nobody is known before."""

    def clean_credential(self) -> Authenticator:
        with answer_of_a_browser():
            return super().clean_credential()


class PasskeyAtSignInForm(WrongPasskeyIsTold):
    """After the password."""


class PasskeyOnceMoreForm(WrongPasskeyIsTold, ReauthenticateWebAuthnForm):
    """Within a session, before something that must not be done by whoever sits there."""
