import datetime
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories.authorities import AddresseeFactory
from tests.factories.cases import CaseFactory
from tests.factories.deadlines import CalendarDayFactory, ResponseRuleFactory
from tracker.models import CalendarDay, CalendarYear, Deadline, Event, Recomputation, Reminder
from tracker.services.deadlines.change import extend_deadline, pause_deadline
from tracker.services.deadlines.end import close_deadline
from tracker.services.deadlines.recompute import preview, recompute_next, request_recomputation
from tracker.services.deadlines.start import start_deadline

pytestmark = pytest.mark.django_db

AT = datetime.datetime(2026, 11, 22, 9, 30, tzinfo=datetime.UTC)
LATER = AT + datetime.timedelta(hours=1)


@pytest.fixture
def rule():
    return ResponseRuleFactory(code="kg-67-reply-14")


def clock(rule, owner, case=None, day=date(2025, 12, 22)):
    addressee = AddresseeFactory(case=case or CaseFactory(), rule=rule, registered_on=day)
    return start_deadline(addressee=addressee, by=owner, at=AT)


def run(owner, **scope):
    asked = request_recomputation(reason="8 and 9 January are off", by=owner, at=AT, **scope)
    return recompute_next(recomputation_id=asked.pk, at=LATER)


def new_days_off():
    for day in (8, 9):
        CalendarDayFactory(day=date(2026, 1, day), reason="New Year holidays prolonged")


def test_nothing_moves_until_it_is_confirmed(rule, owner):
    deadline = clock(rule, owner)
    new_days_off()
    shown = preview(user=owner, jurisdiction="KG")
    assert [(m.deadline, m.fields["due_on"], m.fields["overdue_after"]) for m in shown.moves] == [
        (deadline, date(2026, 1, 19), date(2026, 1, 20))
    ]
    assert (shown.total, shown.problems) == (1, [])
    deadline.refresh_from_db()
    assert (deadline.due_on, deadline.overdue_after) == (date(2026, 1, 15), date(2026, 1, 16))


def test_confirmed_it_moves_with_a_change_an_event_and_no_stale_reminder(rule, owner):
    deadline = clock(rule, owner)
    reminder = Reminder.objects.create(
        deadline=deadline,
        generation=1,
        person=owner,
        offset_days=-3,
        due_on=deadline.due_on,
        fire_on=deadline.due_on,
        send_at=AT,
        created_at=AT,
    )
    new_days_off()
    done = run(owner, jurisdiction="KG")
    deadline.refresh_from_db()
    reminder.refresh_from_db()
    assert (deadline.due_on, deadline.overdue_after) == (date(2026, 1, 19), date(2026, 1, 20))
    assert (deadline.generation, reminder.state) == (2, "cancelled")
    assert (done.state, done.total, done.done, done.moved, done.finished_at) == (
        "done",
        1,
        1,
        1,
        LATER,
    )
    change = deadline.changes.get(kind="recomputed")
    assert (change.by, change.at, change.reason) == (owner, LATER, "8 and 9 January are off")
    assert (change.before["overdue_after"], change.after["overdue_after"]) == (
        "2026-01-16",
        "2026-01-20",
    )
    assert Event.objects.about(deadline).filter(action="deadline.recomputed").count() == 1
    skipped = {day["date"] for day in deadline.explanation["skipped"]}
    assert {"2026-01-08", "2026-01-09"} < skipped


def test_doing_it_again_changes_nothing(rule, owner):
    deadline = clock(rule, owner)
    new_days_off()
    run(owner, jurisdiction="KG")
    deadline.refresh_from_db()
    again = run(owner, jurisdiction="KG")
    assert (again.done, again.moved) == (1, 0)
    same = Deadline.objects.get(pk=deadline.pk)
    assert (same.generation, same.version) == (deadline.generation, deadline.version)
    assert recompute_next(recomputation_id=again.pk, at=LATER).done == 1


def test_an_edited_rule_moves_its_own_deadlines_only(rule, owner):
    mine = clock(rule, owner)
    other = clock(ResponseRuleFactory(code="kg-217"), owner)
    rule.quantity = 10
    rule.save()
    assert [m.deadline for m in preview(user=owner, rule_code=rule.code).moves] == [mine]
    assert run(owner, rule_code=rule.code).moved == 1
    mine.refresh_from_db()
    other.refresh_from_db()
    assert mine.overdue_after == date(2026, 1, 12)
    assert other.overdue_after == date(2026, 1, 16)


def test_a_new_version_takes_over_what_ran_from_its_first_day_on(rule, owner):
    before, after = clock(rule, owner), clock(rule, owner, day=date(2026, 2, 2))
    rule.effective_to = date(2025, 12, 31)
    rule.save()
    ten = ResponseRuleFactory(
        code=rule.code, version=2, quantity=10, effective_from=date(2026, 1, 1)
    )
    assert run(owner, rule_code=rule.code).moved == 1
    before.refresh_from_db()
    after.refresh_from_db()
    assert (before.rule, after.rule) == (rule, ten)
    assert after.overdue_after == date(2026, 2, 16)


def test_a_notified_day_stands_and_a_pause_is_counted_again(rule, owner):
    extended, paused = clock(rule, owner), clock(rule, owner)
    extend_deadline(deadline=extended, until=date(2026, 2, 10), reason="Notice", by=owner, at=AT)
    pause_deadline(deadline=paused, on=date(2025, 12, 30), reason="Ask", by=owner, at=AT)
    new_days_off()
    assert run(owner, jurisdiction="KG").moved == 1
    extended.refresh_from_db()
    paused.refresh_from_db()
    assert (extended.due_on, extended.generation) == (date(2026, 2, 10), 2)
    assert "2026-01-08" in {day["date"] for day in extended.explanation["skipped"]}
    assert (paused.state, paused.overdue_after, paused.days_left) == (
        "paused",
        date(2026, 1, 20),
        8,
    )


def test_ended_deadlines_stay_as_they_ended(rule, owner):
    closed = clock(rule, owner)
    close_deadline(deadline=closed, reason="Answered", on=date(2026, 1, 5), by=owner, at=AT)
    new_days_off()
    assert preview(user=owner, jurisdiction="KG").total == 0
    assert run(owner, jurisdiction="KG").done == 0


def test_one_that_cannot_be_counted_is_named_and_stops_nobody(rule, owner):
    lost, fine = clock(rule, owner), clock(rule, owner, day=date(2025, 12, 23))
    new_days_off()
    rule.effective_from = date(2025, 12, 23)
    rule.save()
    done = run(owner, rule_code=rule.code)
    assert (done.state, done.done, done.moved) == ("done", 2, 1)
    assert done.problems == [
        {
            "deadline": lost.pk,
            "problem": "No version of its rule is in force on its first day.",
        }
    ]
    fine.refresh_from_db()
    assert fine.overdue_after == date(2026, 1, 21)


def test_a_hidden_case_moves_too_but_is_not_shown(rule, owner, stranger, team_case):
    clock(rule, owner, case=team_case)
    new_days_off()
    shown = preview(user=stranger, jurisdiction="KG")
    assert (shown.moves, shown.total, shown.others) == ([], 0, True)
    assert len(preview(user=owner, jurisdiction="KG").moves) == 1
    assert run(stranger, jurisdiction="KG").moved == 1


def test_it_goes_on_where_it_stopped(rule, owner):
    for _ in range(5):
        clock(rule, owner)
    new_days_off()
    asked = request_recomputation(reason="Days off", jurisdiction="KG", by=owner, at=AT)
    seen = []
    while not seen or seen[-1][0] != "done":
        step = recompute_next(recomputation_id=asked.pk, at=LATER, chunk=2)
        seen.append((step.state, step.done, step.moved))
    assert seen == [("running", 2, 2), ("running", 4, 4), ("done", 5, 5)]


def test_confirming_a_year_takes_the_doubt_away_and_restarts_nothing(rule, owner):
    deadline = clock(rule, owner, day=date(2027, 6, 10))
    assert deadline.provisional is True
    CalendarYear.objects.create(jurisdiction="KG", year=2027, confirmed_by=owner, confirmed_at=AT)
    assert run(owner, jurisdiction="KG").moved == 0
    deadline.refresh_from_db()
    assert (deadline.provisional, deadline.generation) == (False, 1)
    assert list(deadline.changes.values_list("kind", flat=True)) == ["started"]


def test_the_number_of_queries_does_not_grow_with_the_deadlines(rule, owner):
    counts = []
    for number in (1, 3):
        for _ in range(number):
            clock(rule, owner)
        CalendarDayFactory(day=date(2025, 12, 22 + number))
        asked = request_recomputation(reason="Days off", jurisdiction="KG", by=owner, at=AT)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            recompute_next(recomputation_id=asked.pk, at=LATER)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert Recomputation.objects.filter(moved__gt=0).count() == 2


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(
        st.tuples(
            st.dates(date(2025, 12, 20), date(2026, 2, 10)), st.sampled_from(["off", "worked"])
        ),
        max_size=5,
        unique_by=lambda day: day[0],
    )
)
def test_whatever_is_decided_a_second_recomputation_finds_nothing(rule, owner, days):
    Deadline.objects.exists() or clock(rule, owner)
    CalendarDay.objects.all().delete()
    for day, kind in days:
        CalendarDayFactory(day=day, kind=kind)
    run(owner, jurisdiction="KG")
    deadline = Deadline.objects.get()
    assert preview(user=owner, jurisdiction="KG").moves == []
    assert run(owner, jurisdiction="KG").moved == 0
    assert Deadline.objects.get().version == deadline.version
