"""The rows of the list of dates."""

from django.db.models import QuerySet

from tracker.models import Deadline


def deadline_rows(deadlines: QuerySet[Deadline]) -> QuerySet[Deadline]:
    """Dates as the list shows them, the oldest first."""
    return deadlines.select_related(
        "case__lead", "addressee__authority", "demand", "owner", "rule"
    ).order_by("due_on", "pk")
