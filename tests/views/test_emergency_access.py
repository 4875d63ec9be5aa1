"""A restricted case read in an emergency: on its pages, for some hours, and nothing more."""

import datetime

import pytest
from time_machine import travel

from tests import pages
from tests.factories.cases import MembershipFactory
from tests.factories.demands import DemandFactory
from tests.now import NOW
from tests.pages import errors
from tracker.models import Case, EmergencyAccess, Event, Membership

PAGE = "/cases/TEAM-1/"
TYPED = {"reference": "TEAM-1", "reason": "The lead was detained."}
MINUTE, HOUR = datetime.timedelta(minutes=1), datetime.timedelta(hours=1)


@pytest.fixture
def reader(signed_in, coordinator, team_case):
    """The session of a coordinator who has just opened the case."""
    DemandFactory(case=team_case, number=1)
    client = signed_in(coordinator)
    assert client.get(PAGE).status_code == 404
    answer = client.post("/emergency/", TYPED)
    assert (answer.status_code, answer.url) == (302, PAGE)
    return client


def test_it_is_read_for_some_hours(reader, team_case, signed_in, coordinator):
    demand = team_case.demands.get()
    for address in (PAGE, f"/demands/{demand.pk}/"):
        assert (address, reader.get(address).status_code) == (address, 200)
    with travel((NOW + 4 * HOUR + MINUTE).timestamp()):
        later = signed_in(coordinator)
        for address in (PAGE, f"/demands/{demand.pk}/"):
            assert (address, later.get(address).status_code) == (address, 404)


def test_nothing_is_written_and_nobody_joins_the_team(reader, coordinator, team_case):
    demand = team_case.demands.get()
    for address in ("team/", "facts/", "lead/", "confidentiality/", "responses/new/"):
        assert reader.get(PAGE + address).status_code == 403
        answer = reader.post(PAGE + address, {"user": coordinator.pk, "lead": coordinator.pk})
        assert (address, answer.status_code) == (address, 404)
    assert reader.post(f"/demands/{demand.pk}/review/", {"shown_version": 1}).status_code == 404
    assert not Membership.objects.filter(user=coordinator).exists()
    assert Case.objects.get(pk=team_case.pk).version == team_case.version


def test_the_desk_the_export_and_the_mails_know_nothing_of_it(reader, team_case):
    assert reader.get(f"/admin/tracker/case/{team_case.pk}/change/").status_code == 404
    assert "TEAM-1" not in reader.get("/admin/tracker/case/").text
    assert b"TEAM-1" not in reader.get("/demands/export/").content
    assert "TEAM-1" in reader.get("/cases/").text


def test_the_team_sees_who_and_why_and_ends_it(reader, signed_in, owner, coordinator):
    client = signed_in(owner)
    banner = pages.one(client.get(PAGE), "alert")
    assert coordinator.name in pages.text(banner)
    assert TYPED["reason"] in pages.text(banner)
    [end] = pages.actions(banner)
    assert client.post(end).status_code == 302
    assert not pages.find(client.get(PAGE), "alert")
    assert reader.get(PAGE).status_code == 404


def test_the_reader_is_told_how_it_is(reader):
    banner = pages.one(reader.get(PAGE), "alert")
    [end] = pages.actions(banner)
    answer = reader.post(end)
    assert (answer.status_code, answer.url) == (302, "/")
    assert reader.get(PAGE).status_code == 404


@pytest.mark.parametrize("role", ["viewer", "officer"])
def test_others_are_answered_alike_whatever_they_type(signed_in, stranger, team_case, role):
    stranger.role = role
    stranger.save()
    client = signed_in(stranger)
    answers = []
    for reference in ("TEAM-1", "NONE-1"):
        answer = client.post("/emergency/", {"reference": reference, "reason": "Why"})
        answers.append((answer.status_code, answer.text.replace(reference, "")))
    assert client.get("/emergency/").status_code == answers[0][0] == 403
    assert answers[0][0] == answers[1][0]
    assert not EmergencyAccess.objects.exists()


def test_a_reference_of_no_case_is_refused_beside_its_field(signed_in, coordinator):
    answer = signed_in(coordinator).post("/emergency/", TYPED)
    assert (answer.status_code, list(errors(answer))) == (422, ["reference"])


def test_nobody_else_ends_it(reader, signed_in, stranger):
    opening = EmergencyAccess.objects.get()
    assert signed_in(stranger).post(f"/emergency/{opening.pk}/end/").status_code == 404


def test_whoever_joins_the_team_meanwhile_reads_it_by_right(
    reader, coordinator, team_case, signed_in
):
    MembershipFactory(case=team_case, user=coordinator)
    with travel((NOW + 5 * HOUR).timestamp()):
        assert signed_in(coordinator).get(PAGE).status_code == 200


def test_what_is_read_so_stands_in_the_record_like_any_reading(reader, coordinator, owner):
    reader.get(PAGE)
    assert Event.objects.visible_to(owner).filter(action="case.read", by_id=coordinator.pk).exists()


def test_whoever_sat_down_at_an_unlocked_session_is_asked_who_they_are(
    long_signed_in, coordinator, team_case
):
    answer = long_signed_in(coordinator).post("/emergency/", TYPED)
    assert (answer.status_code, EmergencyAccess.objects.count()) == (302, 0)
    assert answer.url.startswith("/accounts/reauthenticate/")
