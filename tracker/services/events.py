"""The one place that writes the event log, and the proof that nobody has rewritten it.

An event's `digest` covers its own columns and the commitments of its values, in order; a
commitment covers a value and a salt of its own, so that the value can be erased and the digest
still holds. The database chains the digests when the transaction ends (see `link_hash`).
"""

import datetime
import hashlib
import json
import re
import secrets
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db import models, transaction
from django.db.models import F
from django.db.models.functions import Coalesce

from tracker.models import LABEL, REASON, WHY, Case, CaseLink, Event, EventChain, EventValue, User

# Column -> (before, after), as the row has them; the log keeps what JSON can.
Changes = Mapping[str, tuple[Any, Any]]

# An event without a case is read by every coordinator. Of these tables everybody who works here
# may read every word, so it may repeat them. Of any other it holds numbers, days and codes only:
# a calendar feed, a draft, a paper not filed yet may name what the reader may not know of.
READ_BY_ALL = (
    "authority",
    "calendarday",
    "calendaryear",
    "escalationstep",
    "event",  # its name is made of codes
    "responserule",
    "user",
)
# Facts of an event that are codes of the program, never typed by anybody. What is sent as one of
# these and does not look like a code is left out too.
CODES = ("before", "fields", "filters", "jurisdiction", "rule")
CODE = re.compile(r"[A-Za-z0-9_-]{1,40}")


@dataclass(frozen=True, kw_only=True)
class NewEvent:
    """Who did what to which record; `by=None` is the program itself.

    `changes` are the columns that changed, `details` other facts of it. `label` is what the
    record is called in the log, its own name if not given.
    """

    action: str
    about: models.Model
    case: Case | None
    by: User | None
    at: datetime.datetime
    reason: str = ""
    changes: Changes = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)
    label: str | None = None


def record_event(
    *,
    action: str,
    about: models.Model,
    case: Case | None,
    by: User | None,
    at: datetime.datetime,
    reason: str = "",
    details: Mapping[str, Any] | None = None,
    label: str | None = None,
) -> Event:
    """Write one event of which no column tells; a saved row writes its own (`records.py`).

    Call it inside the transaction of the change, so that neither exists without the other.
    """
    event = NewEvent(
        action=action,
        about=about,
        case=case,
        by=by,
        at=at,
        reason=reason,
        details=details or {},
        label=label,
    )
    return record_events([event])[0]


def record_events(events: Iterable[NewEvent]) -> list[Event]:
    """Write any number of events with the same few queries."""
    written, values = [], []
    for new in events:
        row = Event(
            at=new.at,
            by_id=new.by.pk if new.by else None,
            action=new.action,
            model=new.about._meta.model_name or "",
            object_id=new.about.pk,
            case_id=new.case.pk if new.case else None,
        )
        # To JSON and back first: what is committed to is what the column will give back.
        changed = json.loads(JSON.encode([*_told(new).items()]))
        own = [
            EventValue(event=row, field=name, old=old, new=new, salt=secrets.token_hex(16))
            for name, (old, new) in changed
        ]
        commitments = commitments_of(own)
        for value, commitment in zip(own, commitments, strict=True):
            value.commitment = commitment
        row.digest = digest_of(row, commitments)
        written.append(row)
        values += own
    Event.objects.bulk_create(written)
    # In this order: the digest covers the commitments by the numbers of their rows.
    EventValue.objects.bulk_create(values)
    return written


def _told(new: NewEvent) -> Changes:
    """What an event may hold, for those who will read it."""
    # The log of one case is read by people who may not see the other that a link names.
    named = new.about.case if isinstance(new.about, CaseLink) else new.about
    label = str(named)[:200] if new.label is None else new.label
    why = WHY if REASON in new.changes else REASON
    words = {LABEL: label, why: new.reason, **new.details}
    told = {name: (None, word) for name, word in words.items() if word != ""} | dict(new.changes)
    if new.case is not None or new.about._meta.model_name in READ_BY_ALL:
        return told
    coded = {column.name for column in new.about._meta.concrete_fields if column.flatchoices}
    kept = {
        name: sides
        for name, sides in told.items()
        if name in coded or all(_wordless(name, side) for side in sides)
    }
    # Of a column it is told at least that it changed.
    return dict.fromkeys(new.changes, (None, None)) | kept


def _wordless(name: str, value: Any) -> bool:
    if isinstance(value, (list, tuple, set, frozenset)):
        return all(_wordless(name, one) for one in value)
    if isinstance(value, str):
        return name in CODES and CODE.fullmatch(value) is not None
    return value is None or isinstance(value, (int, float, Decimal, datetime.date, datetime.time))


def values_with(text: str) -> dict[Event, set[str]]:
    """Which fields of which events hold a text, in large or small letters; by number of event."""
    wanted = text.strip().casefold()
    found: dict[Event, set[str]] = {}
    # One by one: databases do not agree on large and small letters beyond Latin.
    kept = EventValue.objects.filter(erased_at=None).select_related("event")
    for value in kept.order_by("event", "pk").iterator(chunk_size=2000):
        if wanted in JSON.encode([value.old, value.new]).casefold():
            found.setdefault(value.event, set()).add(value.field)
    return found


@transaction.atomic
def erase_values(
    *, event: Event, fields: Collection[str], reason: str, by: User | None, at: datetime.datetime
) -> int:
    """Lawfully forget what an event tells in these fields; returns how many values went.

    The commitments stay, so the chain still holds. That it was done, why and by whom is an event.
    """
    erased = forget(event.values.filter(field__in=fields), at=at)
    if erased:
        record_event(
            action="event.erased",
            about=event,
            case=Case.objects.filter(pk=event.case_id).first(),
            by=by,
            at=at,
            reason=reason,
            details={"fields": sorted(fields)},
        )
    return erased


def forget(values: models.QuerySet[EventValue], *, at: datetime.datetime) -> int:
    """Erase values without an event of its own: the caller writes one, in the same transaction."""
    # With its salt a short value could be found again by trying what fits the commitment.
    return values.filter(erased_at=None).update(old=None, new=None, salt="", erased_at=at)


# Hashes. Any change here breaks every chain there is; migrations hold a copy of their own.


JSON = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def commitments_of(values: Iterable[EventValue]) -> list[str]:
    """What each value is held to: with its salt, for most could be found by trying."""
    opened = [JSON.encode([value.salt, value.field, value.old, value.new]) for value in values]
    return [hashlib.sha256(text.encode()).hexdigest() for text in opened]


def digest_of(event: Event, commitments: list[str]) -> str:
    at = event.at.astimezone(datetime.UTC).isoformat(timespec="microseconds")
    columns = [at, event.by_id, event.action, event.model, event.object_id, event.case_id]
    return hashlib.sha256(JSON.encode([*columns, commitments]).encode()).hexdigest()


def link_hash(seq: int, previous_hash: str, digest: str) -> str:
    """What the trigger of the table computes."""
    return hashlib.sha256(f"{seq}|{previous_hash}|{digest}".encode()).hexdigest()


@dataclass(frozen=True)
class Break:
    """The first event of a chain that is not as it was written; `case_id` 0: of no case."""

    case_id: int
    seq: int | None
    event_id: int | None
    problem: str

    def __str__(self) -> str:
        chain = f"case {self.case_id}" if self.case_id else "no case"
        row = f" (row {self.event_id})" if self.event_id else ""
        return f"{chain}, event {self.seq}{row}: {self.problem}"


def verify_chains() -> list[Break]:
    """The first break of each chain that has one; empty where the log is as it was written.

    A tail cut off together with its head cannot be told from here: keep the heads elsewhere.
    """
    heads = {head.case_id: head for head in EventChain.objects.all()}
    events = (
        Event.objects.annotate(chain=Coalesce("case_id", 0))
        .prefetch_related(models.Prefetch("values", EventValue.objects.order_by("pk")))
        .order_by("chain", F("seq").asc(nulls_last=True), "pk")
    )
    breaks = []
    for chain, links in groupby(events.iterator(chunk_size=1000), key=lambda event: event.chain):
        found = _first_break(chain, links, heads.pop(chain, None))
        breaks += [found] if found else []
    breaks += [Break(chain, 1, None, "removed") for chain, head in heads.items() if head.seq]
    return sorted(breaks, key=lambda found: found.case_id)


def _first_break(chain: int, links: Iterator[Event], head: EventChain | None) -> Break | None:
    last_seq, last_hash = 0, ""
    for event in links:
        problem = _problem(event, last_seq + 1, last_hash)
        if problem == "removed":
            return Break(chain, last_seq + 1, None, problem)
        if problem:
            return Break(chain, event.seq, event.pk, problem)
        last_seq, last_hash = last_seq + 1, event.hash
    if head and head.seq < last_seq:  # somebody has written since the heads were read
        head = EventChain.objects.get(pk=chain)
        if head.seq > last_seq:
            return None
    if head is None or (head.seq, head.hash) != (last_seq, last_hash):
        return Break(chain, last_seq + 1, None, "removed")
    return None


def _problem(event: Event, seq: int, previous_hash: str) -> str:
    values = list(event.values.all())
    for value, opened in zip(values, commitments_of(values), strict=True):
        # Of an erased one the salt is gone too, so nobody can try out what it was.
        held = (value.old, value.new, value.salt) != (None, None, "")
        if held if value.erased_at else opened != value.commitment:
            return f"its value “{value.field}” was changed"
    if event.digest != digest_of(event, [value.commitment for value in values]):
        return "changed"
    if event.seq is None:
        return "written past the chain"
    if event.seq > seq:
        return "removed"
    link = link_hash(seq, previous_hash, event.digest)
    if (event.seq, event.previous_hash, event.hash) != (seq, previous_hash, link):
        return "reordered"
    return ""
