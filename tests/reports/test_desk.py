"""What needs a person, and in which group of the agenda it stands."""

import datetime

from tests.factories.authorities import AddresseeFactory
from tests.factories.cases import CaseFactory
from tests.factories.correspondence import ResponseFactory
from tests.factories.deadlines import DeadlineFactory, StatutoryDeadlineFactory
from tests.factories.demands import DemandFactory
from tests.now import NOW
from tracker.models import Deadline, EscalationStep, StatusProposal
from tracker.reports.desk import desk
from tracker.services.escalations import decline_step

ON = datetime.date(2026, 3, 20)


def day(offset: int) -> datetime.date:
    return ON + datetime.timedelta(days=offset)


def days_of(items) -> list[int]:
    return [(item.day - ON).days for item in items]


def test_dates_stand_by_nearness(case, owner):
    for offset in (-4, 0, 1, 7, 8):
        DeadlineFactory(case=case, due_on=day(offset))
    agenda = desk(user=owner, on=ON).agenda
    groups = (agenda.overdue, agenda.today, agenda.week, agenda.later)
    assert [days_of(group) for group in groups] == [[-4], [0], [1, 7], [8]]


def test_between_the_strict_and_the_latest_reading_it_needs_today(case, owner):
    StatutoryDeadlineFactory(case=case, due_on=day(-1), overdue_after=day(0))
    shown = desk(user=owner, on=ON)
    assert days_of(shown.agenda.today) == [0]
    assert shown.agenda.today[0].strict_passed is True
    assert shown.clocks_run_out == []
    assert len(desk(user=owner, on=day(1)).clocks_run_out) == 1


def test_after_the_strict_reading_the_last_legal_day_counts_in_the_week_and_its_list(case, owner):
    clock = StatutoryDeadlineFactory(case=case, due_on=day(-2), overdue_after=day(2))
    DeadlineFactory(case=case, due_on=day(6))
    shown = desk(user=owner, on=ON)
    assert days_of(shown.agenda.today) == [2]
    assert (shown.due_today, shown.first_this_week) == ([clock], day(2))
    assert shown.due_this_week[0] == clock
    found = Deadline.objects.visible_to(owner)
    assert set(found.due_soon(7, ON)) == set(shown.due_this_week)
    assert list(found.for_today(ON)) == shown.due_today
    assert list(found.standing_between(day(2), day(2), ON)) == [clock]
    assert list(found.standing_between(day(1), day(7), ON).by_law()) == [clock]


def test_the_first_sentence_counts_what_its_cards_count(case, owner):
    StatutoryDeadlineFactory(case=case, due_on=day(-2), overdue_after=day(2))
    StatutoryDeadlineFactory(case=case, due_on=day(-9))
    DeadlineFactory(case=case, due_on=day(-1))
    DeadlineFactory(case=case, due_on=day(5))
    DemandFactory(case=case, review_on=day(-3))
    DemandFactory(case=case, review_on=day(4))
    for _demand in range(2):
        grade_me = ResponseFactory(action__addressee=AddresseeFactory(case=case))
        DemandFactory(case=case).addressees.add(grade_me.action.addressee)
    shown = desk(user=owner, on=ON)
    cards = (
        shown.clocks_run_out,
        shown.due_today,
        shown.own_dates_passed,
        shown.to_grade,
        shown.to_confirm,
        shown.to_review,
    )
    assert [len(card) for card in cards] == [1, 1, 1, 2, 0, 1]
    assert shown.needs_today == 6
    assert (len(shown.due_this_week), shown.reviews_this_week) == (2, 1)


def test_the_desk_names_the_first_step_nobody_has_decided_about(case, owner, colleague):
    steps = [
        EscalationStep.objects.create(
            code=name, number=number, name=name, advice="Write.", opened_by="silence"
        )
        for number, name in enumerate(("A letter", "A complaint"), start=1)
    ]
    clock = StatutoryDeadlineFactory(
        case=case, addressee=AddresseeFactory(case=case), due_on=day(-9)
    )
    assert desk(user=owner, on=ON).next_step == "A letter"
    decline_step(deadline=clock, step=steps[0], reason="Sent before.", by=owner, at=NOW)
    assert desk(user=owner, on=ON).next_step == "A complaint"
    assert desk(user=colleague, on=ON).next_step == ""


def test_a_date_of_our_own_passes_and_is_never_overdue(case, owner):
    passed = DeadlineFactory(case=case, due_on=day(-4))
    shown = desk(user=owner, on=ON)
    assert (shown.clocks_run_out, shown.own_dates_passed) == ([], [passed])
    assert [item.overdue for item in shown.agenda.overdue] == [False]


def test_review_days_of_demands_stand_in_the_agenda(case, owner):
    due = DemandFactory(case=case, review_on=day(0))
    DemandFactory(case=case, review_on=day(3))
    DemandFactory(case=case, review_on=day(3), status="overtaken")
    shown = desk(user=owner, on=ON)
    assert shown.to_review == [due]
    assert (days_of(shown.agenda.today), days_of(shown.agenda.week)) == ([0], [3])


def test_the_desk_is_mine_and_the_teams_only_when_asked(case, owner, colleague, coordinator):
    mine = DeadlineFactory(case=case, due_on=day(1), owner=colleague)
    DeadlineFactory(case=case, due_on=day(2))
    DeadlineFactory(case=CaseFactory(), due_on=day(3))
    assert [i.deadline for i in desk(user=colleague, on=ON).agenda.week] == [mine]
    assert days_of(desk(user=owner, on=ON).agenda.week) == [2]
    assert days_of(desk(user=coordinator, on=ON).agenda.week) == []
    assert days_of(desk(user=coordinator, on=ON, whole_team=True).agenda.week) == [1, 2, 3]


def test_a_proposal_needs_those_who_may_confirm_it(case, owner, colleague, coordinator, viewer):
    proposal = StatusProposal.objects.create(
        demand=DemandFactory(case=case),
        seq=1,
        from_status="awaiting",
        to_status="overtaken",
        happened_on=ON,
        reason="Gone.",
        by=owner,
        at=NOW,
    )
    assert desk(user=owner, on=ON).to_confirm == []
    assert desk(user=colleague, on=ON).to_confirm == [proposal]
    assert desk(user=viewer, on=ON).to_confirm == []
    StatusProposal.objects.update(to_status="discontinued")
    assert desk(user=colleague, on=ON).to_confirm == []
    assert desk(user=coordinator, on=ON).to_confirm == [proposal]


def test_closed_cases_ask_for_nothing(owner):
    closed = CaseFactory(lead=owner, phase="closed", closed_at=NOW, close_reason="partly")
    DemandFactory(case=closed, review_on=day(-1))
    shown = desk(user=owner, on=ON)
    assert (shown.to_review, shown.without_date, bool(shown.agenda)) == ([], [], False)
    assert shown.needs_today == 0


def test_a_hidden_case_asks_nothing_of_a_stranger(team_case, stranger, coordinator):
    StatutoryDeadlineFactory(case=team_case, due_on=day(-9), owner=stranger)
    DemandFactory(case=team_case, owner=stranger, review_on=day(-1))
    for person in (stranger, coordinator):
        shown = desk(user=person, on=ON, whole_team=True)
        assert (shown.needs_today, shown.to_review, bool(shown.agenda)) == (0, [], False)
