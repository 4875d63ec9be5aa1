"""The rows of the list of dates, and where a forwarded appeal went."""

from collections.abc import Iterable

from django.db.models import QuerySet

from tracker.models import Addressee, Deadline, DeadlineChange


def deadline_rows(deadlines: QuerySet[Deadline]) -> QuerySet[Deadline]:
    """Dates as the list shows them, the oldest first."""
    return deadlines.select_related(
        "case__lead", "addressee__authority", "demand", "owner", "rule"
    ).order_by("due_on", "pk")


def forwarded_to(deadlines: Iterable[Deadline]) -> dict[int, str]:
    """Of those that ended because the appeal was passed on: the name of the body that has it now.

    By the number of the date; in two queries however many there are.
    """
    closed = [d for d in deadlines if d.state == Deadline.State.CLOSED and d.addressee_id]
    if not closed:
        return {}
    ends = dict(
        DeadlineChange.objects.filter(deadline__in=closed, kind__in=DeadlineChange.ENDS)
        .order_by("at", "pk")
        .values_list("deadline", "kind")
    )
    names = dict(
        Addressee.objects.filter(forwarded_from__deadlines__in=closed)
        .order_by("number", "pk")
        .values_list("forwarded_from", "authority__name")
    )
    return {
        d.pk: names[d.addressee_id]
        for d in closed
        if ends.get(d.pk) == DeadlineChange.Kind.FORWARDED and d.addressee_id in names
    }
