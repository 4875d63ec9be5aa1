"""Sessions: kept under a digest, for so long and no longer, and forgotten whole.

The engine of the settings. The browser has a secret; everything here, and whatever library reads
`session_key`, knows its digest alone. So a copy of the database opens no session.
"""

import datetime
import hashlib
import re
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string

from tracker.models import User
from tracker.services.events import record_event
from tracker.services.sign_ins import note_ended_sessions

DIGEST = re.compile(r"[0-9a-f]{40}")  # as long as the column of the library
SIGNED_IN_AT = "signed_in_at"  # in the session, in seconds since 1970


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()[:40]


class SessionStore(db.SessionStore):
    """Django's store of the same name, which is part of the key it signs rows with.

    Made with the key of a row, or with the secret of a browser, which `of_secret` takes whatever
    it looks like: a digest that somebody has read must not do as a secret.
    """

    def __init__(self, session_key: str | None = None) -> None:
        self.secret: str | None = None
        if session_key and not DIGEST.fullmatch(session_key):
            self.secret, session_key = session_key, digest_of(session_key)
        super().__init__(session_key)

    @classmethod
    def of_secret(cls, secret: str | None) -> "SessionStore":
        store = cls(digest_of(secret) if secret else None)
        store.secret = secret
        return store

    def _get_new_session_key(self) -> str:
        self.secret = get_random_string(43)  # 256 bits
        return digest_of(self.secret)

    def get_expiry_date(self, **kwargs: Any) -> datetime.datetime:
        """Idle so long, and so long after signing in even if somebody works on."""
        idle = super().get_expiry_date(**kwargs)
        begun = self.get(SIGNED_IN_AT)
        if begun is None:
            return idle
        latest = begun + settings.SESSION_LASTS_SECONDS
        return min(idle, datetime.datetime.fromtimestamp(latest, datetime.UTC))


def note_sign_in(sender: Any, request: Any, **kwargs: Any) -> None:
    request.session[SIGNED_IN_AT] = timezone.now().timestamp()


def forget_device(sender: Any, request: Any, **kwargs: Any) -> None:
    """The address and the browser that a session came from end with it."""
    UserSession.objects.filter(session_key=request.session.session_key or "").delete()


user_logged_in.connect(note_sign_in)
user_logged_out.connect(forget_device)


@transaction.atomic
def forget_ended(*, at: datetime.datetime) -> None:
    """What has ended leaves nothing in the database, and so what was never ended by hand.

    That somebody's session ran out is an event.
    """
    note_ended_sessions(at=at)
    Session.objects.filter(expire_date__lte=at).delete()
    running = Session.objects.values("session_key")
    UserSession.objects.exclude(session_key__in=running).delete()


@transaction.atomic
def end_session(*, person: User, key: str, by: User, at: datetime.datetime) -> bool:
    """Sign a person out on one device; False for one that is not theirs, or gone already."""
    theirs = UserSession.objects.filter(user=person, session_key=key)
    if not theirs.delete()[0]:
        return False
    Session.objects.filter(pk=key).delete()
    record_event(
        action="person.signed_out",
        about=person,
        case=None,
        by=by,
        at=at,
        details={"sessions": 1},
    )
    return True
