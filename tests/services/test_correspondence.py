"""Letters and contacts: once each, graded per demand, closing what they answer."""

import datetime

import pytest

from tests.events import words
from tests.factories.authorities import AddresseeFactory
from tests.factories.correspondence import ActionFactory, ResponseFactory
from tests.factories.deadlines import DeadlineFactory, StatutoryDeadlineFactory
from tests.factories.demands import DemandFactory
from tracker.models import Action, Deadline, Event, Grade, Response, ResponseGrade
from tracker.services.correspondence import (
    NewGrade,
    direction_of,
    grade_response,
    log_action,
    note_silence,
    record_response,
    unanswered_demands,
)
from tracker.services.documents import NewDocument
from tracker.services.refusals import Refused, StaleRecord

AT = datetime.datetime(2026, 3, 20, 9, tzinfo=datetime.UTC)
RECEIVED = datetime.date(2026, 3, 18)


@pytest.fixture
def addressee(case):
    return AddresseeFactory(case=case, sent_on=datetime.date(2026, 2, 1))


@pytest.fixture
def demands(case, addressee):
    rows = [DemandFactory(case=case, number=n) for n in (1, 2, 3)]
    for row in rows:
        row.addressees.add(addressee)
    return rows


def test_an_answer_is_kept_with_its_letter_and_its_grades(addressee, demands, owner):
    response = record_response(
        addressee=addressee,
        received_on=RECEIVED,
        incoming_number="12-3/45",
        document=NewDocument(title="Letter of the office", kind="response", text="We looked."),
        grades=[NewGrade(demands[0], Grade.B2), NewGrade(demands[1], Grade.C2)],
        by=owner,
        at=AT,
    )
    action = response.action
    assert (action.kind, action.direction, action.happened_on, action.by) == (
        "response_received",
        "in",
        RECEIVED,
        owner,
    )
    assert [d.title for d in action.documents.all()] == ["Letter of the office"]
    assert sorted(response.grades.values_list("demand__number", "grade")) == [(1, "B2"), (2, "C2")]
    assert unanswered_demands(response) == [demands[1], demands[2]]
    assert list(Event.objects.order_by("pk").values_list("action", flat=True)) == [
        "action.response_received",
        "document.added",
        "response.graded",
        "response.graded",
    ]


def test_an_answer_closes_the_clocks_of_its_addressee_and_no_other_date(
    case, addressee, demands, owner
):
    clock = StatutoryDeadlineFactory(case=case, addressee=addressee)
    expected = DeadlineFactory(case=case, addressee=addressee, kind=Deadline.Kind.EXPECTED)
    look_again = DeadlineFactory(case=case, addressee=addressee)
    other = StatutoryDeadlineFactory(case=case, addressee=AddresseeFactory(case=case))
    record_response(addressee=addressee, received_on=RECEIVED, by=owner, at=AT)
    for deadline in (clock, expected, look_again, other):
        deadline.refresh_from_db()
    assert [d.state for d in (clock, expected, look_again, other)] == [
        "closed",
        "closed",
        "open",
        "open",
    ]
    assert clock.ended_on == RECEIVED


def test_an_interim_answer_can_leave_the_clock_running(case, addressee, owner):
    clock = StatutoryDeadlineFactory(case=case, addressee=addressee)
    record_response(addressee=addressee, received_on=RECEIVED, closes_clocks=False, by=owner, at=AT)
    clock.refresh_from_db()
    assert clock.state == "open"


def test_a_like_letter_entered_later_is_another_answer(addressee, owner):
    entry = {"addressee": addressee, "received_on": RECEIVED, "incoming_number": "", "by": owner}
    record_response(**entry, at=AT)
    record_response(**entry, at=AT + datetime.timedelta(minutes=2))
    assert Response.objects.count() == 2


def test_two_letters_of_one_day_with_different_numbers_are_two_answers(addressee, owner):
    for number in ("7", "8"):
        record_response(
            addressee=addressee, received_on=RECEIVED, incoming_number=number, by=owner, at=AT
        )
    assert sorted(Response.objects.values_list("incoming_number", flat=True)) == ["7", "8"]


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        (
            {"received_on": datetime.date(2026, 3, 21)},
            "received_on",
            "This day has not come yet. Enter the day it happened.",
        ),
        (
            {"received_on": datetime.date(2026, 1, 31)},
            "received_on",
            "The appeal went out on 1 Feb 2026; this cannot be earlier. Check the year.",
        ),
        (
            {"received_on": RECEIVED, "dated_on": datetime.date(2026, 3, 19)},
            "dated_on",
            "The letter cannot be dated after the day it reached us.",
        ),
    ],
)
def test_an_impossible_day_is_refused_and_nothing_is_written(
    addressee, owner, fields, field, sentence
):
    with pytest.raises(Refused) as refused:
        record_response(addressee=addressee, by=owner, at=AT, **fields)
    assert (refused.value.field, str(refused.value)) == (field, sentence)
    assert (Action.objects.count(), Event.objects.count()) == (0, 0)


def test_a_letter_cannot_be_graded_as_silence_or_for_a_foreign_demand(addressee, demands, owner):
    for grade in (NewGrade(demands[0], Grade.D1), NewGrade(DemandFactory(), Grade.A)):
        with pytest.raises(Refused):
            record_response(
                addressee=addressee, received_on=RECEIVED, grades=[grade], by=owner, at=AT
            )
    assert (Response.objects.count(), ResponseGrade.objects.count()) == (0, 0)


def test_a_second_grade_replaces_the_first_and_both_are_in_the_log(addressee, demands, owner):
    response = ResponseFactory(action__addressee=addressee)
    grade_response(response=response, grades=[NewGrade(demands[0], Grade.A)], by=owner, at=AT)
    grade_response(response=response, grades=[NewGrade(demands[0], Grade.C1)], by=owner, at=AT)
    assert list(response.grades.values_list("grade", flat=True)) == ["C1"]
    events = Event.objects.order_by("pk")
    assert [(event.action, words(event)["grade"]) for event in events] == [
        ("response.graded", "A"),
        ("response.regraded", "C1"),
    ]


def test_another_grade_alone_leaves_what_was_said_of_it(addressee, demands, owner):
    response = ResponseFactory(action__addressee=addressee)
    said = NewGrade(demands[0], Grade.B2, reasoned=True, note="Two pages of law.")
    for grade in (said, NewGrade(demands[0], Grade.C2, seen="B2")):
        grade_response(response=response, grades=[grade], by=owner, at=AT)
    assert list(response.grades.values_list("grade", "reasoned", "note")) == [
        ("C2", True, "Two pages of law.")
    ]
    told = words(Event.objects.latest("pk"))
    assert (told["grade"], told["reasoned"], told["note"]) == ("C2", True, "Two pages of law.")
    grade_response(
        response=response,
        grades=[NewGrade(demands[0], Grade.C2, reasoned=False, note="")],
        by=owner,
        at=AT,
    )
    assert list(response.grades.values_list("reasoned", "note")) == [(False, "")]


def test_a_contact_is_logged_with_the_direction_of_its_kind(case, addressee, owner):
    action = log_action(
        case=case,
        addressee=addressee,
        kind=Action.Kind.REMINDER_1,
        happened_on=RECEIVED,
        note="Sent by post.",
        by=owner,
        at=AT,
    )
    assert (Action.objects.count(), action.direction) == (1, "out")
    assert list(Event.objects.values_list("action", flat=True)) == ["action.reminder_1"]
    assert direction_of(Action.Kind.ACKNOWLEDGEMENT) == "in"
    assert direction_of(Action.Kind.REVIEW) == "internal"


def test_a_contact_refuses_an_addressee_of_another_case(case, owner):
    with pytest.raises(Refused) as refused:
        log_action(
            case=case,
            addressee=AddresseeFactory(),
            kind=Action.Kind.MEETING,
            happened_on=RECEIVED,
            by=owner,
            at=AT,
        )
    assert refused.value.field == "addressee"


def test_silence_is_noted_once_and_only_after_the_clock_ran_out(case, addressee, demands, owner):
    for grade, sentence in (
        (Grade.D1, "No clock of this addressee has run out."),
        (Grade.A, "Only D1 and D2 say that no answer came."),
    ):
        with pytest.raises(Refused) as refused:
            note_silence(addressee=addressee, grade=grade, by=owner, at=AT)
        assert str(refused.value) == sentence
    StatutoryDeadlineFactory(case=case, addressee=addressee, due_on=datetime.date(2026, 3, 10))
    first = note_silence(addressee=addressee, grade=Grade.D1, by=owner, at=AT)
    second = note_silence(addressee=addressee, grade=Grade.D1, by=owner, at=AT)
    assert ([row.demand.number for row in first], second) == ([1, 2, 3], [])
    assert words(Event.objects.get()) == {"grade": "D1", "demands": [1, 2, 3]}


def test_silence_after_a_reminder_needs_the_reminder(case, addressee, demands, owner):
    StatutoryDeadlineFactory(case=case, addressee=addressee, due_on=datetime.date(2026, 3, 10))
    with pytest.raises(Refused, match="^Log the reminder letter first"):
        note_silence(addressee=addressee, grade=Grade.D2, by=owner, at=AT)
    ActionFactory(case=case, addressee=addressee, kind=Action.Kind.REMINDER_1)
    assert len(note_silence(addressee=addressee, grade=Grade.D2, by=owner, at=AT)) == 3


def test_the_silence_of_one_addressee_does_not_hide_that_of_another(case, demands, owner):
    """Two are asked the same demand; each is silent after a reminder of its own."""
    silent = [AddresseeFactory(case=case, sent_on=datetime.date(2026, 2, 1)) for _ in range(2)]
    demands[0].addressees.set(silent)
    for addressee in silent:
        StatutoryDeadlineFactory(case=case, addressee=addressee, due_on=datetime.date(2026, 3, 10))
        ActionFactory(case=case, addressee=addressee, kind=Action.Kind.REMINDER_1)
    first, second = silent
    for addressee, grade in ((first, "D1"), (second, "D1"), (second, "D2"), (first, "D2")):
        rows = note_silence(addressee=addressee, grade=grade, by=owner, at=AT)
        assert [row.demand for row in rows] == demands[:1]


def test_a_grade_taken_back_meanwhile_is_not_written_over(addressee, demands, owner, colleague):
    demand = demands[0]
    response = record_response(
        addressee=addressee,
        received_on=RECEIVED,
        grades=[NewGrade(demand, Grade.B2)],
        by=owner,
        at=AT,
    )
    taken_back, other = NewGrade(demand, "", seen="B2"), NewGrade(demand, "C2", seen="B2")
    grade_response(response=response, grades=[taken_back], by=colleague, at=AT)
    with pytest.raises(StaleRecord) as conflict:
        grade_response(response=response, grades=[other], by=owner, at=AT)
    assert list(conflict.value.parts) == [demand.number]
    assert not response.grades.exists()
