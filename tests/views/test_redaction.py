"""What the log says of a request that was refused, and of one that failed."""

import logging

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.utils.log import log_response

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
