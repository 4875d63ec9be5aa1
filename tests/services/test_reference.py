import datetime

import pytest
from django.core.exceptions import ValidationError

from tests.events import values
from tests.factories.authorities import AuthorityFactory
from tests.factories.deadlines import (
    CalendarDayFactory,
    ResponseRuleFactory,
    StatutoryDeadlineFactory,
)
from tracker.models import CalendarDay, Deadline, Event, ReminderPlan, ResponseRule
from tracker.services.records import edit_row, remove_row
from tracker.services.reference import add_plan, edit_plan, edit_rule, remove_plan
from tracker.services.refusals import Refused

AT = datetime.datetime(2026, 3, 2, 9, 30, tzinfo=datetime.UTC)


def test_the_period_of_a_rule_in_use_stays(coordinator):
    rule = StatutoryDeadlineFactory().rule
    rule.quantity = 10
    with pytest.raises(Refused) as refusal:
        edit_rule(rule=rule, by=coordinator, at=AT)
    assert refusal.value.field == "quantity"
    assert ResponseRule.objects.get(pk=rule.pk).quantity == 14


def test_the_verification_of_a_rule_in_use_may_be_entered(coordinator):
    rule = StatutoryDeadlineFactory().rule
    rule.verified_by, rule.verified_on = "Elmira", AT.date()
    edit_rule(rule=rule, by=coordinator, at=AT)
    assert ResponseRule.objects.get(pk=rule.pk).verified
    assert Event.objects.about(rule).get().action == "responserule.edited"


def test_the_period_of_an_unused_rule_may_be_corrected(coordinator):
    rule = ResponseRuleFactory()
    rule.quantity = 10
    edit_rule(rule=rule, by=coordinator, at=AT)
    assert ResponseRule.objects.get(pk=rule.pk).quantity == 10


def test_a_rule_is_not_its_own_registration_step(coordinator):
    rule = ResponseRuleFactory()
    rule.registration = rule
    with pytest.raises(Refused):
        edit_rule(rule=rule, by=coordinator, at=AT)


def test_an_authority_keeps_its_history(coordinator):
    authority = AuthorityFactory()
    authority.name = "Another name"
    edit_row(row=authority, by=coordinator, at=AT)
    assert Event.objects.about(authority).get().by_id == coordinator.pk


def test_a_removed_calendar_day_stays_in_its_history(coordinator):
    day = CalendarDayFactory()
    key = day.pk
    remove_row(row=day, by=coordinator, at=AT)
    assert not CalendarDay.objects.exists()
    event = Event.objects.get()
    assert (event.action, event.object_id, event.by_id) == (
        "calendarday.removed",
        key,
        coordinator.pk,
    )
    assert values(event)["reason"] == ("Moved by decree", None)


@pytest.mark.parametrize("days", ["7", [7, -1], [True], [400], [1.5], {"7": 1}])
def test_days_that_are_no_days_are_refused(days, coordinator):
    plan = ReminderPlan(kind=Deadline.Kind.EVENT, days_before=days)
    with pytest.raises(Refused) as refused:
        add_plan(plan=plan, by=coordinator, at=AT)
    assert str(refused.value) == "Write whole days from 0 to 365, for example 14, 7, 3, 1, 0."


@pytest.mark.parametrize(
    ("field", "number", "sentence"),
    [
        ("repeat_every", 366, "Choose 365 days at the most; 0 means never."),
        ("repeat_at_most", 101, "Repeat it 100 times at the most."),
        ("second_person_after", 101, "Choose 100 at the most; 0 means never."),
    ],
)
def test_repeats_beyond_every_measure_are_refused(field, number, sentence, coordinator, case):
    row = ReminderPlan(case=case, kind=Deadline.Kind.EVENT, **{field: number})
    with pytest.raises(ValidationError) as refused:
        add_plan(plan=row, by=coordinator, at=AT)
    assert refused.value.message_dict == {field: [sentence]}
    assert not ReminderPlan.objects.filter(case=case).exists()


def test_days_are_kept_in_order_and_once(coordinator, case):
    plan = ReminderPlan(case=case, kind=Deadline.Kind.EVENT, days_before=[1, 7, 7])
    add_plan(plan=plan, by=coordinator, at=AT)
    assert ReminderPlan.objects.get(pk=plan.pk).days_before == [7, 1]
    plan.repeat_every = 3
    edit_plan(plan=plan, by=coordinator, at=AT)
    assert values(Event.objects.about(plan).last()) == {"repeat_every": (7, 3)}


def test_only_the_plan_of_one_case_can_be_removed(coordinator, case):
    ReminderPlan.objects.filter(kind=Deadline.Kind.EVENT).delete()
    general = add_plan(plan=ReminderPlan(kind=Deadline.Kind.EVENT), by=coordinator, at=AT)
    own = add_plan(plan=ReminderPlan(kind=Deadline.Kind.EVENT, case=case), by=coordinator, at=AT)
    remove_plan(plan=own, by=coordinator, at=AT)
    with pytest.raises(Refused):
        remove_plan(plan=general, by=coordinator, at=AT)
    assert list(ReminderPlan.objects.filter(kind=Deadline.Kind.EVENT)) == [general]


def test_a_second_entry_for_a_day_is_refused_in_words(db):
    day = CalendarDayFactory()
    with pytest.raises(ValidationError, match=r"This day is entered in this calendar already\."):
        CalendarDayFactory.build(day=day.day).full_clean()
