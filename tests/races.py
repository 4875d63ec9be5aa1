"""Two people at the same moment, the later one before the first is through."""

import time
from collections.abc import Callable
from threading import Thread
from typing import Any

from django.db import connections, transaction

UNDER_WAY = 0.7  # seconds in which a step that need not wait is over, and another stands waiting


def overlap(first: Callable[[], Any], second: Callable[[], Any]) -> None:
    """`second` begins when `first` has written all and has not committed. Raises what it raised.

    SQLite lets one write after the other, so there it shows only what the second finds.
    """
    raised: list[BaseException] = []

    def follow() -> None:
        try:
            second()
        except Exception as error:  # noqa: BLE001 - told by the thread that waits
            raised.append(error)
        finally:
            connections.close_all()

    thread = Thread(target=follow)
    with transaction.atomic():
        first()
        thread.start()
        end = time.monotonic() + UNDER_WAY
        while thread.is_alive() and time.monotonic() < end:
            time.sleep(0.02)  # a join never ends by its time under libfaketime
    thread.join(timeout=30)
    assert not thread.is_alive()
    if raised:
        raise raised[0]
