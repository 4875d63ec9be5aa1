from django.db import migrations, models


def renamed(model, **options):
    field = models.PositiveIntegerField(verbose_name="generation", **options)
    yield migrations.RenameField(model, "clock", "generation")
    yield migrations.AlterField(model, "generation", field)


class Migration(migrations.Migration):
    dependencies = [("tracker", "0014_say_a_second_entry_in_words")]

    operations = [
        migrations.RemoveConstraint("reminder", "each_rung_once"),
        *renamed("deadline", default=1, editable=False),
        *renamed("reminder"),
        *renamed("quiet"),
        migrations.AddConstraint(
            "reminder",
            models.UniqueConstraint(
                fields=["deadline", "generation", "person", "rung"], name="each_rung_once"
            ),
        ),
    ]
