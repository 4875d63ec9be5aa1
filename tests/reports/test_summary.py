"""The report for a meeting, and who carries what."""

import datetime

from tests.factories.authorities import AddresseeFactory
from tests.factories.cases import CaseFactory
from tests.factories.deadlines import DeadlineFactory, StatutoryDeadlineFactory
from tests.factories.demands import DemandFactory
from tracker.models import Demand
from tracker.reports.summary import summary
from tracker.reports.workload import Load, workload

ON = datetime.date(2026, 3, 20)


def test_a_demand_to_two_authorities_counts_once_in_the_total(case, owner):
    first, second = (AddresseeFactory(case=case, number=n) for n in (1, 2))
    both = DemandFactory(case=case, status="rejected")
    both.addressees.set([first, second])
    one = DemandFactory(case=case)
    one.addressees.add(first)
    DemandFactory(case=case)
    table = summary(Demand.objects.all(), user=owner, on=ON)
    assert table.statuses == ["awaiting", "rejected"]
    assert [(line.authority, line.cells, line.total) for line in table.lines] == [
        (first.authority, [("awaiting", 1), ("rejected", 1)], 2),
        (second.authority, [("awaiting", 0), ("rejected", 1)], 1),
    ]
    assert table.totals == [("awaiting", 2), ("rejected", 1)]
    assert (table.count, table.unaddressed, table.cases) == (3, 1, 1)


def test_an_authority_addressed_twice_in_a_case_has_each_demand_once(case, owner):
    first = AddresseeFactory(case=case, number=1)
    again = AddresseeFactory(case=case, number=2, authority=first.authority)
    DemandFactory(case=case).addressees.set([first, again])
    [line] = summary(Demand.objects.all(), user=owner, on=ON).lines
    assert line.total == 1


def test_clocks_run_out_are_those_of_the_chosen_demands_cases(case, owner):
    late = StatutoryDeadlineFactory(case=case, due_on=datetime.date(2026, 3, 1))
    StatutoryDeadlineFactory(case=CaseFactory(), due_on=datetime.date(2026, 3, 1))
    DemandFactory(case=case)
    assert summary(Demand.objects.all(), user=owner, on=ON).overdue == [late]


def test_a_clock_answered_late_stays_in_the_report(case, owner, signed_in):
    late = StatutoryDeadlineFactory(
        case=case, due_on=datetime.date(2026, 3, 1), state="closed", ended_on=ON
    )
    StatutoryDeadlineFactory(case=case, due_on=ON, state="closed", ended_on=ON)
    DemandFactory(case=case)
    shown = summary(Demand.objects.all(), user=owner, on=ON)
    assert (shown.overdue, shown.ended_late) == ([], [late])
    page = signed_in(owner).get("/reports/").text
    assert "closed 20 Mar 2026, 19 days late" in page.split("Clocks that ended late")[1]


def test_each_person_carries_what_names_them_or_what_they_lead(
    case, owner, colleague, coordinator, team_case
):
    DemandFactory(case=case)
    DemandFactory(case=case, owner=colleague)
    DemandFactory(case=case, status="overtaken")
    StatutoryDeadlineFactory(case=case, due_on=datetime.date(2026, 3, 1))
    DeadlineFactory(case=case, owner=colleague, due_on=datetime.date(2026, 3, 27))
    CaseFactory()
    assert workload(user=coordinator, on=ON) == [
        Load(owner, cases=1, demands=1, overdue=1, this_week=0),
        Load(colleague, cases=0, demands=1, overdue=0, this_week=1),
        Load(None, cases=1, demands=0, overdue=0, this_week=0),
    ]
    StatutoryDeadlineFactory(
        case=case,
        due_on=ON - datetime.timedelta(days=1),
        overdue_after=ON + datetime.timedelta(days=1),
    )
    assert workload(user=coordinator, on=ON)[0].this_week == 1
    # On the team of the hidden case one more is counted, for those who may know of it.
    assert workload(user=colleague, on=ON)[0] == Load(
        owner, cases=2, demands=1, overdue=1, this_week=1
    )
