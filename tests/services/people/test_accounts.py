import datetime

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session

from tests.factories.people import UserFactory
from tracker.models import Event, Mail, Role, User
from tracker.services.people.accounts import (
    change_address,
    edit_person,
    end_access,
    remove_second_factor,
)
from tracker.services.refusals import Refused

AT = datetime.datetime(2026, 3, 2, 9, 30, tzinfo=datetime.UTC)
STRONG = "four unlikely words together"


def actions(person):
    return list(Event.objects.about(person).order_by("pk").values_list("action", flat=True))


def test_whoever_leaves_is_signed_out_at_once(administrator, stranger, colleague, signed_in):
    theirs, other = signed_in(stranger), signed_in(colleague)
    stranger.is_active = False
    edit_person(person=stranger, by=administrator, at=AT)
    assert not Session.objects.filter(pk=theirs.session.session_key).exists()
    assert Session.objects.filter(pk=other.session.session_key).exists()
    assert actions(stranger) == ["person.deactivated", "person.cut_off"]


def test_a_new_role_signs_out_too(administrator, stranger, signed_in):
    theirs = signed_in(stranger)
    stranger.role = Role.VIEWER
    edit_person(person=stranger, by=administrator, at=AT)
    assert not Session.objects.filter(pk=theirs.session.session_key).exists()
    assert actions(stranger)[0] == "person.role"


def test_a_corrected_name_signs_nobody_out(administrator, stranger, signed_in):
    theirs = signed_in(stranger)
    stranger.name = "Chyngyz S."
    edit_person(person=stranger, by=administrator, at=AT)
    assert Session.objects.filter(pk=theirs.session.session_key).exists()
    assert User.objects.get(pk=stranger.pk).name == "Chyngyz S."


def test_the_last_administrator_stays_one(administrator):
    with pytest.raises(Refused) as refusal:
        administrator.role = Role.OFFICER
        edit_person(person=administrator, by=None, at=AT)
    assert refusal.value.field == "role"
    assert str(refusal.value) == "Nobody else is an administrator. Name another one first."
    assert User.objects.get(pk=administrator.pk).role == Role.ADMINISTRATOR


def test_nobody_closes_their_own_account(administrator):
    UserFactory(role=Role.ADMINISTRATOR)
    with pytest.raises(Refused):
        administrator.is_active = False
        edit_person(person=administrator, by=administrator, at=AT)
    assert User.objects.get(pk=administrator.pk).is_active


def test_another_administrator_may_go(administrator):
    other = UserFactory(role=Role.ADMINISTRATOR)
    other.is_active = False
    edit_person(person=other, by=administrator, at=AT)
    assert not User.objects.get(pk=other.pk).is_active


def test_whoever_comes_back_has_the_role_they_had(administrator, stranger):
    stranger.is_active = False
    edit_person(person=stranger, by=administrator, at=AT)
    stranger.is_active = True
    edit_person(person=stranger, by=administrator, at=AT)
    stored = User.objects.get(pk=stranger.pk)
    assert (stored.is_active, stored.role) == (True, Role.OFFICER)


def test_nobody_is_their_own_deputy(administrator, stranger):
    stranger.deputy = stranger
    with pytest.raises(Refused):
        edit_person(person=stranger, by=administrator, at=AT)


def test_a_lost_telephone_is_forgotten_and_signed_out(administrator, stranger, signed_in):
    theirs = signed_in(stranger)
    Authenticator.objects.create(user=stranger, type=Authenticator.Type.TOTP, data={})
    assert remove_second_factor(person=stranger, by=administrator, at=AT) == 1
    assert not Authenticator.objects.exists()
    assert not Session.objects.filter(pk=theirs.session.session_key).exists()
    assert actions(stranger) == ["person.second_factor_removed", "person.cut_off"]


def test_an_old_address_no_longer_signs_in(administrator, stranger):
    EmailAddress.objects.create(user=stranger, email=stranger.email, primary=True, verified=True)
    change_address(person=stranger, address="Moved@example.org", by=None, at=AT)
    assert User.objects.get(pk=stranger.pk).email == "moved@example.org"
    assert not EmailAddress.objects.exists()


def test_an_address_is_no_correction(administrator, stranger):
    stranger.email = "moved@example.org"
    with pytest.raises(Refused) as refused:
        edit_person(person=stranger, by=administrator, at=AT)
    assert refused.value.field == "email"


@pytest.mark.parametrize("change", [{"role": Role.VIEWER}, {"is_active": False}])
def test_whom_it_concerns_is_told(administrator, stranger, change):
    for field, value in change.items():
        setattr(stranger, field, value)
    edit_person(person=stranger, by=administrator, at=AT)
    [mail] = Mail.objects.all()
    assert (mail.person, mail.kind) == (stranger, Mail.Kind.NOTICE)


def test_whoever_runs_the_team_hears_who_may_and_not_who_left(administrator):
    """Of a coordinator whose account is closed nobody is told that they may run the team now."""
    other, third = UserFactory.create_batch(2, role=Role.COORDINATOR)
    told = Mail.objects.filter(person=third)
    end_access(person=other, by=administrator, at=AT)
    assert not told.exists()
    other.refresh_from_db()
    other.is_active = True
    edit_person(person=other, by=administrator, at=AT)
    assert told.count() == 1
