"""The last links of all chains, kept outside the database, one file a day.

Whoever can rewrite the tables can rewrite a chain, and a tail that is cut off together with its
head leaves a chain that holds. So the heads of each day go to a file that a backup takes, and
their root to two coordinators by mail. Each root covers the root of the day before: one mail
vouches for its file and for all earlier ones, and the files name what is missing.
"""

import datetime
import hashlib
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.template.loader import render_to_string
from django.utils.translation import override

from tracker.models import Event, EventChain, Mail, Role, User
from tracker.services.events import Break
from tracker.services.reminders.digest import message_id
from tracker.services.reminders.wording import long_date

FORMAT = "tracker heads 1"
LINE = re.compile(r"(\d+) (\d+) ([0-9a-f]{64})")
WITNESSES = 2
AT_ONCE = 200  # pairs in one question; SQLite bounds the depth of an expression


class NoHeads(ValueError):
    """This is no file of heads, or not as it was written."""


@dataclass(frozen=True, order=True)
class Head:
    """The last link of the chain of a case, 0: of what has no case."""

    case_id: int
    seq: int
    hash: str

    def __str__(self) -> str:
        return f"{self.case_id} {self.seq} {self.hash}"


@dataclass(frozen=True)
class Heads:
    """Of one day; `previous` is the root of the file before, "" in the first."""

    day: datetime.date
    previous: str
    heads: tuple[Head, ...]

    @property
    def root(self) -> str:
        lines = [FORMAT, self.day.isoformat(), self.previous, *map(str, self.heads)]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    @property
    def events(self) -> int:
        return sum(head.seq for head in self.heads)

    def as_text(self) -> str:
        lines = [
            FORMAT,
            f"day {self.day}",
            f"previous {self.previous or '-'}",
            f"root {self.root}",
            *map(str, self.heads),
        ]
        return "\n".join(lines) + "\n"


def read_heads(path: Path) -> Heads:
    """Raises NoHeads, with a sentence, and OSError."""
    try:
        kind, day, previous, root, *lines = path.read_text().splitlines()
        found = Heads(
            day=datetime.date.fromisoformat(day.removeprefix("day ")),
            previous=previous.removeprefix("previous ").removeprefix("-"),
            heads=tuple(Head(int(m[1]), int(m[2]), m[3]) for m in map(LINE.fullmatch, lines) if m),
        )
    except ValueError:  # of bytes that are no text, too
        kind = ""
    if kind != FORMAT or len(found.heads) != len(lines):
        raise NoHeads(f"{path} is no file of heads.")
    if root != f"root {found.root}":
        raise NoHeads(f"{path} was changed: its root is not that of its lines.")
    return found


def files_of_heads(folder: Path) -> list[Path]:
    """By day."""
    return sorted(folder.glob("heads-????-??-??.txt"))


def keep_heads(*, at: datetime.datetime) -> Heads:
    """Write the file of the office's day, once; returns what it holds. Raises NoHeads and OSError.

    A file that is there stays as it is: what it vouches for is the log of then.
    """
    folder = Path(settings.HEADS_DIR)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    day = at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    path = folder / f"heads-{day}.txt"
    if not path.exists():
        earlier = [file for file in files_of_heads(folder) if file.name < path.name]
        previous = read_heads(earlier[-1]).root if earlier else ""
        chains = EventChain.objects.filter(seq__gt=0).values_list("case_id", "seq", "hash")
        heads = Heads(day, previous, tuple(sorted(Head(*chain) for chain in chains)))
        _write_once(path, heads.as_text())
    return read_heads(path)


def _write_once(path: Path, text: str) -> None:
    """Whole or not at all, and never over what another process has written meanwhile."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


@transaction.atomic
def tell_heads(*, heads: Heads, at: datetime.datetime) -> None:
    """Send the root of a day to two coordinators, once; administrators where there are none."""
    people = User.objects.active().filter(role__in=[Role.COORDINATOR, Role.ADMINISTRATOR])
    witnesses = sorted(people, key=lambda person: (person.role != Role.COORDINATOR, person.pk))
    mails = [_mail(person, heads, at) for person in witnesses[:WITNESSES]]
    Mail.objects.bulk_create(mails, ignore_conflicts=True)


def keep_and_tell_heads(*, at: datetime.datetime) -> None:
    """What is done every day. Safe to repeat. Raises NoHeads and OSError."""
    tell_heads(heads=keep_heads(at=at), at=at)


def _mail(person: User, heads: Heads, at: datetime.datetime) -> Mail:
    key = f"heads:{heads.day}:{person.pk}"
    with override(person.language):
        context = {
            "day": long_date(heads.day),
            "events": heads.events,
            "chains": len(heads.heads),
            "root": heads.root,
            "language": person.language,
        }
        words = {
            "subject": render_to_string("emails/heads-subject.txt", context).strip(),
            "body_text": render_to_string("emails/heads-body.txt", context).strip() + "\n",
            "body_html": render_to_string("emails/heads-body.html", context),
        }
    return Mail(
        key=key,
        message_id=message_id(key),
        kind=Mail.Kind.NOTICE,
        person=person,
        to_address=person.email,
        language=person.language,
        local_day=heads.day,
        next_attempt_at=at,
        created_at=at,
        **words,
    )


def verify_heads(kept: Iterable[Heads]) -> list[Break]:
    """What the log has lost or rewritten since: of each chain what the earliest day shows.

    Together with `verify_chains`, which looks at the chains themselves.
    """
    days: dict[Head, datetime.date] = {}
    for heads in sorted(kept, key=lambda heads: heads.day):
        for head in heads.heads:
            days.setdefault(head, heads.day)
    now = _hashes(days)
    lengths = dict(EventChain.objects.values_list("case_id", "seq"))
    breaks: dict[int, Break] = {}
    for head, day in sorted(days.items(), key=lambda item: (item[1], item[0])):
        found = now.get((head.case_id, head.seq))
        if found == head.hash or head.case_id in breaks:
            continue
        if found is None:
            last = lengths.get(head.case_id, 0)
            place = last + 1 if last < head.seq else head.seq
            problem = f"removed; on {day} there were {head.seq}"
            breaks[head.case_id] = Break(head.case_id, place, None, problem)
        else:
            problem = f"it, or one before it, is not what it was on {day}"
            breaks[head.case_id] = Break(head.case_id, head.seq, None, problem)
    return sorted(breaks.values(), key=lambda found: found.case_id)


def _hashes(heads: Iterable[Head]) -> dict[tuple[int, int], str]:
    """By chain and place, as the log has them now."""
    found: dict[tuple[int, int], str] = {}
    wanted = list(heads)
    events = Event.objects.annotate(chain=Coalesce(F("case_id"), 0))
    for start in range(0, len(wanted), AT_ONCE):
        pairs = [Q(chain=head.case_id, seq=head.seq) for head in wanted[start : start + AT_ONCE]]
        rows = events.filter(Q(*pairs, _connector=Q.OR)).values_list("chain", "seq", "hash")
        found |= {(chain, seq or 0): hash_ for chain, seq, hash_ in rows}
    return found


def verify_files(paths: Iterable[Path]) -> tuple[list[Heads], list[str]]:
    """The files as they were written, in the order of days, and a sentence for each that is not.

    A file that is missing between two others shows by the root the later one repeats.
    """
    kept, problems = [], []
    for path in paths:
        try:
            kept.append(read_heads(path))
        except (NoHeads, OSError) as error:
            problems.append(str(error))
    kept.sort(key=lambda heads: heads.day)
    for before, after in zip(kept, kept[1:], strict=False):
        if after.previous != before.root:
            problems.append(
                f"The heads of {after.day} do not follow those of {before.day}: "
                "a file between them is missing, or one was replaced."
            )
    return kept, problems
