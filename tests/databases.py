"""A database of a test's own in the place of the suite's."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connections


@contextmanager
def empty_database(folder: Path) -> Iterator[None]:
    """A database of this test's own as “default”, of the same kind as the suite's."""
    usual = connections["default"]
    sqlite = usual.vendor == "sqlite"
    # Several test processes share one server, and each may be here at the same moment.
    name = str(folder / "old.sqlite3") if sqlite else f"tracker_old_{os.getpid()}"
    if not sqlite:
        with usual.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
            cursor.execute(f'CREATE DATABASE "{name}"')
    own = connections["default"] = type(usual)({**usual.settings_dict, "NAME": name}, "default")
    try:
        yield
    finally:
        own.close()
        connections["default"] = usual
        if not sqlite:
            with usual.cursor() as cursor:
                cursor.execute(f'DROP DATABASE "{name}"')
