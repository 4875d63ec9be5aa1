"""What the log says of a request that was refused, and of one that failed; and never says."""

import io
import logging
import logging.config
import re
import sys

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.urls import URLPattern, get_resolver
from django.utils.log import log_response
from django.views.debug import ExceptionReporter

from tracker.views.redaction import SECRET_PARTS, InOneLineFilter, SecretsFilter, without_secrets


class Kept(logging.Handler):
    """Keeps what a logger lets through."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture
def log() -> logging.Logger:
    """Of its own: programs that other tests start in this process set up the shared ones."""
    logger = logging.Logger("of this test")
    logger.addFilter(InOneLineFilter())
    logger.addHandler(Kept())
    return logger


def test_the_log_of_requests_has_the_filter():
    assert "in_one_line" in settings.LOGGING["loggers"]["django.request"]["filters"]


@pytest.mark.parametrize(("status", "traced"), [(403, False), (404, False), (500, True)])
def test_only_an_error_of_the_program_is_traced(log, rf, status, traced):
    log_response(
        "Refused: %s",
        "/cases/",
        response=HttpResponse(status=status),
        request=rf.get("/cases/"),
        exception=PermissionDenied("No."),
        logger=log,
    )
    [record] = log.handlers[0].records
    assert (record.exc_info is not None) == traced


SECRET = "brokersecretpw"


@pytest.fixture
def secrets(settings):
    """The same word as each password that the settings of a real site hold."""
    settings.SECRET_KEY = SECRET
    settings.CELERY_BROKER_URL = f"redis://:{SECRET}@broker.example.org:6379/0"
    settings.EMAIL_HOST_PASSWORD = SECRET
    settings.SOME_API_TOKEN = {"nested": SECRET}
    settings.PLACES = [{"SOME_URL": f"https://{SECRET}@example.org"}]


def test_a_stranger_is_shown_no_settings(client, secrets):
    client.raise_request_exception = False
    for answer in (
        client.get("/", headers={"host": "evil.test"}),
        client.get("/no/such/page/"),
    ):
        assert answer.status_code in {400, 404}
        assert b"CELERY_BROKER_URL" not in answer.content and b"urlconf" not in answer.content


def test_even_under_debug_the_settings_keep_their_secrets(client, secrets, settings):
    settings.DEBUG = True
    answer = client.get("/", headers={"host": "evil.test"})
    page = answer.content.decode()
    assert answer.status_code == 400 and "CELERY_BROKER_URL" in page
    assert SECRET not in page


def test_a_report_to_the_operator_holds_no_secret_and_nothing_that_was_typed(rf, secrets):
    words = "-".join(("words", "of", "a", "case"))  # the report quotes this very code
    server = {"EMAIL_URL": f"smtp://x:{SECRET}@mail.example.org"}
    request = rf.post("/cases/new/", {"text": words}, **server)
    request.COOKIES["sessionid"] = SECRET
    try:
        told = request.POST["text"]
        raise ValueError(told[:0])
    except ValueError:
        report = ExceptionReporter(request, *sys.exc_info())
    for written in (report.get_traceback_text(), report.get_traceback_html()):
        assert "ValueError" in written and "CELERY_BROKER_URL" in written
        assert SECRET not in written
        assert words not in written


# Secrets in addresses

MARK = "5ecretMark"
# Parts of addresses that anybody may read who reads the log.
PUBLIC_PARTS = {
    *("pk", "number", "proposal", "year"),
    *("reference", "change", "slug", "code", "action", "uidb36"),
    *("kind", "object_id", "app_label", "url"),
}


def routes(patterns=None, before="/") -> dict[str, set[str]]:
    """Every address as the program writes it, with the names of its parts."""
    found = {}
    for pattern in patterns or get_resolver().url_patterns:
        path = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            found[path] = set(pattern.pattern.regex.groupindex)
        else:
            found |= routes(pattern.url_patterns, path)
    return found


def secret_addresses() -> list[str]:
    """With the mark for each part that has a name."""
    return [
        re.sub(r"<\w+:\w+>|\(\?P<\w+>[^()]*\)", MARK, path).replace("^", "").replace("$", "")
        for path, parts in routes().items()
        if parts & SECRET_PARTS
    ]


def test_each_part_of_an_address_is_secret_or_is_not():
    parts = set().union(*routes().values())
    assert parts - SECRET_PARTS == PUBLIC_PARTS
    assert not PUBLIC_PARTS & SECRET_PARTS
    assert len(secret_addresses()) >= 2


@pytest.mark.parametrize(
    "line",
    [
        "Forbidden (CSRF token missing.): {}",
        "Not Found: {}",
        "Forbidden (Referer checking failed - https://tracker.example.org{} is not it.): /",
        '"GET {} HTTP/1.1" 404 12',
        '"GET /accounts/login/?next={} HTTP/1.1" 200 9',
        "Error handling request {}",
    ],
)
def test_no_address_with_a_secret_is_written_whole(line):
    for address in secret_addresses():
        written = without_secrets(line.format(address))
        assert MARK not in written
        assert written.startswith(line.split("{")[0].split("?")[0])


def test_nor_is_what_somebody_searched_for():
    line = '"GET /cases/?q=5ecretMark&page=2 HTTP/1.1" 200 9'
    assert without_secrets(line) == '"GET /cases/?... HTTP/1.1" 200 9'
    assert without_secrets("Is 1/2 half? Yes") == "Is 1/2 half? Yes"


@pytest.fixture
def written(monkeypatch):
    """All loggers as the settings say, writing here; and what they were put back."""
    out = io.StringIO()
    wanted = settings.LOGGING | {"handlers": {"console": {**HANDLER, "stream": out}}}
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    logging.config.dictConfig(wanted)
    yield out
    root.handlers[:], root.level = handlers, level


HANDLER = {"class": "logging.StreamHandler", "formatter": "line"}
LOGGERS = ["django.request", "django.security.csrf", "django.server", "gunicorn.error", "any.other"]


@pytest.mark.parametrize("name", LOGGERS)
def test_no_logger_writes_a_secret_not_even_in_a_trace(written, name):
    address = secret_addresses()[0]
    try:
        raise LookupError(address)
    except LookupError:
        logging.getLogger(name).exception("Error at %s", address)
    assert "Error at /" in written.getvalue()
    assert MARK not in written.getvalue()


@pytest.mark.parametrize("name", ["gunicorn.error", "gunicorn.access"])
def test_the_web_servers_own_lines_are_shortened(name):
    assert settings.LOGGING["loggers"][name]["filters"] == ["secrets"]
    logger = logging.Logger(name)
    logger.addFilter(SecretsFilter())
    logger.addHandler(Kept())
    logger.warning('"%(r)s" 100%%', {"r": f"GET {secret_addresses()[0]} HTTP/1.1"})
    [record] = logger.handlers[0].records
    assert MARK not in record.getMessage()
    assert "HTTP/1.1" in record.getMessage()
