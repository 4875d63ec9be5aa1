import datetime

import pytest

from tests.factories.people import UserFactory
from tracker.models import Event, FeedToken
from tracker.services.feeds import MOST, make_feed, new_secret, note_feed_read, revoke_feed
from tracker.services.refusals import Refused

AT = datetime.datetime(2026, 3, 9, 9, tzinfo=datetime.UTC)
MINUTE = datetime.timedelta(minutes=1)


def make(user, secret=None, name="phone", everything=False) -> FeedToken:
    return make_feed(
        user=user,
        name=name,
        secret=secret or new_secret(),
        everything=everything,
        by=user,
        at=AT,
    )


def test_a_secret_has_256_bits_and_is_never_the_same():
    made = {new_secret() for _ in range(100)}
    assert len(made) == 100
    assert {len(secret) for secret in made} == {43}  # 256 bits, six to a letter


def test_only_the_digest_is_kept(owner):
    secret = new_secret()
    feed = make(owner, secret)
    stored = FeedToken.objects.values().get()
    assert secret not in str(stored)
    assert FeedToken.objects.of_secret(secret).get() == feed
    assert not FeedToken.objects.of_secret(stored["digest"]).exists()


def test_making_and_taking_back_are_recorded_without_the_secret(owner):
    secret = new_secret()
    feed = make(owner, secret)
    revoke_feed(feed=feed, by=owner, at=AT + MINUTE)
    events = Event.objects.order_by("pk")
    assert [(e.action, e.by_id, e.object_id) for e in events] == [
        ("feed.made", owner.pk, feed.pk),
        ("feed.revoked", owner.pk, feed.pk),
    ]
    assert secret not in str(list(events.values()))


def test_a_second_click_makes_no_second_feed(owner):
    secret = new_secret()
    assert make(owner, secret) == make(owner, secret)
    assert (FeedToken.objects.count(), Event.objects.count()) == (1, 1)


def test_an_address_taken_back_stays_so(owner):
    secret = new_secret()
    feed = make(owner, secret)
    revoke_feed(feed=feed, by=owner, at=AT)
    with pytest.raises(Refused):
        make(owner, secret)
    revoke_feed(feed=feed, by=owner, at=AT + MINUTE)
    feed.refresh_from_db()
    assert feed.revoked_at == AT
    assert not FeedToken.objects.of_secret(secret).exists()
    assert Event.objects.filter(action="feed.revoked").count() == 1


def test_a_secret_of_somebody_else_is_refused(owner, stranger):
    secret = new_secret()
    make(owner, secret)
    with pytest.raises(Refused):
        make(stranger, secret)


def test_addresses_have_a_limit_and_those_taken_back_do_not_count(owner):
    feeds = [make(owner) for _ in range(MOST)]
    with pytest.raises(Refused, match="Take one back"):
        make(owner)
    make(UserFactory())
    revoke_feed(feed=feeds[0], by=owner, at=AT)
    make(owner)


def test_somebody_who_left_has_no_feed(owner):
    secret = new_secret()
    make(owner, secret)
    owner.is_active = False
    owner.save()
    assert not FeedToken.objects.of_secret(secret).exists()


def test_reading_is_noted_every_five_minutes(owner):
    feed = make(owner)
    noted = []
    for minutes in (0, 1, 4, 6, 10, 12):
        note_feed_read(feed=feed, at=AT + minutes * MINUTE)
        feed.refresh_from_db()
        noted.append((feed.last_used_at - AT) // MINUTE)
    assert noted == [0, 0, 0, 6, 6, 12]


def test_the_first_reading_of_a_day_is_an_event(owner):
    feed = make_feed(user=owner, name="x", secret=new_secret(), everything=True, by=owner, at=AT)
    for at in (AT, AT + datetime.timedelta(hours=1), AT + datetime.timedelta(days=1)):
        feed.refresh_from_db()
        note_feed_read(feed=feed, at=at)
    told = Event.objects.filter(action="feed.read").order_by("pk")
    assert [(event.at, event.by_id, event.case_id) for event in told] == [
        (AT, owner.pk, None),
        (AT + datetime.timedelta(days=1), owner.pk, None),
    ]
