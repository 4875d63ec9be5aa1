"""Places in a text: trimming, normalising, sentences, quoted stretches.

Every function takes the whole text and character offsets into it, and gives
offsets back, so that what was found can always be shown where it stands.
"""

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

SOFT_HYPHEN = "\u00ad"

# Text without sentence ends (a table, a log, a binary opened as text) is cut
# here, so that no pattern ever runs over more than this many characters.
LONGEST_SENTENCE = 1500

OPENING = "«“„\"'‘(["
CLOSING = "»”“\"'’)]"

_SHORTENED = (
    "mr mrs ms dr prof st no nos art arts para paras p pp sec cl ch vol v vs ed eds etc fig jr "
    "sr inc ltd co gen "
    "gov sen rep hon rev approx dept est jan feb mar apr jun jul aug sep sept oct nov dec str "
    "ave tel fax e.g i.e "
    "cf al u.s "
    "г гг ст п пп ч чч стр ул д кв им т.д т.п т.е т.к др пр см рис табл млн млрд тыс руб сом обл "
    "р-н гос акад проф "
    "доц зам нач исх вх тел факс просп пер н.э абз подп гл б ж кг"
)
_ABBREVIATIONS = frozenset(_SHORTENED.split())
# Closing marks belong to the sentence. Only before white space: “24.kg” and “3.5” go on.
_SENTENCE_END = re.compile(r"[.!?…]+[»”“\"'’)\]]*(?=\s)")
_WORD_BEFORE = re.compile(r"[^\s(«“\"]{1,12}$")
# Each sort of marks with its own partner, for they stand inside each other. Not endless: one
# mark that was never closed must not quote the rest of the text.
_QUOTES = re.compile(r"«[^«»]{1,4000}»|“[^“”]{1,4000}[”“]|„[^“”„]{1,4000}[“”]|\"[^\"]{1,4000}\"")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of the text, as offsets of characters; `end` is exclusive."""

    start: int
    end: int


def normalise(text: str) -> str:
    """The text on one line: soft hyphens dropped, runs of white space made one space."""
    return " ".join(text.replace(SOFT_HYPHEN, "").split())


def trim(text: str, start: int, end: int, leading: str = "", trailing: str = "") -> Span:
    """The span without white space and without the given marks at its ends."""
    while start < end and (
        text[start].isspace() or text[start] == SOFT_HYPHEN or text[start] in leading
    ):
        start += 1
    while end > start and (
        text[end - 1].isspace() or text[end - 1] == SOFT_HYPHEN or text[end - 1] in trailing
    ):
        end -= 1
    return Span(start, end)


def read(text: str, span: Span) -> str:
    """What stands there, normalised."""
    return normalise(text[span.start : span.end])


def _ends_sentence(text: str, match: re.Match[str], start: int) -> bool:
    after = match.end()
    while after < len(text) and text[after].isspace():
        after += 1
    if after >= len(text):
        return True
    # A small letter goes on: “ст. закона”.
    if text[after].islower():
        return False
    # No abbreviation ends in these.
    if text[match.start()] != "." or match.group().startswith(".."):
        return True
    before = _WORD_BEFORE.search(text, max(start, match.start() - 12), match.start())
    if before is None:
        return True
    word = before.group()
    # An initial: “A. Example”.
    if len(word) == 1 and word.isupper():
        return False
    if word.isdigit() and before.start() <= start + 2:
        # The mark of a list item, not the end of a sentence.
        return False
    return word.casefold() not in _ABBREVIATIONS


def sentences(text: str, start: int, end: int) -> list[Span]:
    """The sentences between two offsets, none longer than LONGEST_SENTENCE characters."""
    found: list[Span] = []
    at = start
    for match in _SENTENCE_END.finditer(text, start, end):
        if _ends_sentence(text, match, at):
            found.extend(_cut(text, at, match.end()))
            at = match.end()
    found.extend(_cut(text, at, end))
    return found


def _cut(text: str, start: int, end: int) -> list[Span]:
    pieces = []
    while end - start > LONGEST_SENTENCE:
        middle = text.rfind(" ", start + LONGEST_SENTENCE // 2, start + LONGEST_SENTENCE)
        if middle < 0:
            middle = start + LONGEST_SENTENCE
        pieces.append(trim(text, start, middle))
        start = middle
    pieces.append(trim(text, start, end))
    return [piece for piece in pieces if piece.start < piece.end]


def quoted(text: str) -> list[Span]:
    """Stretches in quotation marks that hold a phrase (four words or more), in order."""
    return [
        Span(match.start(), match.end())
        for match in _QUOTES.finditer(text)
        # Fewer words are mostly the name of an organisation or a law, and no speech.
        if match.group().count(" ") >= 3
    ]


def inside(spans: list[Span], position: int) -> bool:
    """Whether the position lies in one of the spans, which are sorted and do not overlap."""
    index = bisect_right(spans, position, key=lambda span: span.start) - 1
    return index >= 0 and position < spans[index].end


def touches(spans: list[Span], start: int, end: int) -> bool:
    """Whether one of the spans, sorted and apart from each other, shares a character with this."""
    index = bisect_left(spans, end, key=lambda span: span.start) - 1
    return index >= 0 and spans[index].end > start


def locate(text: str, words: str, near: int = 0) -> Span | None:
    """Where the words stand in the text, white space apart; of several places the nearest."""
    pattern = r"\s+".join(re.escape(word) for word in words.split())
    if not pattern:
        return None
    places = [Span(match.start(), match.end()) for match in re.finditer(pattern, text)]
    return min(places, key=lambda span: abs(span.start - near), default=None)
