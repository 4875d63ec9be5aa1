"""What a start on one machine must settle first: one supervisor, a free port, keys, one log."""

import fcntl
import json
import logging
import os
import secrets
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

from django.conf import settings
from django.core.management.base import CommandError

HOST = "127.0.0.1"
LARGEST_LOG = 5 * 1024 * 1024


def wanted_port() -> int:
    """PORT, 8000 where it is not set. Raises CommandError on anything but a port number."""
    text = os.environ.get("PORT", "").strip() or "8000"
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise CommandError(
            f"PORT must be a whole number from 1 to 65535, not “{text}”.", returncode=2
        )
    return int(text)


@contextmanager
def sole_supervisor(var: Path, *, port: int) -> Iterator[None]:
    """Hold the folder's lock. The system lets go of it however this process ends.

    Raises CommandError where another one runs on the same data.
    """
    run = var / "run"
    run.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(os.open(run / "up.lock", os.O_RDWR | os.O_CREAT, 0o600), "r+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            who = lock.read().strip() or "another process"
            raise CommandError(
                f"Tracker already runs on {var} ({who}). Stop that one first, or give this one "
                "data of its own with TRACKER_VAR and PORT.",
                returncode=2,
            ) from None
        lock.truncate(0)
        lock.write(f"process {os.getpid()}, http://{HOST}:{port}/")
        lock.flush()
        yield
        lock.seek(0)
        lock.truncate()


def refuse_taken_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            raise CommandError(
                f"This account may not open port {port}; choose one above 1023: make run PORT=8001",
                returncode=2,
            ) from None
        except OSError:
            raise CommandError(
                f"Port {port} is taken by another program; choose another one: "
                f"make run PORT={port + 1 if port < 65535 else 8001}",
                returncode=2,
            ) from None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def kept_secret(path: Path) -> str:
    """A random value made the first time and kept, readable by its owner only."""
    if not path.exists():
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(12))
    return path.read_text().strip()


def demo_password(var: Path) -> str:
    return os.environ.get("DEMO_PASSWORD") or kept_secret(var / "demo_password")


def child_environment(*, port: int, broker_url: str | None) -> dict[str, str]:
    """The environment of the parts: as in production, with what only this start knows filled in."""
    env = {name: value for name, value in os.environ.items() if name != "DEMO_PASSWORD"}
    env["DEBUG"] = "0"
    env["SECRET_KEY"] = settings.SECRET_KEY
    env["PYTHONUNBUFFERED"] = "1"
    env["TRACKER_VAR"] = str(settings.VAR_DIR)
    env.setdefault("TRACKER_BASE_URL", f"http://{HOST}:{port}")
    if not env.get("EMAIL_URL"):
        env.pop("EMAIL_URL", None)
    if broker_url is not None:
        env["TRACKER_BROKER_URL"] = broker_url
    return env


def open_log(var: Path) -> logging.Logger:
    """One log for all parts: the terminal, and a file that stays small."""
    path = var / "log" / "tracker.log"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    log = logging.getLogger("tracker.up")
    log.propagate = False
    log.setLevel(logging.INFO)
    line = logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S")
    dated = logging.Formatter("%(asctime)s %(message)s")
    terminal = logging.StreamHandler(sys.stdout)
    terminal.setFormatter(line)
    file = RotatingFileHandler(path, maxBytes=LARGEST_LOG, backupCount=3, encoding="utf-8")
    file.setFormatter(dated)
    log.handlers = [terminal, file]
    return log


def health(port: int) -> dict[str, str | None]:
    """What /health says, `{}` where nothing answers yet."""
    # No proxy of the environment's may stand between two processes of one machine.
    opener = build_opener(ProxyHandler({}))
    try:
        with opener.open(f"http://{HOST}:{port}/health", timeout=5) as answer:
            return json.load(answer)
    except HTTPError as error:
        with error:
            return json.load(error) if error.code == 503 else {}
    except (OSError, ValueError):
        return {}


def sweep_age(state: dict[str, str | None], *, at: datetime) -> float | None:
    """Seconds since the last completed sweep, None where there was none or nothing answered."""
    last = state.get("last_sweep_at")
    return (at - datetime.fromisoformat(last)).total_seconds() if last else None
