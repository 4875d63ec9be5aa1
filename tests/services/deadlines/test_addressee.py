import datetime
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories.authorities import AddresseeFactory, AuthorityFactory
from tests.factories.deadlines import CalendarDayFactory, ResponseRuleFactory
from tests.races import overlap
from tests.services.deadlines import changes, plan
from tracker.models import Authority, Deadline, Event
from tracker.services.deadlines.addressee import sync_deadlines
from tracker.services.deadlines.compute import known_anchor
from tracker.services.deadlines.end import close_answered, close_deadline
from tracker.services.deadlines.recompute import preview
from tracker.services.deadlines.start import start_deadline
from tracker.services.refusals import Refused
from tracker.templatetags.deadline_explanations import doubt_rows

pytestmark = pytest.mark.django_db

AT = datetime.datetime(2026, 11, 22, 9, 30, tzinfo=datetime.UTC)


@pytest.fixture
def registration():
    return ResponseRuleFactory(
        code="kg-67-registration",
        name="Registration",
        quantity=1,
        anchor="received",
        first_day="excluded",
        effective_from=date(2007, 5, 4),
    )


@pytest.fixture
def kg_67(registration):
    return ResponseRuleFactory(
        code="kg-67-reply-14",
        name="Reply to an appeal",
        registration=registration,
        effective_from=date(2014, 9, 23),
    )


@pytest.fixture
def addressee(case, kg_67):
    return AddresseeFactory(
        case=case,
        authority=AuthorityFactory(name="Prosecutor General"),
        rule=kg_67,
        sent_on=date(2020, 1, 15),
        registered_on=date(2020, 1, 15),
    )


def test_a_registered_appeal_has_its_clock_with_the_explanation(addressee, owner):
    deadline = start_deadline(addressee=addressee, by=owner, at=AT)
    deadline.refresh_from_db()
    assert (deadline.kind, deadline.state, deadline.generation) == ("statutory", "open", 1)
    assert (deadline.due_on, deadline.overdue_after) == (date(2020, 2, 3), date(2020, 2, 4))
    assert (deadline.anchor, deadline.anchor_on) == ("registered", date(2020, 1, 15))
    assert deadline.title == "Prosecutor General: Reply to an appeal"
    assert deadline.provisional is False
    told = deadline.explanation
    assert (told["rule"], told["version"], told["anchor"]) == ("kg-67-reply-14", "1", "2020-01-15")
    assert [r["due_on"] for r in told["readings"]] == ["2020-02-03", "2020-02-04"]
    assert told["skipped"][0] == {"date": "2020-01-18", "kind": "weekend", "reason": "Saturday"}


def test_starting_a_clock_writes_its_change_and_its_event(addressee, owner):
    deadline = start_deadline(addressee=addressee, by=owner, at=AT)
    change = deadline.changes.get()
    assert (change.kind, change.by, change.at, change.before) == ("started", owner, AT, {})
    assert change.after == {
        "state": "open",
        "due_on": "2020-02-03",
        "overdue_after": "2020-02-04",
        "anchor": "registered",
        "anchor_on": "2020-01-15",
        "rule": "kg-67-reply-14 v1",
        "generation": 1,
    }
    event = Event.objects.about(deadline).get()
    assert (event.action, event.by_id, event.case_id) == (
        "deadline.started",
        owner.pk,
        addressee.case_id,
    )


def test_sent_but_not_registered_gives_the_range(addressee, owner):
    addressee.registered_on = None
    deadline = start_deadline(addressee=addressee, by=owner, at=AT)
    assert (deadline.anchor, deadline.anchor_on) == ("sent", date(2020, 1, 15))
    assert (deadline.due_on, deadline.overdue_after) == (date(2020, 2, 3), date(2020, 2, 5))
    assert deadline.explanation["anchor_known"] is False


def test_the_version_in_force_on_the_day_applies_whatever_is_named(addressee, owner, kg_67):
    kg_67.effective_to = date(2026, 6, 30)
    kg_67.save()
    ten = ResponseRuleFactory(
        code=kg_67.code, version=2, quantity=10, effective_from=date(2026, 7, 1)
    )
    addressee.rule = ten
    old = start_deadline(addressee=addressee, by=owner, at=AT)
    assert old.rule == kg_67
    later = AddresseeFactory(case=addressee.case, rule=kg_67, registered_on=date(2026, 9, 1))
    assert start_deadline(addressee=later, by=owner, at=AT).rule == ten


def test_a_version_without_an_effective_date_never_applies_by_itself(addressee, owner):
    addressee.rule = ResponseRuleFactory(
        code="kg-67-reply-10", quantity=10, effective_from=None, standing="dormant"
    )
    with pytest.raises(Refused) as raised:
        start_deadline(addressee=addressee, by=owner, at=AT)
    assert str(raised.value) == (
        "No version of the rule kg-67-reply-10 is known to be in force on 15 Jan 2020."
    )
    assert Deadline.objects.count() == 0


def test_what_was_never_sent_has_no_clock(addressee, owner):
    addressee.sent_on = addressee.registered_on = None
    with pytest.raises(Refused, match="^Say when the appeal was sent"):
        start_deadline(addressee=addressee, by=owner, at=AT)
    assert sync_deadlines(addressee=addressee, by=owner, at=AT) == []
    assert Deadline.objects.count() == 0


@pytest.mark.parametrize(
    ("runs_from", "sentence"),
    [
        ("registered", "Say when the appeal was sent or registered: "),
        ("received", "Say when the appeal was sent or received: "),
        ("dated", "Say which day the appeal is dated: "),
        ("previous_reply", "This rule runs from an earlier reply, "),
    ],
)
def test_the_sentence_names_the_day_that_is_missing(addressee, runs_from, sentence):
    addressee.sent_on = None
    addressee.registered_on = None if runs_from == "registered" else date(2020, 1, 15)
    with pytest.raises(Refused, match=f"^{sentence}"):
        known_anchor(addressee=addressee, runs_from=runs_from)


def test_without_a_rule_there_is_no_clock_and_the_sentence_says_so(case, owner):
    party = AddresseeFactory(case=case, sent_on=date(2020, 1, 15))
    with pytest.raises(Refused) as raised:
        start_deadline(addressee=party, by=owner, at=AT)
    assert str(raised.value) == "No response rule binds this addressee, so no clock can start."
    assert sync_deadlines(addressee=party, by=owner, at=AT) == []


def test_a_clock_does_not_start_twice(addressee, owner):
    start_deadline(addressee=addressee, by=owner, at=AT)
    with pytest.raises(Refused, match="runs already"):
        start_deadline(addressee=addressee, by=owner, at=AT)
    assert Deadline.objects.count() == 1


def test_a_year_the_calendar_does_not_know_is_refused(addressee, owner, kg_67):
    addressee.registered_on = date(2100, 12, 28)
    with pytest.raises(Refused) as raised:
        start_deadline(addressee=addressee, by=owner, at=AT)
    assert str(raised.value) == (
        "The calendar knows the years 1992 to 2100; 2101 is outside it. Check the date."
    )


def test_days_decided_for_public_bodies_move_the_clock_of_an_office_only(case, kg_67, owner):
    for day in (8, 9):
        CalendarDayFactory(day=date(2026, 1, day), reason="New Year holidays prolonged")
    office, party = (
        start_deadline(
            addressee=AddresseeFactory(
                case=case,
                rule=kg_67,
                authority=AuthorityFactory(kind=kind),
                registered_on=date(2025, 12, 22),
            ),
            by=owner,
            at=AT,
        )
        for kind in (Authority.Kind.PROSECUTOR, Authority.Kind.POLITICAL)
    )
    assert office.overdue_after == date(2026, 1, 20)
    assert party.overdue_after == date(2026, 1, 16)


def test_following_an_addressee_again_changes_nothing(addressee, owner):
    (first,) = sync_deadlines(addressee=addressee, by=owner, at=AT)
    assert sync_deadlines(addressee=addressee, by=owner, at=AT) == []
    first.refresh_from_db()
    assert (first.generation, changes(first)) == (1, ["started"])


def test_a_registration_day_entered_later_corrects_the_clock(addressee, owner):
    addressee.registered_on = None
    (deadline,) = sync_deadlines(addressee=addressee, by=owner, at=AT)
    plan(deadline, owner)
    addressee.registered_on = date(2020, 1, 16)
    (moved,) = sync_deadlines(addressee=addressee, by=owner, at=AT)
    assert moved == deadline
    assert (moved.anchor, moved.due_on, moved.overdue_after) == (
        "registered",
        date(2020, 2, 4),
        date(2020, 2, 5),
    )
    assert (moved.generation, changes(moved)) == (2, ["started", "corrected"])
    correction = moved.changes.get(kind="corrected")
    assert (correction.before["anchor"], correction.before["anchor_on"]) == ("sent", "2020-01-15")
    reminder = moved.reminders.get()
    assert (reminder.state, reminder.reason) == ("cancelled", "deadline.corrected")


def test_receipt_opens_the_registration_step_and_registration_closes_it(addressee, owner):
    addressee.registered_on = None
    addressee.received_on = date(2020, 1, 17)
    reply, step = sync_deadlines(addressee=addressee, by=owner, at=AT)
    assert (reply.kind, step.kind) == ("statutory", "registration")
    assert (step.rule.code, step.due_on) == ("kg-67-registration", date(2020, 1, 20))
    addressee.registered_on = date(2020, 1, 20)
    sync_deadlines(addressee=addressee, by=owner, at=AT)
    step.refresh_from_db()
    reply.refresh_from_db()
    assert (step.state, step.ended_on) == ("closed", date(2020, 1, 20))
    assert (reply.anchor, reply.anchor_on) == ("registered", date(2020, 1, 20))


@pytest.mark.parametrize(
    ("first_day", "roll", "last"),
    [
        # Sent on a Thursday; three calendar days end on Sunday the 19th.
        ("excluded", "none", "2020-01-19"),
        ("two_readings", "none", "2020-01-19"),
        ("counted", "none", "2020-01-18"),
        ("excluded", "forward", "2020-01-20"),
    ],
)
def test_the_time_to_register_is_counted_as_its_own_rule_says(
    addressee, registration, owner, first_day, roll, last
):
    registration.quantity, registration.unit = 3, "calendar_day"
    registration.first_day, registration.roll = first_day, roll
    registration.save()
    # The reply counts both readings and rolls forward, which is nothing to the registration.
    addressee.registered_on, addressee.sent_on = None, date(2020, 1, 16)
    (reply,) = sync_deadlines(addressee=addressee, by=owner, at=AT)
    assert reply.explanation["anchor_range"] == ["2020-01-16", last]


@pytest.mark.parametrize("until", [date(2026, 6, 30), None])
@pytest.mark.parametrize(
    ("days", "due_on", "overdue_after"),
    [
        # Registered on 30 June: 14 working days, to 17 or 20 July. On 1 July: 10, to 14 or 15.
        (10, date(2026, 7, 14), date(2026, 7, 21)),
        (20, date(2026, 7, 17), date(2026, 7, 29)),
    ],
)
def test_sent_on_the_last_day_of_a_version_the_range_covers_the_next(
    addressee, kg_67, owner, days, due_on, overdue_after, until, django_assert_num_queries
):
    kg_67.effective_to = until
    kg_67.save()
    ResponseRuleFactory(
        code=kg_67.code,
        version=2,
        quantity=days,
        registration=kg_67.registration,
        effective_from=date(2026, 7, 1),
    )
    addressee.registered_on, addressee.sent_on = None, date(2026, 6, 30)
    (reply,) = sync_deadlines(addressee=addressee, by=owner, at=AT)
    assert (reply.rule.version, reply.due_on, reply.overdue_after) == (1, due_on, overdue_after)
    assert (reply.explanation["due_on"], reply.explanation["overdue_after"]) == (
        due_on.isoformat(),
        overdue_after.isoformat(),
    )
    assert reply.explanation["anchor_kind"] == "sent"
    with CaptureQueriesContext(connection) as asked:
        assert preview(user=owner, rule_code=kg_67.code).moves == []
    same = AddresseeFactory(case=addressee.case, rule=kg_67, sent_on=addressee.sent_on, number=7)
    sync_deadlines(addressee=same, by=owner, at=AT)
    with django_assert_num_queries(len(asked)):
        assert preview(user=owner, rule_code=kg_67.code).moves == []
    assert doubt_rows(reply.explanation) == [
        "If it was registered on 1 Jul 2026 or later, version 2 of the rule applies; "
        "the range covers both."
    ]
    addressee.registered_on = date(2026, 6, 30)
    sync_deadlines(addressee=addressee, by=owner, at=AT)
    reply.refresh_from_db()
    assert (reply.due_on, reply.overdue_after) == (date(2026, 7, 17), date(2026, 7, 20))
    assert doubt_rows(reply.explanation) == []


def received_then_registered(addressee, owner):
    """Both clocks, the step closed by a registration."""
    addressee.registered_on, addressee.received_on = None, date(2020, 1, 17)
    reply, step = sync_deadlines(addressee=addressee, by=owner, at=AT)
    addressee.registered_on = date(2020, 1, 20)
    sync_deadlines(addressee=addressee, by=owner, at=AT)
    return reply, step


def test_a_registration_entered_by_mistake_and_taken_back_reopens_its_step(addressee, owner):
    reply, step = received_then_registered(addressee, owner)
    # The day of receipt is put right too: the step runs from there again.
    addressee.registered_on, addressee.received_on = None, date(2020, 1, 16)
    sync_deadlines(addressee=addressee, by=owner, at=AT)
    step.refresh_from_db()
    reply.refresh_from_db()
    assert (step.state, step.ended_on) == ("open", None)
    assert (step.anchor_on, step.due_on) == (date(2020, 1, 16), date(2020, 1, 17))
    assert reply.anchor == "received"
    changes = list(step.changes.order_by("pk"))
    assert [change.kind for change in changes] == ["started", "closed", "reopened", "corrected"]
    assert changes[2].reason == "The day of registration was taken back."
    assert sync_deadlines(addressee=addressee, by=owner, at=AT) == []
    addressee.registered_on = date(2020, 1, 17)
    sync_deadlines(addressee=addressee, by=owner, at=AT)
    step.refresh_from_db()
    assert (step.state, step.ended_on) == ("closed", date(2020, 1, 17))


@pytest.mark.parametrize("answered", [True, False])
def test_a_step_ended_otherwise_stays_ended_when_a_registration_is_taken_back(
    addressee, owner, answered
):
    if answered:
        _reply, step = received_then_registered(addressee, owner)
        later = AT + datetime.timedelta(hours=1)
        day = date(2020, 2, 3)
        close_answered(addressee=addressee, reason="Answered", on=day, by=owner, at=later)
    else:
        addressee.registered_on, addressee.received_on = None, date(2020, 1, 17)
        _reply, step = sync_deadlines(addressee=addressee, by=owner, at=AT)
        close_deadline(deadline=step, reason="Ours", on=date(2020, 1, 20), by=owner, at=AT)
    addressee.registered_on = None
    sync_deadlines(addressee=addressee, by=owner, at=AT + datetime.timedelta(hours=2))
    step.refresh_from_db()
    assert step.state == "closed"


def test_a_clock_a_person_closed_does_not_start_again(addressee, owner):
    (deadline,) = sync_deadlines(addressee=addressee, by=owner, at=AT)
    close_deadline(deadline=deadline, reason="Answered", on=date(2020, 2, 1), by=owner, at=AT)
    assert sync_deadlines(addressee=addressee, by=owner, at=AT) == []
    assert Deadline.objects.count() == 1


def test_another_rule_ends_the_old_clock_and_starts_its_own(addressee, owner):
    (old,) = sync_deadlines(addressee=addressee, by=owner, at=AT)
    addressee.rule = ResponseRuleFactory(code="kg-217-information", quantity=10)
    cancelled, new = sync_deadlines(addressee=addressee, by=owner, at=AT)
    assert (cancelled.pk, cancelled.state) == (old.pk, "cancelled")
    assert (new.rule.code, new.state) == ("kg-217-information", "open")


def test_a_rule_chosen_by_mistake_and_put_right_leaves_its_clock_running(addressee, owner):
    right, wrong = addressee.rule, ResponseRuleFactory(code="kg-217-information", quantity=10)
    (clock,) = sync_deadlines(addressee=addressee, by=owner, at=AT)
    for rule in (wrong, None):
        addressee.rule = rule
        sync_deadlines(addressee=addressee, by=owner, at=AT)
    addressee.rule, addressee.registered_on = right, date(2020, 1, 16)
    sync_deadlines(addressee=addressee, by=owner, at=AT)
    clock.refresh_from_db()
    assert (clock.state, clock.anchor_on) == ("open", date(2020, 1, 16))
    assert [d.pk for d in Deadline.objects.running()] == [clock.pk]
    assert sync_deadlines(addressee=addressee, by=owner, at=AT) == []


def test_a_rule_put_right_after_the_answer_starts_nothing(addressee, owner):
    right, wrong = addressee.rule, ResponseRuleFactory(code="kg-217-information", quantity=10)
    sync_deadlines(addressee=addressee, by=owner, at=AT)
    addressee.rule = wrong
    sync_deadlines(addressee=addressee, by=owner, at=AT)
    later = AT + datetime.timedelta(hours=1)
    close_answered(addressee=addressee, reason="Answered", on=date(2020, 2, 3), by=owner, at=later)
    addressee.rule = right
    sync_deadlines(addressee=addressee, by=owner, at=later + datetime.timedelta(hours=1))
    assert Deadline.objects.running().count() == 0


def test_a_day_taken_back_ends_its_clocks_and_entered_again_starts_them(addressee, owner):
    days = {"sent_on": date(2020, 1, 15), "received_on": date(2020, 1, 16), "registered_on": None}
    for given in (days, dict.fromkeys(days), days):
        for name, day in given.items():
            setattr(addressee, name, day)
        sync_deadlines(addressee=addressee, by=owner, at=AT)
        running = Deadline.objects.running()
        codes = {"kg-67-reply-14", "kg-67-registration"} if given["sent_on"] else set()
        assert {clock.rule.code for clock in running} == codes
    assert Deadline.objects.count() == 2
    assert [c.kind for c in Deadline.objects.first().changes.order_by("pk")] == [
        "started",
        "cancelled",
        "reopened",
    ]


@pytest.mark.django_db(transaction=True)
def test_a_clock_that_a_colleague_ends_does_not_stop_a_new_rule(addressee, owner, colleague):
    [clock] = sync_deadlines(addressee=addressee, by=owner, at=AT)
    addressee.rule = None
    addressee.save()
    overlap(
        lambda: close_deadline(
            deadline=clock, reason="Answered", on=date(2020, 1, 20), by=colleague, at=AT
        ),
        lambda: sync_deadlines(addressee=addressee, by=owner, at=AT),
    )
    assert changes(clock) == ["started", "closed"]
