"""What events and histories said lies in the values of events now."""

import django.db.models.functions.comparison
from django.db import migrations, models
from django.db.models import F, Q

HISTORIES = (
    "CalendarDay",
    "Case",
    "Demand",
    "Document",
    "ResponseRule",
    "Authority",
    "Addressee",
    "EscalationStep",
)


class Migration(migrations.Migration):
    dependencies = [("tracker", "0025_histories_become_events")]

    operations = [
        *(migrations.DeleteModel(f"Historical{name}") for name in HISTORIES),
        migrations.RemoveField("event", "by_name"),
        migrations.RemoveField("event", "label"),
        migrations.RemoveField("event", "details"),
        migrations.AlterField(
            "event",
            "by_id",
            models.BigIntegerField(
                help_text="Empty for the program itself.",
                null=True,
                verbose_name="person's number",
            ),
        ),
        migrations.AddIndex(
            "event",
            models.Index(
                condition=Q(seq=None), fields=["id"], name="event_not_in_its_chain_yet"
            ),
        ),
        migrations.AddConstraint(
            "event",
            models.UniqueConstraint(
                django.db.models.functions.comparison.Coalesce(F("case_id"), 0),
                F("seq"),
                name="one_event_per_place_of_a_chain",
            ),
        ),
    ]
