"""Events of no case forget words that not every one of their readers may know.

As `services/events.py` writes them now: numbers, days and codes stay, and of these tables, which
everybody may read, all. The commitments of erased values stay, so the chain holds.
"""

import re

from django.db import migrations
from django.utils import timezone

READ_BY_ALL = (
    "authority",
    "calendarday",
    "calendaryear",
    "escalationstep",
    "event",
    "responserule",
    "user",
)
CODES = ("before", "fields", "filters", "jurisdiction", "rule")
KINDS = ("confidence", "kind", "provenance", "reliability", "state", "verification")
CODE = re.compile(r"[A-Za-z0-9_-]{1,40}")
DAY = re.compile(r"\d{4}-\d\d-\d\d([ T][\d:.+]+Z?)?")
BATCH = 500


def wordless(name, value):
    if isinstance(value, list):
        return all(wordless(name, one) for one in value)
    if isinstance(value, dict):
        return not value
    if isinstance(value, str):
        coded = name in CODES + KINDS and CODE.fullmatch(value)
        return not value or bool(coded or DAY.fullmatch(value))
    return True


def forget(apps, schema_editor):
    values = apps.get_model("tracker", "EventValue").objects
    told = values.filter(event__case_id=None, erased_at=None).exclude(event__model__in=READ_BY_ALL)
    wordy = [
        pk
        for pk, name, old, new in told.values_list("pk", "field", "old", "new").iterator()
        if not (wordless(name, old) and wordless(name, new))
    ]
    for start in range(0, len(wordy), BATCH):
        values.filter(pk__in=wordy[start : start + BATCH]).update(
            old=None, new=None, salt="", erased_at=timezone.now()
        )


class Migration(migrations.Migration):
    dependencies = [("tracker", "0038_limit_guessing")]
    operations = [migrations.RunPython(forget, migrations.RunPython.noop)]
