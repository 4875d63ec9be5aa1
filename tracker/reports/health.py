"""Is the whole thing working? Judged by what was done, not by which processes exist."""

import datetime
import select
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.conf import settings
from django.db import Error as DatabaseTrouble
from django.db import connection, transaction
from django.db.models import Count, Max, Min, Q
from kombu import Connection

from tracker.models import Mail, Reminder, SweepRun

STALE_PERIODS = 3  # sweeps missed until the worker counts as silent
BROKER_SECONDS = 1.0
DATABASE_SECONDS = 2  # to let us in, to answer at all, and for each question of ours


def health(*, at: datetime.datetime) -> dict[str, Any]:
    """One word per part, the last sweep, and the queue's figures; no names, no addresses.

    `status` is "ok" only when every part is. The worker is "silent" when its last completed
    sweep is older than three periods: a process that lives but is deaf shows here as well.
    A broker that does not answer costs at most about two seconds, a database that does not
    another four.
    """
    parts = {"database": "ok", "broker": broker_state(), "worker": "unknown"}
    last_sweep_at: datetime.datetime | None = None
    queue: dict[str, Any] = {}
    try:
        with impatient_database():
            last_sweep_at = last_sweep()
            queue = queue_figures()
    except DatabaseTrouble:
        parts["database"] = "down"
    else:
        parts["worker"] = "silent" if sweep_is_stale(last_sweep_at, at=at) else "ok"
    well = all(state == "ok" for state in parts.values())
    return {
        "status": "ok" if well else "degraded",
        **parts,
        "last_sweep_at": in_iso_form(last_sweep_at),
        "queue": {name: in_iso_form(value) for name, value in queue.items()},
    }


def in_iso_form(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime.datetime) else value


@contextmanager
def impatient_database() -> Iterator[None]:
    """Raise OperationalError where a database server hangs, or holds a table back for long.

    A stopped server still accepts connections, the system does that for it; and the server's own
    limit cannot be trusted to end anything then. So the first word is waited for on this side.
    """
    if connection.vendor != "postgresql":
        yield  # a file: reading never waits for a writer
        return
    with connection.wrap_database_errors:
        answer_of_server(connection.get_connection_params())
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = '{DATABASE_SECONDS}s'")
        yield


def answer_of_server(params: dict[str, Any]) -> None:
    """Ask a PostgreSQL one thing over a connection of its own.

    Raises psycopg.OperationalError when it does not let us in, or does not answer, in time.
    """
    with psycopg.connect(**params | {"connect_timeout": DATABASE_SECONDS}) as fresh:
        wire = fresh.pgconn
        wire.send_query(b"SELECT 1")
        ready = select.poll()
        ready.register(wire.socket, select.POLLIN)
        end = time.monotonic() + DATABASE_SECONDS
        while wire.is_busy():
            if not ready.poll(max(0.0, end - time.monotonic()) * 1000):
                raise psycopg.OperationalError("the database server does not answer")
            wire.consume_input()
        while wire.get_result():
            pass  # taken off the wire, so that the connection can be closed in order


def last_sweep() -> datetime.datetime | None:
    """When the newest completed sweep ended; one that was killed on its way does not count."""
    return SweepRun.objects.aggregate(last=Max("finished_at"))["last"]


def sweep_is_stale(last: datetime.datetime | None, *, at: datetime.datetime) -> bool:
    patience = datetime.timedelta(seconds=STALE_PERIODS * settings.SWEEP_SECONDS)
    return last is None or at - last > patience


def queue_figures() -> dict[str, Any]:
    mails = Mail.objects.aggregate(
        mails_waiting=Count("pk", filter=Q(state__in=Mail.UNFINISHED)),
        oldest_waiting_at=Min("next_attempt_at", filter=Q(state__in=Mail.UNFINISHED)),
        mails_held=Count("pk", filter=Q(state=Mail.State.HELD)),
        mails_failed=Count("pk", filter=Q(state=Mail.State.DEAD)),
        last_delivery_at=Max("sent_at"),
    )
    planned = Reminder.objects.filter(state=Reminder.State.PLANNED).count()
    return {"reminders_planned": planned, **mails}


def broker_state() -> str:
    """One try, with its time bounded; the library's own way would wait and try again."""
    options = {"socket_timeout": BROKER_SECONDS, "socket_connect_timeout": BROKER_SECONDS}
    configured = getattr(settings, "CELERY_BROKER_TRANSPORT_OPTIONS", {})
    connection = Connection(
        settings.CELERY_BROKER_URL,
        connect_timeout=BROKER_SECONDS,
        transport_options={**configured, **options},
    )
    try:
        with connection:
            transport = connection.transport
            transport.close_connection(transport.establish_connection())
    except (*connection.connection_errors, *connection.channel_errors, OSError):
        return "down"
    return "ok"
