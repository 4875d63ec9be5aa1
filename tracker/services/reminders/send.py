"""Delivery: claimed mails are handed to the mail server, each with its outcome on record."""

import datetime
import logging
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import F
from django.db.models.functions import Now

from tracker.models import Mail, Outage
from tracker.services.reminders import outbox
from tracker.services.reminders.handover import mark_handover
from tracker.services.reminders.message import NotSendable, write_message
from tracker.services.reminders.outbox import Accepted
from tracker.services.reminders.recheck import PreparedMail, recheck
from tracker.services.reminders.smtp import (
    MailServer,
    NoAnswer,
    Postponed,
    Rejected,
    ServerAway,
)

log = logging.getLogger("tracker.reminders")

CLAIM_AT_ONCE = 50
FAILURES_UNTIL_PAUSE = 5

State = Mail.State


@dataclass
class Outcome:
    sent: int = 0
    failed: int = 0
    answered: bool = False  # the mail server, to the last mail


def deliver(*, at: datetime.datetime, worker: str, seconds: float) -> Outcome:
    """Send what is due, for about so many seconds. No transaction is open while SMTP is spoken.

    One mail that cannot be written or is refused does not stop the others; a mail server that
    is away ends the run after a few tries, for everybody.
    """
    end = time.monotonic() + seconds
    with MailServer() as server:
        run = DeliveryRun(server, at=at, worker=worker, end=end)
        while time.monotonic() < end and not paused():
            claimed = outbox.claim(at=at, worker=worker, limit=CLAIM_AT_ONCE)
            if not claimed:
                break
            run.send_batch(claimed)
            outbox.mark_reminders_sent(mail for mail in claimed if mail.state == State.SENT)
    return run.outcome


class DeliveryRun:
    """One worker at one connection."""

    def __init__(
        self, server: MailServer, *, at: datetime.datetime, worker: str, end: float
    ) -> None:
        self.server, self.at, self.worker, self.end = server, at, worker, end
        self.outcome = Outcome()
        self.accepted: Accepted | None = None  # by the server, and not noted yet

    def send_batch(self, claimed: list[Mail]) -> None:
        try:
            self._send_each(claimed)
        finally:
            self._note_accepted()

    def _send_each(self, claimed: list[Mail]) -> None:
        checked_at = time.monotonic()
        waiting = deque(recheck(claimed, at=self.at, worker=self.worker))
        while waiting:
            now = time.monotonic()
            mails = [prepared.mail for prepared in waiting]
            if now > self.end:
                # Put back at once, not when the lease ends: the next sweep may take them.
                self._release(mails, "the sweep's time was over", soon=True)
                return
            if now - checked_at > settings.MAIL_LEASE_SECONDS / 3:
                # A slow server: what was checked some time ago is checked again.
                outbox.extend_leases(mails)
                waiting = deque(recheck(mails, at=self.at, worker=self.worker))
                checked_at = now
                continue
            prepared = waiting.popleft()
            try:
                sent = self._send_one(prepared)
            except ServerAway as error:
                everybody_pauses = note_failure()
                left = mails if everybody_pauses else mails[:1]
                self._release(left, f"mail server away: {error.reply}")
                self.outcome.answered = False
                if everybody_pauses:
                    return
                continue
            if sent and not self.outcome.answered:
                note_success()
                self.outcome.answered = True
            self.outcome.sent += sent
            # Not one that may have arrived, nor one that another worker has by now.
            self.outcome.failed += prepared.mail.state in (State.RETRYING, State.DEAD)

    def _send_one(self, prepared: PreparedMail) -> bool:
        """Whether the server took it; what else became of it is noted. Raises ServerAway."""
        mail, at, worker = prepared.mail, self.at, self.worker
        try:
            content = write_message(mail, prepared.reminders, at=at)
        except NotSendable as error:
            log.error("mail=%s is no valid message: %s", mail.pk, error)
            outbox.mark_dead(mail, error=f"not a valid message: {error}", worker=worker)
            return False
        except Exception as error:
            log.exception("mail=%s could not be written", mail.pk)
            text = f"could not be written: {type(error).__name__}"
            outbox.mark_retrying(mail, error=text, at=at, worker=worker)
            return False
        try:
            reply = self._hand_over(mail, content)
        # Without a database nothing can be noted, and what is not noted must not be sent.
        except (ServerAway, DatabaseError):
            raise
        except Postponed as error:
            text = "refused for now"
            outbox.mark_retrying(mail, error=text, reply=error.reply, at=at, worker=worker)
        except Rejected as error:
            outbox.mark_dead(mail, error="refused for good", reply=error.reply, worker=worker)
        except NoAnswer as error:
            outbox.mark_unknown(mail, error=f"no answer: {error.reply}", at=at, worker=worker)
        except Exception as error:
            # A fault of the program in one mail: put off or unknown, like any other failure.
            log.exception("mail=%s failed", mail.pk)
            self.server.drop()
            mark = outbox.mark_unknown if mail.state == State.HANDOVER else outbox.mark_retrying
            mark(mail, error=f"program error: {type(error).__name__}", at=at, worker=worker)
        else:
            self.accepted = Accepted(mail, reply) if reply else None
            return bool(reply)
        self._note_accepted()
        return False

    def _hand_over(self, mail: Mail, content: bytes) -> str:
        """The server's words of acceptance; "" where another worker has the mail by now."""
        if not self.server.connected:
            self._note_accepted()  # connecting may take long
        self.server.begin(mail.to_address)
        before = time.monotonic()
        handed_over = mark_handover(mail, worker=self.worker, accepted=self.accepted)
        self.accepted = None
        if not handed_over:
            self.server.drop()
            return ""
        if time.monotonic() - before > settings.MAIL_LEASE_SECONDS / 2:
            # This process was asleep in between, and may have been taken for dead.
            self.server.drop()
            raise Postponed("paused between handover and DATA")
        return self.server.send_data(content)

    def _note_accepted(self) -> None:
        if self.accepted is not None:
            outbox.mark_sent(self.accepted, worker=self.worker)
            self.accepted = None

    def _release(self, mails: Iterable[Mail], error: str, *, soon: bool = False) -> None:
        self._note_accepted()
        outbox.release(mails, error=error, at=self.at, worker=self.worker, soon=soon)


# The mail server is away


def paused() -> bool:
    return Outage.objects.filter(pk=1, pause_until__gt=Now()).exists()


def note_failure() -> bool:
    """Count a failed connection. Returns whether everybody now pauses."""
    pause = datetime.timedelta(seconds=settings.MAIL_RETRY_SECONDS)
    with transaction.atomic():
        Outage.objects.get_or_create(pk=1)
        Outage.objects.filter(pk=1).update(failures=F("failures") + 1)
        opened = Outage.objects.filter(pk=1, failures__gte=FAILURES_UNTIL_PAUSE).update(
            failures=0, pause_until=Now() + pause
        )
    if opened:
        log.warning("mail server away; nobody tries for %d s", settings.MAIL_RETRY_SECONDS)
    return bool(opened)


def note_success() -> None:
    """The server answers: failures from now on count from nought."""
    Outage.objects.filter(pk=1, failures__gt=0).update(failures=0)
