"""What somebody types, or names a file, to do harm; and how to see that it did none."""

import re

from tests import pages

# Each tries several things at once, or the walk would take many times as long: a formula is one at
# the beginning alone. `hostile` marks what must never become a part of a page.
WORDS = {
    # A formula; an attribute; tags, out of a text box, a title and a script; a template's code.
    "markup": '=1+A1"\' onmouseover="hostile()" hostile="></textarea></title></script>'
    "<script>hostile()</script><hostile-tag>{{ hostile }}{% hostile %}${hostile}",
    # A formula; headers of a mail and of an answer; an entry of a calendar; a path.
    "lines": "@SUM(1)\r\nBcc: thief@evil.test\r\nX-Hostile: 1\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\n"
    "SUMMARY:hostile\\,;\r\n\r\n../../../etc/passwd\\..\\x",
    # A formula; what turns a name round, what nobody sees, letters on letters.
    "signs": "\t-2+3reply\u202efdp.exe\u2066\u202d ze\u200bro\u2060\ufeff\u00ad\x07\x1b[31m\x85"
    "\u2028 👩‍👩‍👧‍👦 e" + "\u0301" * 20 + " ﷽ ǅ İ",
    "length": "ж" * 300,
    "nothing": "+1\x00",
}
# What turns other words round, or hides between them.
UNSEEN = re.compile("[\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069\x07\x1b]")
CALCULATES = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def harmless_page(answer) -> None:
    """No tag and no attribute of theirs; the tree of the page is whole."""
    if answer.streaming or not answer.content or "html" not in answer.headers["Content-Type"]:
        return
    for element in pages.page(answer).iter():
        assert "hostile" not in element.tag, element.tag
        assert "onmouseover" not in element.attrib and "hostile" not in element.attrib
        if element.tag in ("script", "style"):
            assert "hostile" not in "".join(element.itertext())


def harmless_cells(rows: list[list[str]]) -> None:
    assert len({len(row) for row in rows}) == 1, "a cell broke its row"
    for row in rows:
        for cell in row:
            assert not cell.lstrip(" \u00a0").startswith(CALCULATES), cell
