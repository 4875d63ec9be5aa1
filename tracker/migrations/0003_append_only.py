"""Rows of the record are added and never altered: the database itself refuses."""

from django.db import migrations

TABLES = (
    "tracker_statuschange",
    "tracker_deadlinechange",
    "tracker_mailtransition",
    "tracker_event",
)


def create_statements(vendor):
    if vendor == "postgresql":
        yield (
            "CREATE OR REPLACE FUNCTION tracker_refuse() RETURNS trigger AS $$ BEGIN "
            "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$ LANGUAGE plpgsql"
        )
        for table in TABLES:
            yield (
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION tracker_refuse()"
            )
    else:
        for table in TABLES:
            for verb in ("UPDATE", "DELETE"):
                yield (
                    f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} BEGIN "
                    f"SELECT RAISE(ABORT, '{table} is append-only'); END"
                )


def drop_statements(vendor):
    for table in TABLES:
        if vendor == "postgresql":
            yield f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}"
        else:
            for verb in ("update", "delete"):
                yield f"DROP TRIGGER IF EXISTS {table}_no_{verb}"


def run(statements):
    def operation(apps, schema_editor):
        for statement in statements(schema_editor.connection.vendor):
            schema_editor.execute(statement, params=None)  # “%” is no placeholder here

    return operation


class Migration(migrations.Migration):
    dependencies = [("tracker", "0002_cache_table")]
    operations = [migrations.RunPython(run(create_statements), run(drop_statements))]
