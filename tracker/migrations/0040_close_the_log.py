"""The database also refuses to empty a table of the record, and to set back the head of a chain.

A head moves only forward, to an event that is there. SQLite has no TRUNCATE; a DELETE without a
condition passes its triggers row by row.
"""

from django.db import migrations

RECORD = (
    "tracker_deadlinechange",
    "tracker_event",
    "tracker_eventchain",
    "tracker_eventvalue",
    "tracker_mailtransition",
    "tracker_statuschange",
)
IN_PLACE = (
    "SELECT 1 FROM tracker_event "
    "WHERE coalesce(case_id, 0) = NEW.case_id AND seq = NEW.seq AND hash = NEW.hash"
)
POSTGRESQL = (
    f"""
    CREATE FUNCTION tracker_head_moves_on() RETURNS trigger AS $$
    BEGIN
      IF NEW.case_id <> OLD.case_id OR NEW.seq < OLD.seq OR NOT EXISTS ({IN_PLACE}) THEN
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
      END IF;
      RETURN NEW;
    END $$ LANGUAGE plpgsql
    """,
    "CREATE TRIGGER tracker_eventchain_no_update BEFORE UPDATE ON tracker_eventchain "
    "FOR EACH ROW EXECUTE FUNCTION tracker_head_moves_on()",
    *(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION tracker_refuse()"
        for table in RECORD
    ),
)
SQLITE = (
    f"""
    CREATE TRIGGER tracker_eventchain_no_update BEFORE UPDATE ON tracker_eventchain
    WHEN NEW.case_id <> OLD.case_id OR NEW.seq < OLD.seq OR NOT EXISTS ({IN_PLACE})
    BEGIN SELECT RAISE(ABORT, 'tracker_eventchain is append-only'); END
    """,
)


def close(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    for statement in POSTGRESQL if vendor == "postgresql" else SQLITE:
        # Without parameters (not even none of them) the per cent signs stay as they are.
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("tracker", "0039_forget_words_of_no_case")]
    operations = [migrations.RunPython(close, migrations.RunPython.noop)]
