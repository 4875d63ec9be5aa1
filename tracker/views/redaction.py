"""What a log line and a report of an error leave out: keys, passwords, what people typed."""

import logging
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from types import FrameType
from typing import Any

from django.apps import apps
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, get_resolver
from django.views.debug import SafeExceptionReporterFilter

# Names of the parts of an address that open something to whoever has them.
SECRET_PARTS = frozenset({"secret", "key", "token"})
QUERY = re.compile(r"(/[^\s\"'?]*)\?[^\s\"']+")  # what somebody searched for, or where to go next


class WithoutSecrets(logging.Formatter):
    """A line as it is written, the trace of an error included; LOGGING says where."""

    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(super().format(record))


class SecretsFilter(logging.Filter):
    """For loggers whose lines somebody else formats, as those of the web server."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = without_secrets(record.getMessage()), ()
        return True


def without_secrets(text: str) -> str:
    """Every address without its secret parts and without what follows its question mark."""
    if "/" in text and apps.ready:
        text = secret_addresses().sub(r"\1...", QUERY.sub(r"\1?...", text))
    return text


@lru_cache(maxsize=1)
def secret_addresses() -> re.Pattern[str]:
    """How each address with a secret part begins; all that follows is left out."""
    begins = sorted(set(beginnings(get_resolver().url_patterns, "/")))
    return re.compile(f"({'|'.join(map(re.escape, begins)) or '$^'})[^\\s\"'?]+")


def beginnings(patterns: Iterable[URLPattern | URLResolver], before: str) -> Iterator[str]:
    for pattern in patterns:
        path = before + str(pattern.pattern).removeprefix("^")
        if isinstance(pattern, URLResolver):
            yield from beginnings(pattern.url_patterns, path)
        elif SECRET_PARTS & set(pattern.pattern.regex.groupindex):
            yield re.split(r"<|\(\?P<", path)[0]


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
