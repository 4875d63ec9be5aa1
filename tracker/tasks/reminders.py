"""The worker's doors to the reminders. A message carries nothing: the rows are the queue."""

import logging
import socket

from celery import current_app, shared_task
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import KombuError, OperationalError

from tracker.services.reminders.sweep import run_sweep

log = logging.getLogger("tracker.reminders")

HINT_EXPIRES = 50  # seconds; by then the next regular sweep has come


@shared_task(name="tracker.tasks.reminders.sweep", bind=True)
def sweep(self) -> None:
    worker = f"{self.request.hostname or socket.gethostname()}/{self.request.id or ''}"
    run_sweep(at=timezone.now(), worker=worker)


def hint_sweep() -> None:
    """Ask a worker to look now, once the running transaction is committed.

    A broker that is away costs the hint and nothing else: the next sweep finds the rows.
    """
    transaction.on_commit(publish)


def publish() -> None:
    """One short try: left to itself the library would go on trying while a person waits."""
    options = dict(current_app.conf.broker_transport_options or {})
    options |= {"max_retries": 0, "socket_connect_timeout": 1, "socket_timeout": 1}
    try:
        with current_app.connection_for_write(transport_options=options) as connection:
            sweep.apply_async(connection=connection, expires=HINT_EXPIRES, retry=False)
    except (KombuError, OperationalError, OSError) as error:
        log.warning("no hint to sweep: %s", type(error).__name__)
