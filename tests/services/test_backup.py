"""A backup is whole, of one moment and only for its reader; a restore is whole or nothing."""

import datetime
import json
import secrets
import threading
from contextlib import contextmanager
from pathlib import Path

import pyrage
import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import IntegrityError, connection, connections, models, transaction
from django.db.migrations.executor import MigrationExecutor

from tests.databases import empty_database
from tests.factories.cases import CaseFactory
from tests.factories.deadlines import DeadlineFactory
from tests.factories.documents import DocumentFactory
from tests.factories.people import UserFactory
from tests.factories.reminders import MailFactory
from tests.now import NOW
from tracker.models import (
    AccountChange,
    Case,
    Document,
    Event,
    EventValue,
    Mail,
    MailTransition,
    User,
)
from tracker.services.backup import archive
from tracker.services.backup.archive import BadArchive, BadKey, Manifest
from tracker.services.backup.make import CannotBackUp, _Content, make_backup, migrations_here
from tracker.services.backup.restore import CannotRestore, restore_backup
from tracker.services.backup.switches import snapshot
from tracker.services.backup.tables import LEFT_OUT, kept_tables, lines_of, to_line
from tracker.services.events import record_event, verify_chains
from tracker.services.people.account_changes import apply_due_changes

KEY = pyrage.x25519.Identity.generate()
SCAN = secrets.token_bytes(3_000_000)


@pytest.fixture
def office(transactional_db, settings, tmp_path):
    """People, a case with a date that is due, its mail, a scan, the record of it all."""
    settings.MEDIA_ROOT = tmp_path / "files"
    lead = UserFactory(name="Айгуль", email="lead@example.org")
    case = CaseFactory(
        reference="KEPT-1", lead=lead, contacts="+996 555 000 111", confidentiality="team"
    )
    DeadlineFactory(case=case, due_on=NOW.date() + datetime.timedelta(days=300), owner=lead)
    document = DocumentFactory(title="A scan", added_by=lead)
    document.file.save("scan.pdf", ContentFile(SCAN))
    document.cases.add(case)
    record_event(
        action="case.read",
        about=case,
        case=case,
        by=lead,
        at=NOW,
        details={"b": [1.5, None, "ы"], "a": {"z": True, "y": 7}},
    )
    MailFactory(person=lead)
    AccountChange.objects.create(
        person=lead,
        kind=AccountChange.Kind.ADDRESS,
        new_address="other@example.org",
        reason="lost the old one",
        asked_by=UserFactory(),
        asked_at=NOW,
        due_at=NOW,
        approved_by=UserFactory(),
        approved_at=NOW,
    )
    # A number that was given out and is gone: the log may still tell of it.
    UserFactory(email="gone@example.org").delete()
    return case


@pytest.fixture
def backup(office, tmp_path) -> Path:
    path = tmp_path / "kept.age"
    make_backup(to=path, recipients=[str(KEY.to_public())], at=NOW)
    return path


@contextmanager
def elsewhere(tmp_path, settings):
    """Another machine: a database without tables, and no documents."""
    folder = tmp_path / "other"
    folder.mkdir(exist_ok=True)
    settings.MEDIA_ROOT = folder / "files"
    with empty_database(folder):
        yield


def restore(path: Path, **options):
    return restore_backup(source=path, keys=[KEY], at=NOW, **options)


def all_lines() -> dict[str, list[bytes]]:
    return {model._meta.db_table: list(lines_of(model)) for model in kept_tables(apps)}


def packed(path: Path, lines: list[bytes]) -> Path:
    with path.open("wb") as file:
        archive.encrypt(iter(lines), file, [KEY.to_public()])
    return path


def plain(path: Path) -> list[bytes]:
    """Its lines, without the documents."""
    found = []
    with archive.decrypted(path, [KEY]) as stream:
        for line in stream:
            value = json.loads(line)
            if isinstance(value, dict) and "file" in value:
                stream.read(value["bytes"])
            else:
                found.append(line)
    return found


def signed(lines: list[bytes]) -> list[bytes]:
    """Lines as a program that knows the SECRET_KEY would end them."""
    content = _Content(NOW, [])
    content._all = lambda: iter(lines)
    return list(content.lines())


def test_all_comes_back_into_an_empty_database(backup, office, tmp_path, settings):
    before, mails = all_lines(), MailTransition.objects.count()
    keys = User.objects.order_by("-pk").values_list("pk", flat=True)[0]
    with elsewhere(tmp_path, settings):
        killed = Path(settings.MEDIA_ROOT) / ".restore-of-one-that-was-killed"
        killed.mkdir(parents=True)
        restored = restore(backup)
        assert restored.manifest == archive.checked(backup, [KEY])[1]
        after = all_lines()
        changed = {name for name in before if before[name] != after[name]}
        # The barrier has taken hold of the one mail, and of what would give an account away; the
        # log tells of the restore.
        assert changed == {
            "tracker_accountchange",
            "tracker_mail",
            "tracker_mailtransition",
            "tracker_event",
            "tracker_eventvalue",
            "tracker_eventchain",
        }
        assert after["tracker_event"][: len(before["tracker_event"])] == before["tracker_event"]
        assert MailTransition.objects.count() == mails + 1
        assert list(Mail.objects.values_list("state", flat=True)) == [Mail.State.HELD]
        assert restored.held == 1
        assert apply_due_changes(at=NOW + datetime.timedelta(days=30)) == 0
        assert verify_chains() == []
        case = Case.objects.get()
        assert case.contacts == "+996 555 000 111"
        stored = Document.objects.get().file
        assert stored.read() == SCAN
        stored.close()
        assert Path(stored.path).stat().st_mode & 0o077 == 0
        assert [path.name for path in Path(settings.MEDIA_ROOT).iterdir()] == ["documents"]
        assert UserFactory(email="new@example.org").pk > keys + 1
        with pytest.raises(Exception, match="append-only"), transaction.atomic():
            Event.objects.update(action="x")


def test_nobody_else_reads_it(backup, settings):
    assert backup.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in backup.parent.iterdir() if "kept" in path.name] == ["kept.age"]
    raw = backup.read_bytes()
    assert b"KEPT-1" not in raw and raw.startswith(b"age-encryption.org/v1")
    # The keys of names and contacts are not in it: who opens it reads neither.
    inside = b"".join(plain(backup))
    assert b"KEPT-1" in inside and b"555 000 111" not in inside
    for key in (*settings.FIELD_KEYS, settings.SECRET_KEY):
        assert key.encode() not in inside
    with pytest.raises(BadArchive, match="does not open the archive"):
        archive.checked(backup, [pyrage.x25519.Identity.generate()])


@pytest.mark.parametrize("where", [0, 30, 400, 0.3, 0.6, -1])
def test_a_flipped_bit_is_refused_and_nothing_changes(backup, tmp_path, settings, where):
    raw = bytearray(backup.read_bytes())
    position = int(len(raw) * where) if isinstance(where, float) else where
    raw[position] ^= 1
    backup.write_bytes(raw)
    refused_everywhere(backup, tmp_path, settings, BadArchive)


@pytest.mark.parametrize("share", [0, 0.001, 0.5, 0.9999])
def test_an_archive_that_was_cut_short_is_refused(backup, tmp_path, settings, share):
    raw = backup.read_bytes()
    backup.write_bytes(raw[: int(len(raw) * share)])
    refused_everywhere(backup, tmp_path, settings, BadArchive)


def refused_everywhere(path, tmp_path, settings, error, match=".") -> None:
    with elsewhere(tmp_path, settings):
        with pytest.raises(error, match=match):
            restore(path)
        assert connection.introspection.table_names() == []
    assert not Path(settings.MEDIA_ROOT).exists()


def test_one_of_a_newer_program_is_refused(backup, tmp_path, settings):
    lines = plain(backup)
    head = json.loads(lines[0])
    head["migrations"].append(["tracker", "9999_of_next_year"])
    newer = packed(tmp_path / "newer.age", signed([to_line(head), *lines[1:-1]]))
    refused_everywhere(newer, tmp_path, settings, CannotRestore, "newer Tracker")
    head["tracker_backup"] = 2
    newer = packed(tmp_path / "newest.age", signed([to_line(head), *lines[1:-1]]))
    refused_everywhere(newer, tmp_path, settings, BadArchive, "newer Tracker")


def test_one_that_anybody_could_have_made_is_refused(backup, tmp_path, settings):
    settings.SECRET_KEY = "another key of the same length, for fifty characters"
    refused_everywhere(backup, tmp_path, settings, CannotRestore, "another SECRET_KEY")
    assert restore(backup, foreign=True, replace=True).manifest.files == 1


def test_a_database_in_use_is_not_touched_unless_it_is_to_be_replaced(backup, office, settings):
    late = CaseFactory(reference="LATER-1")
    with pytest.raises(CannotRestore, match="not empty"):
        restore(backup)
    assert Case.objects.filter(pk=late.pk).exists()
    restore(backup, replace=True)
    assert list(Case.objects.values_list("reference", flat=True)) == ["KEPT-1"]
    assert verify_chains() == []


def test_what_cannot_go_in_leaves_the_old_as_it_was(backup, office, settings, tmp_path):
    """The last row of all is of a mail to nobody there is."""
    lines = plain(backup)
    place = next(n for n, line in enumerate(lines) if b'"end":"tracker_mail"' in line)
    end, row = json.loads(lines[place]), json.loads(lines[place - 1])
    names = [field.column for field in Mail._meta.local_concrete_fields]
    row[names.index("person_id")] = 999_999
    lines[place - 1] = to_line(row)
    end["sha256"] = archive.hashlib.sha256(lines[place - 1]).hexdigest()
    lines[place] = to_line(end)
    broken = packed(tmp_path / "broken.age", signed(lines[:-1]))
    CaseFactory(reference="LATER-1")
    before, files = all_lines(), sorted(Path(settings.MEDIA_ROOT).rglob("*"))
    with pytest.raises(IntegrityError):
        restore(broken, replace=True)
    assert all_lines() == before
    assert sorted(Path(settings.MEDIA_ROOT).rglob("*")) == files
    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        Event.objects.update(action="x")


def test_it_is_of_one_moment_and_nobody_waits_for_it(office, tmp_path):
    lines = []
    written = threading.Event()

    def write() -> None:
        case = CaseFactory(reference="MEANWHILE-1")
        record_event(action="case.read", about=case, case=case, by=None, at=NOW)
        written.set()
        connections.close_all()

    with snapshot():
        for line in _Content(NOW, migrations_here()).lines():
            lines.append(line)
            if len(lines) == 2:
                thread = threading.Thread(target=write)
                thread.start()
                thread.join(timeout=15)
                assert written.is_set()
    assert Case.objects.filter(reference="MEANWHILE-1").exists()
    assert not any(b"MEANWHILE-1" in line for line in lines)


def test_a_missing_file_is_told_and_stops_nothing(office, tmp_path, settings):
    name = Document.objects.get().file.name
    default_storage.delete(name)
    path = tmp_path / "kept.age"
    manifest = make_backup(to=path, recipients=[str(KEY.to_public())], at=NOW)
    assert (manifest.files, manifest.missing) == (0, (name,))
    assert restore(path, replace=True).manifest.missing == (name,)


def test_no_file_is_replaced_and_no_key_guessed(office, tmp_path):
    path = tmp_path / "kept.age"
    path.write_text("of yesterday")
    key = str(KEY.to_public())
    with pytest.raises(CannotBackUp, match="exists already"):
        make_backup(to=path, recipients=[key], at=NOW)
    assert path.read_text() == "of yesterday"
    for keys in ([], ["age1nonsense"], [str(KEY)]):
        with pytest.raises(BadKey):
            make_backup(to=tmp_path / "other.age", recipients=keys, at=NOW)
    with pytest.raises(FileNotFoundError):
        make_backup(to=tmp_path / "no folder" / "x.age", recipients=[key], at=NOW)
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == ["kept.age"]


def test_a_document_may_not_lie_outside_its_folder(backup, tmp_path):
    lines = plain(backup)
    digest = archive.hashlib.sha256(b"").hexdigest()
    outside = to_line({"file": "../../outside", "bytes": 0, "sha256": digest})
    path = packed(tmp_path / "outside.age", signed([*lines[:-1], outside]))
    before = all_lines()
    with pytest.raises(CannotRestore, match="outside"):
        restore(path, replace=True)
    assert all_lines() == before


@pytest.mark.once
def test_one_of_an_older_program_comes_up_to_date(transactional_db, tmp_path, settings):
    """As it would have been written before the names were encrypted."""
    settings.MEDIA_ROOT = tmp_path / "files"
    path = tmp_path / "older.age"
    with empty_database(tmp_path):
        executor = MigrationExecutor(connection)
        others = [leaf for leaf in executor.loader.graph.leaf_nodes() if leaf[0] != "tracker"]
        state = executor.migrate([*others, ("tracker", "0029_keep_what_a_window_told")])
        old_case = state.apps.get_model("tracker", "Case")
        old_case.objects.create(reference="OLD-1", title="Old", contacts="+996 555 000 111")
        applied = MigrationExecutor(connection).loader.applied_migrations
        head = {
            "tracker_backup": archive.FORMAT,
            "made_at": NOW,
            "migrations": sorted([list(node) for node in applied]),
        }
        lines = [to_line(head)]
        for model in kept_tables(state.apps):
            rows = list(lines_of(model))
            columns = [field.column for field in model._meta.local_concrete_fields]
            digest = archive.hashlib.sha256(b"".join(rows)).hexdigest()
            name = model._meta.db_table
            end = {"end": name, "rows": len(rows), "sha256": digest, "last": 0}
            lines += [to_line({"table": name, "columns": columns}), *rows, to_line(end)]
    packed(path, signed(lines))
    with pytest.raises(CannotRestore, match="another version"):
        restore(path)
    with elsewhere(tmp_path, settings):
        restore(path)
        call_command("migrate", check_unapplied=True, verbosity=0)
        case = Case.objects.get()
        assert case.contacts == "+996 555 000 111"
        assert list(lines_of(Case))[0].count(b"555") == 0


def test_a_database_of_another_version_is_not_backed_up(transactional_db, tmp_path):
    with empty_database(tmp_path), pytest.raises(CannotBackUp, match="manage.py migrate"):
        make_backup(to=tmp_path / "x.age", recipients=[str(KEY.to_public())], at=NOW)


def test_every_table_is_kept_or_left_out_for_a_reason():
    tables = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    }
    assert set(LEFT_OUT) <= tables
    lost = [
        f"{model._meta.db_table}.{field.name}"
        for model in kept_tables(apps)
        for field in model._meta.local_concrete_fields
        if isinstance(field, models.ForeignKey) and field.related_model._meta.db_table in LEFT_OUT
    ]
    assert lost == []


def test_the_manifest_counts(office, backup):
    _, manifest = archive.checked(backup, [KEY])
    assert isinstance(manifest, Manifest) and manifest.files == 1
    assert manifest.tables["tracker_case"][0] == 1
    assert manifest.tables["tracker_eventvalue"][0] == EventValue.objects.count()
    assert datetime.datetime.fromisoformat(archive.checked(backup, [KEY])[0]["made_at"]) == NOW
