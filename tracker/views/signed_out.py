"""A form sent after the session had ended: say so, and lead to a page that can be shown."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.translation import gettext as _

COOKIE = "not_saved"
# Addresses that only take a button's press, and the page the button stands on.
PAGE_OF = {
    "calendar_confirm": ("calendar_detail", ("code",)),
    "deadline_acknowledge": ("deadline_detail", ("pk",)),
    "deadline_snooze": ("deadline_detail", ("pk",)),
    "demand_review": ("demand_detail", ("pk",)),
    "draft_background": ("draft_review", ("pk",)),
    "draft_discard": ("draft_review", ("pk",)),
    "feed_revoke": ("feed_list", ()),
    "mail_send_again": ("mail_detail", ("pk",)),
    "mail_settle": ("mail_detail", ("pk",)),
    "proposal_decide": ("demand_detail", ("pk",)),
    "reminder_retry_failed": ("reminder_list", ()),
    "silence_note": ("case_detail", ("reference",)),
}


def not_saved_middleware(get_response):
    """Tell whoever was signed out while typing, at sign-in and on the page after it."""

    def middleware(request):
        signed_in = request.user.is_authenticated
        back = signed_in and request.method == "GET" and request.COOKIES.get(COOKIE)
        if back:
            messages.warning(
                request,
                _("Your session had ended, so what you sent before signing in was not saved."),
            )
        response = get_response(request)
        if back:
            response.delete_cookie(COOKIE)
        elif request.method == "POST" and not signed_in and asks_to_sign_in(response):
            return sign_in_first(request)
        return response

    return middleware


def asks_to_sign_in(response: HttpResponse) -> bool:
    """The way there with a way back; after signing out there is none."""
    entrance = resolve_url(settings.LOGIN_URL)
    return isinstance(response, HttpResponseRedirect) and response.url.startswith(
        f"{entrance}?next="
    )


def sign_in_first(request: HttpRequest) -> HttpResponse:
    messages.warning(
        request,
        _("Your session has ended, so this was not saved. Sign in, then enter it once more."),
    )
    match = request.resolver_match
    page = request.get_full_path()
    if match is not None and match.url_name in PAGE_OF:
        name, kept = PAGE_OF[match.url_name]
        page = reverse(name, kwargs={key: match.kwargs[key] for key in kept})
    response = redirect_to_login(page)
    response.set_cookie(
        COOKIE,
        "1",
        max_age=settings.SESSION_COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response
