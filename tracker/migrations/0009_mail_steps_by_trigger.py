"""The database itself writes down each step of a mail, whoever takes it and however.

One statement per step is also what makes sending fast: nothing is asked twice.
"""

from django.db import migrations, models

POSTGRESQL = (
    """
    CREATE OR REPLACE FUNCTION tracker_note_mail_step() RETURNS trigger AS $$
    BEGIN
      INSERT INTO tracker_mailtransition (mail_id, from_state, to_state, reason, worker, at)
      VALUES (
        NEW.id, CASE TG_OP WHEN 'INSERT' THEN '' ELSE OLD.state END, NEW.state,
        NEW.reason, NEW.worker, clock_timestamp()
      );
      RETURN NULL;
    END $$ LANGUAGE plpgsql
    """,
    """
    CREATE TRIGGER tracker_mail_written AFTER INSERT ON tracker_mail
    FOR EACH ROW EXECUTE FUNCTION tracker_note_mail_step()
    """,
    """
    CREATE TRIGGER tracker_mail_moved AFTER UPDATE OF state ON tracker_mail
    FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state)
    EXECUTE FUNCTION tracker_note_mail_step()
    """,
)
SQLITE = (
    """
    CREATE TRIGGER tracker_mail_written AFTER INSERT ON tracker_mail BEGIN
      INSERT INTO tracker_mailtransition (mail_id, from_state, to_state, reason, worker, at)
      VALUES (NEW.id, '', NEW.state, NEW.reason, NEW.worker,
              strftime('%Y-%m-%d %H:%M:%f', 'now'));
    END
    """,
    """
    CREATE TRIGGER tracker_mail_moved AFTER UPDATE OF state ON tracker_mail
    WHEN OLD.state <> NEW.state BEGIN
      INSERT INTO tracker_mailtransition (mail_id, from_state, to_state, reason, worker, at)
      VALUES (NEW.id, OLD.state, NEW.state, NEW.reason, NEW.worker,
              strftime('%Y-%m-%d %H:%M:%f', 'now'));
    END
    """,
)
TRIGGERS = ("tracker_mail_written", "tracker_mail_moved")


def create(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    for statement in POSTGRESQL if vendor == "postgresql" else SQLITE:
        # Without parameters (not even none of them) the per cent signs stay as they are.
        schema_editor.execute(statement, params=None)


def drop(apps, schema_editor):
    of_table = " ON tracker_mail" if schema_editor.connection.vendor == "postgresql" else ""
    for trigger in TRIGGERS:
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {trigger}{of_table}")


class Migration(migrations.Migration):
    dependencies = [("tracker", "0008_feed_scope")]

    operations = [
        migrations.AddField(
            model_name="mail",
            name="reason",
            field=models.CharField(
                blank=True,
                help_text="Of its last step.",
                max_length=300,
                verbose_name="reason",
            ),
        ),
        migrations.AddField(
            model_name="mail",
            name="worker",
            field=models.CharField(
                blank=True,
                help_text="That took its last step.",
                max_length=120,
                verbose_name="worker",
            ),
        ),
        migrations.RunPython(create, drop),
    ]
