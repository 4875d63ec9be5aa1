"""Where the library of sign-in meets ours: what it writes goes through `services/credentials.py`.

It writes a password through the adapter, and the rows of codes and passkeys itself: each write of
these is told on by a signal of the table, within the transaction of the view (`in_one`). Not
within it: the mark that a code was used lies in the cache, and the session is saved afterwards.
"""

import functools
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed
from django.contrib.auth import logout
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from tracker.models import User
from tracker.permissions import is_fresh, require_both
from tracker.services import credentials
from tracker.tasks.reminders import hint_sweep
from tracker.views.guesses import client_address
from tracker.views.second_factors import ENROLLING, main_factors

in_one = transaction.atomic


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by whoever keeps people."""
        return False

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whoever must set up a second factor at sign-in has just typed the password."""
        request = context.request
        if app == "allauth.mfa" and ENROLLING in request.session and is_fresh(request):
            return False
        return super().is_reauthentication_required(app=app, **kwargs)

    def get_client_ip(self, request: HttpRequest) -> str:
        """For the list of one's own sessions, which takes an address or none."""
        return client_address(request) or "0.0.0.0"  # noqa: S104 - no address, nothing is opened

    def set_password(self, user: User, password: str) -> None:
        at, request = timezone.now(), context.request
        if request.resolver_match.url_name == "account_change_password":
            kept = request.session.session_key
            changed = credentials.change_password(
                person=user, password=password, at=at, kept_session=kept
            )
        else:
            if request.user == user:
                logout(request)  # its row goes with the other sessions
            changed = credentials.reset_password(person=user, password=password, at=at)
        # The library holds the session to these next.
        user.password, user.cut_offs = changed.password, changed.cut_offs
        hint_sweep()

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """To the address of the account, whatever was typed, and with a link of our own.

        It waits for the next sweep: the broker's answer would take time that tells who is known.
        """
        credentials.ask_reset(person=user, at=timezone.now())

    def reauthenticate(self, user: User, password: str) -> bool:
        # Not by the library's way, which would note it as a sign-in that failed.
        right = user.check_password(password)
        if not right:
            tell_failure(user, signed_in=True)
        return right


def tell_failure(person: User, *, signed_in: bool) -> None:
    credentials.proof_failed(person=person, signed_in=signed_in, at=timezone.now())
    hint_sweep()


@receiver(authentication_failed)
def wrong_code(user: User, reauthentication: bool = False, **_rest: Any) -> None:
    tell_failure(user, signed_in=reauthentication)


def done_by_its_owner(factor: Authenticator) -> bool:
    """In a page of theirs, or signing in. What others do is told by the service that does it."""
    request = context.request
    return request is not None and (request.user.is_anonymous or request.user.pk == factor.user_id)


@receiver(post_save, sender=Authenticator)
def factor_saved(
    instance: Authenticator, created: bool, update_fields: Any = None, **_rest: Any
) -> None:
    if not done_by_its_owner(instance):
        return
    person, at = instance.user, timezone.now()
    if created:
        credentials.factor_added(factor=instance, person=person, at=at)
    elif instance.type == Authenticator.Type.RECOVERY_CODES and not update_fields:
        # The library saves all of it for a used code alone: with columns for “shown” and “when”.
        credentials.recovery_code_used(person=person, at=at)
    else:
        return
    hint_sweep()


@receiver(post_delete, sender=Authenticator)
def factor_removed(instance: Authenticator, **_rest: Any) -> None:
    if done_by_its_owner(instance):
        credentials.factor_removed(factor=instance, person=instance.user, at=timezone.now())
        hint_sweep()


def with_a_password(view: Any) -> Any:
    """Whoever has none yet sets it by a link: a session alone must not give one."""

    @functools.wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated and not request.user.has_usable_password():
            return redirect("account_reset_password")
        return view(request, *args, **kwargs)

    return wrapped


def with_both(view: Any) -> Any:
    """A factor is added or removed: whoever has one already gives it beside the password.

    The library takes either. With a known password and an open session, or with a telephone and
    the computer beside it, somebody would add a passkey of their own, and stay.
    """

    @functools.wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated and main_factors(request.user).exists():
            require_both(request)
        return view(request, *args, **kwargs)

    return wrapped
