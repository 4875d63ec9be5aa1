"""What has ended leaves nothing in the database: sessions, and answers kept for second clicks."""

from celery import shared_task
from django.utils import timezone

from tracker.services import sessions
from tracker.services.guesses import forget_guesses
from tracker.services.submissions import forget_forms


@shared_task
def forget_ended() -> None:
    at = timezone.now()
    sessions.forget_ended(at=at)
    forget_forms(at=at)
    forget_guesses(at=at)
