"""Delivery: claimed mails are checked once more, written, and handed to the mail server."""

import datetime
import logging
import time
from collections import defaultdict
from dataclasses import dataclass

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import F
from django.db.models.functions import Now

from tracker.models import Case, Deadline, Mail, Outage, Quiet, Reminder
from tracker.services import ledger
from tracker.services.emails import (
    MailServer,
    NoAnswer,
    Postponed,
    Refused,
    ServerAway,
    message_bytes,
)
from tracker.services.letters import Letter, write_letter

log = logging.getLogger("tracker.reminders")

CLAIM_AT_ONCE = 25
FAILURES_UNTIL_PAUSE = 5

State = Mail.State
Reason = Reminder.Reason


@dataclass
class Outcome:
    sent: int = 0
    failed: int = 0
    answered: bool = False  # the mail server, to the last mail


@dataclass
class Prepared:
    """A claimed mail and its letter."""

    mail: Mail
    letter: Letter


def deliver(*, at: datetime.datetime, worker: str, seconds: float) -> Outcome:
    """Send what is due, for about so many seconds. No transaction is open while SMTP is spoken.

    One mail that cannot be written or is refused does not stop the others; a mail server that
    is away ends the run after a few tries, for everybody.
    """
    outcome = Outcome()
    end = time.monotonic() + seconds
    with MailServer() as server:
        while time.monotonic() < end and not paused():
            claimed = ledger.claim(at=at, worker=worker, limit=CLAIM_AT_ONCE)
            if not claimed:
                break
            send_batch(prepare(claimed, at=at, worker=worker), server, outcome, end, at, worker)
            ledger.mark_rows_sent()
    return outcome


def send_batch(
    batch: list[Prepared],
    server: MailServer,
    outcome: Outcome,
    end: float,
    at: datetime.datetime,
    worker: str,
) -> None:
    renewed = time.monotonic()
    for number, prepared in enumerate(batch):
        now = time.monotonic()
        rest = [left.mail for left in batch[number:]]
        if now > end:
            ledger.release(rest, error="the sweep's time was over", at=at, worker=worker, soon=True)
            return
        if now - renewed > settings.MAIL_LEASE_SECONDS / 3:
            ledger.renew(rest)
            renewed = now
        try:
            sent = send(prepared, server, at=at, worker=worker)
        except ServerAway as error:
            text = f"mail server away: {error.reply}"
            over = note_failure()
            ledger.release(rest if over else rest[:1], error=text, at=at, worker=worker)
            outcome.answered = False
            if over:
                return
            continue
        except DatabaseError:
            raise
        except Exception as error:
            log.exception("mail=%s failed", prepared.mail.pk)
            server.drop()
            unforeseen(prepared.mail, error, at=at, worker=worker)
            sent = False
        if sent and not outcome.answered:
            note_success()
            outcome.answered = True
        outcome.sent += sent
        outcome.failed += not sent


def unforeseen(mail: Mail, error: Exception, *, at: datetime.datetime, worker: str) -> None:
    """A fault of the program in one mail: it is put off or unknown, like any other failure."""
    text = f"program error: {type(error).__name__}"
    if mail.state == State.HANDOVER:
        ledger.mark_unknown(mail, error=text, at=at, worker=worker)
    else:
        ledger.put_off(mail, error=text, at=at, worker=worker)


def send(prepared: Prepared, server: MailServer, *, at: datetime.datetime, worker: str) -> bool:
    """Hand one mail over. Returns whether the server took it. Raises ServerAway."""
    mail, letter = prepared.mail, prepared.letter
    mail.to_address, mail.language = mail.person.email, mail.person.language
    mail.subject = letter.subject
    mail.body_text, mail.body_html = letter.body_text, letter.body_html
    try:
        content = message_bytes(mail, at=at)
    except ValueError as error:
        ledger.give_up(mail, error=f"not a valid message: {type(error).__name__}", worker=worker)
        return False
    try:
        server.offer(mail.to_address)
        before = time.monotonic()
        if not ledger.hand_over(
            mail,
            worker=worker,
            to_address=mail.to_address,
            language=mail.language,
            subject=mail.subject,
            body_text=mail.body_text,
            body_html=mail.body_html,
        ):
            # Another worker holds it by now: leave it to that one.
            server.drop()
            return False
        if time.monotonic() - before > settings.MAIL_LEASE_SECONDS / 2:
            # This process was asleep in between, and may have been taken for dead.
            server.drop()
            raise Postponed("paused between handover and DATA")
        reply = server.deliver(content)
    except Postponed as error:
        ledger.put_off(mail, error="refused for now", reply=error.reply, at=at, worker=worker)
        return False
    except Refused as error:
        ledger.give_up(mail, error="refused for good", reply=error.reply, worker=worker)
        return False
    except NoAnswer as error:
        ledger.mark_unknown(mail, error=f"no answer: {error.reply}", at=at, worker=worker)
        return False
    ledger.mark_sent(mail, reply=reply, worker=worker)
    return True


# The last look before sending


def prepare(claimed: list[Mail], *, at: datetime.datetime, worker: str) -> list[Prepared]:
    """Check again what is still to be told to whom, and write the letters.

    Of a mail that may have been delivered already the same words are sent once more.
    """
    rows = rows_by_mail(claimed)
    audiences = Case.objects.filter(
        pk__in={row.deadline.case_id for of_mail in rows.values() for row in of_mail}
    ).audiences()
    quiet = quiet_until(rows)
    ready = []
    for mail in claimed:
        try:
            gone: dict[str, list[int]] = defaultdict(list)
            kept = []
            for row in rows[mail.pk]:
                reason = why_not(row, mail, audiences, quiet)
                if reason:
                    gone[reason].append(row.pk)
                else:
                    kept.append(row)
            if mail.unknown_count and (Reason.NOT_VISIBLE in gone or not mail.person.is_active):
                reason = "no longer for this person, and may have been delivered"
                ledger.move(mail, to=State.HELD, reason=reason, worker=worker)
                continue
            if not mail.unknown_count:
                drop_rows(gone)
            if not kept:
                reason = "nothing is left to tell"
                ledger.move(mail, to=State.CANCELLED, reason=reason, worker=worker)
                continue
            letter = Letter(mail.subject, mail.body_text, mail.body_html)
            if not mail.unknown_count:
                letter = write_letter(mail.person, kept, at=at)
            ready.append(Prepared(mail, letter))
        except Exception as error:
            log.exception("mail=%s could not be written", mail.pk)
            text = f"could not be written: {type(error).__name__}"
            ledger.put_off(mail, error=text, at=at, worker=worker)
    return ready


def rows_by_mail(mails: list[Mail]) -> dict[int | None, list[Reminder]]:
    rows: dict[int | None, list[Reminder]] = defaultdict(list)
    for row in (
        Reminder.objects.filter(mail__in=mails, state=Reminder.State.IN_MAIL)
        .select_related("deadline__case")
        .order_by("pk")
    ):
        rows[row.mail_id].append(row)
    return rows


def quiet_until(
    rows: dict[int | None, list[Reminder]],
) -> dict[tuple[int, int, int], datetime.date]:
    """The last day asked for, by deadline, clock and person."""
    deadlines = {row.deadline_id for of_mail in rows.values() for row in of_mail}
    found = Quiet.objects.filter(deadline__in=deadlines).order_by("pk")
    return {(quiet.deadline_id, quiet.clock, quiet.person_id): quiet.until for quiet in found}


def why_not(
    row: Reminder,
    mail: Mail,
    audiences: dict[int, frozenset[int] | None],
    quiet: dict[tuple[int, int, int], datetime.date],
) -> str:
    """The reason to leave a rung out now, "" to send it."""
    deadline = row.deadline
    if deadline.state != Deadline.State.OPEN or deadline.clock != row.clock:
        return Reason.ENDED
    audience = audiences.get(deadline.case_id, frozenset())
    if not mail.person.is_active or audience is not None and mail.person_id not in audience:
        return Reason.NOT_VISIBLE
    until = quiet.get((deadline.pk, row.clock, row.person_id))
    return Reason.QUIET if until is not None and row.fire_on < until else ""


def drop_rows(gone: dict[str, list[int]]) -> None:
    for reason, rows in gone.items():
        state = Reminder.State.SKIPPED if reason == Reason.QUIET else Reminder.State.CANCELLED
        Reminder.objects.filter(pk__in=rows, state=Reminder.State.IN_MAIL).update(
            state=state, reason=reason
        )


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
