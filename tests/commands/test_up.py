"""`manage.py up`, the whole of it: every part starts, is kept alive, and ends."""

import os
import re
import signal
import smtplib
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil
import pytest
from django.conf import settings as project

from tests.servers import LOCAL, wait_until
from tests.site import Site

# Its data is a SQLite file of its own, whichever database the run is on.
pytestmark = pytest.mark.once


LONG = 120  # seconds in which a machine busy with other things does anything once


def alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:  # it ended between the two questions
        return False


def green(running: Site) -> dict:
    """What /health says once every part is well."""
    return wait_until(
        lambda: (state := running.health()).get("status") == "ok" and state,
        seconds=LONG,
        what="green",
    )


def all_gone(family: list[psutil.Process]) -> bool:
    """Soon after its end: those killed with their group belong to nobody who waits for them."""
    return bool(
        wait_until(
            lambda: not any(alive(process) for process in family), seconds=10, what="all gone"
        )
    )


@pytest.fixture
def start(tmp_path):
    """`start()`: a supervisor that is up."""
    begun: list[Site] = []

    def starter(var: Path = tmp_path / "var", **variables: str) -> Site:
        running = Site(var, **variables)
        begun.append(running)
        running.start()
        return running

    yield starter
    for running in begun:
        running.end_by_force()


@pytest.fixture
def open_var():
    """As an older program left it, where every account of the machine may pass through."""
    with tempfile.TemporaryDirectory(prefix="tracker-open-") as name:
        folder = Path(name)
        var = folder / "var"
        var.mkdir()
        (var / "tracker.sqlite3").touch()
        (folder / "notice").write_text("for all to read")
        for path in (folder, var, var / "tracker.sqlite3", folder / "notice"):
            path.chmod(0o755)
        yield var


def open_to_others(path: Path) -> bool:
    try:
        return bool(path.lstat().st_mode & 0o077)
    except FileNotFoundError:  # SQLite puts files beside the database, and takes them away
        return False


def for_its_own_account_alone(var: Path) -> None:
    paths = [var, *var.rglob("*")]
    assert [str(path) for path in paths if open_to_others(path)] == []
    if os.geteuid() == 0:
        nobody = {"user": 65534, "group": 65534, "extra_groups": []}
        files = [var.parent / "notice", *(path for path in paths if path.is_file())]
        read = subprocess.run(["cat", *files], capture_output=True, check=False, **nobody)
        assert read.stdout == b"for all to read"


def test_it_starts_is_kept_alive_and_ends_to_the_last_process(start, open_var):
    # On a busy machine a part may need longer to start than five of the usual short sweeps take,
    # and would be taken for a deaf one and started afresh in the middle of a step.
    running = start(open_var, TRACKER_SWEEP_SECONDS="10")

    # Everything is green, and the person is told how to get in.
    state = green(running)
    assert {state[part] for part in ("database", "broker", "worker")} == {"ok"}
    told = running.said()
    assert f"http://127.0.0.1:{running.port}/" in told
    for person in ("coordinator", "officer", "viewer", "administrator"):
        assert f"{person}@demo.test" in told
    password = re.search(r"^Password of each: +(\S+)$", told, re.MULTILINE)[1]
    assert (running.var / "demo_password").read_text() == password
    for_its_own_account_alone(running.var)

    # The mailbox takes mail and keeps it as a file.
    mailbox = running.part("tracker.management.mailbox").cmdline()
    mail_port = int(mailbox[mailbox.index("--port") + 1])
    with smtplib.SMTP(LOCAL, mail_port) as client:
        client.sendmail("a@example.org", ["b@example.org"], "Subject: Kept\r\n\r\nText\r\n")
    kept = [mail.read_text() for mail in (running.var / "mailbox").glob("*.eml")]
    assert [text for text in kept if "Subject: Kept" in text] != []

    # A second one on the same data is refused, in a sentence.
    second = subprocess.run(
        [sys.executable, "manage.py", "up"],
        cwd=project.BASE_DIR,
        env=running.env,
        capture_output=True,
        text=True,
        timeout=LONG,
        check=False,
    )
    assert second.returncode == 2
    assert "Tracker already runs on" in second.stderr

    # Each part that is killed comes back, and the whole is green again.
    for words in [("celery", "worker"), ("celery", "beat"), ("gunicorn",), ("valkey-server",)]:
        names = words if running.part(*words) else ("redis-server",)
        victim = running.part(*names)
        victim.kill()
        wait_until(
            lambda names=names, victim=victim: (
                (now := running.part(*names)) and now.pid != victim.pid
            ),
            seconds=LONG,
            what=f"{names} is back",
        )
    before = green(running)["last_sweep_at"]
    wait_until(
        lambda: (
            (state := running.health()).get("status") == "ok" and state["last_sweep_at"] != before
        ),
        seconds=LONG,
        what="green again, with a new sweep",
    )

    # Told to end, it leaves nothing behind.
    family = wait_until(
        lambda: len(family := running.family()) >= 10 and family,
        seconds=LONG,
        what="every part has its own children",
    )
    assert running.end(signal.SIGTERM) == 0
    assert all_gone(family)
    assert running.said().endswith("everything has ended\n")
    assert not (running.var / "run" / "broker.sock").exists()

    for_its_own_account_alone(running.var)

    # The data stays: a second start keeps the password and the sessions' key.
    key = (running.var / "secret_key").read_text()
    again = start(open_var)
    assert f"Password of each:    {password}\n" in again.said()
    assert (again.var / "secret_key").read_text() == key
    family = again.family()
    assert again.end(signal.SIGINT) == 0
    assert all_gone(family)


def test_a_worker_that_lives_but_does_nothing_is_started_afresh(start):
    running = start(TRACKER_SWEEP_SECONDS="1")
    deaf = running.part("celery", "worker")
    for process in (deaf, *deaf.children()):
        process.suspend()
    wait_until(
        lambda: (now := running.part("celery", "worker")) and now.pid != deaf.pid,
        seconds=60,
        what="another worker",
    )
    wait_until(lambda: running.health().get("status") == "ok", seconds=60, what="green again")
    assert "no sweep for too long: worker and beat are started afresh" in running.said()
    assert not alive(deaf)
    assert running.end() == 0


def test_it_runs_on_a_broker_of_plain_files(start):
    running = start(TRACKER_BROKER_URL="filesystem://")
    green(running)
    family = running.family()
    assert running.end() == 0
    assert all_gone(family)


def test_killed_outright_it_takes_its_parts_along(start):
    running = start()
    family = running.family()
    running.process.kill()
    running.process.wait()
    wait_until(lambda: not any(alive(process) for process in family), seconds=60)
