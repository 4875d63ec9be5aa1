"""The last check before a mail is sent: what it may still tell, to whom, in which words."""

import datetime
import logging
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from tracker.models import Case, Deadline, Mail, Mute, Reminder, User
from tracker.services.reminders import outbox
from tracker.services.secret_links import opens_nothing

log = logging.getLogger("tracker.reminders")

State = Mail.State
Reason = Reminder.Reason

# All that decides about a reminder and its line; a deadline's explanation is long.
FIELDS = (
    *("mail", "person", "generation", "fire_on"),
    *("deadline__generation", "deadline__state", "deadline__kind", "deadline__title"),
    "deadline__rule",
    *("deadline__due_on", "deadline__overdue_after", "deadline__created_at"),
    *("deadline__case__reference", "deadline__case__title", "deadline__case__confidentiality"),
)


@dataclass
class PreparedMail:
    """A claimed mail and the reminders that go out with it."""

    mail: Mail
    reminders: list[Reminder]


def recheck(claimed: Iterable[Mail], *, at: datetime.datetime, worker: str) -> list[PreparedMail]:
    """What each mail may still tell; all else is taken back. Hours may lie between the digest
    and now: people leave, cases close, answers come.
    """
    claimed = list(claimed)
    facts = Facts(claimed)
    prepared = []
    for mail in claimed:
        try:
            mail.person = facts.people[mail.person_id]
            if mail.kind == Mail.Kind.NOTICE:
                prepared += notice_to_send(mail, worker=worker)
                continue
            reminders = drop_stale(mail, facts, worker=worker)
        except Exception as error:
            log.exception("mail=%s could not be checked", mail.pk)
            text = f"could not be checked: {type(error).__name__}"
            outbox.mark_retrying(mail, error=text, at=at, worker=worker)
            continue
        if reminders:
            prepared.append(PreparedMail(mail, reminders))
    return prepared


class Facts:
    """What decides about some mails, read once for all of them."""

    def __init__(self, mails: list[Mail]) -> None:
        self.reminders: dict[int | None, list[Reminder]] = defaultdict(list)  # by mail
        for row in (
            Reminder.objects.filter(mail__in=mails, state=Reminder.State.IN_MAIL)
            .select_related("deadline__case")
            .only(*FIELDS)
            .order_by("pk")
        ):
            self.reminders[row.mail_id].append(row)
        deadlines = [row.deadline for rows in self.reminders.values() for row in rows]
        self.people = User.objects.in_bulk({mail.person_id for mail in mails})
        self.audiences = Case.objects.filter(pk__in={d.case_id for d in deadlines}).audiences()
        # In the order they were asked for, so that the last word of a person holds.
        mutes = Mute.objects.filter(deadline__in={d.pk for d in deadlines}).order_by("pk")
        self.muted_until = {(m.deadline_id, m.generation, m.person_id): m.until for m in mutes}

    def reason_to_drop(self, reminder: Reminder, person: User) -> str:
        """ "" to send it."""
        deadline = reminder.deadline
        if deadline.state != Deadline.State.OPEN or deadline.generation != reminder.generation:
            return Reason.ENDED
        audience = self.audiences.get(deadline.case_id, frozenset())
        if not person.is_active or audience is not None and person.pk not in audience:
            return Reason.NOT_VISIBLE
        until = self.muted_until.get((deadline.pk, reminder.generation, reminder.person_id))
        return Reason.MUTED if until is not None and reminder.fire_on < until else ""


def notice_to_send(mail: Mail, *, worker: str) -> list[PreparedMail]:
    """Whoever lost their account is told too; but no link opens it to them."""
    if opens_nothing(mail):
        reason = "the account has been closed"
        outbox.transition(mail, to=State.CANCELLED, reason=reason, worker=worker)
        return []
    return [PreparedMail(mail, [])]


def drop_stale(mail: Mail, facts: Facts, *, worker: str) -> list[Reminder]:
    """The reminders to send now; none where the mail was held or cancelled instead."""
    keep: list[Reminder] = []
    drop: dict[str, list[int]] = defaultdict(list)
    for reminder in facts.reminders[mail.pk]:
        reason = facts.reason_to_drop(reminder, mail.person)
        if reason:
            drop[reason].append(reminder.pk)
        else:
            keep.append(reminder)
    if mail.unknown_count and (Reason.NOT_VISIBLE in drop or not mail.person.is_active):
        # The same words go out once more or not at all, and these name what is not theirs now.
        reason = "no longer for this person, and may have been delivered"
        outbox.transition(mail, to=State.HELD, reason=reason, worker=worker)
        return []
    if not mail.unknown_count or not keep:
        drop_reminders(drop)
    if not keep:
        reason = "nothing is left to tell"
        outbox.transition(mail, to=State.CANCELLED, reason=reason, worker=worker)
    return keep


def drop_reminders(drop: dict[str, list[int]]) -> None:
    for reason, rows in drop.items():
        # Skipped is the person's own wish and stays; cancelled may be planned again.
        state = Reminder.State.SKIPPED if reason == Reason.MUTED else Reminder.State.CANCELLED
        Reminder.objects.filter(pk__in=rows, state=Reminder.State.IN_MAIL).update(
            state=state, reason=reason
        )
