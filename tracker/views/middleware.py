"""What holds for every request: one's own language and clock, small and private pages."""

import zoneinfo

from django.middleware.gzip import GZipMiddleware
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control


class GzipPagesMiddleware(GZipMiddleware):
    """Pages and exports shrink to about a fifth, which a phone on a slow line feels.

    Whoever sees the length of compressed answers and makes a browser ask again and again could
    guess a secret that stands in them beside words of the attacker's (BREACH). Here the token of
    each form is masked anew in every answer, other sites cannot make requests with our cookies
    (SameSite, and no window of ours keeps an opener), and Django pads by a random length. Account
    pages, which show one-time addresses, keys and recovery codes, are not compressed at all.
    """

    COMPRESSED = ("text/html", "text/csv")

    def process_response(self, request, response):
        kind = response.headers.get("Content-Type", "")
        # A stored file is sent as it lies there: mostly packed already, and with its length.
        if (
            response.streaming
            or not kind.startswith(self.COMPRESSED)
            or request.path.startswith("/accounts/")
        ):
            return response
        return super().process_response(request, response)


def person_middleware(get_response):
    """Speak the signed-in person's language, show their local time, and leave no page behind.

    A seized or shared device must not keep signed-in pages in its cache.
    """

    def middleware(request):
        user = request.user
        if user.is_authenticated:
            timezone.activate(zoneinfo.ZoneInfo(user.time_zone))
            with translation.override(user.language):
                request.LANGUAGE_CODE = user.language
                response = get_response(request)
                response.headers.setdefault("Content-Language", user.language)
        else:
            response = get_response(request)
        # Not the person from before: whoever signed in or out meanwhile has the page now.
        if request.user.is_authenticated:
            patch_cache_control(response, no_store=True, private=True)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()"
        )
        # A worker's thread serves the next person too.
        timezone.deactivate()
        return response

    return middleware
