"""`manage.py send_reminders [--at ISO] [--dry-run]`: one sweep here, without worker or broker."""

import datetime
import logging
import os
import socket
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from tracker.management.sentences import SentenceCommand
from tracker.models import Reminder
from tracker.services.reminders.sweep import Preview, preview, run_sweep

NOON = datetime.time(12)


class Command(SentenceCommand):
    help = "Plan, write and send all reminders that are due. Safe to repeat, and beside workers."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "--at",
            metavar="ISO",
            default="",
            help="act as if it were this moment: 2026-11-22T09:00+06:00; without an offset it is "
            "local time, a day alone is its noon (default: now)",
        )
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="only print who would get what, and why; nothing is written or sent",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        at = moment(options["at"])
        if options["verbosity"] < 2:
            # What cron starts should say nothing on stderr while all is well.
            logging.getLogger("tracker.reminders").setLevel(logging.WARNING)
        if options["dry_run"]:
            self.show(preview(at=at))
            return
        worker = f"command@{socket.gethostname()}/{os.getpid()}"
        run = run_sweep(at=at, worker=worker)
        self.stdout.write(
            f"Reminders planned: {run.planned}. E-mails written: {run.mails}, sent: {run.sent}, "
            f"not sent: {run.failed}."
        )
        if run.error:
            raise CommandError(f"Not everything could be done ({run.error}); the log says more.")

    def show(self, found: Preview) -> None:
        for mail, rows in groupby(found.mailed, key=lambda row: row.mail):
            person = mail.person
            self.stdout.write(
                f"{person.name} <{person.email}>: {mail.get_kind_display()} of {mail.local_day}, "
                f"{person.digest_hour}:00 {person.time_zone}"
            )
            for row in rows:
                self.stdout.write(f"  {described(row)}")
        self.stdout.write(summary(found.mailed, found.skipped))


def moment(text: str) -> datetime.datetime:
    if not text:
        return timezone.now()
    try:
        day = parse_date(text)
        at = datetime.datetime.combine(day, NOON) if day else parse_datetime(text)
    except ValueError:
        at = None
    if at is None:
        raise CommandError(
            f"“{text}” is not a moment; write it like 2026-11-22T09:00+06:00.", returncode=2
        )
    return at if timezone.is_aware(at) else timezone.make_aware(at)


def described(row: Reminder) -> str:
    """A terminal and its log have readers of their own: of a restricted case the reference only."""
    deadline = row.deadline
    title = "a date of this case" if deadline.case.restricted else deadline.title
    return (
        f"{deadline.case.reference}: {title}, due {deadline.due_on} "
        f"({why(row.offset_days)}, {row.fire_on})"
    )


def why(offset_days: int) -> str:
    if offset_days < 0:
        return f"days before: {-offset_days}"
    return f"days after: {offset_days}" if offset_days else "on the day"


def summary(mailed: Iterable[Reminder], skipped: Iterable[Reminder]) -> str:
    mails = len({row.mail_id for row in mailed})
    reasons = sorted(row.why for row in skipped)
    counted = ", ".join(f"{len(list(same))} because {why}" for why, same in groupby(reasons))
    told = f"E-mails that would be sent: {mails}."
    return f"{told} Skipped: {counted}." if counted else told
