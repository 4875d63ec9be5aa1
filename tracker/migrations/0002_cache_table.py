"""The shared cache: rate limits and used one-time codes must be common to all processes."""

from django.core.management import call_command
from django.db import migrations


def create(apps, schema_editor):
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("tracker", "0001_the_tables")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
