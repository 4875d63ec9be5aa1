"""Signs that nobody sees: they turn a name round, or hide a word within another.

Left out of whatever is typed, and of names of files: the marks that override or embed the direction
of writing (Unicode Standard Annex 9), spaces without a width, and control characters but for tab
and line. Joiners stay, which Persian and pictures need, and so do the plain marks of direction.
"""

import re

HIDDEN = re.compile(
    "[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u2028\u2029\u202a-\u202e"
    "\u2060-\u2069\u206a-\u206f\ufeff\ufff9-\ufffb\U000e0001-\U000e007f]"
)


def visible(text: str) -> str:
    return HIDDEN.sub("", text)
