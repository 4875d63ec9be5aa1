"""What has ended leaves nothing in the database: sessions, and answers kept for second clicks."""

from celery import shared_task
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from tracker.services.submissions import forget_forms


@shared_task
def forget_ended() -> None:
    SessionStore.clear_expired()
    forget_forms(at=timezone.now())
