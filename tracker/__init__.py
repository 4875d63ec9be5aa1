"""Tracker: what was asked of whom, by when the law makes them answer, and what came of it."""

from tracker.celery import app as celery_app

__all__ = ["celery_app"]
