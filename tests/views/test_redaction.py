"""What the log says of a request that was refused, and of one that failed."""

import logging
import sys

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.utils.log import log_response
from django.views.debug import ExceptionReporter

from tracker.views.redaction import InOneLineFilter


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
