"""A mail server to be cruel to: a process of its own that writes down what it accepted.

    python -m tests.smtp_sink --port 2525 --log mails.jsonl [--temporary 0.1] ...

Each accepted mail is one line, on disk before the 250: recipient and Message-ID.
"""

import argparse
import asyncio
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import zlib
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.servers import LOCAL, free_port, wait_until
from tracker.management.processes import end_with_parent

MESSAGE_ID = re.compile(rb"^Message-ID:\s*(<[^>]+>)", re.MULTILINE | re.IGNORECASE)


def refused_for_good(address: str, share: float) -> bool:
    """Always the same addresses, so that a test knows which."""
    return zlib.crc32(address.encode()) % 10_000 < share * 10_000


class Sink:
    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.log = options.log.open("ab", buffering=0)
        self.drops = options.drop_after

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, _: list[str]
    ) -> str:
        if refused_for_good(address, self.options.permanent):
            return "550 no such mailbox"
        if random.random() < self.options.temporary / 2:
            return "450 busy"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        await asyncio.sleep(self.options.delay)
        if random.random() < self.options.temporary / 2:
            return "451 try later"
        found = MESSAGE_ID.search(envelope.content)
        line = {"to": envelope.rcpt_tos[0], "id": found[1].decode() if found else ""}
        self.log.write(json.dumps(line).encode() + b"\n")
        if self.drops and random.random() < 0.02:
            self.drops -= 1
            server.transport.abort()
        return "250 OK kept"


async def serve(options: argparse.Namespace) -> None:
    loop = asyncio.get_running_loop()
    sink = Sink(options)
    server = await loop.create_server(
        lambda: SMTP(sink, hostname="sink", loop=loop), host=LOCAL, port=options.port
    )
    stop = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    async with server:
        await stop.wait()


# For the tests


@dataclass
class SinkServer:
    """The process, and what it has accepted in all its lives."""

    folder: Path
    options: list[str] = field(default_factory=list)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        return f"smtp://{LOCAL}:{self.port}"

    @property
    def log(self) -> Path:
        return self.folder / "mails.jsonl"

    def start(self) -> None:
        self.log.touch()
        with (self.folder / "sink.log").open("ab") as errors:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "tests.smtp_sink", "--port", str(self.port)),
                    *("--log", str(self.log), *self.options),
                ],
                preexec_fn=end_with_parent,
                stdout=subprocess.DEVNULL,
                stderr=errors,
            )
        wait_until(self.listens, what="the mail sink listens")

    def listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex((LOCAL, self.port)) == 0

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def accepted(self) -> list[dict[str, str]]:
        return [json.loads(line) for line in self.log.read_text().splitlines() if line]

    def copies(self) -> Counter[str]:
        """How often each Message-ID was accepted."""
        return Counter(mail["id"] for mail in self.accepted())

    def by_recipient(self) -> dict[str, set[str]]:
        ids: dict[str, set[str]] = defaultdict(set)
        for mail in self.accepted():
            ids[mail["to"]].add(mail["id"])
        return ids


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--temporary", type=float, default=0.0, help="share refused for now")
    parser.add_argument("--permanent", type=float, default=0.0, help="share of addresses refused")
    parser.add_argument("--drop-after", type=int, default=0, help="accept, then break the line")
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before the answer")
    random.seed(os.getpid())
    asyncio.run(serve(parser.parse_args()))
