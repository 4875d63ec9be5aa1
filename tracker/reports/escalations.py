"""Which next steps a run-out or refused clock opens, and until when. Reads only."""

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models.functions import Coalesce

from tracker.models import (
    Deadline,
    EscalationChoice,
    EscalationStep,
    Grade,
    ResponseGrade,
)


@dataclass(frozen=True)
class NextStep:
    """`until` is the last day of the window (None: no limit is known)."""

    step: EscalationStep
    opened_by: str
    opened_on: datetime.date
    until: datetime.date | None
    choice: EscalationChoice | None

    @property
    def waiting(self) -> bool:
        return self.choice is None


def next_steps(deadlines: Sequence[Deadline], on: datetime.date) -> dict[int, list[NextStep]]:
    """For each legal deadline (by its key) the steps open on a day, in the ladder's order.

    Three queries, whatever the number; the deadlines must carry `rule` loaded. A step whose
    window has passed is left out unless somebody decided about it. A registration that is late
    opens nothing: the time to answer has its own clock.
    """
    laws = {d.pk: d.rule.jurisdiction for d in deadlines if d.facts.silent_when_late and d.rule}
    legal = [d for d in deadlines if d.pk in laws]
    choices = {
        (choice.deadline_id, choice.step_id): choice
        for choice in EscalationChoice.objects.filter(deadline__in=legal).select_related(
            "own_date", "by"
        )
    }
    refused_on = _refusals(legal)
    steps = list(EscalationStep.objects.select_related("forum").order_by("number", "pk"))
    found: dict[int, list[NextStep]] = defaultdict(list)
    for deadline in legal:
        opened = {}
        if deadline.is_overdue(on):
            opened["silence"] = deadline.overdue_after + datetime.timedelta(days=1)
        if deadline.addressee_id in refused_on:
            opened["refusal"] = refused_on[deadline.addressee_id]
        for step in steps:
            if step.jurisdiction not in ("", laws[deadline.pk]):
                continue
            days = {k: day for k, day in opened.items() if step.opened_by in (k, "both")}
            if not days:
                continue
            # The later event opens the longer window, and it is the one still running.
            why = max(days, key=lambda k: days[k])
            choice = choices.get((deadline.pk, step.pk))
            until = step.open_until(days[why])
            if choice or until is None or until >= on:
                found[deadline.pk].append(NextStep(step, why, days[why], until, choice))
    return dict(found)


def _refusals(deadlines: list[Deadline]) -> dict[int, datetime.date]:
    """The day each addressee last refused: of the letter, not of the day we graded it.

    Of each demand the latest grade stands, so a refusal made good later is none.
    """
    rows = (
        ResponseGrade.objects.filter(
            addressee__in=[d.addressee_id for d in deadlines if d.addressee_id]
        )
        .order_by("graded_on", "pk")
        .values_list(
            "addressee", "demand", "grade", Coalesce("response__action__happened_on", "graded_on")
        )
    )
    standing = {(addressee, demand): (grade, day) for addressee, demand, grade, day in rows}
    refused: dict[int, datetime.date] = {}
    for (addressee, _demand), (grade, day) in standing.items():
        if grade in (Grade.E1, Grade.E2):
            refused[addressee] = max(day, refused.get(addressee, day))
    return refused
