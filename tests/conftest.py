"""Which database, real servers, and the people every test knows."""

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import environ
import hypothesis
import pytest
from allauth.account.internal.flows.login import record_authentication
from django.conf import settings as project
from django.db import connections
from django.db.backends.postgresql.operations import DatabaseOperations as PostgresOperations
from django.db.backends.sqlite3.operations import DatabaseOperations
from django.http import HttpRequest
from django.test import Client
from time_machine import travel

from tests import (
    clients,  # noqa: F401 - teaches the client of Django
    servers,
)
from tests.browser import launch
from tests.factories.cases import CaseFactory, MembershipFactory
from tests.factories.people import UserFactory
from tests.now import NOW
from tests.programs import Programs
from tracker.models import Case, Confidentiality, Role, User

FIELD_KEY = "dGVzdHMtb25seS1uZXZlci1vdXRzaWRlLW9mLXRlc3Q="
RUN = pytest.StashKey[ExitStack]()
SERVER = pytest.StashKey[str]()
# How fast this machine is at the moment decides no test.
hypothesis.settings.register_profile("suite", deadline=None)
hypothesis.settings.load_profile("suite")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=["sqlite", "postgres"],
        default="sqlite",
        help="run on SQLite (a file) or on a real PostgreSQL, started for this run if need be",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Point the settings away from this folder's own data, to what this run alone uses."""
    run = config.stash[RUN] = ExitStack()
    folder = Path(tempfile.mkdtemp(prefix="tracker-test-"))
    run.callback(shutil.rmtree, folder, ignore_errors=True)
    project.VAR_DIR = folder
    # Given to the programs that tests start, which read the same rows.
    os.environ["TRACKER_FIELD_KEYS"] = FIELD_KEY
    project.FIELD_KEYS = [FIELD_KEY]
    project.MEDIA_ROOT = folder / "files"
    project.HEADS_DIR = folder / "heads"
    project.STATIC_ROOT = folder / "static"
    project.STATIC_ROOT.mkdir()
    # Under the names they have in the repository: nothing is collected for a test.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    project.STORAGES = {**project.STORAGES, "staticfiles": plain}
    # People are made by the hundred here; Argon2 takes its time on purpose.
    project.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    let_clean_up_pass()
    if config.getoption("database") == "postgres":
        given = os.environ.get("TRACKER_TEST_DATABASE_URL") or first_process(config).get("server")
        server = config.stash[SERVER] = given or run.enter_context(servers.postgres())
        use_database(environ.Env.db_url_config(server))
    else:
        use_database(
            {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": str(folder / "default.sqlite3"),
                "OPTIONS": {
                    "timeout": 20,
                    "transaction_mode": "IMMEDIATE",
                    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;",
                },
                # A file, not memory: other processes and threads see it as they do in real life.
                "TEST": {"NAME": str(folder / "test.sqlite3")},
            }
        )


def first_process(config: pytest.Config) -> dict[str, str]:
    """What the process that started this one told it; nothing where there is but one."""
    return getattr(config, "workerinput", {})


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node) -> None:
    """All processes of `-n` share one PostgreSQL, with a database each; nothing else is shared."""
    if SERVER in node.config.stash:
        node.workerinput["server"] = node.config.stash[SERVER]


def use_database(wanted: dict) -> None:
    del connections["default"]
    project.DATABASES["default"] = wanted
    connections._settings = None
    vars(connections).pop("settings", None)


def pytest_unconfigure(config: pytest.Config) -> None:
    if RUN in config.stash:
        config.stash[RUN].close()


def pytest_report_header(config: pytest.Config) -> str:
    return f"database: {connections['default'].vendor}"


def let_clean_up_pass() -> None:
    """Let the cleaning up after a test empty the append-only tables, and nothing else.

    SQLite empties tables with DELETE, PostgreSQL with TRUNCATE, and their triggers refuse both.
    """
    clean_up = DatabaseOperations.execute_sql_flush
    truncate = PostgresOperations.execute_sql_flush

    def without_triggers(self: DatabaseOperations, statements: list[str]) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
        drops = [f"DROP TRIGGER {name}" for name, _ in triggers]
        clean_up(self, [*drops, *statements, *(sql for _, sql in triggers)])

    def past_triggers(self: PostgresOperations, statements: list[str]) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgname LIKE %s",
                ["%_no_truncate"],
            )
            refusing = cursor.fetchall()
        lift, put_back = (
            [f"ALTER TABLE {table} {verb} TRIGGER {name}" for table, name in refusing]
            for verb in ("DISABLE", "ENABLE")
        )
        truncate(self, [*lift, *statements, *put_back])

    DatabaseOperations.execute_sql_flush = without_triggers
    PostgresOperations.execute_sql_flush = past_triggers


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The pure packages know no database."""
    pure = [Path(__file__).with_name(package) for package in ("dates", "intake")]
    for item in items:
        if any(item.path.is_relative_to(folder) for folder in pure):
            item.add_marker("once")


# Time


@pytest.fixture(autouse=True)
def one_day(request: pytest.FixtureRequest) -> Iterator[None]:
    """Every test begins at the same moment; `tests/now.py` tells how to need another."""
    if "machine_clock" in request.fixturenames:
        yield
        return
    # A number, not a datetime: that one would bring its own time zone for the whole process.
    with travel(NOW.timestamp()):
        yield


@pytest.fixture
def machine_clock() -> None:
    """The machine's own time, for tests beside other processes. Any day must do for them."""


# Servers


def missing(reason: str) -> None:
    """Skip on a developer's machine, saying why; in CI a missing part is a failure."""
    if os.environ.get("CI"):
        pytest.fail(f"CI must have it: {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def broker_server() -> Iterator[servers.BrokerServer]:
    try:
        with servers.broker() as server:
            yield server
    except servers.Missing as error:
        missing(str(error))


@pytest.fixture
def broker(broker_server, settings) -> servers.BrokerServer:
    """A real, empty Redis, and the settings pointing to it."""
    if broker_server.process is None:
        broker_server.start()
    broker_server.flush()
    settings.CELERY_BROKER_URL = broker_server.url
    return broker_server


@pytest.fixture(scope="session")
def smtp_server() -> Iterator[servers.Inbox]:
    with servers.inbox() as box:
        yield box


@pytest.fixture
def inbox(smtp_server, settings) -> servers.Inbox:
    """A real, empty SMTP server, and the settings pointing to it."""
    smtp_server.clear()
    address = urlsplit(smtp_server.url)
    settings.EMAIL_HOST, settings.EMAIL_PORT = address.hostname, address.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    return smtp_server


@pytest.fixture
def programs(machine_clock, transactional_db, broker, inbox, tmp_path) -> Iterator[Programs]:
    """Real `celery worker` and `celery beat` processes and commands on this test's database."""
    with Programs.on(
        connections["default"], broker_url=broker.url, mail_url=inbox.url, folder=tmp_path
    ) as running:
        yield running


@pytest.fixture(scope="module")
def chromium():
    with launch(missing) as browser:
        yield browser


@pytest.fixture
def page(chromium, live_server):
    """A page of a new, signed-out browser profile on a running site."""
    context = chromium.new_context(base_url=live_server.url, locale="en-GB")
    yield context.new_page()
    context.close()


# People


@pytest.fixture
def owner(db) -> User:
    """Leads the cases of these fixtures."""
    return UserFactory(name="Aigul Owner", email="owner@example.org")


@pytest.fixture
def colleague(db) -> User:
    """On the same teams as the owner."""
    return UserFactory(name="Bakyt Colleague", email="colleague@example.org")


@pytest.fixture
def stranger(db) -> User:
    """On no team."""
    return UserFactory(name="Chyngyz Stranger", email="stranger@example.org")


@pytest.fixture
def viewer(db) -> User:
    return UserFactory(name="Dana Viewer", email="viewer@example.org", role=Role.VIEWER)


@pytest.fixture
def coordinator(db) -> User:
    return UserFactory(
        name="Elmira Coordinator", email="coordinator@example.org", role=Role.COORDINATOR
    )


@pytest.fixture
def administrator(db) -> User:
    return UserFactory(
        name="Farid Administrator", email="administrator@example.org", role=Role.ADMINISTRATOR
    )


@pytest.fixture
def case(owner) -> Case:
    """Open to all staff."""
    return CaseFactory(reference="OPEN-1", title="An open appeal", lead=owner)


@pytest.fixture
def team_case(owner, colleague) -> Case:
    """For its team only, which is the owner and the colleague."""
    hidden = CaseFactory(
        reference="TEAM-1",
        title="A hidden appeal",
        lead=owner,
        confidentiality=Confidentiality.TEAM,
    )
    for person in (owner, colleague):
        MembershipFactory(case=hidden, user=person)
    return hidden


class FormClient(Client):
    """Sends every form with a token of its own, as if its page had just been opened."""

    def post(self, path, data=None, *args, **kwargs):
        return super().post(path, {"form_token": uuid.uuid4(), **(data or {})}, *args, **kwargs)


def confirm(client: Client, person: User) -> None:
    """What typing the password leaves in the session, which `force_login` does not."""
    request = HttpRequest()
    request.session, request.user = client.session, person
    record_authentication(request, person, "password")
    request.session.save()


@pytest.fixture
def signed_in():
    """`signed_in(person)`: a test client with that person's session."""

    def client_of(person: User) -> Client:
        client = FormClient()
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        confirm(client, person)
        return client

    return client_of


@pytest.fixture
def long_signed_in():
    """Like `signed_in`, of somebody who has not typed a password for a while."""

    def client_of(person: User) -> FormClient:
        client = FormClient()
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return client_of
