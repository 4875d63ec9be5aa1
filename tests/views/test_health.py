"""/health: what a watcher from outside is told."""

import datetime
import os
import socket
import threading
import time
from contextlib import contextmanager, suppress

import psycopg
import pytest
from django.db import connections
from django.db.utils import OperationalError

from tests.factories.people import UserFactory
from tracker.models import Mail, SweepRun
from tracker.reports.health import answer_of_server

NOW = datetime.datetime(2026, 3, 2, 9, 0, tzinfo=datetime.UTC)


@pytest.fixture
def sweep(db, settings, time_machine):
    """A sweep that ended so many seconds before NOW."""
    settings.SWEEP_SECONDS = 60
    time_machine.move_to(NOW, tick=False)

    def ended(seconds: int) -> SweepRun:
        at = NOW - datetime.timedelta(seconds=seconds)
        return SweepRun.objects.create(started_at=at, finished_at=at)

    return ended


def test_all_is_well_after_a_recent_sweep(client, broker, sweep):
    sweep(20)
    answer = client.get("/health")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "database": "ok",
        "broker": "ok",
        "worker": "ok",
        "last_sweep_at": "2026-03-02T08:59:40+00:00",
        "queue": {
            "reminders_planned": 0,
            "mails_waiting": 0,
            "oldest_waiting_at": None,
            "mails_held": 0,
            "mails_failed": 0,
            "last_delivery_at": None,
        },
    }
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize(
    ("seconds", "worker", "code"), [(179, "ok", 200), (180, "ok", 200), (181, "silent", 503)]
)
def test_a_worker_is_silent_after_three_periods(client, broker, sweep, seconds, worker, code):
    sweep(seconds)
    answer = client.get("/health")
    assert (answer.json()["worker"], answer.status_code) == (worker, code)


def test_a_sweep_that_was_killed_on_its_way_is_no_sweep(client, broker, sweep):
    SweepRun.objects.create(started_at=NOW)
    answer = client.get("/health")
    assert answer.status_code == 503
    assert answer.json()["worker"] == "silent"
    assert answer.json()["last_sweep_at"] is None


def test_a_dead_broker_is_told_within_two_seconds(client, broker, sweep):
    sweep(20)
    broker.stop()
    begun = time.perf_counter()
    answer = client.get("/health")
    assert time.perf_counter() - begun < 2
    assert answer.status_code == 503
    assert answer.json()["status"] == "degraded"
    assert (answer.json()["database"], answer.json()["broker"]) == ("ok", "down")


def test_a_broker_that_hangs_is_told_within_two_seconds(client, broker, sweep):
    sweep(20)
    broker.pause()
    begun = time.perf_counter()
    answer = client.get("/health")
    assert time.perf_counter() - begun < 2
    broker.resume()
    assert answer.json()["broker"] == "down"


def test_the_file_broker_is_a_broker(client, settings, sweep, tmp_path):
    sweep(20)
    settings.CELERY_BROKER_URL = "filesystem://"
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {
        name: str(tmp_path) for name in ("data_folder_in", "data_folder_out", "control_folder")
    }
    assert client.get("/health").json()["broker"] == "ok"


def test_a_database_that_is_away_is_told(client, broker, db, monkeypatch):
    def away(*args, **kwargs):
        raise OperationalError("server is away; password=hunter2")

    with monkeypatch.context() as patch:
        patch.setattr(connections["default"], "cursor", away)
        answer = client.get("/health")
    assert answer.status_code == 503
    assert answer.json() == {
        "status": "degraded",
        "database": "down",
        "broker": "ok",
        "worker": "unknown",
        "last_sweep_at": None,
        "queue": {},
    }


def test_the_queue_is_counted(client, broker, sweep):
    sweep(20)
    person = UserFactory()
    common = {"person": person, "local_day": NOW.date(), "created_at": NOW, "next_attempt_at": NOW}
    for number, state in enumerate(["planned", "retrying", "held", "dead"]):
        Mail.objects.create(**common, key=number, message_id=number, state=state)
    Mail.objects.create(**common, key="s", message_id="s", state="sent", sent_at=NOW)
    assert client.get("/health").json()["queue"] == {
        "reminders_planned": 0,
        "mails_waiting": 2,
        "oldest_waiting_at": "2026-03-02T09:00:00+00:00",
        "mails_held": 1,
        "mails_failed": 1,
        "last_delivery_at": "2026-03-02T09:00:00+00:00",
    }


def test_it_asks_the_database_three_times_however_long_the_queue(
    client, broker, sweep, django_assert_num_queries
):
    sweep(20)
    # PostgreSQL is also told how long each of them may take, in a transaction of its own.
    limits = 3 if connections["default"].vendor == "postgresql" else 0
    with django_assert_num_queries(3 + limits):
        client.get("/health")


@contextmanager
def silent_server(welcome: bytes = b""):
    """A server that lets everybody in, says its welcome to whoever speaks, and then nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(10)
        kept = []

        def let_in() -> None:
            with suppress(OSError):
                caller, _address = listening.accept()
                kept.append(caller)
                if welcome:
                    caller.recv(1024)
                    caller.sendall(welcome)

        thread = threading.Thread(target=let_in)
        thread.start()
        yield {
            "host": "127.0.0.1",
            "port": listening.getsockname()[1],
            "user": "tracker",
            "sslmode": "disable",
            "gssencmode": "disable",
        }
        thread.join()
        for caller in kept:
            caller.close()


# "You are in", "I am ready": what the protocol says before the first question.
WELCOME = b"R\x00\x00\x00\x08\x00\x00\x00\x00Z\x00\x00\x00\x05I"


@pytest.mark.parametrize("welcome", [b"", WELCOME], ids=["before", "after"])
def test_a_database_that_lets_in_and_then_hangs_is_told_in_time(welcome):
    begun = time.perf_counter()
    with silent_server(welcome) as params, pytest.raises(psycopg.OperationalError):
        answer_of_server(params)
    assert time.perf_counter() - begun < 4


def test_health_tells_of_a_server_that_hangs(client, broker, sweep, monkeypatch):
    """A SQLite file has no server that could."""
    sweep(20)
    wrapper = connections["default"]
    with silent_server() as away, monkeypatch.context() as patch:
        if wrapper.vendor == "postgresql":
            patch.setitem(wrapper.settings_dict, "HOST", away["host"])
            patch.setitem(wrapper.settings_dict, "PORT", away["port"])
        else:
            socket.create_connection((away["host"], away["port"])).close()
        begun = time.perf_counter()
        answer = client.get("/health")
        assert time.perf_counter() - begun < 4
    down = wrapper.vendor == "postgresql"
    assert (answer.status_code, answer.json()["database"]) == (
        (503, "down") if down else (200, "ok")
    )


def test_a_table_held_back_for_long_is_told_in_time(client, broker, transactional_db):
    """PostgreSQL makes readers wait for it; a SQLite file lets them read on."""
    SweepRun.objects.create(started_at=NOW, finished_at=NOW)
    wrapper = connections.create_connection("default")
    postgres = wrapper.vendor == "postgresql"
    if postgres and "faketime" in os.environ.get("LD_PRELOAD", ""):
        pytest.skip("under libfaketime no timer of PostgreSQL goes off: it would wait for ever")
    try:
        with wrapper.cursor() as cursor:
            cursor.execute("BEGIN")
            if postgres:
                cursor.execute("LOCK TABLE tracker_mail IN ACCESS EXCLUSIVE MODE")
            begun = time.perf_counter()
            state = client.get("/health").json()["database"]
            assert time.perf_counter() - begun < 4
            assert state == ("down" if postgres else "ok")
            cursor.execute("ROLLBACK")
    finally:
        wrapper.close()
    assert client.get("/health").json()["database"] == "ok"


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_it_can_only_be_read(client, db, method):
    assert getattr(client, method)("/health").status_code == 405


def test_head_answers_like_get(client, broker, sweep):
    sweep(20)
    answer = client.head("/health")
    assert (answer.status_code, answer.content) == (200, b"")
