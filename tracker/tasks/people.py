"""What becomes due about accounts."""

from celery import shared_task
from django.utils import timezone

from tracker.services.people.account_changes import apply_due_changes
from tracker.services.people.travel import end_travels_due


@shared_task
def do_what_is_due() -> None:
    at = timezone.now()
    end_travels_due(at=at)
    apply_due_changes(at=at)
