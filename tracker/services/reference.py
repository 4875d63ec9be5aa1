"""Response rules and reminder plans; other reference data is edited as it is (`records.py`)."""

import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from tracker.models import (
    Deadline,
    ReminderPlan,
    ResponseRule,
    User,
    whole_days,
)
from tracker.services.records import add_row, changes, edit_row, remove_row
from tracker.services.refusals import Refused

# What a date was counted by. Changing it in place would change the past of every case.
ARITHMETIC = frozenset(
    {
        "code",
        "version",
        "jurisdiction",
        "quantity",
        "unit",
        "anchor",
        "first_day",
        "roll",
        "registration",
    }
)


@transaction.atomic
def edit_rule(*, rule: ResponseRule, by: User | None, at: datetime.datetime) -> ResponseRule:
    """Correct a rule. Once a date was counted by it, only its words, dates in force and
    verification may change; another period is a new version. Raises Refused."""
    stored = ResponseRule.objects.select_for_update(no_key=True).get(pk=rule.pk)
    altered = ARITHMETIC & set(changes(stored, rule))
    if altered and Deadline.objects.filter(rule=stored).exists():
        field = sorted(altered)[0]
        raise Refused(
            field,
            _(
                "Dates were counted by this version, so “%(field)s” stays as it is. End it with "
                "“in force to” and add version %(next)d."
            )
            % {
                "field": {f.name: f.verbose_name for f in rule._meta.concrete_fields}[field],
                "next": stored.version + 1,
            },
        )
    if rule.registration_id == rule.pk:
        raise Refused("registration", _("A rule cannot be its own registration step."))
    edit_row(row=rule, by=by, at=at)
    return rule


def add_plan(*, plan: ReminderPlan, by: User | None, at: datetime.datetime) -> ReminderPlan:
    """Raises ValidationError, and Refused for days that are no list of days."""
    _check_days(plan)
    add_row(row=plan, by=by, at=at)
    return plan


def edit_plan(*, plan: ReminderPlan, by: User | None, at: datetime.datetime) -> ReminderPlan:
    """Holds for reminders planned from now on. Raises as `add_plan` does."""
    _check_days(plan)
    edit_row(row=plan, by=by, at=at)
    return plan


def remove_plan(*, plan: ReminderPlan, by: User | None, at: datetime.datetime) -> None:
    """Raises Refused for the plan that holds for every case."""
    if plan.case_id is None:
        raise Refused(
            "", _("This plan holds for every case without one of its own. Change it instead.")
        )
    remove_row(row=plan, by=by, at=at)


def _check_days(plan: ReminderPlan) -> None:
    try:
        whole_days(plan.days_before)
    except ValidationError as refused:
        raise Refused("days_before", refused.messages[0]) from refused
    plan.days_before = sorted(set(plan.days_before), reverse=True)
