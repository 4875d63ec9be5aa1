"""Was every value that the log has forgotten forgotten by an event of the log?

A value goes in a way that its chain does not show, for that is how it may lawfully go. So each has
to have its reason: an event that says it was erased, or the rule by which no such value is kept.
"""

import datetime
from collections import defaultdict
from functools import cache

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist

from tracker.models import LABEL, Encrypted, Event, EventValue
from tracker.services.events import READ_BY_ALL, Break

EVERY_FIELD = "*"


def verify_erasures() -> list[Break]:
    """The first event of each chain of which a value was erased while nothing tells so."""
    told, left = _told(), _anonymised()
    breaks: dict[int, Break] = {}
    values = EventValue.objects.exclude(erased_at=None).select_related("event")
    for value in values.order_by("event__seq", "pk").iterator(chunk_size=2000):
        event, chain = value.event, value.event.case_id or 0
        if {EVERY_FIELD, value.field} & told[event.pk] or _never_kept(event, value.field):
            continue
        if left[chain, value.erased_at] > 0:
            left[chain, value.erased_at] -= 1
        elif chain not in breaks:
            problem = f"its value “{value.field}” was erased, and no event says so"
            breaks[chain] = Break(chain, event.seq, event.pk, problem)
    return [breaks[chain] for chain in sorted(breaks)]


def _told() -> dict[int, set[str]]:
    """By the number of an event: its fields that were erased, as events say."""
    told: dict[int, set[str]] = defaultdict(set)
    fields = EventValue.objects.filter(event__action="event.erased", field="fields")
    for number, names in fields.values_list("event__object_id", "new"):
        told[number].update(names or [EVERY_FIELD])  # which they were may be erased too
    return told


def _anonymised() -> dict[tuple[int, datetime.datetime | None], int]:
    """By case and time: how many values went when the people were taken out of it."""
    left: dict[tuple[int, datetime.datetime | None], int] = defaultdict(int)
    removed = EventValue.objects.filter(event__action="case.anonymised", field="removed")
    for case, at, numbers in removed.values_list("event__case_id", "event__at", "new"):
        left[case or 0, at] += (numbers or {}).get("values", 0)
    return left


def _never_kept(event: Event, name: str) -> bool:
    """What the log held before it had these rules went with an upgrade, without an event."""
    if event.case_id is None and event.model not in READ_BY_ALL:
        return True
    was_a_name = (event.model, name) == ("signatory", LABEL)
    return was_a_name or _encrypted(event.model, name)


@cache
def _encrypted(table: str, name: str) -> bool:
    try:
        return isinstance(apps.get_model("tracker", table)._meta.get_field(name), Encrypted)
    except (LookupError, FieldDoesNotExist):
        return False
