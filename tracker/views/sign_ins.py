"""What Django tells of signing in and out, passed on to the log."""

import functools
from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from tracker.models import User
from tracker.services.sign_ins import note_failure, note_sign_in, note_sign_out


def by_a_page(request: HttpRequest | None) -> bool:
    """Not by a test or a command that makes a session without asking."""
    return request is not None and request.resolver_match is not None


@receiver(user_logged_in)
def signed_in(user: User, request: HttpRequest | None = None, **_rest: Any) -> None:
    if by_a_page(request):
        note_sign_in(person=user, at=timezone.now())


@receiver(user_logged_out)
def signed_out(user: User | None, request: HttpRequest | None = None, **_rest: Any) -> None:
    if user is not None and by_a_page(request):
        note_sign_out(person=user, at=timezone.now())


@receiver(user_login_failed)
def failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_rest: Any) -> None:
    """Noted when the answer has left: its time must not tell whether there is such an account."""
    email = str(credentials.get("email") or "")
    if email and by_a_page(request):
        request.afterwards.append(functools.partial(note_failure, email=email, at=timezone.now()))
