"""The case page's parts: clocks, matrix, what happened, links."""

import datetime

import pytest

from tests.factories.authorities import AddresseeFactory
from tests.factories.cases import CaseFactory
from tests.factories.correspondence import ActionFactory, ResponseFactory
from tests.factories.deadlines import DeadlineFactory, StatutoryDeadlineFactory
from tests.factories.demands import DemandFactory
from tests.factories.documents import EvidenceFactory
from tests.now import NOW
from tracker.models import Action, Case, CaseLink, ResponseGrade, StatusChange
from tracker.reports.cases import case_page, case_rows

ON = datetime.date(2026, 3, 20)


@pytest.fixture
def addressee(case):
    return AddresseeFactory(case=case, number=1, sent_on=datetime.date(2026, 1, 5))


def page(case, user):
    return case_page(Case.objects.get(pk=case.pk), user=user, on=ON)


def test_the_latest_grade_of_a_pair_stands(case, addressee, owner):
    demand = DemandFactory(case=case)
    demand.addressees.add(addressee)
    for day, grade in ((1, "D1"), (9, "B1"), (5, "C2")):
        ResponseGrade.objects.create(
            demand=demand,
            addressee=addressee,
            grade=grade,
            graded_on=datetime.date(2026, 2, day),
        )
    [row] = page(case, owner).rows
    assert [cell.grade.grade for cell in row.cells] == ["B1"]


def test_a_cell_tells_not_asked_from_not_answered(case, addressee, owner):
    other = AddresseeFactory(case=case, number=2)
    demand = DemandFactory(case=case)
    demand.addressees.add(addressee)
    StatutoryDeadlineFactory(case=case, addressee=addressee, due_on=datetime.date(2026, 3, 10))
    [row] = page(case, owner).rows
    assert [(c.addressee, c.asked, c.late_since) for c in row.cells] == [
        (addressee, True, datetime.date(2026, 3, 10)),
        (other, False, None),
    ]


def test_an_answer_nobody_graded_is_not_shown_as_silence(case, addressee, owner):
    graded, passed_over = DemandFactory(case=case), DemandFactory(case=case)
    for demand in (graded, passed_over):
        demand.addressees.add(addressee)
    response = ResponseFactory(
        action__addressee=addressee, action__happened_on=datetime.date(2026, 2, 9)
    )
    ResponseGrade.objects.create(
        response=response, demand=graded, addressee=addressee, grade="B1", graded_on=ON
    )
    shown = page(case, owner)
    assert [row.cells[0].ungraded_on for row in shown.rows] == [None, datetime.date(2026, 2, 9)]
    assert shown.clocks[0].answered is True


def test_silence_on_record_does_not_hide_the_answer_that_came_after_it(case, addressee, owner):
    demand = DemandFactory(case=case)
    demand.addressees.add(addressee)
    ResponseGrade.objects.create(demand=demand, addressee=addressee, grade="D1", graded_on=ON)
    ResponseFactory(action__addressee=addressee, action__happened_on=ON)
    [row] = page(case, owner).rows
    assert (row.cells[0].grade.grade, row.cells[0].ungraded_on) == ("D1", ON)


def test_only_what_was_weighed_for_the_present_status_counts_as_its_source(case, owner):
    demand = DemandFactory(case=case, status="rejected")
    change = StatusChange.objects.create(
        demand=demand,
        seq=1,
        from_status="awaiting",
        to_status="rejected",
        happened_on=ON,
        reason="No.",
        at=NOW,
    )
    for stance, weighed in (("supports", change), ("context", change), ("supports", None)):
        EvidenceFactory(demand=demand, stance=stance, status_change=weighed)
    [row] = page(case, owner).rows
    assert row.sources == 1


def test_the_next_date_may_be_a_last_legal_day_or_a_review_day(case, addressee, owner):
    def days(number: int) -> datetime.date:
        return ON + datetime.timedelta(days=number)

    def next_days() -> tuple[datetime.date | None, datetime.date | None]:
        item = page(case, owner).next_item
        return item and item.day, case_rows(Case.objects.all(), ON).get().next_due

    assert next_days() == (None, None)
    DemandFactory(case=case, review_on=days(9), status="implemented")
    assert next_days() == (None, None)
    DemandFactory(case=case, review_on=days(9))
    assert next_days() == (days(9), days(9))
    StatutoryDeadlineFactory(case=case, addressee=addressee, due_on=days(-2), overdue_after=days(2))
    assert next_days() == (days(2), days(2))


def test_an_addressee_shows_its_running_clocks_or_else_the_last(case, addressee, owner):
    first = StatutoryDeadlineFactory(
        case=case,
        addressee=addressee,
        due_on=datetime.date(2026, 2, 1),
        state="closed",
        ended_on=datetime.date(2026, 2, 1),
    )
    second = StatutoryDeadlineFactory(
        case=case, addressee=addressee, due_on=datetime.date(2026, 3, 1)
    )
    silent = AddresseeFactory(case=case, number=2)
    shown = page(case, owner)
    assert [(c.addressee, c.deadlines, c.late) for c in shown.clocks] == [
        (addressee, [second], True),
        (silent, [], False),
    ]
    second.state, second.ended_on = "closed", datetime.date(2026, 3, 1)
    second.save()
    assert page(case, owner).clocks[0].deadlines == [second]
    assert first.pk < second.pk


def test_the_clock_of_a_reminder_letter_may_have_no_addressee(case, owner):
    letter = StatutoryDeadlineFactory(case=case, due_on=datetime.date(2026, 3, 10))
    shown = page(case, owner)
    assert (shown.clocks, shown.dates) == ([], [letter])


def test_what_happened_is_told_in_the_order_of_days(case, addressee, owner):
    Case.objects.filter(pk=case.pk).update(issued_on=datetime.date(2026, 1, 1))
    addressee.registered_on = datetime.date(2026, 1, 7)
    addressee.save()
    demand = DemandFactory(case=case)
    StatutoryDeadlineFactory(case=case, addressee=addressee, due_on=datetime.date(2026, 2, 1))
    ActionFactory(addressee=addressee, happened_on=datetime.date(2026, 2, 3))
    ResponseFactory(action__addressee=addressee, action__happened_on=datetime.date(2026, 2, 9))
    StatusChange.objects.create(
        demand=demand,
        seq=1,
        from_status="awaiting",
        to_status="rejected",
        happened_on=datetime.date(2026, 2, 10),
        reason="No.",
        at=NOW,
    )
    told = [(h.day.isoformat(), h.kind) for h in page(case, owner).timeline]
    assert told == [
        ("2026-02-10", "status"),
        ("2026-02-09", "response"),
        ("2026-02-03", "action"),
        ("2026-02-01", "ran_out"),
        ("2026-01-07", "registered"),
        ("2026-01-05", "sent"),
        ("2026-01-01", "issued"),
    ]


def test_the_day_of_the_appeal_is_told_once(case, addressee, owner):
    Case.objects.filter(pk=case.pk).update(issued_on=datetime.date(2026, 1, 1))
    ActionFactory(addressee=addressee, kind=Action.Kind.APPEAL)
    assert [h.kind for h in page(case, owner).timeline] == ["action", "sent"]


@pytest.mark.parametrize(
    ("ended_on", "told"),
    [(datetime.date(2026, 2, 1), []), (datetime.date(2026, 2, 2), ["ran_out"])],
)
def test_a_clock_answered_on_its_last_day_did_not_run_out(case, owner, ended_on, told):
    late = AddresseeFactory(case=case, number=3)
    StatutoryDeadlineFactory(
        case=case,
        addressee=late,
        due_on=datetime.date(2026, 2, 1),
        state="closed",
        ended_on=ended_on,
    )
    assert [h.kind for h in page(case, owner).timeline] == told


def test_a_link_to_a_hidden_case_is_not_told(case, team_case, owner, stranger):
    CaseLink.objects.create(case=case, kind="continues", other=team_case)
    CaseLink.objects.create(case=team_case, kind="leads", other=case)
    assert [other for _link, other in page(case, owner).links] == [team_case, team_case]
    assert page(case, stranger).links == []


def test_the_list_counts_clocks_and_finds_the_next_day(case):
    StatutoryDeadlineFactory(case=case, due_on=datetime.date(2026, 3, 1))
    StatutoryDeadlineFactory(case=case, due_on=datetime.date(2026, 4, 1))
    DeadlineFactory(case=case, due_on=datetime.date(2026, 3, 25))
    DeadlineFactory(case=case, due_on=datetime.date(2026, 3, 21), state="closed", ended_on=ON)
    for _demand in range(2):
        DemandFactory(case=case)
    empty = CaseFactory(reference="EMPTY-1")
    first, second = case_rows(Case.objects.all(), ON)
    assert (first, first.next_due, first.late_count) == (case, datetime.date(2026, 3, 25), 1)
    assert len(first.listed_demands) == 2
    assert (second, second.next_due, second.late_count) == (empty, None, 0)
