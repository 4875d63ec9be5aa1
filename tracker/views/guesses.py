"""Before a password, a code or a mail with a link is looked at: has this been tried too often?"""

import ipaddress
from collections.abc import Callable

from allauth.account.internal.stagekit import unstash_login
from allauth.account.signals import password_changed, password_reset, password_set
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import ngettext

from tracker.models import User
from tracker.services import guesses
from tracker.services.guesses import Limit, TooMany

KNOWN = "__Host-known" if settings.HTTPS else "known"
KNOWN_FOR = 90 * 24 * 3600  # seconds
IPV6_PREFIX = 64  # one household has all the addresses behind it


def client_address(request: HttpRequest) -> str:
    """Where a request comes from; nothing behind a socket, where no proxy tells.

    Of `X-Forwarded-For` only what our own proxies have written is believed, counted from the end.
    """
    address = request.META.get("REMOTE_ADDR", "")
    proxies = settings.TRUSTED_PROXIES
    if proxies:
        named = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
        if len(named) >= proxies and named[-proxies]:
            address = named[-proxies]
    try:
        parsed = ipaddress.ip_address(address.strip("[]"))
    except ValueError:
        return ""
    return str(parsed)


def household(address: str) -> str:
    if ":" not in address:
        return address
    return str(ipaddress.IPv6Network(f"{address}/{IPV6_PREFIX}", strict=False).network_address)


def words_of(request: HttpRequest) -> str:
    """What the browser says it is known as."""
    return request.get_signed_cookie(KNOWN, default="", salt=guesses.SALT, max_age=KNOWN_FOR)


# What is tried, at which address of ours


def password(request: HttpRequest) -> list[Limit]:
    typed = request.POST.get("login", "").strip().lower()[:254]
    if browser := of_person_of(typed, request):
        return [Limit(guesses.BY_KNOWN, (typed, browser))]
    client = household(client_address(request))
    limits = [
        Limit(guesses.BY_CLIENT, (typed, client)),
        Limit(guesses.BY_STRANGERS, (typed,)),
    ]
    # Without an address all visitors would be one client.
    return [*limits, Limit(guesses.OF_CLIENT, (client,))] if client else limits


def of_person_of(typed: str, request: HttpRequest) -> str:
    person = User.objects.filter(email__iexact=typed).first() if typed else None
    return guesses.known_browser(person, words_of(request))


def code(request: HttpRequest) -> list[Limit]:
    login = unstash_login(request, peek=True)
    if login is None or login.user is None:
        return []
    person = str(login.user.pk)
    if browser := guesses.known_browser(login.user, words_of(request)):
        return [Limit(guesses.CODE_BY_KNOWN, (person, browser))]
    return [Limit(guesses.CODE, (person,))]


def confirming(request: HttpRequest) -> list[Limit]:
    if not request.user.is_authenticated:
        return []
    return [Limit(guesses.CONFIRMING, (request.session.session_key or "",))]


def mail(request: HttpRequest) -> list[Limit]:
    typed = request.POST.get("email", "").strip().lower()[:254]
    client = household(client_address(request))
    if browser := of_person_of(typed, request):
        return [Limit(guesses.MAIL_BY_KNOWN, (typed, browser))]
    to_one = Limit(guesses.MAIL, (typed,))
    return [Limit(guesses.MAIL_OF_CLIENT, (client,)), to_one] if client else [to_one]


def link(request: HttpRequest) -> list[Limit]:
    client = household(client_address(request))
    return [Limit(guesses.LINK, (client,))] if client else []


# By the names of routes. What is sent to one of them and answered with a redirect was right, but
# for mails, which count each.
LIMITED: dict[str, Callable[[HttpRequest], list[Limit]]] = {
    "account_login": password,
    "mfa_authenticate": code,
    "account_reauthenticate": confirming,
    "mfa_reauthenticate": confirming,
    "mfa_reauthenticate_webauthn": confirming,
    "account_change_password": confirming,
    "account_reset_password": mail,
    "account_reset_password_from_key": link,
    "invitation_accept": link,
}


class GuessesMiddleware(MiddlewareMixin):
    def process_view(self, request, view, args, kwargs):
        limits_of = LIMITED.get(request.resolver_match.url_name or "")
        if limits_of is None or (request.method != "POST" and limits_of is not link):
            return None
        limits = limits_of(request)
        try:
            guesses.take_try(limits=limits, at=timezone.now())
        except TooMany as refused:
            return too_many(request, refused)
        if limits_of is not mail:
            # A link is opened; a word is sent, and a page in answer says that it was wrong.
            request.tried, request.right_below = limits, 400 if limits_of is link else 200
        return None

    def process_response(self, request, response):
        if was_right(request, response):
            guesses.give_back(limits=request.tried)
        if person := getattr(request, "becomes_known", None):
            response.set_signed_cookie(
                KNOWN,
                guesses.make_known(person, words_of(request)),
                salt=guesses.SALT,
                max_age=KNOWN_FOR,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response


def was_right(request: HttpRequest, response: HttpResponse) -> bool:
    if not getattr(request, "tried", None):
        return False
    return 300 <= response.status_code < 400 or response.status_code < request.right_below


def too_many(request: HttpRequest, refused: TooMany) -> HttpResponse:
    """The same for an account that is there as for one that is not."""
    said = ngettext(
        "That was tried too often. Wait %(count)d minute, then try again.",
        "That was tried too often. Wait %(count)d minutes, then try again.",
        refused.minutes,
    ) % {"count": refused.minutes}
    response = render(request, "account/too_many.html", {"said": said}, status=429)
    response["Retry-After"] = str(60 * refused.minutes)
    return response


def becomes_known(sender, request, user, **kwargs) -> None:
    """This browser has shown that it is the person's: by a whole sign-in, or by a mailed link."""
    if request is not None:
        request.becomes_known = user


for signal in (user_logged_in, password_changed, password_set, password_reset):
    signal.connect(becomes_known)
