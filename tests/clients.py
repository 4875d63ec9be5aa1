"""Django's test client, where the cookie of a session is not the key of its row.

Importing this teaches it; `client.session` reads the row of either.
"""

from django.conf import settings
from django.test import Client

_as_django_does = Client._set_login_cookies


def _with_the_secret(self: Client, request) -> None:
    _as_django_does(self, request)
    self.cookies[settings.SESSION_COOKIE_NAME] = request.session.secret


Client._set_login_cookies = _with_the_secret
