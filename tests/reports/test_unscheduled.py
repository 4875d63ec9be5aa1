import datetime

import pytest

from tests.factories.authorities import AddresseeFactory
from tests.factories.cases import CaseFactory, MembershipFactory
from tests.factories.correspondence import ActionFactory, ResponseFactory
from tests.factories.deadlines import DeadlineFactory, StatutoryDeadlineFactory
from tests.factories.demands import DemandFactory
from tests.now import NOW
from tracker.models import Case, Confidentiality, StatusChange
from tracker.reports.unscheduled import unmoved_cases, unscheduled

TODAY = datetime.date(2026, 6, 30)
DAY = datetime.timedelta(days=1)
LONG_AGO = datetime.date(2025, 1, 1)


def find(user, owner=None, days=60):
    return unscheduled(user=user, owner=owner, days=days, on=TODAY)


def test_a_case_without_a_date_ahead_is_found_and_its_demands_not_repeated(owner, case):
    DemandFactory(case=case)
    DeadlineFactory(case=case, due_on=TODAY - DAY)
    shown = find(owner)
    assert ([c.pk for c in shown.cases], shown.case_count) == ([case.pk], 1)
    assert (shown.demands, shown.demand_count) == ([], 0)
    assert shown.cases[0].open_demands == 1


def test_a_date_today_is_ahead(owner, case):
    DeadlineFactory(case=case, due_on=TODAY)
    assert find(owner).cases == []


def test_a_demand_is_found_where_only_another_has_a_date(owner, case):
    forgotten = DemandFactory(case=case)
    DemandFactory(case=case, review_on=TODAY + DAY)
    DemandFactory(case=case, status="implemented")
    shown = find(owner)
    assert (shown.cases, shown.demands) == ([], [forgotten])


def test_closed_cases_are_left_alone(owner):
    CaseFactory(phase="closed", closed_at=NOW, close_reason="partly", issued_on=LONG_AGO)
    shown = find(owner)
    assert (shown.cases, shown.demands, shown.silent) == ([], [], [])


def test_a_clock_that_ran_out_is_no_date_ahead(owner, case):
    StatutoryDeadlineFactory(case=case, due_on=TODAY - DAY)
    assert [c.pk for c in find(owner).cases] == [case.pk]


def test_it_narrows_to_what_a_person_answers_for(owner, colleague, case):
    led = CaseFactory(lead=colleague)
    DeadlineFactory(case=case, demand=DemandFactory(case=case), due_on=TODAY + DAY)
    given = DemandFactory(case=case, owner=colleague)
    mine = DemandFactory(case=case)
    assert [c.pk for c in find(owner, colleague).cases] == [led.pk]
    assert find(owner, colleague).demands == [given]
    assert find(owner, owner).demands == [mine]


def test_a_hidden_case_is_found_by_its_team_only(owner, stranger, team_case):
    Case.objects.filter(pk=team_case.pk).update(issued_on=LONG_AGO)
    other = CaseFactory(reference="TEAM-2", confidentiality=Confidentiality.TEAM)
    MembershipFactory(case=other, user=owner)
    DemandFactory(case=other)
    DemandFactory(case=other, review_on=TODAY)
    shown, hidden = find(owner), find(stranger)
    assert (shown.case_count, shown.demand_count, shown.silent_count) == (1, 1, 1)
    assert (hidden.case_count, hidden.demand_count, hidden.silent_count) == (0, 0, 0)


# No movement


def moved(case: Case) -> bool:
    return not unmoved_cases(Case.objects.all(), days=60, on=TODAY).filter(pk=case.pk).exists()


@pytest.fixture
def old(owner) -> Case:
    return CaseFactory(lead=owner, issued_on=LONG_AGO)


def test_an_old_case_in_which_nothing_happened_has_not_moved(old):
    assert not moved(old)


def test_a_case_of_yesterday_counts_as_moved(owner):
    assert moved(CaseFactory(issued_on=TODAY - DAY))


def test_a_case_without_a_date_of_its_own_counts_from_its_entry(owner):
    case = CaseFactory()
    Case.objects.filter(pk=case.pk).update(created_at="2026-06-29T12:00Z")
    assert moved(case)
    Case.objects.filter(pk=case.pk).update(created_at="2026-01-29T12:00Z")
    assert not moved(case)


@pytest.mark.parametrize(
    ("kind", "moves"),
    [("appeal", True), ("reminder_1", True), ("phone_call", False), ("media_item", False)],
)
def test_written_steps_move_a_case_and_talking_does_not(old, kind, moves):
    ActionFactory(addressee=AddresseeFactory(case=old), kind=kind, happened_on=TODAY - 10 * DAY)
    assert moved(old) == moves


def test_an_answer_moves_a_case(old):
    ResponseFactory(
        action__addressee=AddresseeFactory(case=old), action__happened_on=TODAY - 10 * DAY
    )
    assert moved(old)


def test_a_new_status_moves_a_case(old):
    StatusChange.objects.create(
        demand=DemandFactory(case=old),
        seq=1,
        from_status="awaiting",
        to_status="rejected",
        happened_on=TODAY - 59 * DAY,
        reason="They said so.",
        at=NOW,
    )
    assert moved(old)


def test_the_sixtieth_day_is_the_first_of_silence(old):
    addressee = AddresseeFactory(case=old)
    ActionFactory(addressee=addressee, kind="appeal", happened_on=TODAY - 60 * DAY)
    assert not moved(old)
    ActionFactory(addressee=addressee, kind="appeal", happened_on=TODAY - 59 * DAY)
    assert moved(old)


def test_the_longest_silent_come_first_with_their_last_movement(owner):
    for day in (3, 1, 2):
        CaseFactory(lead=owner, issued_on=LONG_AGO.replace(day=day))
    silent = find(owner).silent
    assert [c.moved_on for c in silent] == [LONG_AGO.replace(day=day) for day in (1, 2, 3)]


def test_the_number_of_days_is_the_reader_s(owner):
    CaseFactory(lead=owner, issued_on=TODAY - 30 * DAY)
    assert (len(find(owner).silent), len(find(owner, days=30).silent)) == (0, 1)
