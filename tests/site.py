"""All of Tracker as a person starts it, for what looks at it from outside."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

import psutil
from django.conf import settings as project

from tests.servers import LOCAL, free_port, wait_until

START_SECONDS = 120  # what a start, or an end, may take on a busy machine


class Site:
    """`manage.py up` on a data folder and a port of its own."""

    def __init__(self, var: Path, **variables: str) -> None:
        self.var = var
        self.port = free_port()
        self.url = f"http://{LOCAL}:{self.port}"
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        self.env = {
            **kept,
            "TRACKER_VAR": str(var),
            "PORT": str(self.port),
            "TRACKER_SWEEP_SECONDS": "2",
            **variables,
        }
        self.process: subprocess.Popen | None = None
        self.output = var.with_name(f"{var.name}.log")

    def start(self) -> None:
        """Until it says that it is up. Raises AssertionError with what it said instead."""
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "up"],
                cwd=project.BASE_DIR,
                env=self.env,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            wait_until(
                lambda: "\nCtrl-C ends it" in self.said() or self.process.poll() is not None,
                seconds=START_SECONDS,
                what="up",
            )
            assert self.process.poll() is None
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.said()}") from None

    def said(self) -> str:
        return self.output.read_text()

    def end(self, number: int = signal.SIGTERM) -> int:
        """Tell it to end, and give its exit status."""
        self.process.send_signal(number)
        return self.process.wait(timeout=START_SECONDS)

    def end_by_force(self) -> None:
        """Whatever state it is in. Does nothing where it has ended."""
        if self.process is not None and self.process.poll() is None:
            for process in reversed(self.family()):
                process.kill()
            self.process.wait()

    def family(self) -> list[psutil.Process]:
        root = psutil.Process(self.process.pid)
        return [root, *root.children(recursive=True)]

    def part(self, *words: str) -> psutil.Process | None:
        """The part with these words in its command line; not one of that part's children."""
        for process in psutil.Process(self.process.pid).children():
            try:
                command = process.cmdline()
            except psutil.Error:
                continue  # it ended just now
            if all(any(word in argument for argument in command) for word in words):
                return process
        return None

    def health(self) -> dict:
        opener = build_opener(ProxyHandler({}))
        try:
            with opener.open(f"{self.url}/health", timeout=5) as answer:
                return json.load(answer)
        except HTTPError as error:
            with error:
                return json.load(error)
        except OSError:
            return {}
