"""Nothing that was opened with an account outlasts a cut-off."""

import pytest
from allauth.account.forms import default_token_generator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client

from tests.events import values
from tests.now import NOW
from tracker.models import Event, User
from tracker.services.feeds import make_feed, new_secret
from tracker.services.people.accounts import edit_person
from tracker.services.people.cut_off import cut_off
from tracker.services.people.kept_words import KEPT, reference_of


def feed_of(person, secret):
    return make_feed(user=person, name="Phone", secret=secret, everything=True, by=person, at=NOW)


def kept_text_of(person) -> str:
    browser = Client()
    session = browser.session
    session[KEPT] = {"person": reference_of(person), "at": NOW.timestamp(), "form": {}}
    session.save()
    return session.session_key


def test_sessions_feeds_texts_and_links_end_together(stranger, colleague, coordinator, signed_in):
    phone, laptop, other = signed_in(stranger), signed_in(stranger), signed_in(colleague)
    for browser in (phone, laptop, other):
        assert browser.get("/cases/").status_code == 200
    secret, kept_secret = new_secret(), new_secret()
    feed_of(stranger, secret), feed_of(colleague, kept_secret)
    text, other_text = kept_text_of(stranger), kept_text_of(colleague)
    link, other_link = (default_token_generator.make_token(p) for p in (stranger, colleague))

    ended = cut_off(person=stranger, by=coordinator, at=NOW, reason="The telephone was taken.")

    assert (ended.sessions, ended.feeds, ended.texts) == (2, 1, 1)
    for browser in (phone, laptop):
        assert browser.get("/cases/").status_code == 302
    assert other.get("/cases/").status_code == 200
    assert set(UserSession.objects.values_list("user", flat=True)) == {colleague.pk}
    assert Client().get(f"/feeds/{secret}.ics").status_code == 404
    assert Client().get(f"/feeds/{kept_secret}.ics").status_code == 200
    assert not Session.objects.filter(pk=text).exists()
    assert Session.objects.filter(pk=other_text).exists()
    stranger = User.objects.get(pk=stranger.pk)
    assert not default_token_generator.check_token(stranger, link)
    assert default_token_generator.check_token(colleague, other_link)


def test_a_session_that_was_being_written_opens_nothing(stranger, signed_in):
    browser = signed_in(stranger)
    kept = browser.session
    cut_off(person=stranger, by=stranger, at=NOW)
    kept.save(must_create=True)  # by a request that had begun before
    assert browser.get("/cases/").status_code == 302


def test_a_browser_is_no_longer_known_by_what_it_was_called(stranger):
    before = reference_of(stranger)
    cut_off(person=stranger, by=stranger, at=NOW)
    assert reference_of(User.objects.get(pk=stranger.pk)) == reference_of(stranger) != before


def test_the_session_of_a_new_password_goes_on(stranger, signed_in):
    here, there = signed_in(stranger), signed_in(stranger)
    ended = cut_off(person=stranger, by=stranger, at=NOW, kept_session=here.session.session_key)
    assert ended.sessions == 1
    assert Session.objects.filter(pk=here.session.session_key).exists()
    assert not Session.objects.filter(pk=there.session.session_key).exists()


def test_it_is_told_by_whom_why_and_what_ended(stranger, coordinator):
    feed_of(stranger, new_secret())
    cut_off(person=stranger, by=coordinator, at=NOW, reason="Detained.")
    event = Event.objects.about(stranger).get(action="person.cut_off")
    assert (event.by_id, event.at) == (coordinator.pk, NOW)
    told = {name: new for name, (_old, new) in values(event).items()}
    assert (told["reason"], told["feeds"], told["cut_offs"]) == ("Detained.", 1, 1)
    assert Event.objects.filter(action="feed.revoked", by_id=coordinator.pk).count() == 1


def test_again_ends_what_was_opened_since(stranger, signed_in):
    cut_off(person=stranger, by=stranger, at=NOW)
    signed_in(User.objects.get(pk=stranger.pk))
    assert cut_off(person=stranger, by=stranger, at=NOW).sessions == 1


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": "viewer"}])
def test_whoever_leaves_or_has_another_role_is_cut_off(stranger, administrator, signed_in, change):
    browser, secret = signed_in(stranger), new_secret()
    feed_of(stranger, secret)
    for field, value in change.items():
        setattr(stranger, field, value)
    edit_person(person=stranger, by=administrator, at=NOW)
    assert browser.get("/cases/").status_code == 302
    assert Client().get(f"/feeds/{secret}.ics").status_code == 404
