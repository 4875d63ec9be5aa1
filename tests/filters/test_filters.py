"""The list filters: each narrows as it says, and says what it could not do."""

import datetime

import pytest

from tests.factories.authorities import AddresseeFactory
from tests.factories.cases import CaseFactory
from tests.factories.correspondence import ActionFactory, ResponseFactory
from tests.factories.deadlines import (
    DeadlineFactory,
    RegistrationDeadlineFactory,
    StatutoryDeadlineFactory,
)
from tests.factories.demands import DemandFactory
from tests.now import NOW, TODAY
from tracker.models import Action, Case, ResponseGrade, StatusProposal


@pytest.fixture
def today() -> datetime.date:
    return TODAY


@pytest.fixture
def shown(signed_in, owner):
    """`shown("/cases/?phase=sent")`: the keys of the rows, by reference or primary key."""
    client = signed_in(owner)

    def rows(address: str) -> list:
        page = client.get(address).context["page"].object_list
        return sorted(getattr(row, "reference", row.pk) for row in page)

    return rows


@pytest.mark.parametrize(
    "address", ["/cases/?phase=lost", "/demands/?status=lost", "/deadlines/?kind=lost"]
)
def test_a_value_that_does_not_exist_is_named_above_the_list(signed_in, owner, case, address):
    response = signed_in(owner).get(address)
    assert response.status_code == 200
    assert "“lost” is not a choice of" in response.text
    assert 'role="alert"' in response.text


@pytest.mark.parametrize("address", ["/cases/", "/demands/", "/deadlines/", "/reports/"])
def test_a_filter_that_does_not_exist_is_named_above_the_list(signed_in, owner, address):
    response = signed_in(owner).get(f"{address}?colour=blue&page=9")
    assert response.status_code == 200
    assert "There is no filter named “colour” here" in response.text
    assert "“page”" not in response.text


@pytest.mark.parametrize("name", ["addressee", "lead", "issuer", "due"])
def test_nonsense_in_any_filter_of_cases_is_an_error_and_no_crash(signed_in, owner, case, name):
    for value in ("x", "999999", "%00", "'"):
        response = signed_in(owner).get("/cases/", {name: value})
        assert (value, response.status_code, len(response.context["filter"].problems)) == (
            value,
            200,
            1,
        )


def test_the_other_filters_hold_while_one_is_wrong(shown, case, owner):
    CaseFactory(reference="OTHER-1")
    assert shown(f"/cases/?phase=lost&lead={owner.pk}") == ["OPEN-1"]


def test_cases_by_phase_issuer_addressee_and_lead(shown, case, owner):
    other = CaseFactory(reference="OTHER-1", phase="sent", issuer="Bir Duino")
    office = AddresseeFactory(case=other).authority
    AddresseeFactory(case=other, authority=office, number=99)
    assert shown("/cases/?phase=sent") == ["OTHER-1"]
    assert shown("/cases/?issuer=Bir+Duino") == ["OTHER-1"]
    assert shown(f"/cases/?addressee={office.pk}") == ["OTHER-1"]
    assert shown(f"/cases/?lead={owner.pk}") == ["OPEN-1"]


def test_cases_by_words_in_any_script_and_case(shown, case):
    CaseFactory(reference="KYRGYZ-1", title="Кайрылуу: укук коргоочулар")
    assert shown("/cases/?q=кайрылуу") == ["KYRGYZ-1"]
    assert shown("/cases/?q=УКУК") == ["KYRGYZ-1"]
    assert shown("/cases/?q=open-1") == ["OPEN-1"]
    DemandFactory(case=case, text="Free the prisoners")
    DemandFactory(case=case, text="Free the press")
    assert shown("/cases/?q=free+the") == ["OPEN-1"]


def test_cases_by_their_dates(shown, today):
    def case_with(reference: str, days: int, factory=StatutoryDeadlineFactory) -> Case:
        row = CaseFactory(reference=reference)
        factory(case=row, due_on=today + datetime.timedelta(days=days))
        return row

    case_with("LATE-1", -5)
    case_with("SOON-1", 5)
    case_with("LATER-1", 20)
    case_with("PASSED-1", -5, DeadlineFactory)
    reviewed = CaseFactory(reference="REVIEWED-1")
    DemandFactory(case=reviewed, review_on=today)
    assert shown("/cases/?due=overdue") == ["LATE-1"]
    assert shown("/cases/?due=week") == ["SOON-1"]
    assert shown("/cases/?due=month") == ["LATER-1", "SOON-1"]
    assert shown("/cases/?due=none") == ["LATE-1", "PASSED-1"]


def test_cases_without_movement(shown, today):
    for reference, days in (("MOVED-1", 59), ("QUIET-1", 61)):
        row = CaseFactory(reference=reference, issued_on=today - datetime.timedelta(days=200))
        ActionFactory(
            addressee=AddresseeFactory(case=row),
            kind=Action.Kind.REMINDER_1,
            happened_on=today - datetime.timedelta(days=days),
        )
    assert shown("/cases/?due=silent") == ["QUIET-1"]


def test_demands_by_what_they_need(shown, case, owner, colleague, today):
    addressee = AddresseeFactory(case=case)
    reviewed = DemandFactory(case=case, review_on=today)
    planned = DemandFactory(case=case, review_on=today + datetime.timedelta(days=9))
    forgotten = DemandFactory(case=case)
    answered = DemandFactory(case=case, review_on=planned.review_on)
    graded = DemandFactory(case=case, review_on=planned.review_on)
    letter = ResponseFactory(action__addressee=addressee)
    for demand in (answered, graded):
        demand.addressees.add(addressee)
    ResponseGrade.objects.create(
        demand=graded, addressee=addressee, response=letter, grade="A", graded_on=today
    )
    StatusProposal.objects.create(
        demand=planned,
        seq=1,
        from_status="awaiting",
        to_status="overtaken",
        happened_on=today,
        reason="Gone.",
        by=colleague,
        at=NOW,
    )
    assert shown("/demands/?needs=review") == [reviewed.pk]
    assert shown("/demands/?needs=date") == [forgotten.pk]
    assert shown("/demands/?needs=grade") == [answered.pk]
    assert shown("/demands/?needs=confirm") == [planned.pk]


def test_demands_of_a_person_are_theirs_or_of_their_cases(shown, case, owner, colleague):
    led = DemandFactory(case=case)
    DemandFactory(case=case, owner=colleague)
    own = DemandFactory(owner=owner)
    assert shown(f"/demands/?owner={owner.pk}") == [led.pk, own.pk]


def test_demands_by_status_case_and_addressee(shown, case):
    wanted = DemandFactory(case=case, status="rejected")
    other = DemandFactory()
    office = AddresseeFactory(case=other.case)
    other.addressees.add(office)
    assert shown("/demands/?status=rejected") == [wanted.pk]
    assert shown(f"/demands/?case={other.case.pk}") == [other.pk]
    assert shown(f"/demands/?addressee={office.authority.pk}") == [other.pk]


def test_dates_by_window_and_state(shown, case, today):
    def date(days: int, factory=DeadlineFactory, **fields) -> int:
        return factory(case=case, due_on=today + datetime.timedelta(days=days), **fields).pk

    late = date(-3, StatutoryDeadlineFactory)
    passed, now, week, month = date(-3), date(0), date(7), date(30)
    ended = date(1, state="closed", ended_on=today)
    assert shown("/deadlines/") == [late, passed, now, week, month]
    assert shown("/deadlines/?due=overdue") == [late]
    assert shown("/deadlines/?due=passed") == [passed]
    assert shown("/deadlines/?due=today") == [now]
    assert shown("/deadlines/?due=week") == [now, week]
    assert shown("/deadlines/?due=month") == [now, week, month]
    assert shown("/deadlines/?state=closed") == [ended]


def test_the_desk_leads_to_the_silent_clocks_and_not_to_late_registrations(
    shown, signed_in, owner, case, today
):
    day = today - datetime.timedelta(days=3)
    silent = StatutoryDeadlineFactory(case=case, owner=owner, due_on=day)
    waiting = RegistrationDeadlineFactory(case=case, owner=owner, due_on=day)
    assert shown("/deadlines/?due=overdue") == [silent.pk, waiting.pk]
    assert shown("/deadlines/?due=unanswered") == [silent.pk]
    assert "/deadlines/?due=unanswered" in signed_in(owner).get("/").text


def test_what_is_in_force_is_shown_with_a_way_to_take_it_away(signed_in, owner, case):
    response = signed_in(owner).get("/demands/?status=rejected&q=free")
    assert response.context["filter"].active == [
        {"name": "Words", "value": "free", "without": "status=rejected"},
        {"name": "Status", "value": "rejected", "without": "q=free"},
    ]


def test_hidden_cases_are_no_choices(signed_in, stranger, owner, team_case):
    Case.objects.filter(pk=team_case.pk).update(issuer="Hidden people")
    for person, seen in ((stranger, False), (owner, True)):
        client = signed_in(person)
        assert ("TEAM-1" in client.get("/demands/").text) is seen
        assert ("TEAM-1" in client.get("/deadlines/").text) is seen
        assert ("Hidden people" in client.get("/cases/").text) is seen
    answer = signed_in(stranger).get(f"/demands/?case={team_case.pk}")
    assert "is not a choice of “Case”" in answer.text
