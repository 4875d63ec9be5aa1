"""Who carries what: per person, over the cases the reader may see."""

import datetime
from collections import Counter
from dataclasses import dataclass

from tracker.models import Case, Deadline, Demand, User


@dataclass(frozen=True)
class Load:
    """One person's share; `person` is None for what nobody answers for."""

    person: User | None
    cases: int
    demands: int
    overdue: int
    this_week: int


def workload(*, user: User, on: datetime.date) -> list[Load]:
    """Open work by person, in the order of names; what is nobody's comes last."""
    people = list(User.objects.visible_to(user).active().order_by("name", "pk"))
    cases = Counter(Case.objects.visible_to(user).running().values_list("lead", flat=True))
    demands: Counter[int | None] = Counter(
        owner or lead
        for owner, lead in Demand.objects.visible_to(user)
        .open()
        .in_running_cases()
        .values_list("owner", "case__lead")
    )
    overdue: Counter[int | None] = Counter()
    this_week: Counter[int | None] = Counter()
    for deadline in Deadline.objects.visible_to(user).open().select_related("case"):
        person = deadline.owner_id or deadline.case.lead_id
        overdue[person] += deadline.is_overdue(on)
        this_week[person] += on <= deadline.stands_on(on) <= on + datetime.timedelta(days=7)
    rows = [
        Load(person, cases[person.pk], demands[person.pk], overdue[person.pk], this_week[person.pk])
        for person in people
    ]
    nobody = Load(None, cases[None], demands[None], overdue[None], this_week[None])
    shown = [row for row in rows if row.cases or row.demands or row.overdue or row.this_week]
    return [*shown, nobody] if nobody.cases or nobody.demands else shown
