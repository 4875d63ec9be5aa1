"""The one place that writes the event log, and the proof that nobody has rewritten it.

An event's `digest` covers its own columns and the commitments of its values, in order; a
commitment covers a value and a salt of its own, so that the value can be erased and the digest
still holds. The database chains the digests when the transaction ends (see `link_hash`).
"""

import datetime
import hashlib
import json
import secrets
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.db import models, transaction
from django.db.models import F
from django.db.models.functions import Coalesce

from tracker.models import LABEL, REASON, Case, CaseLink, Event, EventChain, EventValue, User

# Column -> (before, after), as the row has them; the log keeps what JSON can.
Changes = Mapping[str, tuple[Any, Any]]


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

    def rows(self) -> tuple[Event, list[EventValue]]:
        event = Event(
            at=self.at,
            by_id=self.by.pk if self.by else None,
            action=self.action,
            model=self.about._meta.model_name or "",
            object_id=self.about.pk,
            case_id=self.case.pk if self.case else None,
        )
        words = {LABEL: self._label(), REASON: self.reason, **self.details}
        told = {name: (None, word) for name, word in words.items() if word != ""}
        values = [
            _new_value(event, name, plain(old), plain(new))
            for name, (old, new) in {**told, **self.changes}.items()
        ]
        event.digest = digest_of(event, [value.commitment for value in values])
        return event, values

    def _label(self) -> str:
        if self.label is not None:
            return self.label
        # The log of one case is read by people who may not see the other that a link names.
        named = self.about.case if isinstance(self.about, CaseLink) else self.about
        return str(named)[:200]


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
    rows = [event.rows() for event in events]
    written = Event.objects.bulk_create([event for event, _values in rows])
    EventValue.objects.bulk_create([value for _event, values in rows for value in values])
    return written


def plain(value: Any) -> Any:
    """As JSON keeps it."""
    if value is None or isinstance(value, bool | int | str | list | dict):
        return value
    return str(value)


def _new_value(event: Event, name: str, old: Any, new: Any) -> EventValue:
    salt = secrets.token_hex(16)
    commitment = commitment_of(salt, name, old, new)
    return EventValue(event=event, field=name, old=old, new=new, salt=salt, commitment=commitment)


@transaction.atomic
def erase_values(
    *, event: Event, fields: Collection[str], reason: str, by: User | None, at: datetime.datetime
) -> int:
    """Lawfully forget what an event tells in these fields; returns how many values went.

    The commitments stay, so the chain still holds. That it was done, why and by whom is an event.
    """
    erased = event.values.filter(field__in=fields, erased_at=None).update(
        old=None, new=None, salt="", erased_at=at
    )
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


# Hashes. Any change here breaks every chain there is; migrations hold a copy of their own.


def canonical(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def commitment_of(salt: str, name: str, old: Any, new: Any) -> str:
    return hashlib.sha256(canonical([salt, name, old, new])).hexdigest()


def digest_of(event: Event, commitments: list[str]) -> str:
    at = event.at.astimezone(datetime.UTC).isoformat(timespec="microseconds")
    columns = [at, event.by_id, event.action, event.model, event.object_id, event.case_id]
    return hashlib.sha256(canonical([*columns, commitments])).hexdigest()


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
    if head is None or (head.seq, head.hash) != (last_seq, last_hash):
        return Break(chain, last_seq + 1, None, "removed")
    return None


def _problem(event: Event, seq: int, previous_hash: str) -> str:
    values = event.values.all()
    for value in values:
        opened = commitment_of(value.salt, value.field, value.old, value.new)
        if value.erased_at is None and opened != value.commitment:
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
