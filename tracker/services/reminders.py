"""The sweep, and what a person may do about reminders and their mails."""

import datetime
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from tracker.models import Deadline, Event, Mail, Quiet, Reminder, SweepRun, User
from tracker.services import ledger
from tracker.services.days import SECOND_CLICK, today_of
from tracker.services.delivery import deliver
from tracker.services.digests import write_digests
from tracker.services.events import record_event
from tracker.services.planning import plan

T = TypeVar("T")
log = logging.getLogger("tracker.reminders")

SWEEP_LASTS = 45.0  # seconds; what is left then waits for the next sweep
LONGEST_QUIET = 365  # days


def sweep(*, at: datetime.datetime, worker: str) -> SweepRun:
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

    planned = step("plan", lambda: plan(at=at))
    step("recover", lambda: ledger.recover(at=at, worker=worker))
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
    """Rungs a sweep would mail, and those it would record as skipped, with their relations."""

    mailed: list[Reminder]
    skipped: list[Reminder]


@transaction.atomic
def preview(*, at: datetime.datetime) -> Preview:
    """What a sweep at `at` would do, found by doing it and taking it back."""
    last = Reminder.objects.aggregate(last=Max("pk"))["last"] or 0
    plan(at=at)
    write_digests(at=at)
    rows = Reminder.objects.select_related("person", "deadline__case", "mail").order_by(
        "person", "mail", "deadline__due_on", "pk"
    )
    to_send = Mail.objects.to_send(at)
    found = Preview(
        mailed=list(rows.filter(state=Reminder.State.IN_MAIL, mail__in=to_send)),
        skipped=list(rows.filter(state=Reminder.State.SKIPPED, pk__gt=last)),
    )
    transaction.set_rollback(True)
    return found


# Quiet


class QuietRefused(Exception):
    """Quiet until that day is not possible; the message says why."""


def acknowledge(
    *,
    deadline: Deadline,
    by: User,
    at: datetime.datetime,
    until: datetime.date | None = None,
) -> Quiet:
    """ "I have it": no reminders of this clock to this person until a day of their calendar.

    Without a day: until the day it is due, or for a week where that has come.
    """
    today = today_of(by, at)
    week = today + datetime.timedelta(days=7)
    until = until or (deadline.due_on if deadline.due_on > today else week)
    return be_quiet(deadline, Quiet.Kind.ACKNOWLEDGED, until, by=by, at=at)


def snooze(*, deadline: Deadline, days: int, by: User, at: datetime.datetime) -> Quiet:
    """Remind this person again in so many days, and not before."""
    until = today_of(by, at) + datetime.timedelta(days=days)
    return be_quiet(deadline, Quiet.Kind.SNOOZED, until, by=by, at=at)


@transaction.atomic
def be_quiet(
    deadline: Deadline, kind: str, until: datetime.date, *, by: User, at: datetime.datetime
) -> Quiet:
    """Asked for again in the same way it is the first one, not another.

    Raises QuietRefused: the date is not open, or the day is past or far away.
    """
    # Of two clicks at once the second waits here, and then finds what the first has written.
    deadline = (
        Deadline.objects.select_for_update(of=("self",)).select_related("case").get(pk=deadline.pk)
    )
    if deadline.state != Deadline.State.OPEN:
        raise QuietRefused(_("This date is not open any more, so no reminder will come."))
    days = (until - today_of(by, at)).days
    if not 1 <= days <= LONGEST_QUIET:
        raise QuietRefused(_("Choose a day from tomorrow on, and within a year."))
    last = Quiet.objects.filter(deadline=deadline, clock=deadline.clock, person=by).last()
    if last and (last.kind, last.until) == (kind, until):
        return last
    quiet = Quiet.objects.create(
        deadline=deadline, clock=deadline.clock, person=by, kind=kind, until=until, at=at
    )
    waiting = Reminder.objects.filter(
        deadline=deadline, person=by, clock=deadline.clock, fire_on__lt=until
    )
    waiting.filter(state=Reminder.State.PLANNED).update(
        state=Reminder.State.SKIPPED, reason=Reminder.Reason.QUIET
    )
    record_event(
        action=f"reminder.{kind}",
        about=deadline,
        case=deadline.case,
        by=by,
        at=at,
        details={"until": until.isoformat()},
    )
    return quiet


# Mails that did not go their way by themselves


class MailRefused(Exception):
    """That cannot be done with this mail now; the message says why."""


@transaction.atomic
def send_again(*, mail: Mail, by: User, at: datetime.datetime) -> Mail:
    """Send a failed, held or sent mail again, by the wish of a person, with its Message-ID.

    What it tells is checked, and written anew unless it may have been delivered before. Raises
    MailRefused while it is under way or waits to be sent anyway, or where all it told of has
    ended.
    """
    mail = Mail.objects.select_for_update().get(pk=mail.pk)
    # One that has failed again meanwhile is not waited for by any click before.
    if mail.state != Mail.State.DEAD and _just_done("mail.send_again", mail, {}, by, at):
        return mail
    again = (Mail.State.DEAD, Mail.State.HELD, Mail.State.SENT)
    if mail.state not in again:
        raise MailRefused(
            _("This e-mail is “%(state)s”; only a failed, held or sent one can be sent again.")
            % {"state": mail.get_state_display()}
        )
    before = mail.state
    told = Reminder.objects.filter(
        mail=mail, state__in=[Reminder.State.IN_MAIL, Reminder.State.SENT]
    )
    if not told.exclude(pk__in=told.stale()).exists():
        raise MailRefused(
            _("All that this e-mail told of has ended since, so there is nothing to send again.")
        )
    copies = max(mail.unknown_count, before == Mail.State.SENT)
    told.update(state=Reminder.State.IN_MAIL)
    ledger.move(
        mail,
        to=Mail.State.RETRYING,
        reason="sent again by a person",
        next_attempt_at=at,
        attempts=0,
        unknown_count=copies,
        sent_at=None,
    )
    record_event(
        action="mail.send_again", about=mail, case=None, by=by, at=at, details={"before": before}
    )
    return mail


def retry_failed(*, by: User, at: datetime.datetime) -> int:
    """Send every failed mail again that still has something to tell. Returns how many."""
    tried = 0
    for mail in Mail.objects.filter(state=Mail.State.DEAD).order_by("pk"):
        try:
            send_again(mail=mail, by=by, at=at)
            tried += 1
        except MailRefused:
            log.info("mail=%s stays as it is", mail.pk)
    return tried


@transaction.atomic
def settle(*, mail: Mail, delivered: bool, by: User, at: datetime.datetime) -> Mail:
    """A person decides about a held or failed mail: it did arrive, or it need not be sent.

    Raises MailRefused for a mail in any other state.
    """
    mail = Mail.objects.select_for_update().get(pk=mail.pk)
    if _just_done("mail.settle", mail, {"delivered": delivered}, by, at):
        return mail
    if mail.state not in (Mail.State.HELD, Mail.State.DEAD):
        raise MailRefused(
            _("This e-mail is “%(state)s”; there is nothing to decide about it.")
            % {"state": mail.get_state_display()}
        )
    rows = Reminder.objects.filter(mail=mail, state=Reminder.State.IN_MAIL)
    if delivered:
        ledger.move(mail, to=Mail.State.SENT, reason="a person says it arrived", sent_at=at)
        rows.update(state=Reminder.State.SENT)
    else:
        ledger.move(mail, to=Mail.State.CANCELLED, reason="a person decided not to send it")
        rows.update(state=Reminder.State.CANCELLED, reason=Reminder.Reason.DISCARDED)
    record_event(
        action="mail.settle",
        about=mail,
        case=None,
        by=by,
        at=at,
        details={"delivered": delivered},
    )
    return mail


def _just_done(
    action: str, mail: Mail, details: dict[str, bool], by: User, at: datetime.datetime
) -> bool:
    """A second click: this person has done the very same to this mail a moment ago."""
    done = Event.objects.about(mail).filter(
        action=action, by_id=by.pk, at__gt=at - SECOND_CLICK, at__lte=at
    )
    return any(details.items() <= event.details.items() for event in done)


def hold_back(*, at: datetime.datetime, reason: str) -> int:
    """The barrier after a restore: whatever is due by now waits for a person.

    A database put back from a backup has forgotten what was sent since. So all that is due or
    under way is put into held mails; only what comes due later goes out by itself. Returns the
    number of mails that wait. Stop the workers before the restore and start them after this.
    """
    plan(at=at)
    with transaction.atomic():
        write_digests(at=at, hold=reason)
        under_way = Mail.objects.filter(state__in=Mail.UNFINISHED).order_by("pk")
        for mail in under_way.select_for_update():
            # What was on its way may have arrived: a person's second copy has the same words.
            copies = mail.unknown_count + (mail.state == Mail.State.HANDOVER)
            ledger.move(
                mail,
                to=Mail.State.HELD,
                reason=reason,
                last_error=reason[:300],
                unknown_count=copies,
            )
        return Mail.objects.filter(state=Mail.State.HELD).count()
