"""The file of a backup: age's format, in it gzip, in it lines of JSON and the bytes of documents.

So `age --decrypt --identity KEY FILE | gunzip` shows what is in it, without Tracker. Its last line
has a digest of all that stands before it, and a proof that somebody with this site's SECRET_KEY
wrote it: the key to encrypt with is no secret, and anybody could have made a file with it.
"""

import gzip
import hashlib
import json
import os
import threading
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

import pyrage
from django.utils.crypto import constant_time_compare, salted_hmac

FORMAT = 1
PIECE = 1024 * 1024
LONGEST_LINE = 256 * PIECE  # far above any text; what is longer is cut, and so refused
GZIP = 31  # zlib's number for gzip's own head and foot


class BadArchive(Exception):
    """A file that cannot be put back; the sentence says why."""


class BadKey(Exception):
    """A key that cannot be used; the sentence says why."""


DAMAGED = "The archive is damaged or cut short: nothing was restored. Take another one."


@dataclass(frozen=True)
class Manifest:
    """What is in an archive: rows and their digest by table, documents, and what proves it."""

    tables: dict[str, tuple[int, str]]
    files: int
    missing: tuple[str, ...]
    digest: str
    proof: str

    @property
    def rows(self) -> int:
        return sum(count for count, _ in self.tables.values())

    @property
    def contents(self) -> str:
        """One digest of all rows: equal before and after, whatever the database."""
        return hashlib.sha256(json.dumps(sorted(self.tables.items())).encode()).hexdigest()

    @property
    def is_ours(self) -> bool:
        return constant_time_compare(self.proof, proof_of(self.digest))


def proof_of(digest: str) -> str:
    return salted_hmac("tracker.backup", digest, algorithm="sha256").hexdigest()


# Keys


def recipient(text: str) -> pyrage.x25519.Recipient:
    """Raises BadKey."""
    try:
        return pyrage.x25519.Recipient.from_str(text.strip())
    except pyrage.RecipientError:
        raise BadKey(
            "The key to encrypt with begins with age1 and is the public one; “manage.py "
            "backup_key FILE” makes a pair."
        ) from None


def identities(path: Path) -> list[pyrage.x25519.Identity]:
    """Of a file as `backup_key` or age-keygen writes it. Raises BadKey."""
    try:
        lines = [line.strip() for line in path.read_text().splitlines()]
        keys = [line for line in lines if line and not line.startswith("#")]
        found = [pyrage.x25519.Identity.from_str(key) for key in keys]
    except OSError as error:
        raise BadKey(f"The key file {path} cannot be read ({error.strerror}).") from error
    except (pyrage.IdentityError, UnicodeDecodeError):
        found = []
    if not found:
        raise BadKey(
            f"{path} holds no private key; its line begins with AGE-SECRET-KEY-1."
        ) from None
    return found


# Writing


class _Source:
    """What is to be encrypted, piece by piece, as it is asked for."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces = pieces
        self.rest = memoryview(b"")
        self.failure: Exception | None = None

    def read(self, size: int) -> bytes:
        try:
            while not self.rest and (piece := next(self.pieces, None)) is not None:
                self.rest = memoryview(piece)
        except Exception as error:
            self.failure = error  # the library would tell of it in words of its own
            raise
        # Less than was asked for is allowed; nothing at all is the end.
        piece, self.rest = bytes(self.rest[:size]), self.rest[size:]
        return piece


class _Sink:
    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.failure: Exception | None = None

    def write(self, data: bytes) -> int:
        try:
            return self.file.write(data)
        except OSError as error:
            self.failure = error
            raise

    def flush(self) -> None:
        self.file.flush()


def encrypt(lines: Iterable[bytes], file: IO[bytes], keys: Sequence[Any]) -> None:
    """Raises what the lines raise, and OSError where the file cannot be written."""
    source, sink = _Source(_packed(lines)), _Sink(file)
    try:
        pyrage.encrypt_io(source, sink, list(keys))
    except (pyrage.EncryptError, OSError):
        raise (source.failure or sink.failure or OSError("encryption failed")) from None


def _packed(lines: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(wbits=GZIP)
    for line in lines:
        if piece := packer.compress(line):
            yield piece
    yield packer.flush()


# Reading


@contextmanager
def decrypted(path: Path, keys: Sequence[Any]) -> Iterator[IO[bytes]]:
    """The plain bytes, as a stream that never lies on a disk. Raises BadArchive."""
    come, go = os.pipe()
    failure: list[Exception] = []

    def pump() -> None:
        with open(go, "wb", buffering=0) as pipe, path.open("rb") as source:
            sink = _Sink(pipe)
            try:
                pyrage.decrypt_io(source, sink, list(keys))
            except (pyrage.DecryptError, OSError) as error:
                if sink.failure is None:  # else nobody reads any more
                    failure.append(error)

    thread = threading.Thread(target=pump, daemon=True)
    thread.start()
    try:
        with open(come, "rb") as pipe:
            yield cast(IO[bytes], gzip.GzipFile(fileobj=pipe))
            pipe.read()  # the last piece has to be authentic too
    except BadArchive as error:
        thread.join()
        raise (BadArchive(_why(failure)) if failure else error) from None
    thread.join()
    if failure:
        raise BadArchive(_why(failure))


def _why(failure: list[Exception]) -> str:
    if "No matching keys" in str(failure[0]):
        return "This private key does not open the archive: it was made for another one."
    if "fill whole buffer" in str(failure[0]):
        return "This file is no archive of Tracker."
    return DAMAGED


@dataclass(frozen=True)
class Entry:
    """One thing of an archive: `head`, `table`, `row`, `end` of a table, `file`."""

    kind: str
    name: str = ""
    facts: Any = None
    pieces: Iterator[bytes] | None = None


def entries(stream: IO[bytes]) -> Iterator[Entry | Manifest]:
    """Everything in order, the manifest last. Raises BadArchive at what is not as it was written.

    The pieces of a file must be read before the next entry is asked for.
    """
    try:
        yield from _entries(stream)
    except (EOFError, OSError, zlib.error, ValueError, KeyError, TypeError) as error:
        raise BadArchive(DAMAGED) from error


def _entries(stream: IO[bytes]) -> Iterator[Entry | Manifest]:
    whole = hashlib.sha256()
    tables: dict[str, tuple[int, str]] = {}
    name, count, digest, files = "", 0, hashlib.sha256(), 0
    while line := stream.readline(LONGEST_LINE):
        value = json.loads(line)
        if isinstance(value, dict) and "done" in value:
            done = value["done"]
            manifest = Manifest(
                tables, files, tuple(done["missing"]), whole.hexdigest(), done["proof"]
            )
            if done["sha256"] != manifest.digest or stream.read(1):
                raise BadArchive(DAMAGED)
            yield manifest
            return
        whole.update(line)
        if isinstance(value, list):
            digest.update(line)
            count += 1
            yield Entry("row", name, value)
        elif "table" in value:
            name, count, digest = value["table"], 0, hashlib.sha256()
            yield Entry("table", name, value["columns"])
        elif "end" in value:
            tables[name] = (count, digest.hexdigest())
            if (value["end"], value["rows"], value["sha256"]) != (name, *tables[name]):
                raise BadArchive(DAMAGED)
            yield Entry("end", name, value["last"])
        elif "file" in value:
            files += 1
            yield Entry("file", value["file"], value, _file(stream, value, whole))
        else:
            yield Entry("head", facts=value)
    raise BadArchive(DAMAGED)


def _file(stream: IO[bytes], facts: dict[str, Any], whole: Any) -> Iterator[bytes]:
    left, digest = facts["bytes"], hashlib.sha256()
    while left:
        try:
            piece = stream.read(min(left, PIECE))
        except (EOFError, OSError, zlib.error) as error:
            raise BadArchive(DAMAGED) from error
        if not piece:
            raise BadArchive(DAMAGED)
        left -= len(piece)
        whole.update(piece)
        digest.update(piece)
        yield piece
    if digest.hexdigest() != facts["sha256"]:
        raise BadArchive(DAMAGED)


def checked(path: Path, keys: Sequence[Any]) -> tuple[dict[str, Any], Manifest]:
    """The head and the manifest of an archive that is whole. Raises BadArchive."""
    head: dict[str, Any] = {}
    with decrypted(path, keys) as stream:
        for entry in entries(stream):
            if isinstance(entry, Manifest):
                return head, entry
            if entry.kind == "head":
                head = entry.facts
                if head.get("tracker_backup") != FORMAT:
                    raise BadArchive(
                        "This archive is of a newer Tracker, or of none. Update first."
                    )
            for _piece in entry.pieces or ():
                pass
    raise BadArchive(DAMAGED)
