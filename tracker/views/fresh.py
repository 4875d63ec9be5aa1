"""Before what outlasts an unlocked session, whoever sits there says once more who they are.

A page or an action asks with `require_fresh(request)` or `@fresh`; the password, or the second
factor, is asked by the library's pages. Afterwards one goes on where one was: a page opens, a file
begins to load, and what was sent waits behind one button, so that it passes every check of a form.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.core.exceptions import ReauthenticationRequired
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.deprecation import MiddlewareMixin
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tracker.forms.tokens import CARRIED, TOKEN
from tracker.permissions import (
    FactorNeedsConfirming,
    FileNeedsConfirming,
    fresh_proofs,
    is_fresh,
    require_fresh,
)
from tracker.views.unsent import is_ours, page_of_form

WAITING = "waits_for_confirmation"  # in the session
LARGEST = 200 * 1024  # bytes of what is kept meanwhile
# A form with a password is never kept, and the secret-to-be of a calendar is made anew.
NEVER_KEPT = "password"
SECRET = {"ticket"}


def fresh(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For a page whose every use asks, looking at it included."""

    @wraps(view)
    def asking(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        require_fresh(request)
        return view(request, *args, **kwargs)

    asking.asks_first = True
    return asking


class FreshMiddleware(MiddlewareMixin):
    """Answers the question raised anywhere, in the library's views too.

    The library's own way would write the whole request, its cookies included, into the session.
    """

    def process_view(self, request, view, args, kwargs):
        waiting = request.session.get(WAITING)
        if request.method == "POST" and waiting and waiting.get("fields"):
            token = dict(waiting["fields"]).get(TOKEN)
            if token == [request.POST.get(TOKEN)] and is_fresh(request):
                del request.session[WAITING]

    def process_exception(self, request, exception):
        if isinstance(exception, ReauthenticationRequired):
            return confirm_first(request, exception)
        return None


def confirm_first(request: HttpRequest, why: ReauthenticationRequired) -> HttpResponse:
    """To the question; what was asked for is remembered."""
    if not request.user.is_authenticated:
        return redirect("account_login")
    methods = get_adapter().get_reauthentication_methods(request.user)
    if not methods:
        raise PermissionDenied(_("Set a password first: sign out, and use “I forgot my password”."))
    if isinstance(why, FactorNeedsConfirming):
        methods = not_given_yet(request, methods)
    on = reverse("go_on")
    if request.method == "POST":
        fields = kept_fields(request)
        page = page_of_form(request)
        if fields is None:
            on = page
        else:
            wait(request, page=page, fields=fields)
    elif isinstance(why, FileNeedsConfirming):
        wait(request, page=page_before(request))
    else:
        on = request.get_full_path()
    return redirect(f"{methods[0]['url']}?{urlencode({'next': on})}")


def not_given_yet(request: HttpRequest, methods: list[dict]) -> list[dict]:
    """The question for the proof that is missing, with a word on why it is not enough so far."""
    given = fresh_proofs(request)
    if given:
        said = _("This needs your password and your second factor, one after the other.")
        messages.info(request, said)
    left = [
        m for m in methods if ("password" if m["id"] == "reauthenticate" else "mfa") not in given
    ]
    return left or methods


def wait(request: HttpRequest, **more: Any) -> None:
    request.session[WAITING] = {"path": request.get_full_path(), **more}


def kept_fields(request: HttpRequest) -> list[tuple[str, list[str]]] | None:
    """None where nothing may be kept: a password was typed, or it is a file, or too much."""
    fields = [
        (name, values)
        for name, values in request.POST.lists()
        if name != CARRIED[0] and name not in SECRET
    ]
    size = sum(len(text.encode()) for name, values in fields for text in (name, *values))
    if request.FILES or size > LARGEST or any(NEVER_KEPT in name for name, _values in fields):
        return None
    return fields


def page_before(request: HttpRequest) -> str:
    """The page with the link to a file, where the browser tells."""
    _origin, _slashes, rest = request.headers.get("Referer", "").partition("//")
    host, slash, path = rest.partition("/")
    page = slash + path
    return page if host == request.get_host() and is_ours(request, page) else reverse("desk")


@require_safe
@fresh
def go_on(request: HttpRequest) -> HttpResponse:
    """After the question: the file begins to load, or what was sent is sent by a click."""
    waiting = request.session.get(WAITING)
    if waiting is None:
        return redirect("desk")
    if "fields" not in waiting:
        del request.session[WAITING]
    return render(request, "accounts/go_on.html", waiting)
