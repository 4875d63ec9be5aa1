"""Only the invited choose their password, by a link that works once and for some days."""

import datetime

import pytest
from django.core.exceptions import ValidationError

from tests.factories.people import UserFactory
from tests.now import NOW
from tracker.models import Event, Invitation, Mail, User
from tracker.services.people.cut_off import cut_off
from tracker.services.people.invitations import (
    accept_invitation,
    invite,
    invite_again,
    take_invitation_back,
)
from tracker.services.refusals import Refused
from tracker.services.reminders.message import write_message
from tracker.services.secret_links import invitation_of, invitation_secret

DAY = datetime.timedelta(days=1)
STRONG = "four unlikely words together"


@pytest.fixture
def invitation(coordinator) -> Invitation:
    return invite(
        name="New",
        email="New@Example.org",
        role="officer",
        language="en",
        by=coordinator,
        at=NOW,
    )


def accept(secret, password=STRONG, at=NOW):
    return accept_invitation(secret=secret, password=password, at=at)


def test_until_it_is_accepted_the_account_is_closed(invitation):
    person = invitation.person
    assert (person.email, person.is_active) == ("new@example.org", False)
    assert not person.has_usable_password()
    assert not User.objects.active().contains(person)


def test_the_link_is_in_the_mail_and_nowhere_else(invitation):
    mail = Mail.objects.get()
    assert mail.to_address == "new@example.org"
    sent = write_message(mail, [], at=NOW).decode()
    [link] = {word for word in sent.replace('"', " ").split() if "/accounts/invitation/" in word}
    secret = link.rstrip("/").rpartition("/")[2]
    assert link.startswith("http")
    assert invitation_of(secret, at=NOW) == invitation
    for row in (*Mail.objects.values_list(), *Event.objects.values_list()):
        assert secret not in str(row)


def test_it_opens_the_account_once(invitation):
    secret = invitation_secret(invitation.person)
    person = accept(secret)
    assert (person.is_active, person.check_password(STRONG)) == (True, True)
    with pytest.raises(Refused):
        accept(secret, "another four unlikely words")
    assert User.objects.get(pk=person.pk).check_password(STRONG)
    assert Event.objects.about(person).get(action="person.joined").by_id == person.pk


def test_it_runs_out(invitation):
    secret = invitation_secret(invitation.person)
    assert invitation_of(secret, at=NOW + 7 * DAY - DAY / 24) == invitation
    with pytest.raises(Refused):
        accept(secret, at=NOW + 7 * DAY)


def test_a_weak_password_is_refused_and_the_link_still_works(invitation):
    secret = invitation_secret(invitation.person)
    with pytest.raises(ValidationError):
        accept(secret, "short")
    assert accept(secret).is_active


def test_taken_back_it_is_void_and_one_may_be_invited_anew(invitation, coordinator):
    secret = invitation_secret(invitation.person)
    take_invitation_back(invitation=invitation, by=coordinator, at=NOW)
    with pytest.raises(Refused):
        accept(secret)
    anew = invite(
        name="New", email="new@example.org", role="viewer", language="en", by=coordinator, at=NOW
    )
    assert (anew.person, anew.person.role) == (invitation.person, "viewer")
    assert invitation_of(secret, at=NOW) is None


def test_sent_again_the_first_link_is_void(invitation, coordinator):
    first = invitation_secret(invitation.person)
    again = invite_again(invitation=invitation, by=coordinator, at=NOW + DAY)
    assert invitation_of(first, at=NOW) is None
    assert invitation_of(invitation_secret(again.person), at=NOW) == again
    with pytest.raises(Refused):
        invite_again(invitation=invitation, by=coordinator, at=NOW + DAY)


def test_a_cut_off_takes_back_what_one_has_and_what_one_sent(invitation, coordinator):
    secret = invitation_secret(invitation.person)
    cut_off(person=coordinator, by=None, at=NOW)
    assert invitation_of(secret, at=NOW) is None


@pytest.mark.parametrize("secret", ["", "x", "WzEsMF0:1abc:x"])
def test_what_was_never_a_link_opens_nothing(invitation, secret):
    assert invitation_of(secret, at=NOW) is None


@pytest.mark.parametrize("active", [True, False])
def test_who_has_or_had_an_account_is_not_invited(coordinator, active):
    UserFactory(email="new@example.org", is_active=active)
    with pytest.raises(Refused) as refused:
        invite(
            name="N", email="NEW@example.org", role="viewer", language="en", by=coordinator, at=NOW
        )
    assert refused.value.field == "email"


def test_others_who_run_the_team_hear_of_a_new_one(administrator, coordinator):
    invitation = invite(
        name="N", email="n@example.org", role="coordinator", language="en", by=administrator, at=NOW
    )
    accept(invitation_secret(invitation.person))
    heard = Mail.objects.filter(secret_link="").values_list("person", flat=True)
    assert set(heard) == {administrator.pk, coordinator.pk}
