"""What holds for every request: the person's own language and clock, and private pages."""

import zoneinfo

from django.utils import timezone, translation
from django.utils.cache import patch_cache_control


def person_middleware(get_response):
    """Speak the signed-in person's language and show their local time."""

    def middleware(request):
        user = request.user
        if not user.is_authenticated:
            timezone.deactivate()
            return get_response(request)
        timezone.activate(zoneinfo.ZoneInfo(user.time_zone))
        with translation.override(user.language):
            request.LANGUAGE_CODE = user.language
            response = get_response(request)
            response.headers.setdefault("Content-Language", user.language)
        timezone.deactivate()
        return response

    return middleware


def private_pages_middleware(get_response):
    """A seized or shared device must not keep signed-in pages in its cache."""

    def middleware(request):
        response = get_response(request)
        if request.user.is_authenticated:
            patch_cache_control(response, no_store=True, private=True)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()"
        )
        return response

    return middleware
