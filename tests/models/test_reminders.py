"""What plans and reminders say about themselves."""

import pytest
from django.core.exceptions import ValidationError

from tests.factories.reminders import ReminderFactory
from tracker.models import CaseLink, Deadline, DeadlineChange, Reminder, ReminderPlan


def test_a_second_plan_of_a_kind_is_refused_in_words(case):
    kind = Deadline.Kind.EVENT
    ReminderPlan.objects.filter(kind=kind).delete()
    for of, said in ((None, "There is a common plan of this kind"), (case, "This case has a plan")):
        ReminderPlan.objects.create(case=of, kind=kind, days_before=[1])
        with pytest.raises(ValidationError, match=said) as refused:
            ReminderPlan(case=of, kind=kind, days_before=[2]).full_clean()
        assert "Constraint" not in str(refused.value)


def test_a_case_linked_to_itself_is_refused_in_words(case):
    with pytest.raises(ValidationError, match="Choose another case"):
        CaseLink(case=case, other=case, kind="same").validate_constraints()


@pytest.mark.parametrize("change", DeadlineChange.Kind)
def test_why_a_reminder_was_cancelled_is_said_in_words(db, change):
    row = ReminderFactory.build(
        deadline=None, generation=1, due_on=None, fire_on=None, reason=f"deadline.{change}"
    )
    assert row.why and "deadline" not in row.why and str(change) != row.why
    row.reason = "deadline.recomputed"
    assert row.why == "the date was counted again"
    row.reason = Reminder.Reason.MUTED
    assert row.why == "the person muted it"
