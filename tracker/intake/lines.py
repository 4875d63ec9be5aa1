"""A text as blocks: paragraphs, list items with their sub-items, footnotes.

Lines broken by a mail program or a PDF are joined again: a line goes on in the
next one when the next word would not have fitted into the width of the text.
"""

import re
from dataclasses import dataclass, field

from tracker.intake.spans import Span, trim

_LINE = re.compile(r"[^\r\n\v\f\x85\u2028\u2029]+")
_BULLET = re.compile(r"(?:[•▪◦○●‣⁃∙■□►▶➤➢✓✔❖\uf0b7·]\s*|[*\-–—−]\s+|o\s+(?=\S))")
# “1.Release” is a mark where a letter follows; “1.5” is not.
_NUMBER = re.compile(r"(?:№\s*)?\(?[0-9]{1,3}(?:\.[0-9]{1,2}){0,2}(?:[.)]\)?\s+|[.)](?=[^\W\d_]))")
_LETTER = re.compile(r"\(?(?:[a-zа-яңүө]|[ivx]{2,4})\)\s*(?=\S)|[ivx]{1,4}\.\s+(?=\S)")
_ROMAN = re.compile(r"[IVX]{1,4}[.)]\s+")
_NOTE = re.compile(r"\[[0-9]{1,3}\]\s*")
_PAGE_NUMBER = re.compile(
    r"^(?:[-–—]\s*)?(?:(?:page|стр\.?|страница)\s*)?[0-9]{1,3}(?:\s*(?:of|из|"
    r"/)\s*[0-9]{1,3})?(?:\s*[-–—])?$",
    re.IGNORECASE,
)
_NOISE = re.compile(
    r"^(?:share (?:on|this|via)\b.*|tweet|print|menu|skip to .*|subscribe\b.*|sign up\b.*|"
    r"read (?:more|also)\b.*|related\b.{0,40}"
    r"|follow us\b.*|cookie.*|we use cookies.*|accept all.*|all rights reserved.*|©.*|"
    r"copyright\b.*|back to top|log ?in"
    r"|search|home|advertisement|\[ad_[0-9]\]|tags?:.*|filed under.*|leave a (?:comment|reply).*|"
    r"previous|next"
    r"|поделиться.*|подпис(?:ат|ыват|к)\w*(?:ся)?(?: на .*)?|читай(?:те)? (?:также|ещё|еще).*|"
    r"распечатать|меню|главная|поиск"
    r"|реклама|комментари[ий].{0,20}|теги:.*|все права защищены.*|бөлүшүү.*)$",
    re.IGNORECASE,
)
_UNFINISHED = re.compile(r"[^.!?…;:»”\"]$")


@dataclass(slots=True)
class Line:
    """One line that is not blank; `body` starts after the list mark, if there is one."""

    start: int
    end: int
    indent: int
    mark: str
    body: int
    gap: bool


@dataclass(slots=True)
class Block:
    """A paragraph, a list item or a footnote.

    `kind` is `paragraph`, `item`, `note` or `noise` (the furniture of a web page);
    `style` says which sort of mark an item has; sub-items are in `children`, and
    `end` is then the end of the last of them.
    """

    kind: str
    style: str
    start: int
    end: int
    body: int
    indent: int
    gap: bool
    own_end: int
    children: list["Block"] = field(default_factory=list)

    @property
    def span(self) -> Span:
        return Span(self.body, self.own_end)


def _mark(text: str, start: int, end: int) -> tuple[str, int]:
    for style, pattern in (
        ("note", _NOTE),
        ("bullet", _BULLET),
        ("number", _NUMBER),
        ("letter", _LETTER),
        ("roman", _ROMAN),
    ):
        match = pattern.match(text, start, end)
        if match and match.end() < end:
            return style, match.end()
    return "", start


def split_lines(text: str) -> list[Line]:
    """The lines that are not blank; `gap` says that a blank line stands before."""
    lines: list[Line] = []
    previous_end = 0
    for match in _LINE.finditer(text):
        span = trim(text, match.start(), match.end(), leading="\ufeff")
        if span.start == span.end:
            continue
        # Between two halves of a sentence it would keep them apart.
        if (
            _PAGE_NUMBER.match(text[span.start : min(span.end, span.start + 40)])
            and span.end - span.start < 40
        ):
            continue
        breaks = text.count("\n", previous_end, span.start) or text.count(
            "\r", previous_end, span.start
        )
        style, body = _mark(text, span.start, span.end)
        lines.append(
            Line(
                span.start,
                span.end,
                span.start - match.start(),
                style,
                body,
                breaks > 1 or not lines,
            )
        )
        previous_end = span.end
    return lines


def _width(lines: list[Line]) -> int:
    """The width the text was broken at, or 0 when every paragraph is one line."""
    lengths = sorted(line.end - line.start + line.indent for line in lines)
    if len(lengths) < 4:
        return 0
    # Not the longest: one address on the web in a text of short lines would hide where it breaks.
    width = lengths[int(len(lengths) * 0.9)]
    return width if 40 <= width <= 130 else 0


def _goes_on(text: str, before: Line, line: Line, width: int) -> bool:
    if line.gap or line.mark:
        return False
    # The next line is an item, whether it is marked or not.
    if text[before.end - 1] in ";:":
        return False
    lower = text[line.start].islower()
    unfinished = bool(_UNFINISHED.search(text[before.end - 1 : before.end]))
    if width:
        word = re.match(r"\S{1,60}", text[line.start : line.start + 60])
        full = before.end - before.start + before.indent + 1 + (word.end() if word else 0) > width
        if full and before.end - before.start >= 40:
            return True
    if before.mark and line.indent >= before.indent + 2 and (unfinished or lower):
        return True
    # Short lines that end without a mark are verses of an address or a list of names.
    return lower and unfinished and before.end - before.start >= 30


def read_blocks(text: str) -> list[Block]:
    """The blocks in order; sub-items stand inside their item."""
    lines = split_lines(text)
    width = _width(lines)
    flat: list[Block] = []
    last: Line | None = None
    for line in lines:
        if (
            last is not None
            and flat
            and flat[-1].kind != "noise"
            and _goes_on(text, last, line, width)
        ):
            flat[-1].end = flat[-1].own_end = line.end
            last = Line(line.start, line.end, line.indent, "", line.body, line.gap)
            continue
        kind = "note" if line.mark == "note" else "item" if line.mark else "paragraph"
        if (
            kind == "paragraph"
            and line.end - line.start < 120
            and _NOISE.match(text[line.start : line.end])
        ):
            kind = "noise"
        flat.append(
            Block(kind, line.mark, line.start, line.end, line.body, line.indent, line.gap, line.end)
        )
        last = line
    return _nest(text, flat)


def _nest(text: str, flat: list[Block]) -> list[Block]:
    top: list[Block] = []
    for block in flat:
        parent = top[-1] if top else None
        if (
            block.kind == "item"
            and parent is not None
            and parent.kind == "item"
            and _is_child(text, parent, block)
        ):
            parent.children.append(block)
            parent.end = block.end
        else:
            top.append(block)
    return top


def _is_child(text: str, parent: Block, block: Block) -> bool:
    if parent.children:
        first = parent.children[0]
        return (
            block.style == first.style
            and block.indent >= first.indent
            and (block.style != parent.style or block.indent > parent.indent)
        )
    if block.style == parent.style:
        return block.indent >= parent.indent + 2
    introduces = text[parent.own_end - 1] == ":"
    return (
        introduces
        or (block.indent >= parent.indent + 2)
        or (parent.style in {"number", "roman"} and block.style == "letter")
    )
