import datetime

DUE = datetime.date(2026, 3, 10)


def at(day: int, hour: int = 6) -> datetime.datetime:
    """A moment of March 2026; 06:00 UTC is noon in Bishkek, when digests have left."""
    return datetime.datetime(2026, 3, 1, hour, tzinfo=datetime.UTC) + datetime.timedelta(day - 1)
