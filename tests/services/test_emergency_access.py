"""Breaking the glass: a reason, the team is told, it ends by itself."""

import datetime

import pytest

from tests.events import words
from tests.factories.people import UserFactory
from tests.now import NOW
from tracker.models import Case, EmergencyAccess, Event, Mail, Role
from tracker.reports.emergency_access import read_in_an_emergency
from tracker.services.emergency_access import end_emergency_access, open_in_emergency
from tracker.services.people.cut_off import cut_off
from tracker.services.refusals import Refused

HOUR = datetime.timedelta(hours=1)


def opened(by, reference="TEAM-1", reason="The lead was detained.", at=NOW):
    return open_in_emergency(reference=reference, reason=reason, by=by, at=at)


def test_the_lead_and_the_team_are_told_at_once(team_case, owner, colleague, coordinator):
    opened(coordinator, reference=" team-1 ")
    mails = Mail.objects.filter(kind=Mail.Kind.NOTICE)
    assert set(mails.values_list("person", flat=True)) == {owner.pk, colleague.pk}
    assert {mail.next_attempt_at for mail in mails} == {NOW}
    for mail in mails:
        assert "TEAM-1" in mail.body_text
        assert "detained" not in mail.body_text + mail.subject
        assert coordinator.name not in mail.body_text


def test_the_record_of_the_case_says_who_and_why(team_case, owner, coordinator):
    opened(coordinator)
    event = Event.objects.visible_to(owner).get(action="case.opened_in_emergency")
    assert (event.by_id, event.reason) == (coordinator.pk, "The lead was detained.")
    assert "until" in words(event)
    assert not Event.objects.visible_to(coordinator).filter(pk=event.pk).exists()


def test_it_ends_by_itself(team_case, coordinator):
    opened(coordinator)
    for at, read in ((NOW, 1), (NOW + 4 * HOUR - HOUR / 60, 1), (NOW + 4 * HOUR, 0)):
        assert (at, len(read_in_an_emergency(coordinator, at=at))) == (at, read)


def test_again_is_the_first_and_tells_nobody_twice(team_case, coordinator):
    first = opened(coordinator)
    assert opened(coordinator, at=NOW + HOUR) == first
    assert Mail.objects.count() == 2
    later = opened(coordinator, at=NOW + 5 * HOUR)
    assert later != first


def test_the_gate_of_a_person_stays_shut(team_case, coordinator):
    """Mails, calendars and files are written for the person, not for a page."""
    opened(coordinator)
    assert not Case.objects.visible_to(coordinator).contains(team_case)
    [audience] = Case.objects.filter(pk=team_case.pk).audiences().values()
    assert coordinator.pk not in audience


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OFFICER])
def test_whoever_does_not_run_the_team_is_refused_alike(team_case, stranger, role):
    stranger.role = role
    said = set()
    for reference in ("TEAM-1", "NONE-1"):
        with pytest.raises(Refused) as refused:
            opened(stranger, reference=reference)
        said.add(str(refused.value))
    assert len(said) == 1
    assert not EmergencyAccess.objects.exists()


def test_whoever_travels_is_refused(team_case, coordinator):
    coordinator.travel_since = NOW
    with pytest.raises(Refused):
        opened(coordinator)


@pytest.mark.parametrize(
    ("reference", "reason", "field"),
    [("NONE-1", "Why", "reference"), ("OPEN-1", "Why", "reference"), ("TEAM-1", " ", "reason")],
)
def test_what_cannot_be_opened_is_refused(case, team_case, coordinator, reference, reason, field):
    with pytest.raises(Refused) as refused:
        opened(coordinator, reference=reference, reason=reason)
    assert refused.value.field == field


def test_where_nobody_of_the_team_is_left_the_other_coordinators_are_told(
    team_case, owner, colleague, coordinator, administrator
):
    for person in (owner, colleague):
        person.is_active = False
        person.save()
    UserFactory(role=Role.OFFICER)
    opened(coordinator)
    assert [mail.person for mail in Mail.objects.all()] == [administrator]


def test_whoever_travels_gets_no_mail_that_names_the_case(team_case, owner, colleague, coordinator):
    owner.travel_since = NOW
    owner.save()
    opened(coordinator)
    assert [mail.person for mail in Mail.objects.all()] == [colleague]


def test_the_team_ends_it(team_case, owner, coordinator):
    opening = opened(coordinator)
    end_emergency_access(opening=opening, by=owner, at=NOW + HOUR)
    assert not read_in_an_emergency(coordinator, at=NOW + HOUR)
    end_emergency_access(opening=opening, by=owner, at=NOW + 2 * HOUR)
    assert Event.objects.filter(action="case.emergency_ended").count() == 1


def test_whoever_is_cut_off_reads_it_no_more(team_case, coordinator):
    opened(coordinator)
    cut_off(person=coordinator, by=None, at=NOW + HOUR)
    assert not read_in_an_emergency(coordinator, at=NOW + HOUR)
