"""Feed addresses are keys: whatever writes a log line about one leaves the key out."""

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


def shortened(part: object) -> object:
    return FEED.sub(r"\1...", part) if isinstance(part, str) else part
