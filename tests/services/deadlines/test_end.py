from datetime import date

import pytest

from tests.factories.authorities import AddresseeFactory
from tests.factories.cases import CaseFactory
from tests.factories.deadlines import DeadlineFactory, ResponseRuleFactory, StatutoryDeadlineFactory
from tests.factories.demands import DemandFactory
from tests.races import overlap
from tests.services.deadlines import AT, changes, plan
from tracker.models import Case, Deadline, Reminder
from tracker.services.cases import close_case
from tracker.services.deadlines.addressee import sync_deadlines
from tracker.services.deadlines.change import move_date
from tracker.services.deadlines.end import (
    cancel_deadline,
    close_answered,
    close_deadline,
    close_demand_dates,
    reopen_deadline,
)
from tracker.services.deadlines.start import set_date
from tracker.services.refusals import Refused, StaleRecord

pytestmark = pytest.mark.django_db


@pytest.fixture
def addressee(case):
    return AddresseeFactory(
        case=case,
        rule=ResponseRuleFactory(code="kg-67-reply-14"),
        sent_on=date(2020, 1, 15),
        registered_on=date(2020, 1, 15),
    )


def test_a_look_again_date_stands_by_itself(case, owner):
    demand = DemandFactory(case=case)
    deadline = set_date(
        case=case,
        kind="look_again",
        due_on=date(2026, 12, 13),
        title="Look again",
        demand=demand,
        owner=owner,
        by=owner,
        at=AT,
    )
    assert (deadline.kind, deadline.demand, deadline.overdue_after) == (
        "look_again",
        demand,
        date(2026, 12, 13),
    )
    assert changes(deadline) == ["started"]


def test_a_deadline_before_its_anchor_is_refused(case, owner):
    with pytest.raises(Refused) as raised:
        set_date(
            case=case,
            kind="expected",
            due_on=date(2026, 1, 9),
            anchor_on=date(2026, 1, 10),
            title="Expected",
            by=owner,
            at=AT,
        )
    assert str(raised.value) == (
        "9 Jan 2026 is before 10 Jan 2026, the day it is counted from. Correct one of them."
    )
    assert raised.value.field == "due_on"
    assert Deadline.objects.count() == 0


def test_a_legal_deadline_is_not_set_by_hand(case, owner):
    with pytest.raises(Refused, match=r"^A legal deadline is computed from its rule"):
        set_date(case=case, kind="statutory", due_on=date(2026, 1, 9), title="No", by=owner, at=AT)


def test_a_demand_of_another_case_is_refused(case, owner):
    with pytest.raises(Refused, match=r"^Choose a demand or an addressee of the same case\.$"):
        set_date(
            case=case,
            kind="look_again",
            due_on=date(2026, 1, 9),
            title="No",
            demand=DemandFactory(case=CaseFactory()),
            by=owner,
            at=AT,
        )


def test_a_date_does_not_end_on_a_day_to_come(case, owner):
    deadline = StatutoryDeadlineFactory(case=case)
    with pytest.raises(Refused, match="has not come yet"):
        close_deadline(deadline=deadline, reason="", on=date(2026, 11, 23), by=owner, at=AT)
    deadline.refresh_from_db()
    assert deadline.state == "open"


def test_closing_cancels_what_is_planned_and_keeps_what_was_sent(case, owner):
    deadline = StatutoryDeadlineFactory(case=case)
    planned = plan(deadline, owner, -3)
    skipped = plan(deadline, owner, -14)
    Reminder.objects.filter(pk=skipped.pk).update(state="skipped")
    closed = close_deadline(
        deadline=deadline, reason="Answered", on=date(2026, 3, 1), by=owner, at=AT
    )
    assert (closed.state, closed.ended_on, closed.generation) == ("closed", date(2026, 3, 1), 2)
    planned.refresh_from_db()
    skipped.refresh_from_db()
    assert (planned.state, planned.reason) == ("cancelled", "deadline.closed")
    assert skipped.state == "skipped"
    assert changes(closed) == ["closed"]


def test_ending_twice_is_refused(case, owner):
    deadline = DeadlineFactory(case=case)
    cancel_deadline(deadline=deadline, reason="Mistake", on=date(2026, 3, 1), by=owner, at=AT)
    with pytest.raises(Refused) as raised:
        close_deadline(deadline=deadline, reason="x", on=date(2026, 3, 1), by=owner, at=AT)
    assert str(raised.value) == "This deadline is “cancelled”, so this cannot be done now."


def test_an_end_before_the_beginning_is_refused(case, owner):
    deadline = StatutoryDeadlineFactory(case=case, due_on=date(2026, 3, 10))
    with pytest.raises(Refused) as raised:
        close_deadline(deadline=deadline, reason="x", on=date(2026, 2, 16), by=owner, at=AT)
    assert str(raised.value) == (
        "16 Feb 2026 is before the clock began on 17 Feb 2026. Check the date."
    )


def test_reopening_lets_it_run_to_the_same_day(case, owner):
    deadline = DeadlineFactory(case=case)
    cancel_deadline(deadline=deadline, reason="Mistake", on=date(2026, 3, 1), by=owner, at=AT)
    reopened = reopen_deadline(deadline=deadline, reason="No mistake", by=owner, at=AT)
    assert (reopened.state, reopened.ended_on, reopened.due_on) == (
        "open",
        None,
        date(2026, 3, 10),
    )
    assert changes(reopened) == ["cancelled", "reopened"]
    with pytest.raises(Refused, match="This deadline is “open”"):
        reopen_deadline(deadline=reopened, reason="again", by=owner, at=AT)


def test_the_second_person_is_told_of_the_first(case, owner, colleague):
    deadline = DeadlineFactory(case=case)
    seen = deadline.version
    close_deadline(
        deadline=deadline,
        reason="Done",
        on=date(2026, 3, 1),
        by=owner,
        at=AT,
        shown_version=seen,
    )
    with pytest.raises(StaleRecord):
        cancel_deadline(
            deadline=deadline,
            reason="Mistake",
            on=date(2026, 3, 1),
            by=colleague,
            at=AT,
            shown_version=seen,
        )
    assert changes(deadline) == ["closed"]


def test_a_date_of_ours_moves_either_way_and_a_legal_one_does_not(case, owner):
    ours = DeadlineFactory(case=case)
    moved = move_date(deadline=ours, due_on=date(2026, 3, 2), reason="Sooner", by=owner, at=AT)
    assert (moved.due_on, moved.overdue_after, moved.generation) == (
        date(2026, 3, 2),
        date(2026, 3, 2),
        2,
    )
    with pytest.raises(Refused, match=r"^A legal deadline moves by an extension"):
        move_date(
            deadline=StatutoryDeadlineFactory(case=case),
            due_on=date(2026, 4, 1),
            reason="No",
            by=owner,
            at=AT,
        )


def test_an_answer_closes_what_was_owed_and_leaves_our_own_dates(addressee, owner):
    (clock,) = sync_deadlines(addressee=addressee, by=owner, at=AT)
    mine = DeadlineFactory(case=addressee.case, addressee=addressee)
    wish = DeadlineFactory(case=addressee.case, addressee=addressee, kind="expected")
    closed = close_answered(
        addressee=addressee, reason="Answered", on=date(2020, 1, 30), by=owner, at=AT
    )
    assert [d.pk for d in closed] == [clock.pk, wish.pk]
    mine.refresh_from_db()
    assert mine.state == "open"


def test_an_answer_dated_before_the_clock_closes_it_on_its_first_day(addressee, owner):
    sync_deadlines(addressee=addressee, by=owner, at=AT)
    (closed,) = close_answered(
        addressee=addressee, reason="Answered", on=date(2020, 1, 10), by=owner, at=AT
    )
    assert closed.ended_on == date(2020, 1, 15)


def test_the_end_of_a_demand_ends_its_own_dates_only(case, owner):
    demand = DemandFactory(case=case)
    own = DeadlineFactory(case=case, demand=demand)
    whole = DeadlineFactory(case=case)
    (closed,) = close_demand_dates(
        demand=demand, reason="Implemented", on=date(2026, 3, 1), by=owner, at=AT
    )
    whole.refresh_from_db()
    assert (closed.pk, whole.state) == (own.pk, "open")


@pytest.mark.django_db(transaction=True)
def test_a_date_that_a_colleague_ends_does_not_stop_its_case_from_closing(case, owner, colleague):
    deadline = DeadlineFactory(case=case)
    read = Case.objects.get(pk=case.pk)
    overlap(
        lambda: close_deadline(
            deadline=deadline, reason="Done", on=date(2026, 3, 1), by=owner, at=AT
        ),
        lambda: close_case(case=read, close_reason="partly", note="Half.", by=colleague, at=AT),
    )
    case.refresh_from_db()
    assert (case.closed, changes(deadline)) == (True, ["closed"])
