"""Moving deadlines after a rule or the calendar was edited, some thousands at a time."""

import logging
import time

from celery import shared_task
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import KombuError, OperationalError

from tracker.models import Recomputation
from tracker.services.deadlines.recompute import fail_recomputation, recompute_next

log = logging.getLogger(__name__)

SECONDS = 45.0  # then the worker is free for others; the next call takes it up


def hint_recompute() -> None:
    """Ask a worker to begin now, once the running transaction is committed.

    A broker that is away costs the hint and nothing else: beat calls within a minute.
    """
    transaction.on_commit(publish)


def publish() -> None:
    try:
        recompute_waiting.apply_async(expires=55, retry=False)
    except (KombuError, OperationalError, OSError) as error:
        log.warning("no hint to recompute: %s", type(error).__name__)


@shared_task
def recompute_waiting() -> int:
    """Go on with what a person confirmed; returns how many deadlines were looked at.

    The row is the queue: beat calls this every minute, a page calls it for speed, and a killed
    worker leaves nothing but the next chunk to do.
    """
    stop = time.monotonic() + SECONDS
    looked_at = 0
    waiting = Recomputation.objects.unfinished().order_by("pk").values_list("pk", flat=True)
    for pk in waiting:
        try:
            running = True
            while running and time.monotonic() < stop:
                before = Recomputation.objects.get(pk=pk).done
                run = recompute_next(recomputation_id=pk, at=timezone.now())
                looked_at += run.done - before
                running = run.finished_at is None
        except Exception as error:  # whatever it was, a person must see it and the rest go on
            log.exception("recomputation %s failed", pk)
            fail_recomputation(recomputation_id=pk, at=timezone.now(), problem=repr(error)[:300])
    return looked_at
