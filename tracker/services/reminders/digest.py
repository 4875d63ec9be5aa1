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
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import OuterRef, Q, Subquery

from tracker.models import Mail, Reminder, User
from tracker.services.reminders.outbox import transition
from tracker.services.reminders.schedule import DAY, digest_day

log = logging.getLogger("tracker.reminders")

PEOPLE_AT_ONCE = 250
State = Reminder.State
Reason = Reminder.Reason


def message_id(key: str) -> str:
    """The same for the same mail however often it is sent, and nothing can be read from it."""
    digest = hmac.new(settings.SECRET_KEY.encode(), f"mail:{key}".encode(), hashlib.sha256)
    return f"<{digest.hexdigest()[:40]}@{urlsplit(settings.BASE_URL).hostname}>"


def write_digests(*, at: datetime.datetime, worker: str = "", hold: str = "") -> int:
    """Put every due reminder into a mail. Returns how many mails are new.

    With `hold`, a reason, the mails wait for a person instead of going out. A person whose
    mail cannot be written is logged and does not stop the others.
    """

    def write(people: list[int]) -> int:
        return DigestWriter(at=at, worker=worker, hold=hold).write(people)

    waiting = list(
        Reminder.objects.due(at).order_by("person").values_list("person", flat=True).distinct()
    )
    written = 0
    for start in range(0, len(waiting), PEOPLE_AT_ONCE):
        people = waiting[start : start + PEOPLE_AT_ONCE]
        try:
            written += write(people)
        except DatabaseError:
            log.exception("%d digests refused; writing them one by one", len(people))
            for person in people:
                try:
                    written += write([person])
                except DatabaseError:
                    log.exception("person=%s digest refused", person)
    return written


@dataclass
class Mails:
    """The mails of some people that new reminders may join or must follow."""

    growing: dict[int, list[Mail]]  # by person, the oldest day first
    in_growing: dict[int, list[Reminder]]  # by person: what those tell of so far
    digests: dict[tuple[int, datetime.date], Mail]  # whatever became of them
    at_once: dict[str, Mail]  # by key


class DigestWriter:
    """Writes the mails of some people in one transaction."""

    def __init__(self, *, at: datetime.datetime, worker: str, hold: str) -> None:
        self.at, self.worker, self.hold = at, worker, hold
        self.new_mails: list[Mail] = []
        self.filled_mails: list[Mail] = []  # one a person at the most
        self.attached: list[int] = []
        self.superseded: list[int] = []

    @transaction.atomic
    def write(self, people: list[int]) -> int:
        """Returns how many mails are new. Rows another process holds are left to it."""
        due = due_reminders(people, self.at)
        days = {person: digest_day(person, self.at) for person in due}
        mails = mails_of(people, days.values(), self.at)
        for person, reminders in due.items():
            self._write_for(person, reminders, days[person], mails)
        self._save()
        return len(self.new_mails)

    def _write_for(
        self, person: User, reminders: list[Reminder], day: datetime.date, mails: Mails
    ) -> None:
        growing = mails.growing[person.pk]
        digest = mails.digests.get((person.pk, day))
        today = next((mail for mail in growing if mail.local_day == day), None)
        today = today or self._reopened(digest)
        if today is None and digest is not None:
            self._write_after_digest(person, reminders, day, mails)
            return
        if today is None:
            today = self._new_mail(person, day)
            self.new_mails.append(today)
        self._attach(reminders + mails.in_growing[person.pk], today)
        for mail in growing:
            if mail is not today:
                reason = "joined to the digest of a later day"
                transition(mail, to=Mail.State.CANCELLED, reason=reason, worker=self.worker)

    def _write_after_digest(
        self, person: User, reminders: list[Reminder], day: datetime.date, mails: Mails
    ) -> None:
        """The day's digest has left; only what cannot wait follows it."""
        if not self.hold:
            reminders = [row for row in reminders if row.at_once]
        if not reminders:
            return
        mail = self._new_mail(person, day, after_digest=reminders[0])
        earlier = self._reopened(mails.at_once.get(mail.key))
        if earlier is None:
            self.new_mails.append(mail)
        self._attach(reminders, earlier or mail)

    def _reopened(self, mail: Mail | None) -> Mail | None:
        """A mail that nobody has received and that is known by the same key, taken up again.

        All that was in it was taken back; a digest that still waits has been found already.
        """
        unsent = (Mail.State.CANCELLED, Mail.State.PLANNED, Mail.State.RETRYING)
        if mail is None or mail.state not in unsent or mail.unknown_count:
            return None
        if mail.kind == Mail.Kind.DIGEST and mail.state != Mail.State.CANCELLED:
            return None
        moved = transition(
            mail,
            to=Mail.State.PLANNED,
            reason="there is more to tell",
            worker=self.worker,
            next_attempt_at=self.at,
        )
        return mail if moved else None

    def _new_mail(
        self, person: User, day: datetime.date, *, after_digest: Reminder | None = None
    ) -> Mail:
        """Unsaved. A digest is known by person and day, a further mail by its first reminder."""
        kind, key = Mail.Kind.DIGEST, f"digest:{person.pk}:{day}"
        if after_digest is not None:
            row = after_digest
            kind = Mail.Kind.AT_ONCE
            key = f"once:{row.deadline_id}:{row.generation}:{row.person_id}:{row.offset_days}"
        return Mail(
            key=key,
            person=person,
            kind=kind,
            local_day=day,
            message_id=message_id(key),
            # After a restore nobody knows what was sent: held, until a person decides.
            state=Mail.State.HELD if self.hold else Mail.State.PLANNED,
            next_attempt_at=self.at,
            reason=self.hold,
            worker=self.worker,
            last_error=self.hold,
            created_at=self.at,
        )

    def _attach(self, reminders: list[Reminder], mail: Mail) -> None:
        """After days of downtime a person is told once about each date, by its newest row."""
        newest: dict[int, Reminder] = {}
        for row in sorted(reminders, key=lambda row: (row.fire_on, row.offset_days)):
            if row.deadline_id in newest:
                self.superseded.append(newest[row.deadline_id].pk)
            newest[row.deadline_id] = row
        self.filled_mails.append(mail)
        self.attached += [
            row.pk
            for row in newest.values()
            if row.state != State.IN_MAIL or row.mail_id != mail.pk
        ]

    def _save(self) -> None:
        Mail.objects.bulk_create(self.new_mails)
        filled = [mail.pk for mail in self.filled_mails]
        own = Mail.objects.filter(pk__in=filled, person=OuterRef("person"))
        Reminder.objects.filter(pk__in=self.attached).update(
            state=State.IN_MAIL, reason="", mail=Subquery(own.values("pk"))
        )
        Reminder.objects.filter(pk__in=self.superseded).update(
            state=State.SKIPPED, reason=Reason.SUPERSEDED, mail=None
        )


def due_reminders(people: list[int], at: datetime.datetime) -> dict[User, list[Reminder]]:
    due: dict[User, list[Reminder]] = defaultdict(list)
    for row in (
        Reminder.objects.due(at)
        .filter(person__in=people)
        .select_related("person")
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("person", "pk")
    ):
        due[row.person].append(row)
    return due


def mails_of(people: list[int], days: Iterable[datetime.date], at: datetime.datetime) -> Mails:
    mails = Mails(defaultdict(list), defaultdict(list), {}, {})
    growing = Mail.objects.growing().filter(person__in=people).order_by("local_day", "pk")
    for mail in growing.select_for_update(skip_locked=True):
        mails.growing[mail.person_id].append(mail)
    for row in Reminder.objects.filter(
        mail__in=[mail.pk for own in mails.growing.values() for mail in own], state=State.IN_MAIL
    ).order_by("pk"):
        mails.in_growing[row.person_id].append(row)
    days = set(days)
    for mail in Mail.objects.filter(
        Q(kind=Mail.Kind.DIGEST, local_day__in=days)
        | Q(kind=Mail.Kind.AT_ONCE, local_day__gte=min(days, default=at.date()) - DAY),
        person__in=people,
    ).order_by("pk"):
        if mail.kind == Mail.Kind.DIGEST:
            mails.digests[mail.person_id, mail.local_day] = mail
        else:
            mails.at_once[mail.key] = mail
    return mails
