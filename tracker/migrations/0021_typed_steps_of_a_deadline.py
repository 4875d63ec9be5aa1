"""Columns for what was read from a JSON text. SQLite lays a table out anew and loses its triggers,
and the next step fills the columns: the refusal to alter a row comes back after it.
"""

from importlib import import_module

from django.db import migrations, models

append_only = import_module("tracker.migrations.0003_append_only")


def of_changes(statements):
    def operation(apps, schema_editor):
        for statement in statements(schema_editor.connection.vendor):
            if "tracker_deadlinechange" in statement:
                schema_editor.execute(statement, params=None)

    return operation


refuse = of_changes(append_only.create_statements)
allow = of_changes(append_only.drop_statements)


class Migration(migrations.Migration):
    dependencies = [("tracker", "0020_form_submissions")]

    operations = [
        migrations.RunPython(allow, refuse),
        migrations.AddField(
            model_name='deadlinechange',
            name='allowed_until',
            field=models.DateField(blank=True, null=True, verbose_name='allowed until'),
        ),
        migrations.AddField(
            model_name='deadlinechange',
            name='cause',
            field=models.CharField(blank=True, choices=[('out_of_step', 'its rule or its day was taken back'), ('registered', 'registered')], max_length=12, verbose_name='cause'),
        ),
        migrations.AddField(
            model_name='deadlinechange',
            name='days_left',
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name='days left at the pause'),
        ),
        migrations.AddField(
            model_name='deadlinechange',
            name='ended_on',
            field=models.DateField(blank=True, null=True, verbose_name='ended on'),
        ),
        migrations.AddField(
            model_name='deadlinechange',
            name='paused_on',
            field=models.DateField(blank=True, help_text='Of a pause, of its end, and of a deadline that ended while paused.', null=True, verbose_name='paused on'),
        ),
        migrations.AddField(
            model_name='deadlinechange',
            name='resumed_on',
            field=models.DateField(blank=True, null=True, verbose_name='resumed on'),
        ),
        migrations.AddField(
            model_name='deadlinechange',
            name='until',
            field=models.DateField(blank=True, help_text='Of an extension; empty where it takes the earlier ones back.', null=True, verbose_name='extended until'),
        ),
    ]
