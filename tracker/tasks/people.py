"""What becomes due about accounts."""

from celery import shared_task
from django.utils import timezone

from tracker.services.people.travel import end_travels_due


@shared_task
def do_what_is_due() -> None:
    end_travels_due(at=timezone.now())
