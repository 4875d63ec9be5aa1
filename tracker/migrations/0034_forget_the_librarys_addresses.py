"""Addresses are the program's own column, kept by whoever keeps people. The library's table of them
held what somebody in an open session could add for themselves, and nothing reads it any more.
"""

from django.db import migrations


def forget(apps, schema_editor):
    apps.get_model("account", "EmailAddress").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [
        ("tracker", "0033_encrypt_what_is_stored"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]

    operations = [migrations.RunPython(forget, migrations.RunPython.noop)]
