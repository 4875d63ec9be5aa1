"""Nobody gets into an account of somebody else by changing it: not alone, not at once."""

import datetime

import pytest
from allauth.mfa.models import Authenticator

from tests.factories.people import UserFactory
from tests.now import NOW
from tracker.models import AccountChange, Event, Mail, Role, User
from tracker.services.people.account_changes import (
    apply_due_changes,
    approve_change,
    ask_change,
    refuse_change,
)
from tracker.services.people.accounts import change_role, edit_person, end_access
from tracker.services.people.cut_off import cut_off
from tracker.services.refusals import Refused

HOUR = datetime.timedelta(hours=1)
DAY = 24 * HOUR
ADDRESS, FACTOR = AccountChange.Kind.ADDRESS, AccountChange.Kind.SECOND_FACTOR


@pytest.fixture
def second(db) -> User:
    return UserFactory(name="Gulnara Second", role=Role.COORDINATOR)


def asked(person, by, kind=ADDRESS, new_address="New@Example.org", at=NOW):
    return ask_change(
        person=person, kind=kind, new_address=new_address, reason="A new telephone.", by=by, at=at
    )


def with_factor(person):
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={})


def told(address) -> int:
    return Mail.objects.filter(to_address=address, kind=Mail.Kind.NOTICE).count()


def test_the_owner_is_told_at_once_at_the_address_of_now(stranger, administrator):
    change = asked(stranger, administrator)
    assert (change.new_address, change.due_at) == ("new@example.org", NOW + DAY)
    mail = Mail.objects.get()
    assert (mail.to_address, mail.next_attempt_at) == (stranger.email, NOW)
    assert "new@example.org" not in mail.body_text
    event = Event.objects.get(action="person.change_asked")
    assert (event.by_id, event.object_id) == (administrator.pk, change.pk)


def test_asked_and_agreed_it_waits_a_day(stranger, administrator, second, signed_in):
    former = stranger.email
    change = asked(stranger, administrator)
    assert apply_due_changes(at=NOW + 2 * DAY) == 0
    approve_change(change=change, by=second, at=NOW + HOUR)
    browser = signed_in(stranger)
    assert apply_due_changes(at=NOW + DAY - HOUR) == 0
    assert User.objects.get(pk=stranger.pk).email == former
    assert apply_due_changes(at=NOW + DAY) == 1
    assert User.objects.get(pk=stranger.pk).email == "new@example.org"
    assert (told(former), told("new@example.org")) == (2, 1)
    assert browser.get("/").status_code == 302
    assert apply_due_changes(at=NOW + 2 * DAY) == 0


def test_a_second_factor_goes_the_same_way(stranger, administrator, second):
    with_factor(stranger)
    change = asked(stranger, administrator, FACTOR)
    approve_change(change=change, by=second, at=NOW)
    apply_due_changes(at=NOW + DAY - HOUR)
    assert Authenticator.objects.exists()
    apply_due_changes(at=NOW + DAY)
    assert not Authenticator.objects.exists()
    assert Event.objects.filter(action="person.second_factor_removed").count() == 1


def test_who_asked_is_no_second_person(stranger, administrator):
    change = asked(stranger, administrator)
    with pytest.raises(Refused):
        approve_change(change=change, by=administrator, at=NOW)


def test_the_owner_is_no_second_person(coordinator, administrator):
    change = asked(coordinator, administrator)
    with pytest.raises(Refused):
        approve_change(change=change, by=coordinator, at=NOW)


def test_who_does_not_run_the_team_is_no_second_person(stranger, colleague, administrator):
    change = asked(stranger, administrator)
    with pytest.raises(Refused):
        approve_change(change=change, by=colleague, at=NOW)


def test_who_was_made_a_coordinator_for_it_is_no_second_person(
    stranger, colleague, administrator, second
):
    puppet = change_role(person=colleague, role=Role.COORDINATOR, by=administrator, at=NOW)
    assert told(second.email) == 1
    change = asked(stranger, administrator, at=NOW + 6 * DAY)
    with pytest.raises(Refused):
        approve_change(change=change, by=puppet, at=NOW + 7 * DAY)
    refuse_change(change=change, by=second, at=NOW + 7 * DAY)
    change = asked(stranger, administrator, at=NOW + 8 * DAY)
    approve_change(change=change, by=puppet, at=NOW + 8 * DAY)


def test_the_owner_refuses_even_what_was_agreed(stranger, administrator, second):
    change = asked(stranger, administrator)
    approve_change(change=change, by=second, at=NOW)
    refuse_change(change=change, by=stranger, at=NOW + HOUR)
    assert apply_due_changes(at=NOW + 2 * DAY) == 0
    with pytest.raises(Refused):
        approve_change(change=change, by=second, at=NOW + HOUR)


def test_a_stranger_refuses_nothing(stranger, colleague, administrator):
    change = asked(stranger, administrator)
    with pytest.raises(Refused):
        refuse_change(change=change, by=colleague, at=NOW)


def test_it_falls_when_who_agreed_has_left(stranger, administrator, second):
    change = asked(stranger, administrator)
    approve_change(change=change, by=second, at=NOW)
    User.objects.filter(pk=second.pk).update(is_active=False)
    apply_due_changes(at=NOW + DAY)
    change.refresh_from_db()
    assert (change.applied_at, change.refused_at) == (None, NOW + DAY)
    assert User.objects.get(pk=stranger.pk).email == stranger.email


def test_it_falls_when_somebody_took_the_address_meanwhile(stranger, administrator, second):
    change = asked(stranger, administrator)
    approve_change(change=change, by=second, at=NOW)
    UserFactory(email="new@example.org")
    apply_due_changes(at=NOW + DAY)
    assert AccountChange.objects.get().refused_at == NOW + DAY


def test_what_somebody_asked_for_falls_when_they_are_cut_off(stranger, administrator, second):
    approve_change(change=asked(stranger, administrator), by=second, at=NOW)
    cut_off(person=administrator, by=second, at=NOW + HOUR)
    assert AccountChange.objects.get().refused_at == NOW + HOUR
    assert apply_due_changes(at=NOW + 2 * DAY) == 0


def test_one_at_a_time(stranger, administrator):
    asked(stranger, administrator)
    with pytest.raises(Refused):
        asked(stranger, administrator)


@pytest.mark.parametrize("address", ["", "none", "COLLEAGUE@example.org", "stranger@example.org"])
def test_an_address_that_cannot_be_is_refused(stranger, colleague, administrator, address):
    with pytest.raises(Refused) as refused:
        asked(stranger, administrator, new_address=address)
    assert refused.value.field == "new_address"


def test_who_has_no_second_factor_cannot_lose_it(stranger, administrator):
    with pytest.raises(Refused):
        asked(stranger, administrator, FACTOR)


def test_an_old_account_opened_for_it_is_no_second_person(stranger, administrator, second):
    """Who was a coordinator long ago comes back as new as anybody."""
    User.objects.filter(pk=second.pk).update(is_active=False)
    puppet = User.objects.get(pk=second.pk)
    puppet.is_active = True
    edit_person(person=puppet, by=administrator, at=NOW)
    change = asked(stranger, administrator, at=NOW + HOUR)
    with pytest.raises(Refused):
        approve_change(change=change, by=puppet, at=NOW + 2 * HOUR)


def test_who_cannot_sign_in_to_refuse_loses_nothing_meanwhile(stranger, administrator, second):
    """Closed while it waits and opened again afterwards, or closed before."""
    change = asked(stranger, administrator)
    approve_change(change=change, by=second, at=NOW)
    end_access(person=stranger, by=administrator, at=NOW + HOUR)
    assert AccountChange.objects.get().refused_at == NOW + HOUR
    assert apply_due_changes(at=NOW + 2 * DAY) == 0
    with pytest.raises(Refused):
        asked(stranger, administrator, at=NOW + 2 * DAY)
