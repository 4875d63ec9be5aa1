"""Sessions that have ended leave nothing in the database."""

from celery import shared_task
from django.contrib.sessions.backends.db import SessionStore


@shared_task
def forget_ended() -> None:
    SessionStore.clear_expired()
