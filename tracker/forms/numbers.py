"""Numbers that a page sends back and anybody may have altered."""


def sent_number(text: str) -> int | None:
    """The whole number a text is; None for anything else.

    `str.isdigit` alone also takes “²”, which `int` refuses, and numbers of any length.
    """
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
