from django.db import migrations

# Rows of before are kept under the very words of the browsers' cookies: whoever reads them, in a
# backup say, could use them. Everybody signs in once more.
FORGET = "DELETE FROM django_session; DELETE FROM usersessions_usersession;"


class Migration(migrations.Migration):
    dependencies = [
        ("tracker", "0036_authorities_of_one_case"),
        ("sessions", "0001_initial"),
        ("usersessions", "0001_initial"),
    ]

    operations = [migrations.RunSQL(FORGET, migrations.RunSQL.noop)]
