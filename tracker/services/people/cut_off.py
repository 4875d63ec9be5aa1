"""Everything that was opened with an account ends at once: for a lost telephone, a stolen
password, a colleague who was detained or has left.
"""

import datetime
from dataclasses import dataclass

from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q

from tracker.models import AccountChange, EmergencyAccess, FeedToken, Invitation, User
from tracker.services.events import record_event
from tracker.services.feeds import revoke_feed
from tracker.services.people.kept_words import KEPT, reference_of
from tracker.services.records import save_row
from tracker.services.security_notices import Notice, notify


@dataclass(frozen=True)
class CutOff:
    """What ended: sessions, calendar addresses, texts that waited for a sign-in."""

    sessions: int
    feeds: int
    texts: int


@transaction.atomic
def cut_off(
    *,
    person: User,
    by: User | None,
    at: datetime.datetime,
    reason: str = "",
    kept_session: str = "",
    tell: bool = True,
) -> CutOff:
    """End sessions, calendar feeds, kept texts and links for a new password, on every device.

    `kept_session` is the key of one that goes on: of whoever just chose a new password. Its page
    must tell it of the change (`update_session_auth_hash`). Not with `tell`, where another notice
    says what was done. Safe to repeat.
    """
    held = User.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    sessions, texts = _end_sessions(held, at, kept_session)
    feeds = list(FeedToken.objects.filter(user=held, revoked_at=None).order_by("pk"))
    for feed in feeds:
        revoke_feed(feed=feed, by=by, at=at)
    EmergencyAccess.objects.running(at).filter(user=held).update(ended_at=at)
    _take_back(held, by, at)
    # Sessions and links carry a proof that is made with this number, so one that was missed
    # above, or is being written at this moment, opens nothing any more.
    held.cut_offs += 1
    ended = {"sessions": sessions, "feeds": len(feeds), "texts": texts}
    save_row(
        held,
        action="person.cut_off",
        update_fields=["cut_offs"],
        reason=reason,
        details=ended,
        by=by,
        at=at,
    )
    person.cut_offs = held.cut_offs
    if tell and by != person:
        notify(person=held, notice=Notice.CUT_OFF, by=by, at=at)
    return CutOff(**ended)


@transaction.atomic
def end_sessions(*, person: User, by: User | None, at: datetime.datetime) -> int:
    """Sign a person out on every device, and no more; returns on how many."""
    ended, _texts = _end_sessions(person, at, "")
    if ended:
        details = {"sessions": ended}
        record_event(
            action="person.signed_out", about=person, case=None, by=by, at=at, details=details
        )
    return ended


def _take_back(person: User, by: User | None, at: datetime.datetime) -> None:
    """What was begun with the account about others, and the invitation it may be open by."""
    mine = Q(person=person) | Q(by=person)
    for invitation in Invitation.objects.open().filter(mine).order_by("pk"):
        invitation.taken_back_at = at
        save_row(invitation, action="person.invitation_taken_back", by=by, at=at)
    under_way = Q(asked_by=person) | Q(approved_by=person)
    if not person.is_active:
        under_way |= Q(person=person)  # who cannot sign in could not refuse it
    for change in AccountChange.objects.open().filter(under_way).order_by("pk"):
        change.refused_by, change.refused_at = by, at
        save_row(change, action="person.change_refused", by=by, at=at)


def _end_sessions(person: User, at: datetime.datetime, kept: str) -> tuple[int, int]:
    """How many sessions and kept texts there were.

    Whose a session is stands inside its signed data; there are as many as people signed in.
    """
    sessions, texts = [], []
    for row in Session.objects.filter(expire_date__gt=at).exclude(pk=kept):
        data = row.get_decoded()
        if data.get(SESSION_KEY) == str(person.pk):
            sessions.append(row.pk)
        elif (data.get(KEPT) or {}).get("person") == reference_of(person):
            texts.append(row.pk)
    Session.objects.filter(pk__in=[*sessions, *texts]).delete()
    UserSession.objects.filter(user=person).exclude(session_key=kept).delete()
    return len(sessions), len(texts)
