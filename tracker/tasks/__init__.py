"""What a Celery worker may be asked to do. Each task is a shell over one service call."""

from tracker.tasks import deadlines, event_heads, people, reminders, sessions

__all__ = ["deadlines", "event_heads", "people", "reminders", "sessions"]
