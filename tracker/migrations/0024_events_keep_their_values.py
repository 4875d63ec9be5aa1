"""Tables for the values of events and their chains; the next migrations fill and close them.

Until then the log may be altered.
"""

import django.db.models.deletion
from django.db import migrations, models

import tracker.models.events


def open_log(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER tracker_event_append_only ON tracker_event")
    else:
        schema_editor.execute("DROP TRIGGER IF EXISTS tracker_event_no_update")
        schema_editor.execute("DROP TRIGGER IF EXISTS tracker_event_no_delete")


class Migration(migrations.Migration):
    dependencies = [("tracker", "0023_check_the_typed_steps")]

    operations = [
        migrations.RunPython(open_log, migrations.RunPython.noop),
        migrations.CreateModel(
            name="EventChain",
            fields=[
                (
                    "case_id",
                    models.BigIntegerField(
                        primary_key=True, serialize=False, verbose_name="case's number"
                    ),
                ),
                ("seq", models.PositiveBigIntegerField(verbose_name="events")),
                ("hash", models.CharField(max_length=64, verbose_name="last hash")),
            ],
            options={
                "verbose_name": "chain of events",
                "verbose_name_plural": "chains of events",
            },
        ),
        migrations.CreateModel(
            name="EventValue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "field",
                    models.CharField(
                        help_text="A column of the row, or a word of the event.",
                        max_length=60,
                        verbose_name="field",
                    ),
                ),
                (
                    "old",
                    models.JSONField(
                        encoder=tracker.models.events.ReadableJSON,
                        null=True,
                        verbose_name="before",
                    ),
                ),
                (
                    "new",
                    models.JSONField(
                        encoder=tracker.models.events.ReadableJSON, null=True, verbose_name="after"
                    ),
                ),
                ("salt", models.CharField(blank=True, editable=False, max_length=32)),
                ("commitment", models.CharField(editable=False, max_length=64)),
                (
                    "erased_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="erased at"),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="values",
                        to="tracker.event",
                        verbose_name="event",
                    ),
                ),
            ],
            options={
                "verbose_name": "value of an event",
                "verbose_name_plural": "values of events",
            },
        ),
        migrations.AddField(
            model_name="event",
            name="digest",
            field=models.CharField(
                default="",
                help_text="Of this row and its values' commitments.",
                max_length=64,
                verbose_name="digest",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="event",
            name="seq",
            field=models.PositiveBigIntegerField(
                editable=False, null=True, verbose_name="place in its chain"
            ),
        ),
        migrations.AddField(
            model_name="event",
            name="previous_hash",
            field=models.CharField(blank=True, editable=False, default="", max_length=64),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="event",
            name="hash",
            field=models.CharField(blank=True, editable=False, default="", max_length=64),
            preserve_default=False,
        ),
    ]
