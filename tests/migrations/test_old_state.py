"""Nothing is lost on the way: a database of commit b4f4389 comes whole into today's tables.

`make_old_state.py` says how the dump was made. A table that is not named below must come out
row for row as it went in; whatever a migration moves, renames, adds or drops is named with what
becomes of it, so that a column nobody thought of fails here.
"""

import datetime
import json
import lzma
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import DatabaseError, connections, transaction
from django.db.migrations.executor import MigrationExecutor

from tests.databases import empty_database
from tracker.models import Case, Demand, Event, Role, Sealed, User
from tracker.reports.revisions import revisions
from tracker.services.event_erasures import verify_erasures
from tracker.services.events import READ_BY_ALL, verify_chains

DUMP = Path(__file__).with_name("old_state.jsonl.xz")
LAST = ("tracker", "0014_say_a_second_entry_in_words")

Row = dict[str, Any]
Tables = dict[str, list[Row]]


@dataclass(frozen=True)
class Moved:
    """What has become of a table since; a row is looked for under its old key.

    `renamed` are columns whose value is as before, `changed` those with another value now, by
    the old row, `added` new ones likewise, `dropped` old ones with the reason. A new column that
    is not named must hold its default.
    """

    to: str = ""
    renamed: dict[str, str] = field(default_factory=dict)
    changed: dict[str, Callable[[Row], Any]] = field(default_factory=dict)
    added: dict[str, Callable[[Row], Any]] = field(default_factory=dict)
    dropped: dict[str, str] = field(default_factory=dict)

    def expect(self, row: Row) -> Row:
        kept = {self.renamed.get(c, c): v for c, v in row.items() if c not in self.dropped}
        return kept | {c: value(row) for c, value in (self.changed | self.added).items()}


MOVED: dict[str, Moved] = {
    "tracker_deadlinechange": Moved(
        added={
            "until": lambda row: row["after"].get("until"),
            "allowed_until": lambda row: row["after"].get("allowed"),
            "paused_on": lambda row: pause_of(row).get("paused"),
            "days_left": lambda row: pause_of(row).get("days_left"),
            "resumed_on": lambda row: row["after"].get("resumed"),
            "ended_on": lambda row: row["after"].get("ended"),
            "cause": lambda row: row["after"].get("cause", ""),
        }
    ),
    "tracker_deadline": Moved(
        renamed={"clock": "generation"}, changed={"kind": lambda row: kind_now(row)}
    ),
    "tracker_quiet": Moved(to="tracker_mute", renamed={"clock": "generation"}),
    "tracker_reminder": Moved(
        renamed={"clock": "generation", "rung": "offset_days"},
        changed={"reason": lambda row: "muted" if row["reason"] == "quiet" else row["reason"]},
    ),
}

# Rows that a migration added to a table that was there before.
MORE: dict[str, Callable[[Tables], list[Row]]] = {
    "tracker_reminderplan": lambda tables: [
        row | {"kind": "registration", "id": len(tables["tracker_reminderplan"]) + number}
        for number, row in enumerate(legal_plans(tables), start=1)
    ],
}

# Tables that are new since, each with the rows it must have.
NEW: dict[str, Callable[[Tables], list[Row]]] = {}

# What these held is told by events and their values; the tests at the end look at each.
HISTORIES = (
    *("case", "authority", "addressee", "demand", "document", "responserule", "calendarday"),
    "escalationstep",
)
IN_THE_LOG = {
    *("tracker_event", "tracker_eventvalue", "tracker_eventchain"),
    *(f"tracker_historical{table}" for table in HISTORIES),
}

# What the log told of names and contacts it has forgotten.
FORGOTTEN = {
    "authority": {"address", "email", "notes"},
    "case": {"contacts", "reply_address"},
    "signatory": {"name", "place", "role", "label"},
}

# Everybody signs in once more: the rows were kept under the words of the browsers' cookies.
SESSIONS = {"django_session", "usersessions_usersession"}

# Django writes these itself, one row per table of the program, after each `migrate`.
OF_DJANGO = {"django_content_type", "auth_permission"}


def kind_now(row: Row) -> str:
    """The time to register was a legal deadline like another."""
    rules = old_rows()["tracker_responserule"]
    codes = {rule["id"]: rule["code"] for rule in rules}
    steps = {codes[rule["registration_id"]] for rule in rules if rule["registration_id"]}
    return "registration" if codes.get(row["rule_id"]) in steps else row["kind"]


def pause_of(row: Row) -> dict[str, Any]:
    """The oldest rows of what ended while paused did not keep the pause; its last one counts."""
    if (
        row["before"].get("state") != "paused"
        or row["kind"] != "closed"
        or "paused" in row["after"]
    ):
        return row["after"]
    rows = sorted(old_rows()["tracker_deadlinechange"], key=lambda other: other["at"])
    pauses = [r for r in rows if r["kind"] == "paused" and r["deadline_id"] == row["deadline_id"]]
    return pauses[-1]["after"]


def legal_plans(tables: Tables) -> list[Row]:
    return [row for row in tables["tracker_reminderplan"] if row["kind"] == "statutory"]


@cache
def old_rows() -> Tables:
    tables: Tables = defaultdict(list)
    with lzma.open(DUMP, "rt", encoding="utf-8") as file:
        for line in file:
            table, columns = json.loads(line)
            tables[table].append(columns)
    return tables


def rows_now() -> Tables:
    return {
        model._meta.db_table: [
            plain(model, row)
            for row in model._base_manager.order_by("pk").values_list(
                *(f.attname for f in model._meta.concrete_fields)
            )
        ]
        for model in apps.get_models(include_auto_created=True)
    }


def plain(model: Any, values: tuple) -> Row:
    """The row in the spelling of the dump, which is neither database's."""
    columns = model._meta.concrete_fields
    row = {
        column.column: column.opened(value) if isinstance(value, Sealed) else value
        for column, value in zip(columns, values, strict=True)
    }
    spelled = json.dumps(
        row, default=lambda v: v.isoformat() if isinstance(v, datetime.date) else str(v)
    )
    return json.loads(spelled)


def fill(tables: Tables) -> None:
    """The rows as they lay in the old tables, around whatever would write more or other ones."""
    connection = connections["default"]
    executor = MigrationExecutor(connection)
    targets = [leaf for leaf in executor.loader.graph.leaf_nodes() if leaf[0] != "tracker"]
    state = executor.migrate([*targets, LAST])
    models = {m._meta.db_table: m for m in state.apps.get_models(include_auto_created=True)}
    triggers = import_module("tracker.migrations.0009_mail_steps_by_trigger")
    with connection.schema_editor() as editor:
        triggers.drop(None, editor)
    with transaction.atomic():
        for table, rows in tables.items():
            model = models[table]
            columns = {f.column: f for f in model._meta.concrete_fields}
            for row in rows:
                values = {columns[c].attname: columns[c].to_python(v) for c, v in row.items()}
                # As a fixture is loaded: no time of today's, no second row.
                model(**values).save_base(raw=True, force_insert=True)
    with connection.schema_editor() as editor:
        triggers.create(None, editor)
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(models.values())):
            cursor.execute(statement)


@pytest.fixture(scope="module")
def migrated(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Tables]:
    """Every row as it lies in today's tables."""
    with django_db_blocker.unblock(), empty_database(tmp_path_factory.mktemp("old")):
        fill(old_rows())
        call_command("migrate", verbosity=0)
        yield rows_now()


def test_the_dump_has_every_kind_of_change():
    tables = old_rows()
    assert {row["kind"] for row in tables["tracker_deadlinechange"]} == {
        *("started", "extended", "paused", "resumed", "forwarded", "corrected", "recomputed"),
        *("assigned", "closed", "cancelled", "reopened"),
    }
    assert {row["state"] for row in tables["tracker_mail"]} == {"sent", "dead", "cancelled"}
    assert {row["history_type"] for row in tables["tracker_historicaldemand"]} == {"+", "~"}
    empty = {name for name, rows in tables.items() if not rows}
    assert not {name for name in empty if name.startswith("tracker_")}


def test_every_row_of_every_table_has_come_over(migrated):
    came_out = {}
    models = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
    for table, rows in old_rows().items():
        moved = MOVED.get(table, Moved())
        new = defaults(models[moved.to or table]) if (moved.to or table) in models else {}
        expected = by_content(new | moved.expect(row) for row in rows)
        expected += by_content(MORE.get(table, lambda tables: [])(old_rows()))
        found = by_content(migrated.get(moved.to or table, []))
        if table in SESSIONS:
            expected = Counter()
        if table not in OF_DJANGO | IN_THE_LOG and expected != found:
            # The first of each that has no match: all of them would be unreadable.
            lost = next(iter(expected - found), None), next(iter(found - expected), None)
            came_out[table] = {"expected": lost[0], "found": lost[1]}
    assert came_out == {}


def test_no_table_has_rows_nobody_accounts_for(migrated):
    accounted = {MOVED.get(table, Moved()).to or table for table in old_rows()}
    accounted |= OF_DJANGO | IN_THE_LOG
    unknown = {name: rows for name, rows in migrated.items() if rows and name not in accounted}
    assert {name: by_content(rows) for name, rows in unknown.items()} == {
        name: by_content(rows(old_rows())) for name, rows in NEW.items()
    }


def defaults(model: Any) -> Row:
    return plain(model, tuple(f.get_default() for f in model._meta.concrete_fields))


def by_content(rows: Iterable[Row]) -> Counter[str]:
    return Counter(json.dumps(row, sort_keys=True, ensure_ascii=False) for row in rows)


def words_of(migrated: Tables) -> dict[int, dict[str, tuple[Any, Any]]]:
    """By event: {field: (old, new)}."""
    found: dict[int, dict[str, tuple[Any, Any]]] = defaultdict(dict)
    for row in migrated["tracker_eventvalue"]:
        found[row["event_id"]][row["field"]] = (row["old"], row["new"])
    return found


def read_by_coordinators(event: Row) -> bool:
    """An event of no case about a row with a gate of its own: it has forgotten its words."""
    return event["case_id"] is None and event["model"] not in READ_BY_ALL


def test_an_event_of_no_case_has_forgotten_its_words(migrated):
    words = words_of(migrated)
    forgot = [row for row in migrated["tracker_event"] if read_by_coordinators(row)]
    assert len(forgot) > 2
    for event in forgot:
        assert words[event["id"]].get("label", (None, None)) == (None, None)
        assert words[event["id"]].get("title", (None, None)) == (None, None)


def test_every_event_tells_what_it_told(migrated):
    events = {row["id"]: row for row in migrated["tracker_event"]}
    words = words_of(migrated)
    for old in old_rows()["tracker_event"]:
        if read_by_coordinators(old):
            continue
        new, told = events[old["id"]], words[old["id"]]
        kept = ("at", "by_id", "action", "model", "object_id", "case_id")
        assert [new[column] for column in kept] == [old[column] for column in kept]
        forgotten = FORGOTTEN.get(old["model"], set())
        assert told["label"] == (None, None if "label" in forgotten else old["label"])
        details = old["details"]
        if details.get("reason"):
            assert told["reason"] == (None, details["reason"])
        values = details.pop("values", {})
        assert set(details.get("changed", [])) | set(details.get("fields", [])) <= set(told)
        values = {name: value for name, value in values.items() if name not in forgotten}
        if old["action"].endswith(".removed"):
            assert {name: told[name][0] for name in values if values[name]} == {
                name: value for name, value in values.items() if value
            }
        else:
            assert {name: list(told[name]) for name in values} == values
        for name, value in flat(details).items():
            assert value in [side for pair in told.values() for side in pair], (old, name)


def test_names_and_contacts_are_told_nowhere_in_the_clear(migrated):
    """Neither in a column nor in the log: not by themselves, nor within a draft or an event."""
    secrets = {
        row[column]
        for table, columns in FORGOTTEN.items()
        for row in old_rows()[f"tracker_{table}"]
        for column in columns
        if row.get(column)
    }
    assert len(secrets) > 50
    stored = set()
    with connections["default"].cursor() as cursor:
        for table in ("case", "signatory", "authority", "draft"):
            cursor.execute(f"SELECT * FROM tracker_{table}")  # noqa: S608
            stored |= {str(value) for row in cursor.fetchall() for value in row}
    assert stored & secrets == set()
    told = [
        (row["old"], row["new"])
        for row in migrated["tracker_eventvalue"]
        if row["field"] in ("contacts", "reply_address")
    ]
    assert set(told) == {(None, None)}
    assert Case.objects.exclude(contacts="").first().contacts in secrets


def flat(details: Row) -> Row:
    """The single facts of an event's details; of a deadline's those that changed."""
    before, after = details.get("before"), details.get("after")
    if isinstance(after, dict):
        changed = {name: after[name] for name in after if after[name] != before.get(name)}
        # A rule is told by its row and no longer by its name.
        details = {name: value for name, value in changed.items() if name != "rule"}
    named = ("changed", "fields", "reason")
    return {name: value for name, value in details.items() if name not in named and value}


def moment(value: Any) -> Any:
    """A time as events tell it."""
    return re.sub(r"^(\d{4}-\d\d-\d\d)T", r"\1 ", value) if isinstance(value, str) else value


def test_every_step_of_a_history_is_told_by_one_event(migrated):
    words, taken = words_of(migrated), set()
    at = defaultdict(list)
    for event in migrated["tracker_event"]:
        if ".member_" not in event["action"]:
            at[event["model"], event["object_id"], event["at"]].append(event)
    for table in HISTORIES:
        last: dict[int, Row] = {}
        for row in old_rows()[f"tracker_historical{table}"]:
            before, last[row["id"]] = last.get(row["id"]), row
            changed = {
                name.removesuffix("_id"): (moment((before or {}).get(name)), moment(value))
                for name, value in row.items()
                if name not in ("id", "version") and not name.startswith("history_")
                if name not in FORGOTTEN.get(table, ())
                if value and before is None or before and before[name] != value
            }
            event = at[table, row["id"], row["history_date"]].pop(0)
            assert event["by_id"] == row["history_user_id"]
            taken.add(event["id"])
            if read_by_coordinators(event):
                continue
            told = words[event["id"]]
            if row["history_type"] != "-":
                assert {name: told[name] for name in changed} == changed
            else:
                assert told["day"] == (row["day"], None)
            reasons = row["history_change_reason"], told.get("reason", ("", ""))[1]
            assert reasons[0] in (None, "") or reasons[1]
    new = {row["id"] for row in migrated["tracker_event"]}
    assert new - taken <= {row["id"] for row in old_rows()["tracker_event"]}


def test_the_chains_hold_and_the_log_is_closed_again(migrated):
    assert verify_chains() == verify_erasures() == []
    events = migrated["tracker_event"]
    assert Counter(row["case_id"] or 0 for row in events) == {
        row["case_id"]: row["seq"] for row in migrated["tracker_eventchain"]
    }
    in_chains = sorted(events, key=lambda row: (row["case_id"] or 0, row["seq"]))
    assert in_chains == sorted(events, key=lambda row: (row["case_id"] or 0, row["at"], row["id"]))
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Event.objects.update(by_id=None)


def test_the_history_of_an_old_row_is_shown(migrated):
    administrator = User(role=Role.ADMINISTRATOR, is_active=True)
    administrator.pk = User.objects.first().pk
    steps = revisions(Demand.objects.get(pk=3), administrator)
    assert {step.by for step in steps} == {"Demo officer", "the system"}
    assert steps[-1].event.action == "demand.loaded"
    assert any(change.label == "status" for step in steps for change in step.changes)
