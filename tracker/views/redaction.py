"""What a log line and a report of an error leave out: keys, passwords, what people typed."""

import logging
import re
from types import FrameType
from typing import Any

from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter

FEED = re.compile(r"(/feeds/)[^/\s?]+")


class FeedKeysFilter(logging.Filter):
    """Keeps every line, shortened; LOGGING in the settings says where."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(shortened(part) for part in record.args)
        record.msg = shortened(record.msg)
        return True


class ReportFilter(SafeExceptionReporterFilter):
    """Of a report of an error, be it a page under DEBUG or a mail to an operator.

    An address of a server holds its password. While DEBUG is off nothing that people typed, and
    no variable of the program, goes into a report: it may be of a case that its reader cannot see.
    """

    hidden_settings = re.compile(
        SafeExceptionReporterFilter.hidden_settings.pattern
        + "|URL|DATABASE|EMAIL|CRED|COOKIE|AUTH|SESSION|CSRF",
        flags=re.IGNORECASE,
    )

    def get_post_parameters(self, request: HttpRequest) -> dict[str, Any]:
        typed = super().get_post_parameters(request)
        if not self.is_active(request):
            return typed
        return dict.fromkeys(typed, self.cleansed_substitute)

    def get_traceback_frame_variables(
        self, request: HttpRequest, tb_frame: FrameType
    ) -> list[tuple[str, Any]]:
        if self.is_active(request):
            return []
        return super().get_traceback_frame_variables(request, tb_frame)


class InOneLineFilter(logging.Filter):
    """Whoever may not do something is no error of the program; its errors keep their traces."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.ERROR:
            record.exc_info = None
        return True


def shortened(part: object) -> object:
    return FEED.sub(r"\1...", part) if isinstance(part, str) else part
