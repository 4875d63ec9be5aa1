"""What a log line leaves out: the keys in feed addresses, and the trace of a mere refusal."""

import logging
import re

FEED = re.compile(r"(/feeds/)[^/\s?]+")


class FeedKeysFilter(logging.Filter):
    """Keeps every line, shortened; LOGGING in the settings says where."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(shortened(part) for part in record.args)
        record.msg = shortened(record.msg)
        return True


class InOneLineFilter(logging.Filter):
    """Whoever may not do something is no error of the program; its errors keep their traces."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.ERROR:
            record.exc_info = None
        return True


def shortened(part: object) -> object:
    return FEED.sub(r"\1...", part) if isinstance(part, str) else part
