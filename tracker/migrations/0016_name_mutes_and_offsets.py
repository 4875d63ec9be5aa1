"""“Quiet” is called a mute, and a “rung” the days of its offset."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tracker", "0015_a_restart_makes_a_generation")]

    operations = [
        migrations.RenameModel("Quiet", "Mute"),
        migrations.AlterField(
            model_name="mute",
            name="deadline",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="mutes",
                to="tracker.deadline",
                verbose_name="deadline",
            ),
        ),
        migrations.AlterField(
            model_name="mute",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="mutes",
                to=settings.AUTH_USER_MODEL,
                verbose_name="person",
            ),
        ),
        # A constraint keeps the old name of its field, so it goes before and comes after.
        migrations.RemoveConstraint("reminder", "each_rung_once"),
        migrations.RenameField("reminder", "rung", "offset_days"),
        migrations.AlterField(
            model_name="reminder",
            name="offset_days",
            field=models.SmallIntegerField(
                help_text="Days before (-) or after (+).", verbose_name="offset"
            ),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.UniqueConstraint(
                fields=("deadline", "generation", "person", "offset_days"), name="each_reminder_once"
            ),
        ),
    ]
