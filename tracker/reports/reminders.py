"""Is anybody's reminder stuck, and when did the machine last look?"""

import datetime
from dataclasses import dataclass
from typing import Any

from tracker.models import Deadline, Mail, Mute, SweepRun, User
from tracker.reports.health import queue_figures, sweep_is_stale


@dataclass(frozen=True)
class Heartbeat:
    """`stale`: more than three periods without a completed sweep."""

    last_sweep: SweepRun | None
    stale: bool
    last_error: str
    queue: dict[str, Any]


def heartbeat(*, at: datetime.datetime) -> Heartbeat:
    finished = SweepRun.objects.filter(finished_at__isnull=False)
    last = finished.order_by("-finished_at", "-pk").first()
    newest = SweepRun.objects.order_by("-pk").first()
    return Heartbeat(
        last_sweep=last,
        stale=sweep_is_stale(last.finished_at if last else None, at=at),
        last_error=newest.error if newest else "",
        queue=queue_figures(),
    )


def running_mutes(deadline: Deadline, *, on: datetime.date) -> list[Mute]:
    """Who asked for no reminders of this date, until a day after `on`; each person's last word."""
    given = (
        deadline.mutes.filter(generation=deadline.generation)
        .select_related("person")
        .order_by("at", "pk")
    )
    last = {mute.person_id: mute for mute in given}
    return [mute for mute in last.values() if mute.until > on]


def mails_to_decide(*, user: User) -> list[Mail]:
    """Failed and held e-mails this person may do something about, the newest first."""
    return list(
        Mail.objects.visible_to(user)
        .filter(state__in=[Mail.State.DEAD, Mail.State.HELD])
        .select_related("person")
        .order_by("-local_day", "-pk")[:50]
    )
