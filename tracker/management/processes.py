"""Processes kept alive together: started, watched, started again, and ended to the last one.

Each child leads a session of its own, so that ending its process group ends its children too,
and a Ctrl-C at the terminal reaches only the supervisor, which then ends all in order.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

LONGEST_PAUSE = 30.0  # seconds between two starts of a child that keeps dying
STEADY = 60.0  # seconds after which a child counts as well again
PR_SET_PDEATHSIG = 1

Say = Callable[[str, str], None]

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def end_with_parent() -> None:
    """Ask Linux to end this process should the supervisor itself be killed."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Child:
    """One program to keep alive.

    `order` is when it is ended: lower first. Lines that contain one of `noise` are not told.
    """

    name: str
    command: list[str]
    env: dict[str, str]
    order: int = 0
    noise: tuple[str, ...] = ()
    process: subprocess.Popen[str] | None = None
    started: float = 0.0
    failures: int = 0
    restart_at: float | None = None
    reader: threading.Thread | None = field(default=None, repr=False)

    def start(self, say: Say) -> None:
        self.restart_at = None
        self.started = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603 - commands of our own making
            self.command,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            bufsize=1,
            start_new_session=True,
            preexec_fn=end_with_parent,  # one system call, prepared beforehand
        )
        self.reader = threading.Thread(target=self._read, args=(self.process, say), daemon=True)
        self.reader.start()

    def _read(self, process: subprocess.Popen[str], say: Say) -> None:
        with process.stdout as lines:
            for line in lines:
                if not any(noise in line for noise in self.noise):
                    say(self.name, line.rstrip("\n"))

    @property
    def running(self) -> bool:
        return self.process is not None

    def ask_to_end(self) -> None:
        """The child alone: a worker lets its own children finish what they are at."""
        if self.process is not None:
            self.process.terminate()

    def end_by_force(self) -> None:
        """The child and everything it started."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):  # the whole group is gone already
                os.killpg(self.process.pid, signal.SIGKILL)

    def ended(self) -> int | None:
        """The exit status once the child is over, its leftovers ended with it; None while it runs.

        The group is ended before the child is reaped: until then its number cannot be given to
        a stranger.
        """
        if self.process is None:
            return None
        over = os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if over is None:
            return None
        self.end_by_force()
        status = self.process.wait()
        if self.reader is not None:
            self.reader.join(timeout=2)  # the last lines it wrote
        self.process = None
        return status


class Supervisor:
    """Keeps its children alive until told to stop."""

    def __init__(self, say: Say, *, grace: float = 15.0) -> None:
        self.say = say
        self.grace = grace
        self.children: list[Child] = []
        self.stopping = threading.Event()

    def add(self, child: Child) -> None:
        self.children.append(child)
        child.start(self.say)

    def stop(self, *_: object) -> None:
        """Signal handler. The second time nothing more is waited for."""
        if self.stopping.is_set():
            self.grace = 0.0
        self.stopping.set()

    def tend(self) -> None:
        """Look at every child once; start again the ones that died, later each time in a row."""
        now = time.monotonic()
        for child in self.children:
            status = child.ended()
            if status is not None:
                # One that ran for hours and died once is not in a loop of dying.
                steady = now - child.started > STEADY
                child.failures = 1 if steady else child.failures + 1
                pause = min(2.0 ** (child.failures - 1), LONGEST_PAUSE)
                child.restart_at = now + pause
                self.say("up", f"{child.name} {describe(status)}; it is back in {pause:.0f} s")
            elif child.restart_at is not None and now >= child.restart_at:
                child.start(self.say)

    def once(self, child: Child, *, quiet: bool = False) -> int:
        """Run a program to its end and answer its exit status; told to stop, end it at once.

        A quiet one is heard only when it fails.
        """
        heard: list[tuple[str, str]] = []
        child.start((lambda *line: heard.append(line)) if quiet else self.say)
        while (status := child.ended()) is None:
            if self.stopping.is_set():
                child.end_by_force()
            time.sleep(0.05)
        if status != 0 and not self.stopping.is_set():
            for name, line in heard:
                self.say(name, line)
        return status

    def restart(self, *names: str) -> None:
        """End children that live but do nothing; `tend` starts them again."""
        for child in self.children:
            if child.name in names:
                child.end_by_force()

    def end(self) -> None:
        """End every child, those of lower order first, each group by force after the grace."""
        for order in sorted({child.order for child in self.children}):
            batch = [child for child in self.children if child.order == order]
            for child in batch:
                child.restart_at = None
                child.ask_to_end()
            begun = time.monotonic()
            while self._left(batch) and time.monotonic() - begun < self.grace:
                time.sleep(0.05)
            for child in self._left(batch):
                self.say("up", f"{child.name} did not end by itself and is ended by force")
                child.end_by_force()
            while self._left(batch):
                time.sleep(0.02)

    @staticmethod
    def _left(batch: list[Child]) -> list[Child]:
        for child in batch:
            child.ended()
        return [child for child in batch if child.running]


def describe(status: int) -> str:
    if status < 0:
        return f"was ended by signal {-status}"
    return f"ended with status {status}"
