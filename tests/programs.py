"""Tracker's own programs as real processes on a test's database, broker and mail server."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

from tracker.management.processes import end_with_parent


def url_of(connection: BaseDatabaseWrapper) -> str:
    """The DATABASE_URL of a connection, so that another process opens the same database."""
    facts = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{facts['NAME']}"
    account = f"{quote(facts['USER'], safe='')}:{quote(facts['PASSWORD'], safe='')}"
    # A server on a socket has its folder among the options, and neither host nor port.
    host = f"{facts['HOST']}:{facts['PORT']}" if facts["HOST"] else ""
    socket = facts["OPTIONS"].get("host")
    return f"postgres://{account}@{host}/{facts['NAME']}" + (f"?host={socket}" if socket else "")


@dataclass
class Programs:
    """Starts programs, keeps their output in `folder`, and ends what is still running."""

    env: dict[str, str]
    folder: Path
    running: list[subprocess.Popen] = field(default_factory=list)

    @classmethod
    @contextmanager
    def on(
        cls, connection: BaseDatabaseWrapper, *, broker_url: str, mail_url: str, folder: Path
    ) -> Iterator["Programs"]:
        env = {
            **os.environ,
            "DATABASE_URL": url_of(connection),
            "DEBUG": "0",
            "SECRET_KEY": settings.SECRET_KEY,
            "EMAIL_URL": mail_url,
            "TRACKER_BROKER_URL": broker_url,
            "TRACKER_SWEEP_SECONDS": "1",
            "TRACKER_VAR": str(folder / "var"),
            "PYTHONUNBUFFERED": "1",
        }
        programs = cls(env, folder)
        try:
            yield programs
        finally:
            for process in programs.running:
                programs.kill(process)

    def start(self, name: str, command: list[str]) -> subprocess.Popen:
        with (self.folder / f"{name}-{len(self.running)}.log").open("wb") as log:
            process = subprocess.Popen(
                command,
                cwd=settings.BASE_DIR,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=end_with_parent,
            )
        self.running.append(process)
        return process

    def worker(self, *options: str) -> subprocess.Popen:
        command = ["-m", "celery", "--app=tracker", "worker", "--loglevel=INFO", "--concurrency=2"]
        number = f"--hostname=worker{len(self.running)}@%h"
        return self.start("worker", [sys.executable, *command, number, *options])

    def beat(self) -> subprocess.Popen:
        schedule = self.folder / f"schedule-{len(self.running)}"
        command = ["-m", "celery", "--app=tracker", "beat", "--loglevel=INFO", "--pidfile="]
        return self.start("beat", [sys.executable, *command, f"--schedule={schedule}"])

    def manage(self, *arguments: str) -> subprocess.CompletedProcess:
        """Run a management command to its end."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=settings.BASE_DIR,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def kill(self, process: subprocess.Popen) -> None:
        """kill -9, with every process it started."""
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def logs(self) -> str:
        return "\n".join(path.read_text() for path in sorted(self.folder.glob("*.log")))
