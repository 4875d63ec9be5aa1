"""An authority born in a restricted case stays inside until a keeper publishes it."""

import pytest

from tests.factories.authorities import AuthorityFactory
from tests.factories.cases import CaseFactory, MembershipFactory
from tests.now import NOW, TODAY
from tracker.models import Addressee, Authority, Event, Role
from tracker.services.addressees import add_addressee, edit_addressee
from tracker.services.authorities import publish_authority
from tracker.services.deadlines.forward import forward_addressee
from tracker.services.refusals import Refused

pytestmark = pytest.mark.django_db
NAME = "Colony number 47"


def named(case, name=NAME, **columns) -> Addressee:
    office = Authority(slug="colony-number-47", name=name, kind="government")
    return Addressee(case=case, authority=office, **columns)


@pytest.fixture
def inside(team_case, owner) -> Addressee:
    return add_addressee(addressee=named(team_case), by=owner, at=NOW)


def test_it_is_seen_by_the_team_alone(inside, team_case, owner, colleague, stranger):
    for person in (owner, colleague):
        assert inside.authority in Authority.objects.visible_to(person)
    for role in Role:
        stranger.role = role
        assert inside.authority not in Authority.objects.visible_to(stranger)
    assert "47" not in inside.authority.slug
    assert set(Event.objects.filter(model="authority").values_list("case_id", flat=True)) == {
        team_case.pk
    }


def test_of_an_open_case_it_is_published_at_once(case, owner, stranger):
    office = add_addressee(addressee=named(case), by=owner, at=NOW).authority
    assert (office.born_in, office.slug) == (None, "colony-number-47")
    assert office in Authority.objects.visible_to(stranger)


def test_an_outsider_who_enters_it_too_comes_upon_nothing(inside, case, owner, stranger):
    other = add_addressee(addressee=named(case), by=stranger, at=NOW).authority
    assert (other.pk != inside.authority_id, other.slug) == (True, "colony-number-47")
    third = add_addressee(addressee=named(CaseFactory()), by=stranger, at=NOW).authority
    assert third == other


def test_its_own_case_goes_on_using_it(inside, team_case, owner):
    again = add_addressee(addressee=named(team_case, NAME.upper()), by=owner, at=NOW)
    assert again.authority == inside.authority


def test_no_other_case_may_name_it(inside, case, owner, team_case):
    office = inside.authority
    addressee = Addressee(case=case, authority=office)
    with pytest.raises(Refused) as refused:
        add_addressee(addressee=addressee, by=owner, at=NOW)
    assert refused.value.field == "authority"
    there = add_addressee(
        addressee=Addressee(case=case, authority=AuthorityFactory()), by=owner, at=NOW
    )
    there.authority = office
    with pytest.raises(Refused):
        edit_addressee(addressee=there, by=owner, at=NOW)
    with pytest.raises(Refused):
        forward_addressee(
            addressee=there, authority=office, on=TODAY, reason="Passed on.", by=owner, at=NOW
        )


def test_a_keeper_publishes_it(inside, team_case, coordinator, stranger):
    office = publish_authority(authority=inside.authority, by=coordinator, at=NOW)
    assert (office.born_in, office.slug) == (None, "colony-number-47")
    assert office in Authority.objects.visible_to(stranger)
    # Of the case only its own log tells.
    told = Event.objects.filter(case_id=None)
    assert [(event.action, event.label) for event in told] == [("authority.added", NAME)]
    assert not {"born_in", "case"} & set(told.get().by_field)
    assert Event.objects.get(action="authority.published").case_id == team_case.pk
    with pytest.raises(Refused):
        publish_authority(authority=office, by=coordinator, at=NOW)


def test_two_of_one_name_are_not_published(inside, coordinator):
    AuthorityFactory(name=NAME)
    with pytest.raises(Refused):
        publish_authority(authority=inside.authority, by=coordinator, at=NOW)


def test_the_short_name_of_another_is_left_to_it(inside, coordinator):
    AuthorityFactory(slug="colony-number-47", name="Another")
    office = publish_authority(authority=inside.authority, by=coordinator, at=NOW)
    assert office.slug == "colony-number-47-2"


def test_the_button_is_for_keepers_who_see_the_case(
    inside, team_case, signed_in, coordinator, owner
):
    page, address = (f"/authorities/{inside.authority.slug}/{end}" for end in ("", "publish/"))
    client = signed_in(coordinator)
    assert (client.get(page).status_code, client.post(address).status_code) == (404, 404)
    assert signed_in(owner).get(page).status_code == 200
    assert signed_in(owner).post(address).status_code == 403
    MembershipFactory(case=team_case, user=coordinator)
    assert client.post(address).status_code == 302
    inside.authority.refresh_from_db()
    assert inside.authority.born_in is None
