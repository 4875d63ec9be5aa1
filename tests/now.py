"""The day on which the tests happen, whatever the machine's clock says.

`conftest.py` sets Python's clock to `NOW` before each test; from there it ticks. A test of another
day moves it with `time_machine.move_to(...)`. The database keeps the machine's clock: what that
decides (leases, pauses, when a sweep began) is held against `database_now()`. Tracker's programs
are processes of their own and keep it too: a test of theirs asks for `machine_clock`.
"""

import datetime

from django.db import connection

NOW = datetime.datetime(2026, 11, 23, 6, tzinfo=datetime.UTC)  # noon in Bishkek, a Monday
TODAY = datetime.date(2026, 11, 23)

CLOCK = {
    "postgresql": "SELECT statement_timestamp()",
    "sqlite": "SELECT strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')",
}


def database_now() -> datetime.datetime:
    with connection.cursor() as cursor:
        (at,) = cursor.execute(CLOCK[connection.vendor]).fetchone()
    return at if isinstance(at, datetime.datetime) else datetime.datetime.fromisoformat(at)
