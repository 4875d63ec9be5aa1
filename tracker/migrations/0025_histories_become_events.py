"""Each row of a history, and each text of an event's details, becomes a value of one event.

A row of a history belongs to the event of the same record at the same moment, the first to the
first; both were written in one transaction. One without an event gets an event of its own. Then
every event gets its place in its chain, in the order of time.
"""

import datetime
import hashlib
import json
import secrets
from collections import defaultdict

from django.db import migrations

HISTORIES = (
    "calendarday",
    "case",
    "demand",
    "document",
    "responserule",
    "authority",
    "addressee",
    "escalationstep",
)
OF_HISTORY = {
    "id",
    "history_id",
    "history_date",
    "history_change_reason",
    "history_type",
    "history_user",
}
VERBS = {"+": "added", "~": "edited", "-": "removed"}
BATCH = 2000
EMPTY = (None, "", [], {})


# The hashes as `services/events.py` has them.


def sha(text):
    return hashlib.sha256(text.encode()).hexdigest()


def canonical(value):
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def plain(value):
    if value is None or isinstance(value, bool | int | str | list | dict):
        return value
    return str(value)


# Histories


def differences(older, record):
    """{column: (old, new)}; of the first and the last record of a row, what they hold."""
    changes = {}
    for column in record._meta.concrete_fields:
        counted = column.name == "version" and record._meta.model_name != "historicalresponserule"
        if column.name in OF_HISTORY or counted:
            continue
        new = getattr(record, column.attname)
        if record.history_type == "-":
            pair = (new, None)
        elif older is None:
            pair = (None, new)
        else:
            pair = (getattr(older, column.attname), new)
        whole = older is None or record.history_type == "-"
        if pair[0] != pair[1] and not (whole and (pair[0] or pair[1]) in EMPTY):
            changes[column.name] = tuple(plain(value) for value in pair)
    return changes


class Names:
    """What a record is called in the log, by the columns of its history."""

    def __init__(self, apps):
        case, authority = apps.get_model("tracker", "Case"), apps.get_model("tracker", "Authority")
        self.cases = dict(case.objects.values_list("pk", "reference"))
        self.authorities = dict(authority.objects.values_list("pk", "name"))

    def label(self, model, row):
        if model == "case":
            name = f"{row.reference} {row.title}"
        elif model == "demand":
            name = f"{self.cases.get(row.case_id)} {row.number}. {row.heading or row.text}"
        elif model == "addressee":
            office = self.authorities.get(row.authority_id)
            name = f"{self.cases.get(row.case_id)}/{row.number} {office}"
        elif model == "document":
            name = f"{row.title} ({row.code})"
        elif model == "calendarday":
            name = f"{row.jurisdiction} {row.day} {row.get_kind_display()}"
        elif model == "responserule":
            name = f"{row.code} v{row.version}: {row.name}"
        else:
            name = row.name
        return name[:200]


class Cases:
    """To whose log a record belongs."""

    def __init__(self, apps):
        of_document = defaultdict(list)
        through = apps.get_model("tracker", "Document").cases.through
        restricted = dict(
            apps.get_model("tracker", "Case").objects.values_list("pk", "confidentiality")
        )
        for document, case in through.objects.order_by("pk").values_list("document_id", "case_id"):
            of_document[document].append(case)
        self.of_document = {
            document: next((c for c in cases if restricted[c] == "team"), cases[0])
            for document, cases in of_document.items()
            if len(cases) == 1 or any(restricted[c] == "team" for c in cases)
        }

    def of(self, model, row):
        if model == "case":
            return row.id
        if model == "document":
            return self.of_document.get(row.id)
        return row.case_id if model in ("demand", "addressee") else None


def read_histories(apps, events_at):
    """(event's key -> (reason, changes), new events with theirs)."""
    event = apps.get_model("tracker", "Event")
    names, cases = Names(apps), Cases(apps)
    known, added = {}, []
    for model in HISTORIES:
        history = apps.get_model("tracker", f"historical{model}")
        older = None
        rows = history.objects.order_by("id", "history_id")
        for record in rows.iterator(chunk_size=BATCH):
            if older is not None and older.id != record.id:
                older = None
            reason = record.history_change_reason or ""
            told = (reason, differences(older, record))
            waiting = events_at.get((model, record.id, record.history_date))
            if waiting:
                known[waiting.pop(0)] = told
            else:
                verb = "loaded" if reason == "loaded" else VERBS[record.history_type]
                row = event(
                    at=record.history_date,
                    by_id=record.history_user_id,
                    action=f"{model}.{verb}",
                    model=model,
                    object_id=record.id,
                    label=names.label(model, record),
                    case_id=cases.of(model, record),
                    details={},
                )
                added.append((row, told))
            older = record
    return known, added


# Details of events

RENAMED = {
    ("action", "on"): "happened_on",
    ("addressee.forwarded", "on"): "sent_on",
    ("addressee.forwarded", "from"): "forwarded_from_name",
    ("demand.proposed", "from"): "from_status",
    ("demand", "to"): "to_status",
    ("demand.status", "step"): "status_seq",
    ("deadline", "clock"): "generation",
}
MOVED = {"case": "phase", "demand.status": "status", "demand.review_date": "review_on"}


def values_of(event, rules, people, told):
    """{field: (old, new)} of an event, from its words, its details and its history."""
    details, changes = dict(event.details), {}
    table = event.action.partition(".")[0]
    history_reason, history = told
    reason = details.pop("reason", "") or history_reason
    names = [*details.pop("changed", []), *details.pop("fields", [])]
    values = details.pop("values", {})
    for name, value in values.items():
        pair = (value, None) if event.action.endswith(".removed") else value
        if event.action.endswith(".removed") and value in EMPTY:
            continue
        changes[name] = tuple(pair)
    if isinstance(details.get("after"), dict):
        before, after = details.pop("before", {}), details.pop("after")
        for name, value in after.items():
            old = before.get(name)
            if old != value and not (old is None and value in EMPTY):
                changes[RENAMED.get((table, name), name)] = (old, value)
        if "rule" in changes:
            changes["rule"] = tuple(rules.get(version) for version in changes["rule"])
        if "owner" in changes:
            changes["owner_name"] = changes.pop("owner")
    moved = MOVED.get(event.action) or MOVED.get(table if table == "case" else "")
    if moved and "from" in details and "to" in details:
        changes[moved] = (details.pop("from"), details.pop("to"))
    for name, value in details.items():
        if value != "":
            name = RENAMED.get((event.action, name)) or RENAMED.get((table, name)) or name
            changes[name] = (None, value)
    changes |= history
    words = {"label": event.label, "reason": reason}
    if event.by_name and people.get(event.by_id) != event.by_name:
        words["by_name"] = event.by_name
    return {
        **{name: (None, word) for name, word in words.items() if word},
        **{name: (None, None) for name in names if name not in changes},
        **changes,
    }


def forwards(apps, schema_editor):
    event = apps.get_model("tracker", "Event")
    value = apps.get_model("tracker", "EventValue")
    chain = apps.get_model("tracker", "EventChain")
    events_at = defaultdict(list)
    for pk, model, row, at, action in (
        event.objects.filter(model__in=HISTORIES)
        .order_by("pk")
        .values_list("pk", "model", "object_id", "at", "action")
    ):
        if ".member_" not in action:
            events_at[model, row, at].append(pk)
    told, added = read_histories(apps, events_at)
    event.objects.bulk_create([row for row, _told in added], batch_size=BATCH)
    told |= {row.pk: of_row for row, of_row in added}
    rules = {
        f"{code} v{version}": pk
        for pk, code, version in apps.get_model("tracker", "ResponseRule").objects.values_list(
            "pk", "code", "version"
        )
    }
    people = dict(apps.get_model("tracker", "User").objects.values_list("pk", "name"))
    heads, rows, values = {}, [], []

    def write():
        value.objects.bulk_create(values)
        event.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["digest", "seq", "previous_hash", "hash"],
        )
        rows.clear()
        values.clear()

    in_order = event.objects.order_by("case_id", "at", "pk").values_list("pk", flat=True)
    keys = list(in_order)
    for start in range(0, len(keys), BATCH):
        found = event.objects.in_bulk(keys[start : start + BATCH])
        for key in keys[start : start + BATCH]:
            row = found[key]
            commitments = []
            for name, (old, new) in values_of(row, rules, people, told.get(key, ("", {}))).items():
                salt = secrets.token_hex(16)
                commitments.append(sha(canonical([salt, name, old, new])))
                values.append(
                    value(
                        event=row,
                        field=name,
                        old=old,
                        new=new,
                        salt=salt,
                        commitment=commitments[-1],
                    )
                )
            at = row.at.astimezone(datetime.UTC).isoformat(timespec="microseconds")
            own = [at, row.by_id, row.action, row.model, row.object_id, row.case_id, commitments]
            row.digest = sha(canonical(own))
            last, row.previous_hash = heads.get(row.case_id or 0, (0, ""))
            row.seq = last + 1
            row.hash = sha(f"{row.seq}|{row.previous_hash}|{row.digest}")
            heads[row.case_id or 0] = (row.seq, row.hash)
            rows.append(row)
        write()
    chain.objects.bulk_create(
        [chain(case_id=case, seq=seq, hash=last) for case, (seq, last) in heads.items()]
    )


class Migration(migrations.Migration):
    dependencies = [("tracker", "0024_events_keep_their_values")]
    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
