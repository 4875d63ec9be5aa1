"""A form sent after the session had ended: what was typed is kept for whoever typed it.

It waits in the session of the browser it came from, for an hour, and is shown only to the person
whose session had ended there. That person is recognised by a signed cookie with a reference that
says nothing to anybody else; signing out takes both away.
"""

import datetime
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.csrf import csrf_failure as page_of_csrf_failure

from tracker.forms.tokens import TOKEN
from tracker.services.people.kept_words import KEPT, SALT, reference_of
from tracker.views.unsent import NEVER_KEPT, Unsent, or_the_words, page_of_form

NOT_SAVED = "not_saved"
LAST_PERSON = "last_person"
RETURNED = "returned"  # in the session: the same person as before, who had not signed out
LED_TO = "led_to"  # in the session: where its sign-in led
LASTS = datetime.timedelta(hours=1)
LARGEST = 200 * 1024  # bytes; the longest appeals have half as many


def not_saved_middleware(get_response):
    """Keep what somebody sent after their session had ended, and lead to it after sign-in."""

    def middleware(request):
        request.unsent = None
        was_signed_in = request.user.is_authenticated
        back = was_signed_in and request.method == "GET" and request.COOKIES.get(NOT_SAVED)
        if back:
            messages.warning(
                request,
                _("Your session had ended, so what you sent before signing in was not saved."),
            )
        kept = kept_for(request) if was_signed_in and KEPT in request.session else None
        if kept and leads_to_kept(request, kept):
            return redirect("unsent")
        response = get_response(request)
        if request.unsent and request.method == "GET":
            response = or_the_words(request, response)
        if back:
            response.delete_cookie(NOT_SAVED)
        if request.user.is_authenticated:
            if kept and was_sent(request, response, kept):
                forget(request)
            if leads_nowhere(request, response):
                response = redirect("desk")
            remember_person(request, response, arrives=not was_signed_in)
        elif was_signed_in:
            response.delete_cookie(LAST_PERSON)  # signed out on purpose; the session is gone too
        elif request.method == "POST" and asks_to_sign_in(response):
            return sign_in_first(request)
        return response

    return middleware


def asks_to_sign_in(response: HttpResponse) -> bool:
    """The way there with a way back; after signing out there is none."""
    entrance = resolve_url(settings.LOGIN_URL)
    return isinstance(response, HttpResponseRedirect) and response.url.startswith(
        f"{entrance}?next="
    )


def leads_nowhere(request: HttpRequest, response: HttpResponse) -> bool:
    """After sign-in, the address of a button that somebody had opened as if it were a page."""
    return (
        response.status_code == 405
        and request.method == "GET"
        and request.session.pop(LED_TO, "") == request.get_full_path()
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form left open in another window while the same person signed in again, once its session
    had ended: the new session has new tokens. It is a form of ours, so what was typed is kept.
    """
    ours = {f"{request.scheme}://{request.get_host()}", *settings.CSRF_TRUSTED_ORIGINS}
    if (
        request.user.is_authenticated
        and request.session.get(RETURNED)
        and request.headers.get("Origin") in ours
        and keep(request, person=reference_of(request.user))
    ):
        return redirect("unsent")
    return page_of_csrf_failure(request, reason)


def sign_in_first(request: HttpRequest) -> HttpResponse:
    if keep(request, person=request.get_signed_cookie(LAST_PERSON, default="", salt=SALT)):
        # The row itself is then out of date after the hour, and swept away; sign-in sets its own
        # age.
        request.session.set_expiry(int(LASTS.total_seconds()))
        messages.warning(
            request,
            _("You were signed out meanwhile. What you typed is kept: sign in to send it."),
        )
        return redirect_to_login(reverse("unsent"))
    messages.warning(
        request,
        _("Your session has ended, so this was not saved. Sign in, then enter it once more."),
    )
    response = redirect_to_login(page_of_form(request))
    response.set_cookie(
        NOT_SAVED,
        "1",
        max_age=settings.SESSION_COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


# Who typed it


def remember_person(request: HttpRequest, response: HttpResponse, *, arrives: bool) -> None:
    """Set at sign-in; like the session's own cookie it ends with the browser."""
    reference = reference_of(request.user)
    known = request.get_signed_cookie(LAST_PERSON, default="", salt=SALT) == reference
    if arrives:
        request.session[LED_TO] = response.headers.get("Location", "")
        if known:
            request.session[RETURNED] = True
    if not known:
        response.set_signed_cookie(
            LAST_PERSON,
            reference,
            salt=SALT,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )


# What was typed


def keep(request: HttpRequest, *, person: str) -> bool:
    """Keep the fields of a form; False where that may not be, or nobody would be recognised.

    Call it only for forms of ours, or another site could plant a text: behind the check of their
    token, or of where they came from.
    """
    if not person or request.path.startswith(NEVER_KEPT):
        return False
    unsent = Unsent.of(request)
    size = sum(len(text.encode()) for name, values in unsent.fields for text in (name, *values))
    if size > LARGEST:
        return False
    about = {"person": person, "at": timezone.now().timestamp(), "shown": False}
    request.session[KEPT] = {"form": asdict(unsent) | {"kept": True}, **about}
    return True


def kept_for(request: HttpRequest) -> dict[str, Any] | None:
    """What waits for the person signed in; what is somebody else's, or too old, is dropped."""
    kept = request.session[KEPT]
    age = timezone.now().timestamp() - kept["at"]
    if age > LASTS.total_seconds() or not constant_time_compare(
        kept["person"], reference_of(request.user)
    ):
        forget(request)
        return None
    return kept


def forget(request: HttpRequest) -> None:
    request.session.pop(KEPT, None)


def leads_to_kept(request: HttpRequest, kept: dict[str, Any]) -> bool:
    """The first page after sign-in, whichever it was meant to be, gives way to the kept text.

    From then on it stands in its form whenever that page is opened, until it is sent.
    """
    if request.method != "GET" or request.path == reverse("unsent"):
        return False
    unsent = Unsent(**kept["form"])
    if request.get_full_path() != unsent.page:
        return not kept["shown"]
    request.session[KEPT] = {**kept, "shown": True}
    request.unsent = unsent
    if request.path == unsent.path:
        request.POST = unsent.data
    return False


def was_sent(request: HttpRequest, response: HttpResponse, kept: dict[str, Any]) -> bool:
    """The page has taken the text, or shows it again in its own form: it needs no keeping."""
    taken = response.status_code < 400 or response.status_code in (409, 422)
    same = request.POST.get(TOKEN) == Unsent(**kept["form"]).data[TOKEN]
    return request.method == "POST" and taken and same
