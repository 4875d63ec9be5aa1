"""What a change of a case would do, told on its page before it is made."""

from collections.abc import Sequence
from dataclasses import dataclass

from tracker.models import Case, Deadline, Demand, Reminder, StatusProposal, User


@dataclass(frozen=True)
class Ending:
    """What closing a case ends, and what it leaves as it is."""

    dates: Sequence[Deadline]
    reminders: int
    proposals: Sequence[StatusProposal]
    demands: Sequence[Demand]


def what_ends(case: Case) -> Ending:
    running = case.deadlines.filter(state__in=(Deadline.State.OPEN, Deadline.State.PAUSED))
    return Ending(
        dates=list(running.select_related("addressee__authority").order_by("due_on", "pk")),
        reminders=Reminder.objects.pending().filter(deadline__case=case).count(),
        proposals=list(
            StatusProposal.objects.waiting()
            .filter(demand__case=case)
            .select_related("demand")
            .order_by("demand__number", "pk")
        ),
        demands=list(case.demands.open().order_by("number", "pk")),
    )


def who_sees(case: Case) -> Sequence[User]:
    """The team, who would still see the case if it were open to nobody else."""
    return list(User.objects.filter(memberships__case=case).order_by("name", "pk"))
