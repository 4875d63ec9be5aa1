"""Each setting comes from the environment; nonsense stops the start, naming the variable.

Every test starts a new Python on a new environment: settings are read once per process.
"""

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as project

# Each start has settings and data of its own, whichever database the run is on.
pytestmark = pytest.mark.once

OPERATIONS = (project.BASE_DIR / "docs" / "operations.md").read_text()
KEY = "k" * 30 + "0123456789abcdefghijklmnop"
PRODUCTION = {
    "SECRET_KEY": KEY,
    "ALLOWED_HOSTS": "tracker.example.org",
    "TRACKER_BASE_URL": "https://tracker.example.org",
    "DATABASE_URL": "postgres://tracker:secret@db.example.org/tracker",
    "TRACKER_BROKER_URL": "redis://broker.example.org/0",
    "EMAIL_URL": "smtp://mail.example.org:25",
}


@pytest.fixture
def manage(tmp_path):
    """`manage("check", DEBUG="0")` on an environment with nothing else in it."""

    def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess:
        env = {"PATH": os.environ["PATH"], "TRACKER_VAR": str(tmp_path / "var"), **variables}
        return subprocess.run(
            [sys.executable, "-W", "error", "manage.py", *arguments],
            cwd=project.BASE_DIR,
            env=env,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


def value(manage, name: str, **variables: str) -> str:
    """One setting as that process sees it."""
    code = f"from django.conf import settings; print(settings.{name})"
    ran = manage("shell", "--no-imports", "-c", code, **variables)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip()


def documented() -> dict[str, str]:
    """The example of a whole environment, but for the folder: each test has its own."""
    example = dict(re.findall(r"^    ([A-Z_]+)=(.+)$", OPERATIONS, re.MULTILINE))
    assert example.pop("TRACKER_VAR")
    return example


def sentence(ran: subprocess.CompletedProcess) -> str:
    """The one sentence of a refusal."""
    [line] = ran.stderr.splitlines()
    return line


def test_it_starts_without_any_environment(manage):
    ran = manage("check")
    assert (ran.returncode, ran.stderr) == (0, "")


def test_without_any_environment_it_serves_this_machine_alone(manage):
    assert value(manage, "ALLOWED_HOSTS") == "['127.0.0.1', 'localhost', '[::1]']"


def test_the_key_is_made_once_and_kept_from_others(manage, tmp_path):
    first = value(manage, "SECRET_KEY")
    assert len(first) >= 50
    assert value(manage, "SECRET_KEY") == first
    key: Path = tmp_path / "var" / "secret_key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


PUBLIC = [
    {"TRACKER_BASE_URL": "https://127.0.0.1"},
    {"TRACKER_BASE_URL": "http://tracker.lan"},
    {"ALLOWED_HOSTS": "localhost,tracker.lan"},
]


@pytest.mark.parametrize("variables", PUBLIC, ids=str)
def test_a_site_for_others_is_given_its_key_and_never_shows_its_insides(
    manage, tmp_path, variables
):
    ran = manage("check", **variables)
    assert ran.returncode == 2
    assert "SECRET_KEY must be set" in sentence(ran)
    assert not (tmp_path / "var" / "secret_key").exists()
    ran = manage("check", DEBUG="1", SECRET_KEY=KEY, **variables)
    assert ran.returncode == 2
    assert "DEBUG must be 0" in sentence(ran)


def test_a_weak_key_is_refused_without_being_repeated(manage):
    ran = manage("check", SECRET_KEY="abcd" * 20)
    assert ran.returncode == 2
    assert "SECRET_KEY must be random" in sentence(ran)
    assert "abcd" not in ran.stderr


def test_debug_is_off_until_it_is_asked_for(manage):
    assert value(manage, "DEBUG") == "False"
    here = {"TRACKER_BASE_URL": "http://[::1]:8000", "ALLOWED_HOSTS": "127.0.0.2,site.localhost"}
    assert value(manage, "DEBUG", DEBUG="1", **here) == "True"


NONSENSE = [
    ("DEBUG", "flase"),
    ("TIME_ZONE", "Asia/Frunze-on-Sea"),
    ("DATABASE_URL", "oracle://somewhere/db"),
    ("DATABASE_URL", "not a url"),
    ("EMAIL_URL", "carrier-pigeon://coop"),
    ("EMAIL_TIMEOUT", "soon"),
    ("TRACKER_BASE_URL", "tracker.example.org"),
    ("TRACKER_BROKER_URL", "not a url"),
    ("TRACKER_BROKER_URL", "carrier-pigeon://coop"),
    ("TRACKER_SWEEP_SECONDS", "0"),
    ("TRACKER_SWEEP_SECONDS", "1.5"),
    ("TRACKER_UNKNOWN_MAIL", "shrug"),
    ("SESSION_IDLE_MINUTES", "-5"),
    ("LOG_LEVEL", "chatty"),
    ("TRACKER_FIELD_KEYS", "abc"),
    ("TRACKER_ANONYMISE_AFTER_MONTHS", "soon"),
    ("TRACKER_SECOND_FACTOR", "officers"),
    ("TRACKER_SECOND_FACTOR", "none, officer"),
]


@pytest.mark.parametrize(("name", "text"), NONSENSE)
def test_nonsense_stops_the_start_and_names_the_variable(manage, name, text):
    ran = manage("check", **{name: text})
    assert ran.returncode == 2
    assert name in sentence(ran), ran.stderr


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("DATABASE_URL", "postgres://tracker:PART/ofasecret@db.example.org/tracker"),
        ("EMAIL_URL", "smtp://tracker:PART/ofasecret@mail.example.org:25"),
    ],
)
def test_a_password_that_cannot_be_read_is_not_repeated(manage, name, text):
    ran = manage("check", **{name: text})
    assert ran.returncode == 2
    assert name in sentence(ran)
    assert "PART" not in ran.stderr


def test_what_the_documentation_sets_passes_the_deployment_check(manage):
    """The example of docs/operations.md, with a key in the place of its words about one."""
    ran = manage("check", **documented())
    assert "SECRET_KEY must be" in sentence(ran)
    ran = manage("check", "--deploy", "--fail-level", "INFO", **{**documented(), "SECRET_KEY": KEY})
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "no issues" in ran.stdout


def test_each_documented_setting_is_one():
    read = (project.BASE_DIR / "tracker" / "settings.py").read_text()
    named = re.findall(r"^\| `([A-Z_]+)` \|", OPERATIONS, re.MULTILINE)
    assert set(documented()) <= set(named)
    assert [name for name in named if f'"{name}"' not in read] == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("SESSION_COOKIE_NAME", "__Host-session"),
        ("SESSION_COOKIE_SECURE", "True"),
        ("CSRF_TRUSTED_ORIGINS", "['https://tracker.example.org']"),
        ("ALLOWED_HOSTS", "['tracker.example.org']"),
        ("EMAIL_HOST", "mail.example.org"),
    ],
)
def test_production_takes_each_value_from_the_environment(manage, name, expected):
    assert value(manage, name, **PRODUCTION) == expected


def test_without_a_second_factor_the_deployment_check_warns(manage):
    given = {**documented(), "SECRET_KEY": KEY, "TRACKER_SECOND_FACTOR": "none"}
    ran = manage("check", "--deploy", "--fail-level", "WARNING", **given)
    assert ran.returncode == 1
    assert "tracker.W001" in ran.stderr
