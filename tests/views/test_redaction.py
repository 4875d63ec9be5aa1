"""What the log says of a request that was refused, and of one that failed."""

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.utils.log import log_response


def test_the_log_of_requests_has_the_filter():
    assert "in_one_line" in settings.LOGGING["loggers"]["django.request"]["filters"]


@pytest.mark.parametrize(("status", "traced"), [(403, False), (404, False), (500, True)])
def test_only_an_error_of_the_program_is_traced(caplog, rf, status, traced):
    log_response(
        "Refused: %s",
        "/cases/",
        response=HttpResponse(status=status),
        request=rf.get("/cases/"),
        exception=PermissionDenied("No."),
    )
    [record] = caplog.records
    assert (record.exc_info is not None) == traced
