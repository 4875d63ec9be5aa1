"""The browser's end of a session: its cookie, what it forgets afterwards, and one's own list."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.sessions import middleware
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tracker.reports.sessions import places_of
from tracker.services.people.cut_off import end_sessions
from tracker.services.sessions import end_session

# Not the cookies: each of ours is taken back by name, and the browser would drop those of the
# whole domain, of other programs too.
FORGET = '"cache", "storage"'


class SessionMiddleware(middleware.SessionMiddleware):
    """The cookie is the secret, of which the rest of the program knows the digest."""

    def process_request(self, request):
        secret = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        request.session = self.SessionStore.of_secret(secret)

    def process_response(self, request, response):
        response = super().process_response(request, response)
        cookie = response.cookies.get(settings.SESSION_COOKIE_NAME)
        if cookie is not None and cookie.value:
            cookie.set(cookie.key, request.session.secret, request.session.secret)
        return response


def clear_site_data_middleware(get_response):
    """Whoever signs out, or is cut off from elsewhere, leaves no page in the browser's stores."""

    def middleware(request):
        was_signed_in = request.user.is_authenticated
        # A secret without a row: ended by hand, or by time. Its cookie goes with this answer.
        ended = bool(request.session.secret) and request.session.session_key is None
        response = get_response(request)
        if (was_signed_in or ended) and not request.user.is_authenticated:
            response.headers["Clear-Site-Data"] = FORGET
        return response

    return middleware


@require_http_methods(["GET", "HEAD", "POST"])
def session_list(request: HttpRequest) -> HttpResponse:
    at, this = timezone.now(), request.session.session_key
    if request.method == "POST":
        if "all" in request.POST:
            end_sessions(person=request.user, by=request.user, at=at)
            logout(request)
            messages.success(request, _("You are signed out everywhere."))
            return redirect("account_login")
        key = request.POST.get("key", "")
        if end_session(person=request.user, key=key, by=request.user, at=at):
            messages.success(request, _("That browser is signed out."))
        else:
            messages.info(request, _("That browser was signed out already."))
        return redirect("usersessions_list")
    places = places_of(request.user, this=this, at=at)
    return render(request, "accounts/sessions.html", {"places": places})
