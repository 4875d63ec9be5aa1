"""Starting: from the command to everything green."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench import Figure, Place
from tests.site import Site


def measure(place: Place) -> Iterator[Figure]:
    """A first start makes the database and loads the documents; the second finds them."""
    with tempfile.TemporaryDirectory(prefix="tracker-bench-") as folder:
        var = Path(folder) / "var"
        for which in ("first start, until all is green", "second start, until all is green"):
            site = Site(var, TRACKER_SWEEP_SECONDS="60")
            begun = time.perf_counter()
            try:
                site.start()
                yield Figure(which, time.perf_counter() - begun, "s")
                begun = time.perf_counter()
                site.end()
                yield Figure("until its last process has ended", time.perf_counter() - begun, "s")
            finally:
                site.end_by_force()
