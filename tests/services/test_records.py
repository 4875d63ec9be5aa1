"""Saving with history, refused to a stale copy."""

import datetime

import pytest

from tests.factories.deadlines import ResponseRuleFactory
from tracker.models import Case, ResponseRule
from tracker.services.records import StaleRecord, save_record

AT = datetime.datetime(2026, 11, 23, 6, 0, tzinfo=datetime.UTC)


def test_a_save_says_who_and_when_and_counts_itself(case, owner):
    case.title = "Another title"
    save_record(case, by=owner, at=AT, reason="typed wrongly")
    entry = case.history.latest("history_id")
    assert (entry.title, entry.history_user, entry.history_date, entry.history_change_reason) == (
        "Another title",
        owner,
        AT,
        "typed wrongly",
    )
    assert Case.objects.get(pk=case.pk).version == case.version == 2


def test_a_stale_copy_is_refused_and_writes_nothing(case, owner, colleague):
    stale = Case.objects.get(pk=case.pk)
    case.title = "First"
    save_record(case, by=owner, at=AT)
    stale.title = "Second"
    with pytest.raises(StaleRecord):
        save_record(stale, by=colleague, at=AT)
    assert Case.objects.get(pk=case.pk).title == "First"
    assert case.history.count() == 2


def test_the_version_of_a_rule_is_the_laws_and_stays(coordinator):
    rule = ResponseRuleFactory(version=3)
    rule.name = "Reply in fourteen working days"
    save_record(rule, by=coordinator, at=AT)
    assert ResponseRule.objects.get(pk=rule.pk).version == 3
