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
from tracker.services.reminders.outbox import Accepted
from tracker.services.reminders.recheck import PreparedMail, prepare, recheck
from tracker.services.reminders.smtp import (
    MailServer,
    NoAnswer,
    NotSendable,
    Postponed,
    Refused,
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
        turn = DeliveryRun(server, at=at, worker=worker, end=end)
        while time.monotonic() < end and not paused():
            claimed = outbox.claim(at=at, worker=worker, limit=CLAIM_AT_ONCE)
            if not claimed:
                break
            turn.send_batch(claimed)
            outbox.mark_reminders_sent(mail for mail in claimed if mail.state == State.SENT)
    return turn.outcome


def mails_of(waiting: Iterable[PreparedMail]) -> list[Mail]:
    return [prepared.mail for prepared in waiting]


class DeliveryRun:
    """One worker's turn at one connection.

    That a mail was accepted is noted together with the handover of the next one, or as soon as
    there is no next one to hand over at once.
    """

    def __init__(
        self, server: MailServer, *, at: datetime.datetime, worker: str, end: float
    ) -> None:
        self.server, self.at, self.worker, self.end = server, at, worker, end
        self.outcome = Outcome()
        self.accepted: Accepted | None = None

    def send_batch(self, claimed: list[Mail]) -> None:
        try:
            self._send_each(claimed)
        finally:
            self._note_accepted()

    def _send_each(self, claimed: list[Mail]) -> None:
        looked = time.monotonic()
        waiting = self._check(claimed)
        while waiting:
            now = time.monotonic()
            if now > self.end:
                self._release(mails_of(waiting), "the sweep's time was over", soon=True)
                return
            if now - looked > settings.MAIL_LEASE_SECONDS / 3:
                # A slow server: what was checked some time ago is checked again.
                outbox.extend_leases(mails_of(waiting))
                waiting = self._check(mails_of(waiting))
                looked = now
                continue
            prepared = waiting.popleft()
            mail = prepared.mail
            try:
                sent = self._send(prepared, waiting)
            except ServerAway as error:
                over = note_failure()
                left = [mail, *mails_of(waiting)] if over else [mail]
                self._release(left, f"mail server away: {error.reply}")
                self.outcome.answered = False
                if over:
                    return
                continue
            except DatabaseError:
                raise
            except Exception as error:
                log.exception("mail=%s failed", mail.pk)
                self.server.drop()
                self._unforeseen(mail, error)
                sent = False
            if sent and not self.outcome.answered:
                note_success()
                self.outcome.answered = True
            self.outcome.sent += sent
            self.outcome.failed += not sent

    def _check(self, mails: Iterable[Mail]) -> deque[PreparedMail]:
        return deque(recheck(mails, at=self.at, worker=self.worker))

    def _send(self, prepared: PreparedMail, waiting: deque[PreparedMail]) -> bool:
        """Hand one mail over. Returns whether the server took it. Raises ServerAway."""
        mail, at, worker = prepared.mail, self.at, self.worker
        prepare(prepared, at=at)
        if prepared.error:
            self._not_written(mail, prepared.error)
            return False
        if not self.server.connected:
            self._note_accepted()  # connecting may take long
        try:
            self.server.offer(mail.to_address)
            before = time.monotonic()
            handed_over = outbox.mark_handover(mail, worker=worker, after=self.accepted)
            self.accepted = None
            if not handed_over:
                # Another worker holds it by now: leave it to that one, and break off after DATA.
                self.server.drop()
                return False
            if time.monotonic() - before > settings.MAIL_LEASE_SECONDS / 2:
                # This process was asleep in between, and may have been taken for dead.
                self.server.drop()
                raise Postponed("paused between handover and DATA")
            self.server.hand_in(prepared.content)
            if waiting:
                prepare(waiting[0], at=at)  # while the server keeps this one
            reply = self.server.answer()
        except Postponed as error:
            self._note_accepted()
            outbox.mark_retrying(
                mail, error="refused for now", reply=error.reply, at=at, worker=worker
            )
            return False
        except Refused as error:
            self._note_accepted()
            outbox.mark_dead(mail, error="refused for good", reply=error.reply, worker=worker)
            return False
        except NoAnswer as error:
            outbox.mark_unknown(mail, error=f"no answer: {error.reply}", at=at, worker=worker)
            return False
        self.accepted = Accepted(mail, reply)
        return True

    def _note_accepted(self) -> None:
        if self.accepted is not None:
            outbox.mark_sent(self.accepted, worker=self.worker)
            self.accepted = None

    def _release(self, mails: Iterable[Mail], error: str, *, soon: bool = False) -> None:
        self._note_accepted()
        outbox.release(mails, error=error, at=self.at, worker=self.worker, soon=soon)

    def _not_written(self, mail: Mail, error: Exception) -> None:
        log.error("mail=%s could not be written", mail.pk, exc_info=error)
        if isinstance(error, NotSendable):
            outbox.mark_dead(mail, error=f"not a valid message: {error}", worker=self.worker)
        else:
            text = f"could not be written: {type(error).__name__}"
            outbox.mark_retrying(mail, error=text, at=self.at, worker=self.worker)

    def _unforeseen(self, mail: Mail, error: Exception) -> None:
        """A fault of the program in one mail: put off or unknown, like any other failure."""
        text = f"program error: {type(error).__name__}"
        step = outbox.mark_unknown if mail.state == State.HANDOVER else outbox.mark_retrying
        step(mail, error=text, at=self.at, worker=self.worker)


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
