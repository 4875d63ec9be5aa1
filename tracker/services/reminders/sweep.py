"""The sweep: plan, recover, write the digests and send them; or only show what it would do."""

import datetime
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Now

from tracker.models import Mail, Reminder, SweepRun
from tracker.services.reminders import outbox
from tracker.services.reminders.digest import write_digests
from tracker.services.reminders.plan import plan_reminders
from tracker.services.reminders.send import deliver

T = TypeVar("T")
log = logging.getLogger("tracker.reminders")

SWEEP_LASTS = 45.0  # seconds; what is left then waits for the next sweep


def run_sweep(*, at: datetime.datetime, worker: str) -> SweepRun:
    """Plan, recover, write the digests, deliver: all that is due at `at`, once.

    Safe to run late, twice, or in several processes at a time. A step that fails is logged and
    does not stop the next one; the run then counts as begun and not as completed.
    """
    run = SweepRun.objects.create(started_at=Now(), worker=worker[:120])
    errors: list[str] = []

    def step(name: str, do: Callable[[], T]) -> T | None:
        try:
            return do()
        except Exception as error:
            log.exception("sweep=%s step=%s failed", run.pk, name)
            errors.append(f"{name}: {type(error).__name__}")
            return None

    planned = step("plan", lambda: plan_reminders(at=at))
    step("recover", lambda: outbox.recover(at=at, worker=worker))
    mails = step("digests", lambda: write_digests(at=at, worker=worker))
    outcome = step("delivery", lambda: deliver(at=at, worker=worker, seconds=SWEEP_LASTS))
    SweepRun.objects.filter(pk=run.pk).update(
        finished_at=None if errors else Now(),
        planned=planned or 0,
        mails=mails or 0,
        sent=outcome.sent if outcome else 0,
        failed=outcome.failed if outcome else 0,
        error="; ".join(errors)[:300],
    )
    run.refresh_from_db()
    log.info(
        "sweep=%s planned=%s mails=%s sent=%s failed=%s", run.pk, run.planned, run.mails,
        run.sent, run.failed,
    )  # fmt: skip
    return run


@dataclass(frozen=True)
class Preview:
    """Reminders a sweep would mail, and those it would record as skipped, with their relations."""

    mailed: list[Reminder]
    skipped: list[Reminder]


@transaction.atomic
def preview(*, at: datetime.datetime) -> Preview:
    """What a sweep at `at` would do, found by doing it and taking it back."""
    last = Reminder.objects.aggregate(last=Max("pk"))["last"] or 0
    plan_reminders(at=at)
    write_digests(at=at)
    rows = Reminder.objects.select_related("person", "deadline__case", "mail").order_by(
        "person", "mail", "deadline__due_on", "pk"
    )
    to_send = Mail.objects.to_send(at)
    found = Preview(
        mailed=list(rows.filter(state=Reminder.State.IN_MAIL, mail__in=to_send)),
        skipped=list(rows.filter(state=Reminder.State.SKIPPED, pk__gt=last)),
    )
    # A dry run that only guessed would show another plan than the sweep then carries out.
    transaction.set_rollback(True)
    return found
