"""The heads of the record leave the machine."""

from celery import shared_task
from django.utils import timezone

from tracker.services.event_heads import keep_and_tell_heads


@shared_task
def keep_heads() -> None:
    keep_and_tell_heads(at=timezone.now())
