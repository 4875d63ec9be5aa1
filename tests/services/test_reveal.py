"""A name or contact is shown for a purpose, to one person, for minutes, and not in bulk."""

import datetime

import pytest

from tests.factories.authorities import AuthorityFactory
from tests.factories.cases import CaseFactory, MembershipFactory, SignatoryFactory
from tests.now import NOW
from tracker.models import Authority, Event, EventValue, Role, hidden_columns, shown
from tracker.permissions import may_reveal
from tracker.services.refusals import Refused
from tracker.services.reveal import LASTS, MOST_AN_HOUR, reveal, revealed

pytestmark = pytest.mark.django_db
SECRET = "Zarina Marker"


@pytest.fixture
def person(case):
    return SignatoryFactory(case=case, number=54, name=SECRET, role=SECRET, at_risk=True)


def test_the_record_tells_who_looked_and_what_for_and_names_nobody(person, case, owner):
    event = reveal(row=person, purpose=" call about the trial ", by=owner, at=NOW)
    assert (event.action, event.by_id, event.case_id) == (
        "signatory.revealed",
        owner.pk,
        case.pk,
    )
    assert (event.label, event.reason) == ("signatory 54", "call about the trial")
    assert SECRET not in str(list(EventValue.objects.values_list("old", "new")))


def test_it_needs_a_purpose_and_something_to_show(person, case, owner):
    with pytest.raises(Refused) as refused:
        reveal(row=person, purpose="  ", by=owner, at=NOW)
    assert refused.value.field == "purpose"
    with pytest.raises(Refused):
        reveal(row=case, purpose="call", by=owner, at=NOW)  # it has no contacts
    assert not Event.objects.exists()


def test_nobody_copies_the_list(person, owner, colleague):
    for _number in range(MOST_AN_HOUR):
        reveal(row=person, purpose="call", by=owner, at=NOW)
    with pytest.raises(Refused):
        reveal(row=person, purpose="call", by=owner, at=NOW)
    reveal(row=person, purpose="call", by=colleague, at=NOW)
    reveal(row=person, purpose="call", by=owner, at=NOW + datetime.timedelta(hours=1))


def test_it_is_shown_for_minutes_to_who_asked(person, owner, colleague):
    event = reveal(row=person, purpose="call", by=owner, at=NOW)
    assert revealed(pk=event.pk, to=owner, at=NOW) == event
    assert revealed(pk=event.pk, to=colleague, at=NOW) is None
    assert revealed(pk=event.pk, to=owner, at=NOW + LASTS) is None


def test_the_team_may_ask_and_no_role_outside_of_it(case, owner, stranger):
    assert may_reveal(owner, case)
    for role in Role:
        stranger.role = role
        assert (role, may_reveal(stranger, case)) == (role, False)
    MembershipFactory(case=case, user=stranger)
    for role in Role:
        stranger.role = role
        assert (role, may_reveal(stranger, case)) == (role, role != Role.VIEWER)


def test_who_travels_may_not(case, owner):
    owner.travel_since = NOW
    assert not may_reveal(owner, case)


def test_what_is_masked(person, case):
    case = CaseFactory(contacts=SECRET, reply_address="")
    office = AuthorityFactory(email="a@example.org", kind=Authority.Kind.COURT)
    somebody = AuthorityFactory(email="b@example.org", kind=Authority.Kind.PERSON)
    assert hidden_columns(person) == ("name", "role")
    assert hidden_columns(SignatoryFactory(case=case)) == ()
    assert hidden_columns(case) == ("contacts",)
    assert (hidden_columns(office), hidden_columns(somebody)) == ((), ("email",))
    assert [shown(person, name) for name in ("name", "role", "place")] == [
        "(name withheld)",
        "",
        "",
    ]
    assert shown(case, "contacts") == "(contact hidden)"
    assert (shown(office, "email"), shown(somebody, "email")) == (
        "a@example.org",
        "(contact hidden)",
    )
