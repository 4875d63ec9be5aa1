"""A calendar edit that moves 10,000 open deadlines, done by a real worker."""

import datetime
import time
from collections.abc import Callable, Iterator

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.bench import Figure, Place
from tests.factories.authorities import AddresseeFactory
from tests.factories.cases import CaseFactory
from tests.factories.deadlines import CalendarDayFactory, ResponseRuleFactory
from tests.factories.people import UserFactory
from tracker.models import Deadline, Recomputation, Reminder
from tracker.services.deadlines.recompute import (
    CHUNK,
    preview,
    recompute_next,
    request_recomputation,
)
from tracker.services.deadlines.start import start_deadline
from tracker.tasks.deadlines import recompute_waiting

NUMBER = 10_000
AT = datetime.datetime(2026, 11, 22, 9, 30, tzinfo=datetime.UTC)


def measure(place: Place) -> Iterator[Figure]:
    officer = UserFactory()
    build(officer)
    CalendarDayFactory(day=datetime.date(2026, 1, 8))
    begun = time.perf_counter()
    shown = preview(user=officer, jurisdiction="KG")
    yield Figure(f"preview of {len(shown.moves):,} deadlines", time.perf_counter() - begun, "s")

    asked = request_recomputation(reason="Decree", jurisdiction="KG", by=officer, at=AT)
    place.programs.worker()
    recompute_waiting.delay()
    wait_until(asked, lambda: asked.state != Recomputation.State.WAITING)
    begun, first = time.perf_counter(), asked.done
    wait_until(asked, lambda: asked.finished_at is not None)
    seconds = time.perf_counter() - begun
    yield Figure(
        "deadlines moved in a second, with history and reminders",
        (asked.done - first) / seconds,
        "/s",
        f"{asked.moved:,} moved, {Reminder.objects.filter(state='cancelled').count():,} reminders "
        "taken back",
    )
    CalendarDayFactory(day=datetime.date(2026, 1, 9))
    again = request_recomputation(reason="Decree", jurisdiction="KG", by=officer, at=AT)
    with CaptureQueriesContext(connection) as queries:
        recompute_next(recomputation_id=again.pk, at=AT)
    yield Figure("queries per thousand deadlines", len(queries) * 1000 / CHUNK, "")


def wait_until(asked: Recomputation, reached: Callable[[], bool]) -> None:
    give_up = time.monotonic() + 300
    while not reached():
        if time.monotonic() > give_up:
            raise TimeoutError(f"{asked}: {asked.state}, {asked.done} of {asked.total}")
        time.sleep(0.05)
        asked.refresh_from_db()


def build(officer) -> None:
    """One clock started by its service, and copies of it, each with a planned reminder."""
    case = CaseFactory()
    rule = ResponseRuleFactory(code="kg-67-reply-14")
    day = datetime.date(2025, 12, 22)
    addressee = AddresseeFactory(case=case, rule=rule, registered_on=day)
    pattern = start_deadline(addressee=addressee, by=officer, at=AT)
    fields = {f.attname: getattr(pattern, f.attname) for f in Deadline._meta.concrete_fields}
    del fields["id"]
    copies = Deadline.objects.bulk_create(
        [Deadline(**fields) for _ in range(NUMBER - 1)], batch_size=1000
    )
    Reminder.objects.bulk_create(
        [
            Reminder(
                deadline=deadline,
                generation=1,
                person=officer,
                offset_days=-3,
                due_on=deadline.due_on,
                fire_on=deadline.due_on,
                send_at=AT,
                created_at=AT,
            )
            for deadline in [pattern, *copies]
        ],
        batch_size=1000,
    )
