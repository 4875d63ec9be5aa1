"""Who travels sees little, whatever asks for them, and cannot take it back."""

import datetime

import pytest

from tests.events import values
from tests.factories.cases import SignatoryFactory
from tests.factories.deadlines import DeadlineFactory
from tests.factories.people import UserFactory
from tests.now import NOW, TODAY
from tracker.models import Case, Deadline, Draft, Event, Mail, Role, Signatory, User
from tracker.services.people.accounts import change_role, edit_person
from tracker.services.people.invitations import invite
from tracker.services.people.travel import end_travel, end_travels_due, start_travel
from tracker.services.refusals import Refused
from tracker.services.reminders.recipients import Staff

DAY = datetime.timedelta(days=1)


@pytest.fixture
def traveller(owner, team_case) -> User:
    """Leads the restricted case."""
    return start_travel(person=owner, until=TODAY + 5 * DAY, by=owner, at=NOW)


def test_restricted_cases_and_signatories_are_gone(case, team_case, owner):
    for row in (case, team_case):
        SignatoryFactory(case=row, number=1)
        DeadlineFactory(case=row)
    Draft.objects.create(text="We call on you.", by=owner, created_at=NOW)
    seen = (Case, Deadline, Signatory, Draft)
    assert [model.objects.visible_to(owner).count() for model in seen] == [2, 2, 2, 1]
    UserFactory(role=Role.COORDINATOR)
    traveller = start_travel(person=owner, until=None, by=owner, at=NOW)
    assert [model.objects.visible_to(traveller).count() for model in seen] == [1, 1, 0, 0]
    assert not Mail.objects.visible_to(traveller).exists()


def test_the_gate_agrees_from_the_side_of_the_case(team_case, colleague, traveller):
    [audience] = Case.objects.filter(pk=team_case.pk).audiences().values()
    assert audience == {colleague.pk}
    assert set(User.objects.able_to_see(team_case)) == {colleague}
    assert not Staff([team_case.pk]).can_see(traveller.pk, team_case.pk)


def test_an_open_case_is_still_told_of(case, traveller):
    assert Staff([case.pk]).can_see(traveller.pk, case.pk)


def test_nobody_lifts_it_for_themselves(coordinator):
    UserFactory(role=Role.ADMINISTRATOR)
    away = start_travel(person=coordinator, until=None, by=coordinator, at=NOW)
    with pytest.raises(Refused):
        end_travel(person=away, by=away, at=NOW)
    assert User.objects.get(pk=coordinator.pk).travelling


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OFFICER])
def test_whoever_does_not_run_the_team_lifts_it_for_nobody(traveller, stranger, role):
    stranger.role = role
    with pytest.raises(Refused):
        end_travel(person=traveller, by=stranger, at=NOW)


def test_two_who_travel_do_not_lift_it_for_each_other(traveller, coordinator):
    away = start_travel(person=coordinator, until=TODAY, by=coordinator, at=NOW)
    with pytest.raises(Refused):
        end_travel(person=traveller, by=away, at=NOW)


def test_a_coordinator_lifts_it_and_it_is_told(traveller, coordinator):
    end_travel(person=traveller, by=coordinator, at=NOW)
    assert not User.objects.get(pk=traveller.pk).travelling
    event = Event.objects.about(traveller).get(action="person.travel_ended")
    assert (event.by_id, set(values(event))) == (coordinator.pk, {"travel_since", "travel_until"})
    assert Mail.objects.filter(person=traveller, kind=Mail.Kind.NOTICE).count() == 2


def test_the_day_moves_further_away_and_never_nearer(traveller, coordinator):
    for earlier in (TODAY, TODAY + 4 * DAY):
        with pytest.raises(Refused) as refused:
            start_travel(person=traveller, until=earlier, by=traveller, at=NOW)
        assert refused.value.field == "until"
    later = start_travel(person=traveller, until=TODAY + 6 * DAY, by=traveller, at=NOW)
    assert later.travel_until == TODAY + 6 * DAY
    for_good = start_travel(person=traveller, until=None, by=traveller, at=NOW)
    assert for_good.travel_until is None
    with pytest.raises(Refused):
        start_travel(person=traveller, until=TODAY + 60 * DAY, by=traveller, at=NOW)


@pytest.mark.parametrize("day", [TODAY - DAY, TODAY + 4000 * DAY])
def test_a_day_that_makes_no_sense_is_refused(owner, day):
    with pytest.raises(Refused) as refused:
        start_travel(person=owner, until=day, by=owner, at=NOW)
    assert refused.value.field == "until"


def test_without_a_day_somebody_must_be_there_to_lift_it(owner):
    with pytest.raises(Refused):
        start_travel(person=owner, until=None, by=owner, at=NOW)


def test_nobody_reduces_the_view_of_another(owner, administrator):
    with pytest.raises(Refused):
        start_travel(person=owner, until=TODAY, by=administrator, at=NOW)


def test_it_ends_when_its_day_is_over_and_not_before(traveller):
    assert end_travels_due(at=NOW + 5 * DAY) == 0
    assert User.objects.get(pk=traveller.pk).travelling
    assert end_travels_due(at=NOW + 6 * DAY) == 1
    assert not User.objects.get(pk=traveller.pk).travelling
    assert Event.objects.get(action="person.travel_ended").by_id is None


def test_whoever_travels_makes_nobody_who_sees_more(traveller, administrator, colleague):
    """Or whoever is made to open their account makes a second one, which shows everything."""
    start_travel(person=administrator, until=TODAY + 5 * DAY, by=administrator, at=NOW)
    by = User.objects.get(pk=administrator.pk)
    new = {"name": "N", "email": "n@example.org", "role": "administrator", "language": "en"}
    with pytest.raises(Refused):
        invite(**new, by=by, at=NOW)
    with pytest.raises(Refused):
        change_role(person=colleague, role=Role.COORDINATOR, by=by, at=NOW)
    colleague.is_active = False
    colleague.save()
    colleague.is_active = True
    with pytest.raises(Refused):
        edit_person(person=colleague, by=by, at=NOW)
    assert not User.objects.get(pk=colleague.pk).is_active


def test_whoever_runs_the_team_only_since_lifts_nothing_for_a_week(traveller, administrator):
    new = UserFactory()
    change_role(person=new, role=Role.COORDINATOR, by=administrator, at=NOW + DAY)
    new.refresh_from_db()
    with pytest.raises(Refused):
        end_travel(person=traveller, by=new, at=NOW + 2 * DAY)
    assert User.objects.get(pk=traveller.pk).travelling
    end_travel(person=traveller, by=new, at=NOW + 9 * DAY)
    assert not User.objects.get(pk=traveller.pk).travelling
