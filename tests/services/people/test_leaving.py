"""Somebody leaves: all in hand goes to a colleague, and nothing is deleted."""

import pytest

from tests.factories.cases import CaseFactory, MembershipFactory
from tests.factories.deadlines import DeadlineFactory
from tests.factories.demands import DemandFactory
from tests.factories.people import UserFactory
from tests.now import NOW
from tracker.models import Case, Confidentiality, Deadline, Event, Membership, Role, User
from tracker.services.people.leaving import in_hand, leave
from tracker.services.refusals import Refused


@pytest.fixture
def at_work(owner, case, team_case):
    """The owner leads both cases and answers for a date and a demand in each."""
    for row in (case, team_case):
        DeadlineFactory(case=row, owner=owner)
        DemandFactory(case=row, number=1, owner=owner)
    MembershipFactory(case=case, user=owner)
    return owner


def test_what_is_seen_goes_to_the_successor(at_work, stranger, coordinator, case):
    leave(person=at_work, successor=stranger, by=coordinator, at=NOW)
    case.refresh_from_db()
    assert (case.lead, case.deadlines.get().owner, case.demands.get().owner) == (stranger,) * 3
    assert not User.objects.get(pk=at_work.pk).is_active
    assert not Membership.objects.filter(user=at_work).exists()


def test_what_is_hidden_goes_to_its_own_team_and_is_not_shown(
    at_work, stranger, colleague, coordinator, team_case
):
    shown = in_hand(at_work, seen_by=coordinator)
    assert {row.reference for row in (*shown.cases, *shown.teams)} == {"OPEN-1"}
    assert {row.case.reference for row in (*shown.demands, *shown.deadlines)} == {"OPEN-1"}
    leave(person=at_work, successor=stranger, by=coordinator, at=NOW)
    team_case.refresh_from_db()
    heirs = (team_case.lead, team_case.deadlines.get().owner, team_case.demands.get().owner)
    assert heirs == (colleague,) * 3
    assert set(team_case.memberships.values_list("user", flat=True)) == {colleague.pk}


def test_a_successor_outside_the_team_is_not_let_in(
    at_work, stranger, colleague, coordinator, team_case
):
    """Not even by whoever is on the team: to put somebody on it is another step."""
    MembershipFactory(case=team_case, user=coordinator)
    leave(person=at_work, successor=stranger, by=coordinator, at=NOW)
    team_case.refresh_from_db()
    assert team_case.lead == colleague
    assert not Case.objects.visible_to(stranger).contains(team_case)


def test_the_last_of_a_team_stays_on_it_with_a_closed_account(owner, coordinator):
    alone = CaseFactory(reference="TEAM-7", lead=owner, confidentiality=Confidentiality.TEAM)
    MembershipFactory(case=alone, user=owner)
    leave(person=owner, successor=None, by=coordinator, at=NOW)
    alone.refresh_from_db()
    assert alone.lead is None
    assert [row.user for row in alone.memberships.all()] == [owner]
    assert not Case.objects.visible_to(coordinator).contains(alone)


def test_a_closed_case_keeps_who_led_it(owner, coordinator, case):
    Case.objects.filter(pk=case.pk).update(phase="closed", close_reason="partly", closed_at=NOW)
    MembershipFactory(case=case, user=owner)
    leave(person=owner, successor=None, by=coordinator, at=NOW)
    case.refresh_from_db()
    assert case.lead == owner


def test_each_row_has_its_event_in_one_step(at_work, stranger, coordinator, colleague):
    colleague.deputy = at_work
    colleague.save()
    before = Event.objects.count()
    leave(person=at_work, successor=stranger, by=coordinator, at=NOW)
    actions = list(Event.objects.order_by("pk")[before:].values_list("action", flat=True))
    for action, times in {
        "person.deactivated": 1,
        "person.cut_off": 1,
        "deadline.assigned": 2,
        "demand.owner": 2,
        "case.edited": 2,
        "person.profile": 1,
        "case.member_removed": 2,
    }.items():
        assert (action, actions.count(action)) == (action, times)
    assert User.objects.get(pk=colleague.pk).deputy is None
    assert Deadline.objects.count() == 2


@pytest.mark.parametrize("who", ["nobody", "the person", "a viewer"])
def test_a_successor_must_be_able_to_work(at_work, viewer, coordinator, who):
    successor = {"nobody": None, "the person": at_work, "a viewer": viewer}[who]
    with pytest.raises(Refused) as refused:
        leave(person=at_work, successor=successor, by=coordinator, at=NOW)
    assert refused.value.field == "successor"
    assert User.objects.get(pk=at_work.pk).is_active


def test_nobody_closes_their_own_account(coordinator):
    with pytest.raises(Refused):
        leave(person=coordinator, successor=UserFactory(), by=coordinator, at=NOW)


def test_who_has_left_leaves_no_second_time(stranger, coordinator):
    leave(person=stranger, successor=None, by=coordinator, at=NOW)
    with pytest.raises(Refused):
        leave(person=stranger, successor=None, by=coordinator, at=NOW)


def test_somebody_who_can_only_read_is_no_heir(owner, colleague, viewer, coordinator, team_case):
    Membership.objects.filter(user=colleague).delete()
    MembershipFactory(case=team_case, user=viewer)
    leave(person=owner, successor=None, by=coordinator, at=NOW)
    team_case.refresh_from_db()
    assert team_case.lead is None
    assert Role(viewer.role) is Role.VIEWER
