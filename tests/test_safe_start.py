"""What a start settles first, each part by itself; whole starts are in `test_settings.py`."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from tracker.safe_start import (
    OTHERS,
    checked_key,
    is_loopback,
    own_key,
    private_database,
    private_folder,
    refuse_debug,
)

pytestmark = pytest.mark.once

KEY = "k" * 30 + "0123456789abcdefghijklmnop"
HERE = ["127.0.0.1", "127.8.9.1", "localhost", "LOCALHOST", "site.localhost", "::1", "[::1]"]
ELSEWHERE = ["*", ".localhost", ".example.org", "192.168.1.7", "10.0.0.1", "localhost.org", "[::]"]


@pytest.mark.parametrize("host", HERE)
def test_a_host_of_this_machine_alone(host):
    assert is_loopback(host)
    refuse_debug(https=False, hosts=[host])
    with pytest.raises(ImproperlyConfigured, match="DEBUG must be 0"):
        refuse_debug(https=True, hosts=[host])


@pytest.mark.parametrize("host", ELSEWHERE)
def test_a_host_that_others_can_name(host):
    assert not is_loopback(host)
    with pytest.raises(ImproperlyConfigured, match="DEBUG must be 0"):
        refuse_debug(https=False, hosts=["localhost", host])


@pytest.mark.parametrize("key", [KEY[:49], "abcd" * 20, f"django-insecure-{KEY}"])
def test_a_weak_key_is_refused_and_not_repeated(key):
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY must be random") as refused:
        checked_key(key)
    assert key not in str(refused.value)


def test_a_good_key_is_taken():
    assert checked_key(KEY[:50]) == KEY[:50]


def test_a_key_is_made_for_this_machine_alone(tmp_path):
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY must be set"):
        own_key(tmp_path, public=True)
    assert list(tmp_path.iterdir()) == []


def test_processes_of_one_start_agree_on_the_key(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: own_key(tmp_path, public=False), range(40)))
    assert {checked_key(key) for key in keys} == {(tmp_path / "secret_key").read_text()}
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]
    assert mode(tmp_path / "secret_key") == 0o600


@pytest.mark.parametrize("text", ["", "cut short"])
def test_a_kept_key_that_was_cut_short_is_told(tmp_path, text):
    (tmp_path / "secret_key").write_text(text)
    with pytest.raises(ImproperlyConfigured, match="remove that file"):
        own_key(tmp_path, public=False)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_folder_is_for_its_owner(tmp_path):
    assert mode(private_folder(tmp_path / "a" / "b")) == 0o700


def test_an_old_folder_is_closed_with_all_that_lies_in_it(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("")
    elsewhere.chmod(0o644)
    var = tmp_path / "var"
    (var / "files" / "2026").mkdir(parents=True)
    for name in ("tracker.sqlite3", "files/2026/letter.pdf"):
        (var / name).write_text("words")
        (var / name).chmod(0o664)
    (var / "link").symlink_to(elsewhere)
    for path in (var, var / "files", var / "files" / "2026"):
        path.chmod(0o755)
    private_folder(var)
    assert [path for path in (var, *var.rglob("*")) if path.lstat().st_mode & OTHERS] == [
        var / "link"
    ]
    assert mode(elsewhere) == 0o644


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ImproperlyConfigured, match="TRACKER_VAR: .* cannot be made"):
        private_folder(tmp_path / "file" / "var")


def test_a_folder_of_another_account_is_refused(tmp_path, as_root):
    os.chown(tmp_path, 65534, -1)
    with pytest.raises(ImproperlyConfigured, match="belongs to another account .number 65534"):
        private_folder(tmp_path)


def test_a_database_elsewhere_is_closed_too(tmp_path):
    files = [tmp_path / f"cases.db{end}" for end in ("", "-wal", "-shm")]
    for path in files:
        path.write_text("")
        path.chmod(0o644)
    private_database(files[0])
    assert {mode(path) for path in files} == {0o600}
    private_database(tmp_path / "none yet.db")


def test_what_goes_while_a_folder_is_closed_stops_no_start(tmp_path, monkeypatch):
    """Another process closes the database at that moment, and SQLite takes its files away."""
    folder = tmp_path / "var"
    folder.mkdir()
    folder.chmod(0o755)
    (folder / "tracker.sqlite3").touch()
    walk = os.walk

    def walked(top):
        for found in walk(top):
            (folder / "tracker.sqlite3").unlink()
            yield found

    monkeypatch.setattr(os, "walk", walked)
    assert private_folder(folder) == folder
    assert mode(folder) == 0o700


@pytest.fixture
def as_root():
    if os.geteuid() != 0:
        pytest.skip("only root can give a file to another account")
