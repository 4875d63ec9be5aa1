"""Which broker a one-machine run takes."""

import stat
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from redis import Redis

from tests.servers import wait_until
from tracker.management import broker as module
from tracker.management.broker import choose_broker, find_server
from tracker.management.processes import Child, Supervisor


@pytest.fixture
def empty_path(monkeypatch, tmp_path):
    """A machine without any Redis of its own."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def executable(path: Path) -> Path:
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_the_machines_own_valkey_comes_first(empty_path):
    executable(empty_path / "redis-server")
    valkey = executable(empty_path / "valkey-server")
    assert find_server() == valkey


def test_the_machines_own_redis_comes_second(empty_path):
    redis = executable(empty_path / "redis-server")
    assert find_server() == redis


def test_the_packaged_server_comes_third(empty_path):
    found = find_server()
    assert found.name == "valkey-server"
    assert "site-packages" in found.parts


def test_without_any_server_the_broker_is_made_of_files(empty_path, monkeypatch, tmp_path):
    monkeypatch.setattr(module.importlib.util, "find_spec", lambda name: None)
    chosen = choose_broker(tmp_path)
    assert (chosen.url, chosen.command) == ("filesystem://", None)
    assert chosen.label == "embedded file broker: fine for one machine"


def test_the_socket_lies_in_the_data_folder_for_its_owner_only(tmp_path):
    chosen = choose_broker(tmp_path)
    assert chosen.url == f"redis+socket://{tmp_path}/run/broker.sock"
    assert chosen.folder is None
    assert stat.S_IMODE((tmp_path / "run").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "broker").stat().st_mode) == 0o700


@pytest.mark.parametrize("folder", ["d" * 120, "с пробелом и кириллицей " * 2])
def test_it_answers_however_deep_the_data_folder_lies(tmp_path, folder):
    chosen = choose_broker(tmp_path / folder)
    socket = Path(unquote(urlsplit(chosen.url).path))
    assert len(bytes(socket)) <= 100
    supervisor = Supervisor(lambda name, line: None, grace=5)
    supervisor.add(Child("broker", chosen.command, {}))
    wait_until(socket.exists)
    with Redis(unix_socket_path=str(socket)) as client:
        assert client.ping()
    assert stat.S_IMODE(socket.stat().st_mode) == 0o700
    assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700
    supervisor.end()
    if chosen.folder is not None:
        chosen.folder.rmdir()
