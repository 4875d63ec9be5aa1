"""One signature: a name with its role and place, or an organisation."""

import re
from dataclasses import dataclass

from tracker.intake.people import is_name, name_at_end, name_at_start
from tracker.intake.spans import Span, trim
from tracker.intake.words import COUNTRIES, INSTITUTIONS, ROLES

_DASH = re.compile(r"\s+[–—-]\s+|:\s+")

BLANKS = re.compile(r"_{2,}|\.{4,}|…{2,}|\t+|\s{3,}|/\s*")

_CITY = re.compile(
    r"^(?:г\.|гор\.|город|с\.|село|capital of)\s*\S|^[А-ЯЁҢҮӨ][\w-]+\s+(?:ш\.?|шаары|облусу|"
    r"району|айылы)$",
    re.IGNORECASE,
)

_COUNTRY = re.compile(
    r"[\w’'-]+(?:\s[\w’'-]+)?\s(?:federation|republic|kingdom|states)|[\w-]+\s(?:федерация|"
    r"республика|королевство)|республика\s[\w-]+",
    re.IGNORECASE,
)

_SPEAKS = re.compile(
    r"\b(?:we|is|are|was|were|our|have|has|to|that)\b|(?<![а-яё])(?:мы|что|был\w*|"
    r"наш\w*)(?![а-яё])",
    re.IGNORECASE,
)

_PREPOSITION = re.compile(
    r"(?:^|\s)(?:of|for|in|at|the|and|on|to|по|при|в|и|о|об)\s+$", re.IGNORECASE
)

_TITLE = re.compile(r"(?:mr|mrs|ms|dr|prof|hon|г-н|г-жа)\.?\s+(?=[A-ZА-ЯЁ])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Signatory:
    """A person or an organisation, with role and place as written; `span` covers the entry."""

    span: Span
    name: Span
    role: Span | None
    place: Span | None


def read_entry(text: str, start: int, end: int) -> Signatory | None:
    """ "Name, role, place" or "Name – role"; None where no person's name comes first."""
    whole = trim(text, start, end, trailing=";.,")
    title = _TITLE.match(text[whole.start : whole.end])
    parts = _parts(text, whole.start + (title.end() if title else 0), whole.end)
    first = parts[0]
    if not is_name(text, first.start, first.end):
        bracket = re.match(r"([^()]{5,60}?)\s*\(", text[first.start : whole.end])
        if bracket and is_name(text, first.start, first.start + bracket.end(1)):
            name = Span(first.start, first.start + bracket.end(1))
            inner = trim(text, name.end, whole.end, leading="(", trailing=")")
            role, place = _role_and_place(text, _parts(text, inner.start, inner.end))
            return Signatory(whole, name, role, place)
        return None
    role, place = _role_and_place(text, parts[1:])
    return Signatory(whole, first, role, place)


def _parts(text: str, start: int, end: int) -> list[Span]:
    """Split at commas, and at a dash after the first part, but not inside quotes or brackets."""
    parts: list[Span] = []
    depth = 0
    at = start
    for index in range(start, end):
        letter = text[index]
        if letter in "«“(„":
            depth += 1
        elif letter in "»”)" and depth:
            depth -= 1
        elif letter in ",;" and not depth:
            parts.append(trim(text, at, index))
            at = index + 1
    parts.append(trim(text, at, end))
    parts = [p for p in parts if p.start < p.end] or [Span(start, end)]
    dash = _DASH.search(text, parts[0].start, parts[0].end)
    if dash and dash.start() > parts[0].start:
        parts[0:1] = [
            trim(text, parts[0].start, dash.start()),
            trim(text, dash.end(), parts[0].end),
        ]
    return [p for p in parts if p.start < p.end] or [Span(start, end)]


def _role_and_place(text: str, parts: list[Span]) -> tuple[Span | None, Span | None]:
    if not parts:
        return None, None
    count = 0
    if _is_place(text, parts[-1]):
        count = 1
        country = " ".join(text[parts[-1].start : parts[-1].end].casefold().split())
        wide = (
            country in COUNTRIES
            or _COUNTRY.fullmatch(country)
            or re.search(r"область|oblast|region", country)
        )
        if wide and len(parts) >= 2 and _is_place(text, parts[-2]):
            count = 2
    role = Span(parts[0].start, parts[-1 - count].end) if len(parts) > count else None
    place = Span(parts[-count].start, parts[-1].end) if count else None
    return role, place


def _is_place(text: str, part: Span) -> bool:
    words = text[part.start : part.end]
    if _CITY.match(words) or _COUNTRY.fullmatch(words):
        return True
    if re.search(r"[«»“”\"()0-9@]", words) or ROLES.search(words) or INSTITUTIONS.search(words):
        return False
    split = words.split()
    return (
        1 <= len(split) <= 4
        and split[0][:1].isupper()
        and split[-1][:1].isupper()
        and not (len(words) <= 4 and words.isupper() and words.casefold() not in COUNTRIES)
    )


def read_organisation(text: str, start: int, end: int, *, strict: bool) -> Signatory | None:
    whole = trim(text, start, end, trailing=";.,")
    words = text[whole.start : whole.end]
    if not words or len(words) > 200 or not (words[0].isupper() or words[0] in '«“"'):
        return None
    if strict and (_SPEAKS.search(words) or ROLES.match(words)):
        return None
    if strict and not (
        INSTITUTIONS.search(words) or re.match(r"(?:ОО|ОФ|ОЮЛ|ПФ|НПО|NGO|PF|PA)\s", words)
    ):
        return None
    if re.search(r"@|https?:|www\.|\+?[0-9][0-9 ()-]{8,}", words) or words.endswith(":"):
        return None
    parts = _parts(text, whole.start, whole.end)
    bracket = re.search(r"\s*\(([^()]{3,40})\)$", words)
    if bracket and bracket.start() > 0:
        return Signatory(
            whole,
            Span(whole.start, whole.start + bracket.start()),
            None,
            Span(whole.start + bracket.start(1), whole.start + bracket.end(1)),
        )
    if len(parts) > 1 and _is_place(text, parts[-1]):
        count = 2 if len(parts) > 2 and _is_place(text, parts[-2]) else 1
        return Signatory(
            whole,
            Span(whole.start, parts[-1 - count].end),
            None,
            Span(parts[-count].start, whole.end),
        )
    return Signatory(whole, whole, None, None)


def read_names(text: str, start: int, end: int) -> list[Signatory]:
    """ "A. One, B. Two and C. Three" after the word Signed."""
    pieces: list[Span] = []
    at = start
    for match in re.finditer(r",\s+(?:and\s+|и\s+)?|\s+and\s+|\s+и\s+|;\s*", text[start:end]):
        pieces.append(trim(text, at, start + match.start()))
        at = start + match.end()
    pieces.append(trim(text, at, end))
    pieces = [p for p in pieces if p.start < p.end]
    if len(pieces) < 2 or not all(is_name(text, p.start, p.end) for p in pieces):
        return []
    return [Signatory(p, p, None, None) for p in pieces]


def read_signature(text: str, span: Span) -> Signatory | None:
    entry = read_entry(text, span.start, span.end)
    if entry:
        return entry
    blank = BLANKS.search(text, span.start, span.end)
    if blank:
        left, right = (
            trim(text, span.start, blank.start()),
            trim(text, blank.end(), span.end, leading="_ ./(", trailing="_ /)."),
        )
        if is_name(text, right.start, right.end):
            role = (
                left
                if left.start < left.end and re.search(r"[^\W\d_]{3}", text[left.start : left.end])
                else None
            )
            return Signatory(span, right, role, None)
    name = name_at_end(text, span.start, span.end)
    if (
        name
        and name.start > span.start
        and not _PREPOSITION.search(text[span.start : name.start])
        and (
            ROLES.search(text[span.start : name.start])
            or INSTITUTIONS.search(text[span.start : name.start])
        )
    ):
        return Signatory(span, name, trim(text, span.start, name.start, trailing=",–—-"), None)
    opening = name_at_start(text, span.start, span.end)
    if opening and opening.end < span.end and ROLES.search(text[opening.end : span.end]):
        return Signatory(span, opening, trim(text, opening.end, span.end, leading=",–—- "), None)
    return None
