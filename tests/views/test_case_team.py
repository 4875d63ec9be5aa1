"""The team of a case, and who joins or leaves it."""

import pytest

from tests.factories.cases import MembershipFactory
from tests.page_forms import forms_of, send
from tests.pages import errors, refused_as_closed
from tracker.models import Case, Event

OPEN, TEAM = "/cases/OPEN-1/team/", "/cases/TEAM-1/team/"


def team(case: Case) -> set[str]:
    return set(case.memberships.values_list("user__name", flat=True))


def test_a_colleague_joins_and_leaves(signed_in, owner, stranger, team_case):
    client = signed_in(owner)
    answer = client.post(TEAM, {"user": stranger.pk})
    assert (answer.status_code, answer.url) == (302, TEAM)
    assert stranger.name in team(team_case)
    assert client.post(TEAM, {"remove": stranger.pk}).status_code == 302
    assert stranger.name not in team(team_case)
    assert list(Event.objects.about(team_case).order_by("pk").values_list("action", flat=True))[
        -2:
    ] == ["case.member_added", "case.member_removed"]


def test_who_is_on_the_team_is_not_offered_again(signed_in, owner, colleague, viewer, team_case):
    form = signed_in(owner).get(TEAM).context["form"]
    assert list(form.fields["user"].queryset) == [viewer]


def test_the_lead_stays(signed_in, owner, team_case):
    client = signed_in(owner)
    assert f'value="{owner.pk}"' not in client.get(TEAM).text
    answer = client.post(TEAM, {"remove": owner.pk}, follow=True)
    assert [message.level_tag for message in answer.context["messages"]] == ["error"]
    assert owner.name in team(team_case)


def test_whoever_leaves_a_restricted_case_is_led_away_from_it(signed_in, colleague, team_case):
    client = signed_in(colleague)
    asked = client.post(TEAM, {"remove": colleague.pk})
    assert asked.status_code == 200
    assert colleague.name in team(team_case)
    [form] = [form for form in forms_of(asked) if "sure" in form.fields]
    answer = client.post(TEAM, form.fields | dict(form.buttons))
    assert (answer.status_code, answer.url) == (302, "/cases/")
    assert signed_in(colleague).get(TEAM).status_code == 404


@pytest.mark.parametrize("typed", [{"user": ""}, {"user": "999999"}, {"user": "x"}])
def test_nobody_in_particular_does_not_join(signed_in, owner, case, typed):
    answer = send(signed_in(owner), OPEN, **typed)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["user"])


def test_strangers_viewers_and_wrong_numbers_find_nothing(
    signed_in, stranger, viewer, owner, team_case, case
):
    assert signed_in(stranger).get(TEAM).status_code == 404
    assert signed_in(stranger).post(TEAM, {"user": stranger.pk}).status_code == 404
    assert signed_in(viewer).get(OPEN).status_code == 403
    assert signed_in(viewer).post(OPEN, {"user": viewer.pk}).status_code == 403
    client = signed_in(owner)
    assert client.put(OPEN).status_code == 405
    assert client.get("/cases/NONE-1/team/").status_code == 404
    for number in ("999999", "x", ""):
        assert client.post(OPEN, {"remove": number}).status_code == 404
    assert team(case) == set()


def test_the_team_of_a_closed_case_is_not_changed(signed_in, owner, case):
    Case.objects.update(phase="closed", close_reason="partly", closed_at="2026-01-01T00:00Z")
    answer = signed_in(owner).post(OPEN, {"user": owner.pk})
    assert refused_as_closed(answer)


def test_the_page_asks_as_often_for_three_members_as_for_one(
    signed_in, owner, case, django_assert_num_queries, django_assert_max_num_queries
):
    client = signed_in(owner)
    MembershipFactory(case=case)
    client.get(OPEN)
    with django_assert_max_num_queries(30) as first:
        client.get(OPEN)
    MembershipFactory(case=case), MembershipFactory(case=case)
    with django_assert_num_queries(len(first)):
        client.get(OPEN)


def test_whoever_joined_in_another_window_is_said_to_be_on_the_team(
    signed_in, owner, stranger, team_case
):
    MembershipFactory(case=team_case, user=stranger)
    answer = send(signed_in(owner), TEAM, user=stranger.pk)
    assert (answer.status_code, list(errors(answer))) == (422, ["user"])
    assert stranger.name in errors(answer)["user"]
