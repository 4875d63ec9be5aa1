"""How often may somebody guess? Passwords, codes, and mails that are asked for.

Each limit is a number of tries at once, and a pause for each one more (the "generic cell rate
algorithm", ITU-T I.371, as a leaky bucket). One statement takes a try, so that however many come
at the same moment, no two take the same one. The library's limits are counted in the cache, one
lock after the other, and shut out whoever is guessed at: these know a person's own browser.
"""

import datetime
import hashlib
import hmac
import math
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.utils.crypto import get_random_string, salted_hmac

from tracker.models import GuessLimit, User

SALT = "tracker.known_browser"


@dataclass(frozen=True)
class Rate:
    """`at_once` tries, then one more after each `pause` in seconds."""

    what: str
    at_once: int
    pause: int

    def in_the_first(self, seconds: int) -> int:
        """The most that anybody gets, beginning with an empty bucket."""
        return self.at_once + seconds // self.pause


@dataclass(frozen=True)
class Limit:
    """A rate, of one account, client or browser."""

    rate: Rate
    of: tuple[str, ...]

    @property
    def key(self) -> str:
        # Keyed, because an address has few bits to be guessed.
        text = "\x00".join((self.rate.what, *self.of)).encode()
        return hmac.new(settings.SECRET_KEY.encode(), text, hashlib.sha256).hexdigest()


# Of passwords: by a client nobody knows; of all such clients together; of one client, whichever
# accounts it tries; and by a browser the person has signed in with, which asks nobody else's.
BY_CLIENT = Rate("password, account and client", 5, 3 * 60)
BY_STRANGERS = Rate("password, account", 20, 6 * 60)
OF_CLIENT = Rate("password, client", 60, 60)
BY_KNOWN = Rate("password, known browser", 10, 5 * 60)
# Of codes, by whoever has the password already, and of the password by whoever has the session.
CODE = Rate("code, account", 10, 10 * 60)
CODE_BY_KNOWN = Rate("code, known browser", 10, 5 * 60)
CONFIRMING = Rate("confirming, session", 10, 5 * 60)
# Of mails with a link: to one address, to one from a known browser, and from one client.
MAIL = Rate("mail, address", 3, 20 * 60)
MAIL_BY_KNOWN = Rate("mail, known browser", 3, 20 * 60)
MAIL_OF_CLIENT = Rate("mail, client", 20, 3 * 60)
# Of links that somebody makes up.
LINK = Rate("link, client", 30, 60)


class TooMany(Exception):  # noqa: N818 - an answer, not an error
    """`seconds` until the next try."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds

    @property
    def minutes(self) -> int:
        return max(1, math.ceil(self.seconds / 60))


TAKE = """
INSERT INTO tracker_guesslimit AS bucket (key, empty_at) VALUES (%(key)s, %(at)s + %(pause)s)
ON CONFLICT (key) DO UPDATE
SET empty_at = CASE WHEN bucket.empty_at > %(at)s THEN bucket.empty_at ELSE %(at)s END + %(pause)s
WHERE bucket.empty_at <= %(at)s + %(room)s
"""


def take_try(*, limits: Iterable[Limit], at: datetime.datetime) -> None:
    """Take one try of each limit. Raises TooMany where one has none left; then none is taken."""
    taken: list[Limit] = []
    for limit in limits:
        if not _take(limit, at.timestamp()):
            give_back(limits=taken)
            raise TooMany(_wait(limit, at.timestamp()))
        taken.append(limit)


def _take(limit: Limit, now: float) -> bool:
    rate = limit.rate
    # A microsecond more, or the sum of many pauses would come out a hair too long.
    room = rate.pause * (rate.at_once - 1) + 1e-6
    with connection.cursor() as cursor:
        cursor.execute(TAKE, {"key": limit.key, "at": now, "pause": rate.pause, "room": room})
        return cursor.rowcount == 1


def _wait(limit: Limit, now: float) -> float:
    empty_at = GuessLimit.objects.filter(pk=limit.key).values_list("empty_at", flat=True).first()
    return max(0.0, (empty_at or now) - now - limit.rate.pause * (limit.rate.at_once - 1))


def give_back(*, limits: Iterable[Limit]) -> None:
    """It was no guess: the word was right."""
    for limit in limits:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE tracker_guesslimit SET empty_at = empty_at - %s WHERE key = %s",
                [limit.rate.pause, limit.key],
            )


def forget_guesses(*, at: datetime.datetime) -> int:
    """Drop what has emptied. Returns how many."""
    return GuessLimit.objects.filter(empty_at__lt=at.timestamp()).delete()[0]


# A person's own browser

KNOWN_PEOPLE = 5  # of a browser that several share


def known_as(person: User, browser: str) -> str:
    """What a browser is told it is known as: another word after each new password or cut-off."""
    return salted_hmac(SALT, f"{browser}:{person.pk}:{person.get_session_auth_hash()}").hexdigest()


def make_known(person: User, before: str) -> str:
    """The words for a browser's cookie, with those of whoever else signs in there."""
    browser, *others = before.split(".") if before else [get_random_string(22)]
    word = known_as(person, browser)
    kept = [other for other in others if other != word][: KNOWN_PEOPLE - 1]
    return ".".join([browser, word, *kept])


def known_browser(person: User | None, words: str) -> str:
    """The browser's own name, where this person has signed in with it; else nothing."""
    browser, *known = words.split(".")
    if person is None or not person.is_active or known_as(person, browser) not in known:
        return ""
    return browser
