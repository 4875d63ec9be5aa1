"""Reminders: the whole path, beside a bare loop that only sends."""

import datetime
import logging
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.urls import reverse

from tests.bench import Figure, Place
from tests.smtp_sink import SinkServer
from tracker.models import Case, Deadline, Mail, Reminder, Role, User
from tracker.services.reminders import outbox
from tracker.services.reminders.sweep import run_sweep

PEOPLE = 2000
AT = datetime.datetime(2026, 3, 2, 6, tzinfo=datetime.UTC)  # noon in Bishkek


def measure(place: Place) -> Iterator[Figure]:
    """2,000 people with one due date each; text and HTML; the server in a process of its own."""
    logging.getLogger("tracker").setLevel(logging.WARNING)
    make_people()
    reverse("desk")  # loads the pages' addresses, as every worker has after its first mail
    with tempfile.TemporaryDirectory(prefix="tracker-bench-") as folder:
        sink = SinkServer(Path(folder))
        sink.start()
        settings.EMAIL_PORT = sink.port
        try:
            yield from through_the_outbox(sink)
        finally:
            sink.kill()
    yield claiming()


def make_people() -> None:
    User.objects.bulk_create(
        User(
            email=f"person{n}@example.org",
            name=f"Person {n}",
            role=Role.OFFICER,
            language=("en", "ru", "ky")[n % 3],
            password="!",
        )
        for n in range(PEOPLE)
    )
    case = Case.objects.create(reference="BENCH-1", title="An appeal with many dates")
    Deadline.objects.bulk_create(
        Deadline(
            case=case,
            kind=Deadline.Kind.LOOK_AGAIN,
            title="Look again at the authority's page",
            due_on=AT.date() + datetime.timedelta(days=14),
            overdue_after=AT.date() + datetime.timedelta(days=14),
            owner=person,
            created_at=AT,
        )
        for person in User.objects.order_by("pk")
    )


def through_the_outbox(sink: SinkServer) -> Iterator[Figure]:
    begun = time.perf_counter()
    sent = 0
    while sent < PEOPLE:
        run = run_sweep(at=AT, worker="bench")
        if run.error or not run.sent:
            raise RuntimeError(f"the sweep stopped: {run.error}")
        sent += run.sent
    whole_path = PEOPLE / (time.perf_counter() - begun)
    if len(sink.copies()) != PEOPLE or Reminder.objects.filter(state="sent").count() != PEOPLE:
        raise RuntimeError("not everybody got exactly one mail")
    bare_loop = PEOPLE / send_barely()
    yield Figure("plan, outbox, render, SMTP, commits", whole_path, "mails/s")
    yield Figure("a bare loop with EmailMultiAlternatives", bare_loop, "mails/s")
    yield Figure("ratio, in per cent", 100 * whole_path / bare_loop, "%", "goal: 50")


def send_barely() -> float:
    """The same words to the same people over one open connection, with nothing remembered."""
    letters = Mail.objects.order_by("pk").values_list(
        "subject", "body_text", "body_html", "to_address"
    )
    letters = list(letters)
    begun = time.perf_counter()
    with get_connection("django.core.mail.backends.smtp.EmailBackend") as connection:
        for subject, text, html, address in letters:
            message = EmailMultiAlternatives(subject, text, to=[address], connection=connection)
            message.attach_alternative(html, "text/html")
            message.send()
    return time.perf_counter() - begun


def claiming() -> Figure:
    Mail.objects.update(state=Mail.State.PLANNED, sent_at=None, next_attempt_at=AT)
    begun = time.perf_counter()
    claimed = outbox.claim(at=AT, worker="bench", limit=PEOPLE)
    took = 1000 * (time.perf_counter() - begun)
    if len(claimed) != PEOPLE:
        raise RuntimeError("not all were claimed")
    return Figure("claiming 2,000 mails at once, transitions included", took, "ms")
