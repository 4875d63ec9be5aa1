"""What each row's JSON text says, into the columns. The text stays as it was written."""

from django.db import migrations

ENDS = ("closed", "cancelled", "forwarded")
FIELDS = ("until", "allowed_until", "paused_on", "days_left", "resumed_on", "ended_on", "cause")


def fill(apps, schema_editor):
    model = apps.get_model("tracker", "DeadlineChange")
    rows = model.objects.select_related("deadline").order_by("deadline", "at", "pk")
    pause, filled = None, []
    for row in rows.iterator(chunk_size=2000):
        if pause and pause.deadline_id != row.deadline_id:
            pause = None
        pause = row if row.kind == "paused" else pause
        values = typed(row, pause)
        if values:
            for name, value in values.items():
                setattr(row, name, value)
            filled.append(row)
    model.objects.bulk_update(filled, FIELDS, batch_size=100)


def typed(row, pause):
    """The values of one row; `pause` is the last row that paused the same deadline, if any."""
    after = row.after
    if row.kind == "extended":
        return {"until": after.get("until"), "allowed_until": after.get("allowed")}
    if row.kind == "paused":
        return {"paused_on": after["paused"], "days_left": after["days_left"]}
    if row.kind == "resumed":
        return {"paused_on": after["paused"], "resumed_on": after["resumed"]}
    if row.kind not in ENDS:
        return {}
    ended = after.get("ended") or row.deadline.ended_on or row.at.date()
    values = {"ended_on": ended, "cause": after.get("cause", "")}
    if row.before.get("state") == "paused":
        # Of a deadline ended while paused, the first rows did not keep the pause.
        kept = after if "days_left" in after else pause and pause.after
        if kept:
            values |= {"paused_on": kept["paused"], "days_left": kept["days_left"]}
    return values


class Migration(migrations.Migration):
    dependencies = [("tracker", "0021_typed_steps_of_a_deadline")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
