"""Where somebody is signed in, in words they can recognise a device by."""

import datetime
from dataclasses import dataclass

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils.translation import gettext as _

from tracker.models import User

# What a browser calls itself, the most particular first: each names its ancestors as well.
BROWSERS = (
    ("YaBrowser", "Yandex"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
DEVICES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True)
class Place:
    """One browser somebody is signed in with."""

    key: str
    device: str
    since: datetime.datetime
    last_seen: datetime.datetime
    is_this: bool


def places_of(user: User, *, this: str, at: datetime.datetime) -> list[Place]:
    """This browser first, then by when they were last seen."""
    running = Session.objects.filter(expire_date__gt=at).values("session_key")
    rows = UserSession.objects.filter(user=user, session_key__in=running)
    places = [
        Place(
            row.session_key,
            device_of(row.user_agent),
            row.created_at,
            row.last_seen_at,
            row.session_key == this,
        )
        for row in rows.order_by("-last_seen_at", "pk")
    ]
    return sorted(places, key=lambda place: not place.is_this)


def device_of(agent: str) -> str:
    browser = next((name for word, name in BROWSERS if word in agent), "")
    device = next((name for word, name in DEVICES if word in agent), "")
    if browser and device:
        return _("%(browser)s on %(device)s") % {"browser": browser, "device": device}
    return browser or device or _("another program")
