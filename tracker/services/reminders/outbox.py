"""The states of a mail. Each step is one conditional UPDATE, written down by a trigger; to claim
mails and to find lost ones a SELECT that locks them comes first.

Leases and times of delivery are read from the database's clock, so that workers whose clocks
differ agree; when a mail may be tried is told by the caller's `at`.
"""

import datetime
import logging
import random
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from tracker.models import Mail, Reminder

log = logging.getLogger("tracker.reminders")

State = Mail.State

MOST_TRIES = 12
LONGEST_BACKOFF = 60  # times the first pause, which a setting says


def lease() -> datetime.timedelta:
    return datetime.timedelta(seconds=settings.MAIL_LEASE_SECONDS)


def handover_lease() -> datetime.timedelta:
    """How long a mail may stay between handover and the note that it was sent.

    `mark_handover` of the next mail writes that note too, so four answers of the server come
    before it: to DATA and to the message of this mail, to MAIL and to RCPT of the next.
    """
    return lease() + 4 * datetime.timedelta(seconds=settings.EMAIL_TIMEOUT)


def backoff(tries: int) -> datetime.timedelta:
    """1, 2, 4 ... 60 times the first, give or take a quarter: retries must not come in step."""
    pauses = min(2 ** max(tries - 1, 0), LONGEST_BACKOFF)
    seconds = pauses * settings.MAIL_RETRY_SECONDS * random.uniform(0.75, 1.25)  # noqa: S311
    return datetime.timedelta(seconds=seconds)


def transition(mail: Mail, *, to: str, reason: str = "", worker: str = "", **fields: Any) -> bool:
    """Move one mail on, unless its state or claimant is not what `mail` says any more.

    Outside claim and handover nobody holds it: token and lease are cleared. Returns whether it
    moved; `mail` is kept in step with the row.
    """
    moved = Mail.objects.filter(pk=mail.pk, state=mail.state, token=mail.token).update(
        state=to,
        token=None,
        lease_until=None,
        reason=reason[:300],
        worker=worker[:120],
        **fields,
    )
    if not moved:
        return False
    log.info("mail=%s %s->%s worker=%s", mail.pk, mail.state, to, worker)
    mail.state, mail.token = to, None
    return True


# Steps of a worker


def claim(*, at: datetime.datetime, worker: str, limit: int) -> list[Mail]:
    """Take mails that are due; nobody else can take them until the lease runs out.

    The urgent are those that have waited longest. Where the database can, rows that another
    worker is just taking are skipped instead of waited for.
    """
    token = uuid.uuid4()
    with transaction.atomic():
        found = list(
            Mail.objects.to_send(at)
            .order_by("next_attempt_at", "pk")
            .select_for_update(skip_locked=True)
            .values_list("pk", flat=True)[:limit]
        )
        if not found:
            return []
        # SQLite has no row locks; there the whole transaction holds the one write lock.
        Mail.objects.filter(pk__in=found).update(
            state=State.CLAIMED,
            token=token,
            lease_until=Now() + lease(),
            reason="",
            worker=worker[:120],
        )
    return list(Mail.objects.filter(token=token).order_by("next_attempt_at", "pk"))


def extend_leases(mails: Iterable[Mail]) -> None:
    """Keep the rest of a batch whose first mails took long."""
    tokens = {mail.token for mail in mails}
    Mail.objects.filter(token__in=tokens, state=State.CLAIMED, lease_until__gt=Now()).update(
        lease_until=Now() + lease()
    )


@dataclass(frozen=True)
class Accepted:
    """A mail the server said 250 to, not yet noted as sent."""

    mail: Mail
    reply: str


def mark_sent(accepted: Accepted, *, worker: str) -> None:
    """The server said 250. Where the lease ran out meanwhile, the answer still counts.

    Only a second worker that is itself past its handover mark can no longer be stopped.
    """
    mail = accepted.mail
    fields: dict[str, Any] = {
        "sent_at": Now(),
        "smtp_reply": accepted.reply[:300],
        "last_error": "",
    }
    if transition(mail, to=State.SENT, worker=worker, **fields):
        return
    mail.refresh_from_db(fields=["state", "token"])
    if mail.state == State.SENT:
        return
    late = "the server's answer came after the lease"
    stoppable = (State.UNKNOWN, State.HELD, State.CLAIMED, State.RETRYING)
    if mail.state not in stoppable or not transition(
        mail, to=State.SENT, reason=late, worker=worker, **fields
    ):
        log.warning("mail=%s was accepted, and is in other hands already", mail.pk)


def mark_reminders_sent(mails: Iterable[Mail]) -> None:
    """The reminders in mails that were sent."""
    Reminder.objects.filter(
        state=Reminder.State.IN_MAIL, mail__in=[mail.pk for mail in mails]
    ).update(state=Reminder.State.SENT)


def mark_retrying(
    mail: Mail, *, error: str, at: datetime.datetime, worker: str, reply: str = ""
) -> None:
    """It was certainly not delivered, for a reason of its own: again later, or given up."""
    tries = mail.attempts + 1
    fields: dict[str, Any] = {
        "attempts": tries,
        "last_error": error[:300],
        "smtp_reply": reply[:300],
    }
    if tries >= MOST_TRIES:
        transition(mail, to=State.DEAD, reason=error, worker=worker, **fields)
    else:
        again = at + backoff(tries)
        transition(
            mail, to=State.RETRYING, reason=error, worker=worker, next_attempt_at=again, **fields
        )


def mark_dead(mail: Mail, *, error: str, worker: str, reply: str = "") -> None:
    """Refused for good: a person must look."""
    transition(
        mail,
        to=State.DEAD,
        reason=error,
        worker=worker,
        attempts=mail.attempts + 1,
        last_error=error[:300],
        smtp_reply=reply[:300],
    )


def release(
    mails: Iterable[Mail],
    *,
    error: str,
    at: datetime.datetime,
    worker: str,
    soon: bool = False,
) -> None:
    """Put claimed mails back, for no fault of theirs; after a pause unless it may be soon."""
    spread = random.uniform(0.9, 1.2)  # noqa: S311
    pause = datetime.timedelta(seconds=0 if soon else settings.MAIL_RETRY_SECONDS * spread)
    for mail in mails:
        transition(
            mail,
            to=State.RETRYING,
            reason=error,
            worker=worker,
            last_error=error[:300],
            next_attempt_at=at + pause,
        )


def mark_unknown(mail: Mail, *, error: str, at: datetime.datetime, worker: str) -> None:
    """DATA began and no answer came: it may have been delivered, it may not.

    One more try, by the same Message-ID, if the settings want that; then a person decides.
    """
    with transaction.atomic():
        moved = transition(
            mail,
            to=State.UNKNOWN,
            reason=error,
            worker=worker,
            unknown_count=F("unknown_count") + 1,
            last_error=error[:300],
            next_attempt_at=at + backoff(1),
        )
        # `mail` still has the count from before: over 0, this was the second time.
        if moved and (settings.UNKNOWN_POLICY == "hold" or mail.unknown_count > 0):
            transition(mail, to=State.HELD, reason="may have been delivered", worker=worker)


# Steps of nobody in particular


def recover(*, at: datetime.datetime, worker: str) -> int:
    """Find what killed or stuck workers left behind. Returns how many mails that were.

    Before the handover mark nothing was sent, so it is tried again. After it nobody knows.
    """
    unnoted = Mail.objects.filter(state=State.SENT, reminders__state=Reminder.State.IN_MAIL)
    mark_reminders_sent(unnoted.only("pk").distinct())
    with transaction.atomic():
        left = list(
            Mail.objects.filter(state__in=[State.CLAIMED, State.HANDOVER], lease_until__lt=Now())
            .order_by("pk")
            # A worker that is just noting the outcome holds its row: it is not lost.
            .select_for_update(skip_locked=True)
        )
        for mail in left:
            if mail.state == State.HANDOVER:
                mark_unknown(mail, error="worker lost after the handover", at=at, worker=worker)
            else:
                mark_retrying(mail, error="worker lost before the handover", at=at, worker=worker)
    return len(left)
