"""What is settled before anything starts."""

import datetime
import socket
import stat

import pytest
from django.core.management.base import CommandError

from tests.servers import LOCAL, free_port
from tracker.management.startup import (
    child_environment,
    demo_password,
    health,
    refuse_taken_port,
    sole_supervisor,
    sweep_age,
    wanted_port,
)

NOW = datetime.datetime(2026, 3, 2, 9, 0, tzinfo=datetime.UTC)


@pytest.mark.parametrize(("text", "port"), [("", 8000), ("8123", 8123), (" 80 ", 80)])
def test_the_port_is_8000_until_another_is_named(monkeypatch, text, port):
    monkeypatch.setenv("PORT", text)
    assert wanted_port() == port


@pytest.mark.parametrize("text", ["http", "0", "65536", "-1", "80.5", "٨٠"])
def test_nonsense_for_a_port_is_refused_by_name(monkeypatch, text):
    monkeypatch.setenv("PORT", text)
    with pytest.raises(CommandError, match="^PORT must be a whole number") as refused:
        wanted_port()
    assert refused.value.returncode == 2


def test_a_taken_port_is_told_with_a_way_out():
    with socket.create_server((LOCAL, free_port())) as other:
        port = other.getsockname()[1]
        with pytest.raises(CommandError, match=f"Port {port} is taken .* PORT=") as refused:
            refuse_taken_port(port)
    assert refused.value.returncode == 2
    refuse_taken_port(port)


def test_a_second_supervisor_on_the_same_data_is_refused(tmp_path):
    with sole_supervisor(tmp_path, port=8123):
        refusal = pytest.raises(CommandError, match="already runs .*http://127.0.0.1:8123/")
        with refusal as refused, sole_supervisor(tmp_path, port=8124):
            pytest.fail("two at once")
        with sole_supervisor(tmp_path / "other", port=8124):
            assert (tmp_path / "other" / "run" / "up.lock").exists()
    assert refused.value.returncode == 2
    with sole_supervisor(tmp_path, port=8124):
        assert ":8124/" in (tmp_path / "run" / "up.lock").read_text()


def test_the_demo_password_is_made_once_and_kept_from_others(tmp_path, monkeypatch):
    monkeypatch.delenv("DEMO_PASSWORD", raising=False)
    made = demo_password(tmp_path)
    assert len(made) >= 16
    assert demo_password(tmp_path) == made
    assert stat.S_IMODE((tmp_path / "demo_password").stat().st_mode) == 0o600


def test_a_given_demo_password_is_used_and_not_written_down(tmp_path, monkeypatch):
    monkeypatch.setenv("DEMO_PASSWORD", "given by hand")
    assert demo_password(tmp_path) == "given by hand"
    assert list(tmp_path.iterdir()) == []


def test_the_parts_run_as_in_production_and_never_see_the_demo_password(settings, monkeypatch):
    monkeypatch.setenv("DEMO_PASSWORD", "given by hand")
    monkeypatch.setenv("EMAIL_URL", "")
    monkeypatch.delenv("TRACKER_BASE_URL", raising=False)
    env = child_environment(port=8123, broker_url="filesystem://")
    assert env["DEBUG"] == "0"
    assert env["SECRET_KEY"] == settings.SECRET_KEY
    assert env["TRACKER_BASE_URL"] == "http://127.0.0.1:8123"
    assert env["TRACKER_BROKER_URL"] == "filesystem://"
    assert env["TRACKER_VAR"] == str(settings.VAR_DIR)
    assert {"DEMO_PASSWORD", "EMAIL_URL"} & set(env) == set()


def test_what_the_operator_set_is_kept(monkeypatch):
    monkeypatch.setenv("EMAIL_URL", "smtp://mail.example.org:25")
    monkeypatch.setenv("TRACKER_BASE_URL", "https://tracker.example.org")
    monkeypatch.setenv("TRACKER_BROKER_URL", "redis://broker.example.org/0")
    env = child_environment(port=8123, broker_url=None)
    assert env["EMAIL_URL"] == "smtp://mail.example.org:25"
    assert env["TRACKER_BASE_URL"] == "https://tracker.example.org"
    assert env["TRACKER_BROKER_URL"] == "redis://broker.example.org/0"


def test_silence_is_told_as_nothing():
    assert health(free_port()) == {}


@pytest.mark.parametrize(
    ("state", "age"),
    [({}, None), ({"last_sweep_at": None}, None), ({"last_sweep_at": "2026-03-02T08:59:00Z"}, 60)],
)
def test_the_age_of_the_last_sweep_is_counted_in_seconds(state, age):
    assert sweep_age(state, at=NOW) == age
