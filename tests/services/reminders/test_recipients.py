"""Who is reminded."""

import datetime

import pytest

from tests.factories.cases import CaseFactory, MembershipFactory
from tests.factories.deadlines import DeadlineFactory
from tests.factories.people import UserFactory
from tracker.models import Confidentiality, Deadline, Role, User
from tracker.services.reminders.recipients import Staff
from tracker.services.reminders.schedule import Offset, Schedule

pytestmark = pytest.mark.django_db

DUE = datetime.date(2026, 3, 10)


def day(days: int) -> datetime.date:
    return DUE + datetime.timedelta(days=days)


def clock_of(deadline: Deadline):
    return Deadline.objects.values_list(
        "pk", "generation", "case_id", "kind", "due_on", "overdue_after", "owner_id",
        "case__lead_id",
        named=True,
    ).get(pk=deadline.pk)  # fmt: skip


def told(deadline: Deadline, offset: Offset, schedule: Schedule | None = None) -> list[User]:
    staff = Staff([deadline.case_id])
    pairs = staff.recipients(clock_of(deadline), [offset], schedule or Schedule())
    return [person for person, _offset in pairs]


def test_the_owner_is_told_else_the_lead_else_the_coordinators(coordinator, owner, colleague):
    case = CaseFactory(lead=owner)
    offset = Offset(-1, day(-1))
    assert told(DeadlineFactory(case=case, owner=colleague), offset) == [colleague]
    assert told(DeadlineFactory(case=case), offset) == [owner]
    assert told(DeadlineFactory(), offset) == [coordinator]


def test_without_any_coordinator_the_administrators_are_told(administrator):
    assert told(DeadlineFactory(), Offset(-1, day(-1))) == [administrator]


def test_whoever_left_or_may_not_see_the_case_is_passed_over(team_case, colleague, stranger, owner):
    assert told(DeadlineFactory(case=team_case, owner=stranger), Offset(-1, day(-1))) == [owner]
    owner.is_active = False
    owner.save()
    assert told(DeadlineFactory(case=team_case, owner=owner), Offset(-1, day(-1))) == [colleague]


def test_a_restricted_case_whose_team_has_gone_is_told_to_nobody_else(coordinator):
    case = CaseFactory(confidentiality=Confidentiality.TEAM, lead=coordinator)
    assert told(DeadlineFactory(case=case), Offset(-1, day(-1))) == []


def test_while_somebody_is_away_the_deputy_is_told(owner, colleague):
    deadline = DeadlineFactory(owner=owner)
    owner.deputy, owner.away_until = colleague, day(-1)
    owner.save()
    assert told(deadline, Offset(-1, day(-1))) == [colleague]
    assert told(deadline, Offset(0, day(0))) == [owner]


def test_the_deputy_of_an_absent_deputy_is_told_and_circles_end(owner, colleague, stranger):
    deadline = DeadlineFactory(owner=owner)
    owner.deputy, owner.away_until = colleague, day(5)
    colleague.deputy, colleague.away_until = stranger, day(5)
    owner.save(), colleague.save()
    assert told(deadline, Offset(0, day(0))) == [stranger]
    stranger.deputy, stranger.away_until = owner, day(5)
    stranger.save()
    assert told(deadline, Offset(0, day(0))) == [owner]


def test_a_deputy_who_may_not_see_the_case_is_not_told(team_case, owner, stranger):
    owner.deputy, owner.away_until = stranger, day(5)
    owner.save()
    assert told(DeadlineFactory(case=team_case, owner=owner), Offset(0, day(0))) == [owner]


def test_from_the_second_repeat_on_the_lead_then_a_coordinator_is_told_too(
    owner, colleague, coordinator
):
    deadline = DeadlineFactory(case=CaseFactory(lead=owner), owner=colleague)
    by_repeat = [told(deadline, Offset(7 * n, day(7 * n), n)) for n in range(4)]
    assert by_repeat == [
        [colleague],
        [colleague],
        [colleague, owner],
        [colleague, owner, coordinator],
    ]


def test_where_the_lead_is_the_owner_the_coordinator_is_the_second_person(owner, coordinator):
    deadline = DeadlineFactory(case=CaseFactory(lead=owner))
    assert told(deadline, Offset(14, day(14), 2)) == [owner, coordinator]
    never = Schedule(second_person_after=0)
    assert told(deadline, Offset(56, day(56), 8), never) == [owner]


def test_the_audience_of_a_case_is_whom_the_gate_lets_through(team_case, case):
    people = [*User.objects.all(), UserFactory(role=Role.VIEWER), UserFactory(is_active=False)]
    MembershipFactory(case=team_case, user=people[-1])
    staff = Staff([team_case.pk, case.pk])
    for person in people:
        for one in (team_case, case):
            gate = type(one).objects.visible_to(person).filter(pk=one.pk).exists()
            assert staff.can_see(person.pk, one.pk) == gate
