"""On which days, and at what moment."""

import datetime

import pytest

from tests.factories.deadlines import DeadlineFactory, StatutoryDeadlineFactory
from tracker.models import Deadline, ReminderPlan, User
from tracker.services.reminders.schedule import (
    Schedule,
    Schedules,
    digest_day,
    digest_instant,
    offsets_of,
    schedule_of,
)

UTC = datetime.UTC
DUE = datetime.date(2026, 3, 10)


def day(days: int) -> datetime.date:
    return DUE + datetime.timedelta(days=days)


def clock_of(deadline: Deadline):
    return Deadline.objects.values_list(
        "pk", "generation", "case_id", "kind", "due_on", "overdue_after", "owner_id",
        "case__lead_id",
        named=True,
    ).get(pk=deadline.pk)  # fmt: skip


# Days


@pytest.mark.django_db
def test_the_default_offsets_lead_up_to_the_day_and_repeat_for_eight_weeks():
    clock = clock_of(DeadlineFactory(due_on=DUE))
    numbers = [offset.days for offset in offsets_of(clock, Schedule())]
    assert numbers == [-14, -7, -3, -1, 0, 7, 14, 21, 28, 35, 42, 49, 56]
    assert all(offset.fire_on == day(offset.days) for offset in offsets_of(clock, Schedule()))


@pytest.mark.django_db
def test_a_legal_clock_repeats_only_from_its_latest_reading_on():
    clock = clock_of(StatutoryDeadlineFactory(due_on=DUE, overdue_after=day(1)))
    repeats = [
        (offset.days, offset.fire_on) for offset in offsets_of(clock, Schedule(repeat_at_most=2))
    ][5:]
    assert repeats == [(7, day(8)), (14, day(15))]


@pytest.mark.django_db
def test_an_event_is_not_repeated_once_it_is_over():
    clock = clock_of(DeadlineFactory(due_on=DUE, kind=Deadline.Kind.EVENT))
    assert [offset.days for offset in offsets_of(clock, Schedules().of(clock))] == [
        -14,
        -7,
        -3,
        -1,
        0,
    ]


@pytest.mark.django_db
def test_the_plan_of_the_case_comes_before_the_general_one():
    deadline, other = DeadlineFactory(due_on=DUE), DeadlineFactory(due_on=DUE)
    ReminderPlan.objects.create(kind="look_again", days_before=[2], repeat_at_most=0)
    ReminderPlan.objects.create(
        kind="look_again", case=deadline.case, days_before=[5, 0, 5], repeat_every=0
    )
    schedules = Schedules()
    own, general = schedules.of(clock_of(deadline)), schedules.of(clock_of(other))
    assert [offset.days for offset in offsets_of(clock_of(deadline), own)] == [-5, 0]
    assert [offset.days for offset in offsets_of(clock_of(other), general)] == [-2]


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
