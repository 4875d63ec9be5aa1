from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tracker", "0003_append_only")]

    operations = [
        # No quiet time exists before this step, so that no old row needs a clock.
        migrations.AddField(
            model_name="quiet",
            name="clock",
            field=models.PositiveIntegerField(default=1, verbose_name="clock"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="reminder",
            name="at_once",
            field=models.BooleanField(
                default=False,
                help_text="Goes in an e-mail of its own when the day's digest has left already.",
                verbose_name="told at once",
            ),
        ),
        migrations.CreateModel(
            name="Outage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "failures",
                    models.PositiveSmallIntegerField(default=0, verbose_name="failures in a row"),
                ),
                (
                    "pause_until",
                    models.DateTimeField(blank=True, null=True, verbose_name="nobody tries until"),
                ),
            ],
            options={
                "verbose_name": "outage of the mail server",
                "verbose_name_plural": "outages of the mail server",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("pk", 1)), name="one_outage_row_for_everybody"
                    )
                ],
            },
        ),
    ]
