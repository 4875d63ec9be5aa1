"""Digests: what one person is to be told becomes one mail a day.

A digest belongs to the latest day of the person's own calendar whose hour has come. It may
still grow until a worker takes it; what comes later waits for the next day, or goes out at once
where the row says so.
"""

import datetime
import hashlib
import hmac
import logging
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import OuterRef, Q, Subquery

from tracker.models import Mail, Reminder, User
from tracker.services.reminders.outbox import move
from tracker.services.reminders.schedule import DAY, digest_day

log = logging.getLogger("tracker.reminders")

PEOPLE_AT_ONCE = 250
State = Reminder.State
Reason = Reminder.Reason
T = TypeVar("T")


def message_id(key: str) -> str:
    """The same for the same mail however often it is sent, and nothing can be read from it."""
    digest = hmac.new(settings.SECRET_KEY.encode(), f"mail:{key}".encode(), hashlib.sha256)
    return f"<{digest.hexdigest()[:40]}@{urlsplit(settings.BASE_URL).hostname}>"


def write_digests(*, at: datetime.datetime, worker: str = "", hold: str = "") -> int:
    """Put every due rung into a mail. Returns how many mails are new.

    With `hold`, a reason, the mails wait for a person instead of going out. A person whose
    mail cannot be written is logged and does not stop the others.
    """
    waiting = list(
        Reminder.objects.due(at).order_by("person").values_list("person", flat=True).distinct()
    )
    written = 0
    for people in parts(waiting, PEOPLE_AT_ONCE):
        try:
            written += write_for(people, at=at, worker=worker, hold=hold)
        except DatabaseError:
            log.exception("%d digests refused; writing them one by one", len(people))
            for person in people:
                try:
                    written += write_for([person], at=at, worker=worker, hold=hold)
                except DatabaseError:
                    log.exception("person=%s digest refused", person)
    return written


def parts(items: list[T], size: int) -> Iterator[list[T]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


@dataclass
class Batch:
    """What one transaction writes."""

    mails: list[Mail] = field(default_factory=list)
    told: list[tuple[Mail, list[int]]] = field(default_factory=list)
    superseded: list[int] = field(default_factory=list)


@transaction.atomic
def write_for(people: list[int], *, at: datetime.datetime, worker: str, hold: str) -> int:
    """The mails of some people, in one transaction. Rows another process holds are left to it."""
    due: dict[User, list[Reminder]] = defaultdict(list)
    for row in (
        Reminder.objects.due(at)
        .filter(person__in=people)
        .select_related("person")
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("person", "pk")
    ):
        due[row.person].append(row)
    growing: dict[int, list[Mail]] = defaultdict(list)
    for mail in (
        Mail.objects.growing()
        .filter(person__in=people)
        .select_for_update(skip_locked=True)
        .order_by("local_day", "pk")
    ):
        growing[mail.person_id].append(mail)
    held_rows: dict[int, list[Reminder]] = defaultdict(list)
    for row in Reminder.objects.filter(
        mail__in=[mail.pk for mails in growing.values() for mail in mails],
        state=State.IN_MAIL,
    ).order_by("pk"):
        held_rows[row.person_id].append(row)
    days = {person: digest_day(person, at) for person in due}
    written = {}
    further = {}
    for mail in Mail.objects.filter(
        Q(kind=Mail.Kind.DIGEST, local_day__in=set(days.values()))
        | Q(kind=Mail.Kind.AT_ONCE, local_day__gte=min(days.values(), default=at.date()) - DAY),
        person__in=people,
    ).order_by("pk"):
        if mail.kind == Mail.Kind.DIGEST:
            written[mail.person_id, mail.local_day] = mail
        else:
            further[mail.key] = mail
    batch = Batch()
    for person, rows in due.items():
        day = days[person]
        theirs = growing[person.pk]
        today = next((mail for mail in theirs if mail.local_day == day), None)
        today = today or reopened(written.get((person.pk, day)), at=at, worker=worker)
        if today is None and (person.pk, day) in written:
            # The day's digest has left; only what cannot wait follows it.
            rows = rows if hold else [row for row in rows if row.at_once]
            if rows:
                mail = new_mail(person, day, at=at, worker=worker, hold=hold, after_digest=rows)
                before = reopened(further.get(mail.key), at=at, worker=worker)
                if before is None:
                    batch.mails.append(mail)
                attach(newest_of_each(rows, batch), before or mail, batch)
            continue
        if today is None:
            today = new_mail(person, day, at=at, worker=worker, hold=hold)
            batch.mails.append(today)
        attach(newest_of_each(rows + held_rows[person.pk], batch), today, batch)
        for mail in theirs:
            if mail is not today:
                reason = "joined to the digest of a later day"
                move(mail, to=Mail.State.CANCELLED, reason=reason, worker=worker)
    save(batch)
    return len(batch.mails)


def reopened(mail: Mail | None, *, at: datetime.datetime, worker: str) -> Mail | None:
    """A mail that nobody has received and that is known by the same key, taken up again.

    All that was in it was taken back; a digest that still waits has been found already.
    """
    unsent = (Mail.State.CANCELLED, Mail.State.PLANNED, Mail.State.RETRYING)
    if mail is None or mail.state not in unsent or mail.unknown_count:
        return None
    if mail.kind == Mail.Kind.DIGEST and mail.state != Mail.State.CANCELLED:
        return None
    reason = "there is more to tell"
    planned = Mail.State.PLANNED
    return (
        mail if move(mail, to=planned, reason=reason, worker=worker, next_attempt_at=at) else None
    )


def new_mail(
    person: User,
    day: datetime.date,
    *,
    at: datetime.datetime,
    worker: str,
    hold: str,
    after_digest: list[Reminder] | None = None,
) -> Mail:
    """Unsaved. A digest is known by person and day, a further mail by the first rung in it."""
    kind, key = Mail.Kind.DIGEST, f"digest:{person.pk}:{day}"
    if after_digest:
        row = after_digest[0]
        kind = Mail.Kind.AT_ONCE
        key = f"once:{row.deadline_id}:{row.generation}:{row.person_id}:{row.rung}"
    return Mail(
        key=key,
        person=person,
        kind=kind,
        local_day=day,
        message_id=message_id(key),
        state=Mail.State.HELD if hold else Mail.State.PLANNED,
        next_attempt_at=at,
        reason=hold,
        worker=worker,
        last_error=hold,
        created_at=at,
    )


def newest_of_each(rows: list[Reminder], batch: Batch) -> list[Reminder]:
    """After days of downtime a person is told once about each date, by its newest rung."""
    newest: dict[int, Reminder] = {}
    for row in sorted(rows, key=lambda row: (row.fire_on, row.rung)):
        if row.deadline_id in newest:
            batch.superseded.append(newest[row.deadline_id].pk)
        newest[row.deadline_id] = row
    return list(newest.values())


def attach(rows: list[Reminder], mail: Mail, batch: Batch) -> None:
    told = [row.pk for row in rows if row.state != State.IN_MAIL or row.mail_id != mail.pk]
    batch.told.append((mail, told))


def save(batch: Batch) -> None:
    """Two statements for all the rungs: of a person all go into the same mail."""
    Mail.objects.bulk_create(batch.mails)
    mail_of = {mail.person_id: mail.pk for mail, _rows in batch.told}
    own = Mail.objects.filter(pk__in=mail_of.values(), person=OuterRef("person"))
    told = [row for _mail, rows in batch.told for row in rows]
    Reminder.objects.filter(pk__in=told).update(
        state=State.IN_MAIL, reason="", mail=Subquery(own.values("pk"))
    )
    Reminder.objects.filter(pk__in=batch.superseded).update(
        state=State.SKIPPED, reason=Reason.SUPERSEDED, mail=None
    )
