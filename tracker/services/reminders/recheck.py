"""The last look before a mail is sent: what is still to be told, to whom, in which words."""

import datetime
import logging
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from tracker.models import Case, Deadline, Mail, Quiet, Reminder, ResponseRule, User
from tracker.services.reminders import outbox
from tracker.services.reminders.smtp import message_bytes
from tracker.services.reminders.wording import write_letter

log = logging.getLogger("tracker.reminders")

State = Mail.State
Reason = Reminder.Reason

# All that decides about a rung and its line; a deadline's explanation is long.
TOLD = (
    *("mail", "person", "generation", "fire_on"),
    *("deadline__generation", "deadline__state", "deadline__kind", "deadline__title"),
    "deadline__rule",
    *("deadline__due_on", "deadline__overdue_after", "deadline__created_at"),
    *("deadline__case__reference", "deadline__case__title", "deadline__case__confidentiality"),
)


@dataclass
class Told:
    """A claimed mail and the rungs it is to tell of; once written, how it goes over the wire.

    `registering`: the rules, by key, that give a time to register.
    """

    mail: Mail
    rows: list[Reminder]
    registering: Collection[int] = ()
    content: bytes = b""
    error: Exception | None = None


def check(claimed: Iterable[Mail], *, at: datetime.datetime, worker: str) -> list[Told]:
    """Look again what is still to be told to whom; what is not is taken back."""
    claimed = list(claimed)
    rows = rows_by_mail(claimed)
    audiences = Case.objects.filter(
        pk__in={row.deadline.case_id for of_mail in rows.values() for row in of_mail}
    ).audiences()
    quiet = quiet_until(rows)
    registering = ResponseRule.objects.registration_steps()
    people = User.objects.in_bulk({mail.person_id for mail in claimed})
    ready = []
    for mail in claimed:
        try:
            mail.person = people[mail.person_id]
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
                outbox.move(mail, to=State.HELD, reason=reason, worker=worker)
                continue
            if not mail.unknown_count or not kept:
                drop_rows(gone)
            if not kept:
                reason = "nothing is left to tell"
                outbox.move(mail, to=State.CANCELLED, reason=reason, worker=worker)
                continue
            ready.append(Told(mail, kept, registering))
        except Exception as error:
            log.exception("mail=%s could not be checked", mail.pk)
            text = f"could not be checked: {type(error).__name__}"
            outbox.put_off(mail, error=text, at=at, worker=worker)
    return ready


def write(told: Told, *, at: datetime.datetime) -> None:
    """The letter into the mail, and the mail as it goes over the wire.

    Of a mail that may have been delivered already the same words are sent once more; one that
    is only said to have arrived may have none yet. Never raises: an error is kept for the mail's
    own turn.
    """
    mail = told.mail
    if told.content or told.error:
        return
    try:
        mail.to_address = mail.person.email
        if not mail.unknown_count or not mail.body_text:
            mail.language = mail.person.language
            letter = write_letter(mail.person, told.rows, at=at, registering=told.registering)
            mail.subject = letter.subject
            mail.body_text, mail.body_html = letter.body_text, letter.body_html
        told.content = message_bytes(mail, at=at)
    except Exception as error:
        told.error = error


def rows_by_mail(mails: list[Mail]) -> dict[int | None, list[Reminder]]:
    rows: dict[int | None, list[Reminder]] = defaultdict(list)
    for row in (
        Reminder.objects.filter(mail__in=mails, state=Reminder.State.IN_MAIL)
        .select_related("deadline__case")
        .only(*TOLD)
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
    return {(quiet.deadline_id, quiet.generation, quiet.person_id): quiet.until for quiet in found}


def why_not(
    row: Reminder,
    mail: Mail,
    audiences: dict[int, frozenset[int] | None],
    quiet: dict[tuple[int, int, int], datetime.date],
) -> str:
    """The reason to leave a rung out now, "" to send it."""
    deadline = row.deadline
    if deadline.state != Deadline.State.OPEN or deadline.generation != row.generation:
        return Reason.ENDED
    audience = audiences.get(deadline.case_id, frozenset())
    if not mail.person.is_active or audience is not None and mail.person_id not in audience:
        return Reason.NOT_VISIBLE
    until = quiet.get((deadline.pk, row.generation, row.person_id))
    return Reason.QUIET if until is not None and row.fire_on < until else ""


def drop_rows(gone: dict[str, list[int]]) -> None:
    for reason, rows in gone.items():
        state = Reminder.State.SKIPPED if reason == Reason.QUIET else Reminder.State.CANCELLED
        Reminder.objects.filter(pk__in=rows, state=Reminder.State.IN_MAIL).update(
            state=state, reason=reason
        )
