"""The record: how many events a second, and whether cases wait for each other."""

import threading
import time
from collections.abc import Iterator

from django.db import connection, transaction
from django.utils import timezone

from tests.bench import Figure, Place
from tests.factories.cases import CaseFactory
from tests.factories.demands import DemandFactory
from tests.factories.people import UserFactory
from tracker.models import Case, Demand
from tracker.services.access import collecting, note_read
from tracker.services.event_heads import keep_heads, verify_heads
from tracker.services.events import record_event, verify_chains

WRITERS = 8
SECONDS = 5.0
RESTRICTED = 100


def measure(place: Place) -> Iterator[Figure]:
    cases = [CaseFactory() for _ in range(WRITERS)]
    alone = write(cases[:1])
    yield Figure("one writer, one event a transaction", alone, "events/s")
    same = write(cases[:1] * WRITERS)
    yield Figure("8 writers in one case", same, "events/s", f"{same / alone:.1f} of one writer")
    each = write(cases)
    yield Figure("8 writers in a case each", each, "events/s", f"{each / alone:.1f} of one writer")
    heads, begun = keep_heads(at=timezone.now()), time.perf_counter()
    assert verify_chains() == verify_heads([heads]) == []
    rate = heads.events / (time.perf_counter() - begun)
    yield Figure("verify_log", rate, "events/s")
    yield from readings()


def write(cases: list[Case]) -> float:
    """Events a second, committed; a thread and a connection for each case given."""
    written = [0] * len(cases)
    stop = threading.Event()

    def writer(number: int, case: Case) -> None:
        while not stop.is_set():
            with transaction.atomic():
                record_event(action="x", about=case, case=case, by=None, at=timezone.now())
            written[number] += 1
        connection.close()

    threads = [threading.Thread(target=writer, args=args) for args in enumerate(cases)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    time.sleep(SECONDS)
    stop.set()
    for thread in threads:
        thread.join()
    return sum(written) / (time.perf_counter() - begun)


def readings() -> Iterator[Figure]:
    """What the gate of reading adds to a page that shows a hundred restricted cases."""
    reader = UserFactory()
    for _ in range(RESTRICTED):
        case = CaseFactory(confidentiality="team")
        case.memberships.create(user=reader)
        DemandFactory(case=case)

    def read() -> tuple[float, object]:
        begun = time.perf_counter()
        with collecting() as shown:
            list(Demand.objects.visible_to(reader).select_related("case"))
        return time.perf_counter() - begun, shown

    begun = time.perf_counter()
    for _ in range(10):
        list(Demand.objects.visible_to(reader).select_related("case"))
    yield Figure("100 restricted rows, read alone", (time.perf_counter() - begun) * 100, "ms")
    took, shown = read()
    yield Figure("the same, collected", took * 1000, "ms")
    for what in ("noted for the first time that day", "asked for again"):
        begun = time.perf_counter()
        note_read(shown=shown, page="x", names_a_row=False, by=reader, at=timezone.now())
        yield Figure(what, (time.perf_counter() - begun) * 1000, "ms")
