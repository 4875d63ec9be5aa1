"""Private calendar feeds: making an address, taking it back, noting that it was read."""

import datetime
import secrets

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from tracker.models import FeedToken, User
from tracker.services.events import record_event
from tracker.services.refusals import Refused

# Calendars ask around the clock, and an address that is forgotten is asked for ever.
MOST = 10
READ_NOTED_EVERY = datetime.timedelta(minutes=5)


def new_secret() -> str:
    """256 random bits, safe in an address."""
    return secrets.token_urlsafe(32)


@transaction.atomic
def make_feed(
    *, user: User, name: str, secret: str, everything: bool, by: User, at: datetime.datetime
) -> FeedToken:
    """A feed of `user` under `secret`, of which only the digest is kept.

    The same secret again, from a second click, returns the first. Raises Refused for one
    taken back since, and for more than `MOST`.
    """
    # Two at once could pass the limit together.
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
    known = FeedToken.objects.filter(digest=FeedToken.digest_of(secret)).first()
    if known and (known.revoked_at or known.user_id != user.pk):
        raise Refused("", _("This address was taken back. Make a new one."))
    if known:
        return known
    if FeedToken.objects.filter(user=user).valid().count() >= MOST:
        raise Refused(
            "", _("You have %(most)d calendar addresses. Take one back first.") % {"most": MOST}
        )
    feed = FeedToken.objects.create(
        user=user,
        name=name,
        everything=everything,
        digest=FeedToken.digest_of(secret),
        created_at=at,
    )
    _record("feed.made", feed, by, at)
    return feed


@transaction.atomic
def revoke_feed(*, feed: FeedToken, by: User | None, at: datetime.datetime) -> FeedToken:
    """Take an address back at once and for good; again changes nothing."""
    feed = (
        FeedToken.objects.select_for_update(of=("self",), no_key=True)
        .select_related("user")
        .get(pk=feed.pk)
    )
    if feed.revoked_at is None:
        feed.revoked_at = at
        feed.save(update_fields=["revoked_at"])
        _record("feed.revoked", feed, by, at)
    return feed


def note_feed_read(*, feed: FeedToken, at: datetime.datetime) -> None:
    """Keep when a calendar last read it, to within five minutes: some ask every few seconds.

    The first reading of a day (UTC) is an event.
    """
    long_ago = Q(last_used_at__isnull=True) | Q(last_used_at__lt=at - READ_NOTED_EVERY)
    rows = FeedToken.objects.filter(long_ago, pk=feed.pk)
    if feed.last_used_at is not None and feed.last_used_at.date() == at.date():
        rows.update(last_used_at=at)
        return
    with transaction.atomic():
        if rows.update(last_used_at=at):
            # Done by its owner, as far as one can know: whoever has the address can ask.
            _record("feed.read", feed, feed.user, at)


def _record(action: str, feed: FeedToken, by: User | None, at: datetime.datetime) -> None:
    details = {"everything": feed.everything}
    record_event(action=action, about=feed, case=None, by=by, at=at, details=details)
