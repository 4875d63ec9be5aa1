"""Whether the heads of the record leave the database: of which day the last file is."""

import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings

LATE = datetime.timedelta(days=2)  # one night without a running worker is no alarm


def last_day_of_heads() -> datetime.date | None:
    """By the office's calendar; None where none was ever kept, or the folder cannot be read."""
    files = sorted(Path(settings.HEADS_DIR).glob("heads-????-??-??.txt"))
    try:
        return datetime.date.fromisoformat(files[-1].stem.removeprefix("heads-"))
    except (IndexError, ValueError):
        return None


def heads_are_late(*, at: datetime.datetime) -> bool:
    """Nobody could tell what was cut off the record since then."""
    last = last_day_of_heads()
    today = at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    return last is None or today - last >= LATE
