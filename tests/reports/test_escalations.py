"""Next steps: opened by silence or refusal, within their window, decided once by a person."""

import datetime

import pytest
from django.urls import reverse

from tests.factories.authorities import AddresseeFactory
from tests.factories.correspondence import ResponseFactory
from tests.factories.deadlines import (
    DeadlineFactory,
    RegistrationDeadlineFactory,
    StatutoryDeadlineFactory,
)
from tests.factories.demands import DemandFactory
from tracker.models import (
    Deadline,
    Demand,
    EscalationChoice,
    EscalationStep,
    Event,
    ResponseGrade,
)
from tracker.reports.cases import case_page
from tracker.reports.desk import desk
from tracker.reports.escalations import next_steps
from tracker.reports.summary import summary
from tracker.services.correspondence import note_silence
from tracker.services.escalations import decline_step, take_step
from tracker.services.refusals import Refused

DAY = datetime.date(2026, 2, 6)
AT = datetime.datetime(2026, 2, 6, 5, 0, tzinfo=datetime.UTC)


@pytest.fixture
def ladder(db) -> dict[str, EscalationStep]:
    def step(code: str, number: int, **fields) -> EscalationStep:
        return EscalationStep.objects.create(
            code=code, number=number, name=code, advice="Write.", logged_as="reminder_1", **fields
        )

    return {
        "letter": step("letter", 1, jurisdiction="KG", opened_by="silence"),
        "ombudsman": step(
            "ombudsman", 2, jurisdiction="KG", opened_by="both", window=12, window_unit="month"
        ),
        "un": step("un", 9, jurisdiction="", opened_by="both"),
        "kz": step("kz", 1, jurisdiction="KZ", opened_by="both"),
    }


@pytest.fixture
def clock(case, ladder) -> Deadline:
    """Of Kyrgyz law, its latest reading on 4 February 2026."""
    return StatutoryDeadlineFactory(
        case=case,
        addressee=AddresseeFactory(case=case),
        due_on=datetime.date(2026, 2, 3),
        overdue_after=datetime.date(2026, 2, 4),
    )


def codes(clock: Deadline, on: datetime.date) -> list[str]:
    return [item.step.code for item in next_steps([clock], on).get(clock.pk, [])]


def test_nothing_is_proposed_until_the_latest_reading_has_passed(clock):
    assert codes(clock, datetime.date(2026, 2, 4)) == []
    assert codes(clock, datetime.date(2026, 2, 5)) == ["letter", "ombudsman", "un"]


def test_a_window_is_counted_from_the_day_it_opened_and_then_closes(clock):
    ombudsman = next_steps([clock], DAY)[clock.pk][1]
    assert (ombudsman.opened_on, ombudsman.until) == (
        datetime.date(2026, 2, 5),
        datetime.date(2027, 2, 5),
    )
    assert codes(clock, datetime.date(2027, 2, 5)) == ["letter", "ombudsman", "un"]
    assert codes(clock, datetime.date(2027, 2, 6)) == ["letter", "un"]


def test_a_refusal_opens_the_steps_that_answer_one(clock, case):
    clock.state = Deadline.State.CLOSED
    clock.ended_on = DAY
    clock.save()
    ResponseGrade.objects.create(
        demand=DemandFactory(case=case), addressee=clock.addressee, grade="E1", graded_on=DAY
    )
    assert codes(clock, DAY) == ["ombudsman", "un"]


def test_the_window_of_a_refusal_opens_with_the_letter_not_with_its_grade(clock, case):
    answer = ResponseFactory(
        action__addressee=clock.addressee, action__happened_on=datetime.date(2024, 2, 29)
    )
    demand = DemandFactory(case=case)
    clock.state, clock.ended_on = Deadline.State.CLOSED, DAY
    clock.save()
    grade = ResponseGrade(demand=demand, addressee=clock.addressee, grade="E1", response=answer)
    grade.graded_on = datetime.date(2025, 2, 20)
    grade.save()
    (ombudsman, _un) = next_steps([clock], datetime.date(2025, 2, 28))[clock.pk]
    assert (ombudsman.opened_on, ombudsman.until) == (
        datetime.date(2024, 2, 29),
        datetime.date(2025, 2, 28),
    )
    assert codes(clock, datetime.date(2025, 3, 1)) == ["un"]


def test_a_refusal_made_good_later_opens_nothing(clock, case):
    clock.state, clock.ended_on = Deadline.State.CLOSED, DAY
    clock.save()
    demand, other = DemandFactory(case=case), DemandFactory(case=case)
    for asked, grade in ((demand, "E1"), (demand, "A"), (other, "C1")):
        ResponseGrade.objects.create(
            demand=asked,
            addressee=clock.addressee,
            grade=grade,
            graded_on=DAY,
            response=ResponseFactory(action__addressee=clock.addressee),
        )
    assert codes(clock, DAY) == []


def test_a_late_registration_opens_nothing_and_is_no_silence(clock, case, owner):
    clock.due_on = clock.overdue_after = datetime.date(2026, 3, 2)
    clock.save()
    demand = DemandFactory(case=case)
    demand.addressees.add(clock.addressee)
    waiting = RegistrationDeadlineFactory(
        case=case, addressee=clock.addressee, due_on=datetime.date(2026, 2, 3)
    )
    assert codes(waiting, DAY) == codes(clock, DAY) == []
    page = case_page(case, user=owner, on=DAY)
    assert [(row.late, row.steps) for row in page.clocks] == [(False, [])]
    assert [cell.late_since for row in page.rows for cell in row.cells] == [None]
    told = [(h.kind, h.what) for h in page.timeline if h.kind in ("unregistered", "ran_out")]
    assert told == [("unregistered", waiting)]
    assert desk(user=owner, on=DAY, whole_team=True).clocks_run_out == []
    assert summary(Demand.objects.all(), user=owner, on=DAY).overdue == []
    with pytest.raises(Refused, match=r"^No clock of this addressee has run out\.$"):
        note_silence(addressee=clock.addressee, grade="D1", by=owner, at=AT)
    # Refused later, the ladder stands once: at the clock of the answer.
    ResponseGrade.objects.create(
        demand=demand, addressee=clock.addressee, grade="E1", graded_on=DAY
    )
    assert (codes(waiting, DAY), codes(clock, DAY)) == ([], ["ombudsman", "un"])


def test_dates_that_are_not_of_law_open_nothing(case, ladder):
    passed = DeadlineFactory(case=case, kind="look_again", due_on=DAY - datetime.timedelta(9))
    assert next_steps([passed], DAY) == {}


def test_many_clocks_cost_as_many_queries_as_one(clock, case, ladder, django_assert_num_queries):
    others = [
        StatutoryDeadlineFactory(case=case, addressee=AddresseeFactory(case=case), due_on=DAY)
        for _ in range(3)
    ]
    rows = list(Deadline.objects.select_related("rule").filter(pk__in=[clock.pk]))
    with django_assert_num_queries(3):
        next_steps(rows, DAY)
    rows = list(Deadline.objects.select_related("rule").filter(pk__in=[d.pk for d in others]))
    with django_assert_num_queries(3):
        next_steps(rows, DAY)


def test_a_step_taken_is_a_date_of_ours_and_is_taken_once(clock, ladder, owner, colleague):
    common = {"deadline": clock, "step": ladder["letter"], "until": None, "at": AT}
    do_by = datetime.date(2026, 2, 10)
    choice = take_step(do_by=do_by, owner=colleague, by=owner, **common)
    assert (choice.own_date.kind, choice.own_date.due_on, choice.own_date.owner) == (
        "expected",
        do_by,
        colleague,
    )
    assert not choice.own_date.is_overdue(datetime.date(2027, 1, 1))
    with pytest.raises(Refused):
        take_step(do_by=do_by, owner=owner, by=colleague, **common)
    assert Deadline.objects.filter(kind="expected").count() == 1
    assert Event.objects.filter(action="escalation.taken").count() == 1


@pytest.mark.parametrize("do_by", [datetime.date(2026, 2, 5), datetime.date(2027, 2, 6)])
def test_a_step_is_done_between_today_and_its_last_day(clock, ladder, owner, do_by):
    with pytest.raises(Refused):
        take_step(
            deadline=clock,
            step=ladder["ombudsman"],
            do_by=do_by,
            until=datetime.date(2027, 2, 5),
            owner=owner,
            by=owner,
            at=AT,
        )
    assert not EscalationChoice.objects.exists()


def test_a_step_declined_says_why_and_stays_on_the_list_as_decided(clock, ladder, owner):
    with pytest.raises(Refused):
        decline_step(deadline=clock, step=ladder["un"], reason=" ", by=owner, at=AT)
    decline_step(deadline=clock, step=ladder["un"], reason="No consent.", by=owner, at=AT)
    un = next_steps([clock], DAY)[clock.pk][2]
    assert (un.step.code, un.waiting, un.choice.reason) == ("un", False, "No consent.")


def test_the_page_takes_a_step_and_says_what_is_wrong(signed_in, clock, owner, time_machine):
    time_machine.move_to(AT)
    url = reverse("next_step", args=[clock.pk, "letter"])
    client = signed_in(owner)
    assert "Write." in client.get(url).text
    wrong = client.post(url, {"decision": "take", "do_by": "2026-02-30", "owner": owner.pk})
    assert wrong.status_code == 422
    right = client.post(url, {"decision": "take", "do_by": "2026-02-09", "owner": owner.pk})
    assert right.headers["Location"] == reverse("case_detail", args=["OPEN-1"])
    assert "Decided by Aigul Owner" in client.get(url).text


def test_only_those_who_work_on_it_find_the_page(
    signed_in, clock, team_case, viewer, stranger, time_machine
):
    time_machine.move_to(AT)
    url = reverse("next_step", args=[clock.pk, "letter"])
    assert signed_in(viewer).get(url).status_code == 403
    assert signed_in(stranger).get(reverse("next_step", args=[clock.pk, "kz"])).status_code == 404
    assert signed_in(stranger).delete(url).status_code == 405
    clock.case = team_case
    clock.save()
    assert signed_in(stranger).get(url).status_code == 404
