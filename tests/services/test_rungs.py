"""Which rungs, whose, and at what moment."""

import datetime

import pytest

from tests.factories.cases import CaseFactory, MembershipFactory
from tests.factories.deadlines import DeadlineFactory, StatutoryDeadlineFactory
from tests.factories.people import UserFactory
from tracker.models import Confidentiality, Deadline, ReminderPlan, Role, User
from tracker.services.rungs import (
    Rung,
    Schedule,
    Schedules,
    Staff,
    digest_day,
    digest_instant,
    rungs_of,
    schedule_of,
)

UTC = datetime.UTC
DUE = datetime.date(2026, 3, 10)


def day(days: int) -> datetime.date:
    return DUE + datetime.timedelta(days=days)


def clock_of(deadline: Deadline):
    return Deadline.objects.values_list(
        "pk", "clock", "case_id", "kind", "due_on", "overdue_after", "owner_id", "case__lead_id",
        named=True,
    ).get(pk=deadline.pk)  # fmt: skip


def told(deadline: Deadline, rung: Rung, schedule: Schedule | None = None) -> list[User]:
    return Staff([deadline.case_id]).told(clock_of(deadline), rung, schedule or Schedule())


# Rungs


@pytest.mark.django_db
def test_the_default_rungs_lead_up_to_the_day_and_repeat_for_eight_weeks():
    clock = clock_of(DeadlineFactory(due_on=DUE))
    numbers = [rung.number for rung in rungs_of(clock, Schedule())]
    assert numbers == [-14, -7, -3, -1, 0, 7, 14, 21, 28, 35, 42, 49, 56]
    assert all(rung.fire_on == day(rung.number) for rung in rungs_of(clock, Schedule()))


@pytest.mark.django_db
def test_a_legal_clock_repeats_only_from_its_latest_reading_on():
    clock = clock_of(StatutoryDeadlineFactory(due_on=DUE, overdue_after=day(1)))
    repeats = [(r.number, r.fire_on) for r in rungs_of(clock, Schedule(repeat_at_most=2))][5:]
    assert repeats == [(7, day(8)), (14, day(15))]


@pytest.mark.django_db
def test_an_event_is_not_repeated_once_it_is_over():
    clock = clock_of(DeadlineFactory(due_on=DUE, kind=Deadline.Kind.EVENT))
    assert [r.number for r in rungs_of(clock, Schedules().of(clock))] == [-14, -7, -3, -1, 0]


@pytest.mark.django_db
def test_the_plan_of_the_case_comes_before_the_general_one():
    deadline, other = DeadlineFactory(due_on=DUE), DeadlineFactory(due_on=DUE)
    ReminderPlan.objects.create(kind="look_again", days_before=[2], repeat_at_most=0)
    ReminderPlan.objects.create(
        kind="look_again", case=deadline.case, days_before=[5, 0, 5], repeat_every=0
    )
    schedules = Schedules()
    own, general = schedules.of(clock_of(deadline)), schedules.of(clock_of(other))
    assert [r.number for r in rungs_of(clock_of(deadline), own)] == [-5, 0]
    assert [r.number for r in rungs_of(clock_of(other), general)] == [-2]


@pytest.mark.django_db
def test_a_plan_nobody_can_read_falls_back_to_the_default(caplog):
    plan = ReminderPlan.objects.create(kind="look_again", days_before=["soon"])
    deadline = DeadlineFactory(due_on=DUE)
    assert Schedules().of(clock_of(deadline)) == Schedule()
    assert f"plan={plan.pk}" in caplog.text


@pytest.mark.parametrize("days", [[-1], [366], [10**12], [float("inf")], ["soon"], 7, [None]])
def test_days_before_beyond_every_measure_make_no_schedule(days):
    with pytest.raises((ValueError, OverflowError, TypeError)):
        schedule_of(ReminderPlan(days_before=days))


@pytest.mark.parametrize("repeats", [{"repeat_every": 100_000}, {"repeat_at_most": 30_000}])
def test_repeats_beyond_every_measure_make_no_schedule(repeats):
    with pytest.raises(ValueError, match="more repeats"):
        schedule_of(ReminderPlan(days_before=[5], **repeats))


# Moments


@pytest.mark.parametrize(
    ("zone", "hour", "on", "expected"),
    [
        ("Asia/Bishkek", 8, "2026-03-10", "2026-03-10T02:00"),
        ("Asia/Bangkok", 0, "2026-03-10", "2026-03-09T17:00"),
        # 02:00 does not exist on this day in Madrid: it becomes 03:00 summer time.
        ("Europe/Madrid", 2, "2026-03-29", "2026-03-29T01:00"),
        # 02:00 comes twice on this day: the first, still summer time.
        ("Europe/Madrid", 2, "2026-10-25", "2026-10-25T00:00"),
        ("Europe/Madrid", 3, "2026-10-25", "2026-10-25T02:00"),
        # Kazakhstan put its clocks back at midnight: 23:00 came twice on 29 February.
        ("Asia/Almaty", 23, "2024-02-29", "2024-02-29T17:00"),
        ("Asia/Almaty", 0, "2024-03-01", "2024-02-29T19:00"),
    ],
)
def test_the_digest_hour_is_kept_by_the_persons_own_clock(zone, hour, on, expected):
    person = User(time_zone=zone, digest_hour=hour)
    instant = digest_instant(person, datetime.date.fromisoformat(on))
    assert instant == datetime.datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize("zone", ["Asia/Bishkek", "Asia/Almaty", "Europe/Madrid", "Asia/Bangkok"])
@pytest.mark.parametrize("hour", [0, 2, 3, 23])
def test_every_day_of_a_year_has_its_digest_once_and_in_order(zone, hour):
    """2024 holds both changes of Madrid and the last one of Kazakhstan."""
    person = User(time_zone=zone, digest_hour=hour)
    at = datetime.datetime(2023, 12, 31, tzinfo=UTC)
    seen = []
    while at < datetime.datetime(2025, 1, 2, tzinfo=UTC):
        current = digest_day(person, at)
        if not seen or seen[-1] != current:
            seen.append(current)
        at += datetime.timedelta(minutes=30)
    assert seen == [
        seen[0] + datetime.timedelta(days=number) for number in range((seen[-1] - seen[0]).days + 1)
    ]
    assert len(seen) >= 366


# People


@pytest.mark.django_db
def test_the_owner_is_told_else_the_lead_else_the_coordinators(coordinator, owner, colleague):
    case = CaseFactory(lead=owner)
    rung = Rung(-1, day(-1))
    assert told(DeadlineFactory(case=case, owner=colleague), rung) == [colleague]
    assert told(DeadlineFactory(case=case), rung) == [owner]
    assert told(DeadlineFactory(), rung) == [coordinator]


@pytest.mark.django_db
def test_without_any_coordinator_the_administrators_are_told(administrator):
    assert told(DeadlineFactory(), Rung(-1, day(-1))) == [administrator]


@pytest.mark.django_db
def test_whoever_left_or_may_not_see_the_case_is_passed_over(team_case, colleague, stranger, owner):
    assert told(DeadlineFactory(case=team_case, owner=stranger), Rung(-1, day(-1))) == [owner]
    owner.is_active = False
    owner.save()
    assert told(DeadlineFactory(case=team_case, owner=owner), Rung(-1, day(-1))) == [colleague]


@pytest.mark.django_db
def test_a_restricted_case_whose_team_has_gone_is_told_to_nobody_else(coordinator):
    case = CaseFactory(confidentiality=Confidentiality.TEAM, lead=coordinator)
    assert told(DeadlineFactory(case=case), Rung(-1, day(-1))) == []


@pytest.mark.django_db
def test_while_somebody_is_away_the_deputy_is_told(owner, colleague):
    deadline = DeadlineFactory(owner=owner)
    owner.deputy, owner.away_until = colleague, day(-1)
    owner.save()
    assert told(deadline, Rung(-1, day(-1))) == [colleague]
    assert told(deadline, Rung(0, day(0))) == [owner]


@pytest.mark.django_db
def test_the_deputy_of_an_absent_deputy_is_told_and_circles_end(owner, colleague, stranger):
    deadline = DeadlineFactory(owner=owner)
    owner.deputy, owner.away_until = colleague, day(5)
    colleague.deputy, colleague.away_until = stranger, day(5)
    owner.save(), colleague.save()
    assert told(deadline, Rung(0, day(0))) == [stranger]
    stranger.deputy, stranger.away_until = owner, day(5)
    stranger.save()
    assert told(deadline, Rung(0, day(0))) == [owner]


@pytest.mark.django_db
def test_a_deputy_who_may_not_see_the_case_is_not_told(team_case, owner, stranger):
    owner.deputy, owner.away_until = stranger, day(5)
    owner.save()
    assert told(DeadlineFactory(case=team_case, owner=owner), Rung(0, day(0))) == [owner]


@pytest.mark.django_db
def test_from_the_second_repeat_on_the_lead_then_a_coordinator_is_told_too(
    owner, colleague, coordinator
):
    deadline = DeadlineFactory(case=CaseFactory(lead=owner), owner=colleague)
    by_repeat = [told(deadline, Rung(7 * n, day(7 * n), n)) for n in range(4)]
    assert by_repeat == [
        [colleague],
        [colleague],
        [colleague, owner],
        [colleague, owner, coordinator],
    ]


@pytest.mark.django_db
def test_where_the_lead_is_the_owner_the_coordinator_is_the_second_person(owner, coordinator):
    deadline = DeadlineFactory(case=CaseFactory(lead=owner))
    assert told(deadline, Rung(14, day(14), 2)) == [owner, coordinator]
    never = Schedule(second_person_after=0)
    assert told(deadline, Rung(56, day(56), 8), never) == [owner]


@pytest.mark.django_db
def test_the_audience_of_a_case_is_whom_the_gate_lets_through(team_case, case):
    people = [*User.objects.all(), UserFactory(role=Role.VIEWER), UserFactory(is_active=False)]
    MembershipFactory(case=team_case, user=people[-1])
    staff = Staff([team_case.pk, case.pk])
    for person in people:
        for one in (team_case, case):
            gate = type(one).objects.visible_to(person).filter(pk=one.pk).exists()
            assert staff.sees(person.pk, one.pk) == gate
