"""A kind of mail that tells of an account. SQLite lays the table out anew for a new column and loses
its triggers, so they are dropped before and put back after.
"""

from importlib import import_module

from django.db import migrations, models

steps = import_module("tracker.migrations.0009_mail_steps_by_trigger")


class Migration(migrations.Migration):
    dependencies = [("tracker", "0029_keep_what_a_window_told")]

    operations = [
        migrations.RunPython(steps.drop, steps.create),
        migrations.AddField(
            model_name="mail",
            name="secret_link",
            field=models.CharField(
                blank=True,
                choices=[("reset", "to a new password")],
                editable=False,
                help_text="Made when the mail is sent, and kept nowhere.",
                max_length=10,
                verbose_name="secret link",
            ),
        ),
        migrations.AlterField(
            model_name="mail",
            name="kind",
            field=models.CharField(
                choices=[
                    ("digest", "daily digest"),
                    ("at_once", "at once"),
                    ("notice", "about the account"),
                ],
                default="digest",
                max_length=8,
                verbose_name="kind",
            ),
        ),
        migrations.RunPython(steps.create, steps.drop),
    ]
