"""What an event tells, as tests compare it."""

from tracker.models import Event


def values(event: Event) -> dict[str, tuple]:
    """{field: (before, after)}, but for what the record is called."""
    told = event.values.exclude(field="label").order_by("pk")
    return {value.field: (value.old, value.new) for value in told}


def words(event: Event) -> dict[str, object]:
    return {field: new for field, (_old, new) in values(event).items()}
