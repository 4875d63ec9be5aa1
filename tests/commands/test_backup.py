"""`backup`, `backup_key` and `restore` as they are typed, from one database to another."""

import re
import resource
import stat
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.conf import settings as project
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection

from tests.factories.documents import DocumentFactory
from tests.programs import url_of
from tracker.models import User

# On PostgreSQL they go there, to SQLite and back; on SQLite alone they need not be repeated.
pytestmark = pytest.mark.once

LONG = 240


@pytest.fixture
def tracker(tmp_path):
    """`tracker("backup", ..., database=URL, var=PATH)`: the command in a process of its own."""

    def run(*arguments, database: str, var: str = "var", said: str = "", limit: int = 0, **more):
        def small_disk() -> None:
            if limit:
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

        return subprocess.run(
            [sys.executable, "manage.py", *map(str, arguments)],
            cwd=project.BASE_DIR,
            env={
                "PATH": "/usr/bin:/bin",
                "DATABASE_URL": database,
                "SECRET_KEY": project.SECRET_KEY,
                "TRACKER_FIELD_KEYS": project.FIELD_KEYS[0],
                "TRACKER_VAR": str(tmp_path / var),
                **more,
            },
            capture_output=True,
            text=True,
            input=said,
            timeout=LONG,
            check=False,
            preexec_fn=small_disk,
        )

    return run


@pytest.fixture
def pair(tmp_path, tracker):
    """The file of a private key, and the public one."""
    path = tmp_path / "key"
    made = tracker("backup_key", path, database="sqlite://:memory:")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = tracker("backup_key", path, database="sqlite://:memory:")
    assert (again.returncode, again.stderr.count("\n")) == (2, 1)
    return path, re.search(r"^TRACKER_BACKUP_KEY=(age1\w+)$", made.stdout, re.MULTILINE)[1]


@pytest.fixture
def office(transactional_db, settings, tmp_path):
    """The demonstration, and a scan, as the programs of this test see them."""
    settings.VAR_DIR = tmp_path / "var"
    settings.VAR_DIR.mkdir(mode=0o700)
    settings.MEDIA_ROOT = settings.VAR_DIR / "files"
    call_command("load_demo", verbosity=0)
    document = DocumentFactory()
    document.file.save("scan.pdf", ContentFile(b"%PDF-" + bytes(200_000)))
    return url_of(connection)


def contents(ran: subprocess.CompletedProcess) -> dict[str, str]:
    """What it told of each table: the count and the digest."""
    assert ran.returncode == 0, ran.stderr
    told = re.findall(r"^(\w{16}) +([\d,]+) (\w+)$", ran.stdout, re.MULTILINE)
    return {name: f"{count} {digest}" for digest, count, name in told}


CHANGED_BY_THE_BARRIER = {
    "tracker_mail",
    "tracker_mailtransition",
    "tracker_reminder",
    "tracker_event",
    "tracker_eventvalue",
    "tracker_eventchain",
}


def test_it_goes_from_one_database_to_the_other_and_back(office, tracker, pair, tmp_path):
    """On PostgreSQL: to SQLite and back to a new PostgreSQL. On SQLite: to two more files."""
    key, public = pair
    with ExitStack() as ended:
        path, database, told = tmp_path / "0.age", office, {}
        for number in (1, 2):
            made = tracker(
                *("backup", path, "--verbosity", "2"),
                database=database,
                var="var" if number == 1 else "var1",
                TRACKER_BACKUP_KEY=public,
            )
            before = contents(made)
            if told:
                changed = {name for name in told if told[name] != before[name]}
                assert changed <= CHANGED_BY_THE_BARRIER
            told = before
            assert int(told["tracker_event"].split()[0].replace(",", "")) > 50
            database = another_database(ended, office, tmp_path, number)
            var = f"var{number}"
            put = tracker(
                *("restore", path, "--identity", key, "--verbosity", "2"),
                database=database,
                var=var,
            )
            assert contents(put) == told
            assert "whoever was cut off since must be cut off again" in put.stdout
            verified = tracker("verify_log", database=database, var=var)
            assert (verified.returncode, verified.stderr) == (0, "")
            sent = tracker("send_reminders", "--dry-run", database=database, var=var)
            assert "E-mails that would be sent: 0." in sent.stdout, sent.stdout + sent.stderr
            files = [file for file in (tmp_path / var / "files").rglob("*") if file.is_file()]
            assert [file.stat().st_size for file in files] == [200_005]
            assert [file for file in files if file.stat().st_mode & 0o077] == []
            path = tmp_path / f"{number}.age"


def another_database(ended: ExitStack, office: str, tmp_path: Path, number: int) -> str:
    if office.startswith("sqlite") or number == 1:
        return f"sqlite:///{tmp_path}/other{number}.sqlite3"
    name = f"{connection.settings_dict['NAME']}_restored"
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}"')
    ended.callback(lambda: connection.cursor().execute(f'DROP DATABASE "{name}"'))
    return office.replace(f"/{connection.settings_dict['NAME']}", f"/{name}")


@pytest.fixture
def few(transactional_db, settings, tmp_path):
    settings.VAR_DIR = tmp_path / "var"
    settings.VAR_DIR.mkdir(mode=0o700)
    settings.MEDIA_ROOT = settings.VAR_DIR / "files"
    document = DocumentFactory()
    document.file.save("scan.pdf", ContentFile(bytes(range(256)) * 4000))
    return url_of(connection)


def test_a_full_disk_is_told_and_leaves_nothing_behind(few, tracker, pair, tmp_path):
    key, public = pair
    path = tmp_path / "kept.age"
    small = tracker("backup", path, "--to", public, database=few, limit=4096)
    assert small.returncode == 1
    assert "cannot be written" in small.stderr and small.stderr.count("\n") == 1
    assert [file.name for file in tmp_path.iterdir() if "kept" in file.name] == []

    assert tracker("backup", path, "--to", public, database=few).returncode == 0
    again = tracker("backup", path, "--to", public, database=few)
    assert (again.returncode, again.stderr.count("\n")) == (2, 1)
    checked = tracker("restore", path, "--identity", key, "--check", database="sqlite://:memory:")
    assert checked.returncode == 0 and "whole. Nothing was written." in checked.stdout


def test_what_is_there_is_deleted_for_whoever_says_so_twice(few, tracker, pair, tmp_path):
    key, public = pair
    path = tmp_path / "kept.age"
    assert tracker("backup", path, "--to", public, database=few).returncode == 0
    kept = User.objects.count()
    User.objects.create(email="later@example.org", name="Later")
    arguments = ("restore", path, "--identity", key)
    refused = tracker(*arguments, database=few)
    assert refused.returncode == 2 and "--replace" in refused.stderr
    for answers in ("", "replace\n", "replace\nyes\n", "y\ndelete what is there\n"):
        refused = tracker(*arguments, "--replace", database=few, said=answers)
        assert refused.returncode == 2
        assert User.objects.count() == kept + 1
    done = tracker(*arguments, "--replace", database=few, said="replace\ndelete what is there\n")
    assert done.returncode == 0, done.stderr
    assert User.objects.count() == kept
