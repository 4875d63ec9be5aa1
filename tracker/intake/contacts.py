"""E-mail addresses and telephone numbers in a text."""

import re

from tracker.intake.spans import normalise

# The longest parts that RFC 5321 allows. Without a limit a page of letters without a space is
# searched again from each of them.
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}(?!\w)")
# Only what begins with a plus or a nought: dates, sums and case numbers do not.
_PHONE = re.compile(
    r"(?<![\w.+/№-])(?:\+[0-9]{1,3}|\(?0[0-9]{2,4}\)?)"
    r"(?:[ \u00a0()\-]{1,2}[0-9]{2,4}){2,5}(?![\w/])|(?<!\w)\+[0-9]{10,14}(?!\w)"
)


def find_emails(text: str) -> list[str]:
    """Each address once, in order."""
    return list(dict.fromkeys(match.group().rstrip(".") for match in _EMAIL.finditer(text)))


def find_phones(text: str) -> list[str]:
    """Each number once, as written, in order."""
    return list(dict.fromkeys(normalise(match.group()) for match in _PHONE.finditer(text)))
