"""The database itself puts each event into its chain, and refuses to alter or forget one.

On PostgreSQL at the end of the transaction: the head of a chain is held for that moment alone,
and the chains of several cases are taken in one order, so that no two writers block each other.
SQLite has one writer at a time. The one update that is allowed is the lawful erasure of a value.
"""

from django.db import migrations

ROW = ("id", "at", "by_id", "action", "model", "object_id", "case_id", "digest")
POSTGRESQL = (
    """
    CREATE FUNCTION tracker_chain_events() RETURNS trigger AS $$
    DECLARE
      event record;
      head tracker_eventchain%ROWTYPE;
      previous text;
    BEGIN
      PERFORM FROM tracker_event WHERE id = NEW.id AND seq IS NULL;
      IF NOT FOUND THEN
        RETURN NULL; -- chained with an earlier one of this transaction
      END IF;
      FOR event IN
        SELECT id, coalesce(case_id, 0) AS chain, digest FROM tracker_event WHERE seq IS NULL
        ORDER BY case_id NULLS LAST, id
      LOOP
        IF head.case_id IS DISTINCT FROM event.chain THEN
          UPDATE tracker_eventchain SET seq = head.seq, hash = head.hash
          WHERE case_id = head.case_id;
          INSERT INTO tracker_eventchain (case_id, seq, hash) VALUES (event.chain, 0, '')
          ON CONFLICT DO NOTHING;
          SELECT * INTO head FROM tracker_eventchain WHERE case_id = event.chain FOR UPDATE;
        END IF;
        previous := head.hash;
        head.seq := head.seq + 1;
        head.hash := encode(sha256(convert_to(
          head.seq || '|' || previous || '|' || event.digest, 'UTF8')), 'hex');
        UPDATE tracker_event SET seq = head.seq, previous_hash = previous, hash = head.hash
        WHERE id = event.id;
      END LOOP;
      UPDATE tracker_eventchain SET seq = head.seq, hash = head.hash WHERE case_id = head.case_id;
      RETURN NULL;
    END $$ LANGUAGE plpgsql
    """,
    """
    CREATE CONSTRAINT TRIGGER tracker_event_chained AFTER INSERT ON tracker_event
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.seq IS NULL) EXECUTE FUNCTION tracker_chain_events()
    """,
    """
    CREATE TRIGGER tracker_event_no_update BEFORE UPDATE ON tracker_event
    FOR EACH ROW WHEN (OLD.seq IS NOT NULL OR NEW.seq IS NULL OR ({old}) IS DISTINCT FROM ({new}))
    EXECUTE FUNCTION tracker_refuse()
    """.format(
        old=", ".join(f"OLD.{column}" for column in ROW),
        new=", ".join(f"NEW.{column}" for column in ROW),
    ),
    """
    CREATE TRIGGER tracker_eventvalue_no_update BEFORE UPDATE ON tracker_eventvalue
    FOR EACH ROW WHEN (
      OLD.erased_at IS NOT NULL OR NEW.erased_at IS NULL
      OR NEW.old IS NOT NULL OR NEW.new IS NOT NULL OR NEW.salt <> ''
      OR (OLD.id, OLD.event_id, OLD.field, OLD.commitment)
      IS DISTINCT FROM (NEW.id, NEW.event_id, NEW.field, NEW.commitment)
    ) EXECUTE FUNCTION tracker_refuse()
    """,
    *(
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION tracker_refuse()"
        for table in ("tracker_event", "tracker_eventvalue", "tracker_eventchain")
    ),
)
SQLITE = (
    """
    CREATE TRIGGER tracker_event_chained AFTER INSERT ON tracker_event
    WHEN NEW.seq IS NULL BEGIN
      INSERT OR IGNORE INTO tracker_eventchain (case_id, seq, hash)
      VALUES (coalesce(NEW.case_id, 0), 0, '');
      UPDATE tracker_event SET
        seq = head.seq + 1,
        previous_hash = head.hash,
        -- Of Django's own functions: SQLite has none.
        hash = SHA256((head.seq + 1) || '|' || head.hash || '|' || NEW.digest)
      FROM tracker_eventchain head
      WHERE head.case_id = coalesce(NEW.case_id, 0) AND tracker_event.id = NEW.id;
      UPDATE tracker_eventchain SET
        seq = seq + 1, hash = (SELECT hash FROM tracker_event WHERE id = NEW.id)
      WHERE case_id = coalesce(NEW.case_id, 0);
    END
    """,
    """
    CREATE TRIGGER tracker_event_no_update BEFORE UPDATE ON tracker_event
    WHEN OLD.seq IS NOT NULL OR NEW.seq IS NULL OR {altered}
    BEGIN SELECT RAISE(ABORT, 'tracker_event is append-only'); END
    """.format(altered=" OR ".join(f"OLD.{c} IS NOT NEW.{c}" for c in ROW)),
    """
    CREATE TRIGGER tracker_eventvalue_no_update BEFORE UPDATE ON tracker_eventvalue
    WHEN OLD.erased_at IS NOT NULL OR NEW.erased_at IS NULL
      OR NEW.old IS NOT NULL OR NEW.new IS NOT NULL OR NEW.salt <> ''
      OR OLD.id <> NEW.id OR OLD.event_id <> NEW.event_id OR OLD.field <> NEW.field
      OR OLD.commitment <> NEW.commitment
    BEGIN SELECT RAISE(ABORT, 'tracker_eventvalue is append-only'); END
    """,
    *(
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for table in ("tracker_event", "tracker_eventvalue", "tracker_eventchain")
    ),
)


def create(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    for statement in POSTGRESQL if vendor == "postgresql" else SQLITE:
        # Without parameters (not even none of them) the per cent signs stay as they are.
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("tracker", "0026_one_record_of_a_change")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
