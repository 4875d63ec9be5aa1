"""What a text says of itself at its head: title, kind, issuers, place."""

import re

from tracker.intake.issued import FoundDate, find_dates
from tracker.intake.lines import Block
from tracker.intake.spans import Span, trim
from tracker.intake.words import DATIVE_START, sounds_like_demand

_KINDS = (
    ("urgent_action", r"urgent (?:action|appeal)|срочн\w+ (?:акци\w+|обращени\w+)"),
    ("petition", r"petition|петици\w+"),
    ("resolution", r"resolution|резолюци\w+"),
    ("declaration", r"declaration|деклараци\w+"),
    (
        "open_appeal",
        r"open (?:appeal|letter)|appeal|открыт\w+ (?:письм\w+|обращени\w+)|обращени\w+|"
        r"воззвани\w+|призыв\w*|кайрылуу\w*|ачык кат",
    ),
    ("recommendations", r"recommendations|рекомендаци\w+|сунуштар"),
    ("demands", r"demands|требовани\w+|талаптар\w*"),
    ("statement", r"(?:joint |public |open )?statement|заявлени\w+|билдирүү\w*|билдирме"),
    ("open_appeal", r"letter|письмо|кат"),
)
_KIND_WORD = re.compile(
    r"(?<!\w)(?:" + "|".join(pattern for _, pattern in _KINDS) + r")(?!\w)", re.IGNORECASE
)
_TITLE_START = re.compile(
    r"^(?:(?:joint|open|public|collective|urgent|civil society|online|совместн\w+|открыт\w+|"
    r"коллективн\w+|публичн\w+|срочн\w+|экстренн\w+|ачык|биргелешкен)\s+)*(?:"
    + "|".join(pattern for _, pattern in _KINDS)
    + r")(?!\w)",
    re.IGNORECASE,
)
_NOT_A_TITLE = re.compile(
    r"^(?:to\b|dear\b|from\b|кому\b|от\b|уважаем|mr\.?\s|г-н|cc\b|copy|копия|date\b|дата\b|исх|"
    r"ref\b|№|\[|https?:|www\.|share\b|contents?\b|by\s+[A-Z]|автор:|who we |what we |"
    r"english translation|translation\b|перевод\b|unofficial)",
    re.IGNORECASE,
)
_SUBJECT = re.compile(r"^(?:subject|re|тема|title)\s*:\s*", re.IGNORECASE)
_ISSUER_AFTER = re.compile(
    r"^(?:joint\s+|open\s+|public\s+)*(?:appeal|statement|declaration|petition|open letter|"
    r"letter|demands|resolution)\s+(?:of|by|from)\s+(?:the\s+)?(?P<who>[^:.“«]{3,160})",
    re.IGNORECASE,
)
_ISSUER_LATER = re.compile(
    r"\b(?:statement|appeal|declaration|letter)\s+of\s+(?:the\s+)?(?P<who>[^.:,]{5,120}?)"
    r"\s+(?:says|reads|said|notes)\b|\bCongress of the (?P<whom>[A-Z][\w ]{3,60}?)(?=[,.\n])",
    re.IGNORECASE,
)
_ISSUER_WE = re.compile(
    r"\b[Ww]e,\s+(?P<who>the\s+(?!under)[^.;:]{4,160}?|[A-Z«“][^.;:]{3,160}?),\s+(?:call|urge|"
    r"demand|ask|request|appeal|express|are|declare|hereby|condemn|strongly)\b|"
    r"(?<![а-яё])[Мм]ы,\s+(?!нижеподпис)(?P<кто>[^.;:]{5,160}?),\s+(?:требу|прос|призыва|обраща|"
    r"выража|заявл|настаива|осужда)"
)
_ISSUER_ON_BEHALF = re.compile(
    r"(?:\bon behalf of (?:the\s+)?|(?<![а-яё])от имени\s+)(?P<who>[A-ZА-ЯЁ«“][^.,;:\n]{3,120})"
)
_PLACE = re.compile(
    r"^(?:г\.\s*|гор\.\s*|"
    r"город\s+)?(?P<place>[A-ZА-ЯЁҢҮӨ][\w’'-]+(?:[\s-][A-ZА-ЯЁҢҮӨ][\w’'-]+)?(?:,\s*[A-ZА-ЯЁ][\w’'-]+)?)(?:\s*шаары)?\s*[,–—(:-]?\s*$"
)
_PLACE_AFTER = re.compile(
    r"^(?:\s*(?:года|год|г\.))?\s*,?\s*(?:г\.\s*|"
    r"гор\.\s*)?(?P<place>[A-ZА-ЯЁҢҮӨ][\w’'-]+(?:[\s-][A-ZА-ЯЁ][\w’'-]+)?)\s*$"
)
_PLACE_AT_END = re.compile(r",\s*(?P<place>[A-ZА-ЯЁ][\w’'-]+(?:[\s-][A-ZА-ЯЁ][\w’'-]+)?)\s*$")


def find_title(text: str, blocks: list[Block], addressee_end: int) -> Span | None:
    """The line that names the document; None where the text starts with a plain paragraph."""
    head = [b for b in blocks[:60] if b.kind in {"paragraph", "noise"}]
    named = None
    for block in head:
        line = text[block.body : block.own_end]
        if block.kind == "noise" or len(line) > 220:
            continue
        label = _SUBJECT.match(line)
        line = line[label.end() :] if label else line
        if (
            _TITLE_START.match(line)
            and not re.search(r"[.!?;]$", line.rstrip('»”"!'))
            and not _is_lead(line)
        ):
            named = block
            if len(line.split()) >= 3:
                break
    if named is not None:
        label = _SUBJECT.match(text[named.body : named.own_end])
        span = trim(text, named.body + (label.end() if label else 0), named.own_end, trailing=".:")
        if len(text[span.start : span.end].split()) < 3:
            return (
                _with_continuation(text, head, named, addressee_end)
                or _first_line(text, head, addressee_end)
                or span
            )
        return span
    return _first_line(text, head, addressee_end)


def _is_lead(line: str) -> bool:
    return line.rstrip().endswith(":") and len(line.split()) <= 3


def _with_continuation(
    text: str, head: list[Block], named: Block, addressee_end: int
) -> Span | None:
    """ "ЗАЯВЛЕНИЕ" with "о нарушении прав ..." on the next line is one title."""
    index = head.index(named)
    if index + 1 < len(head):
        block = head[index + 1]
        line = text[block.body : block.own_end]
        plain = (
            not line.rstrip().endswith((".", ":", ",", "!"))
            and not _NOT_A_TITLE.match(line)
            and not DATIVE_START.match(line)
        )
        if (
            len(line) <= 160
            and plain
            and block.body >= addressee_end
            and not find_dates(text, block.body, block.own_end)
        ):
            return trim(text, named.body, block.own_end)
    return None


def _first_line(text: str, head: list[Block], addressee_end: int) -> Span | None:
    for block in head[:12]:
        line = text[block.body : block.own_end]
        if block.kind == "noise" or _NOT_A_TITLE.match(line) or DATIVE_START.match(line):
            continue
        words = line.split()
        dates = find_dates(text, block.body, min(block.own_end, block.body + 200))
        if dates and len(words) <= 6:
            continue
        if len(line) > 200 or re.search(r"[.;:,]$", line) or len(words) < 3:
            if len(line) > 200 or re.search(r"[.]$", line):
                return None
            continue
        if block.body < addressee_end and len(words) <= 6 and not _KIND_WORD.search(line):
            continue
        return trim(text, block.body, block.own_end)
    return None


def find_kind(text: str, title: Span | None, blocks: list[Block]) -> str | None:
    """The kind by the first word for it: in the title, on a line of its own, near the top."""
    places = [text[title.start : title.end]] if title else []
    short = [text[b.body : b.own_end] for b in blocks[:40] if b.own_end - b.body <= 60]
    places += [line for line in short if _TITLE_START.match(line)]
    places += [text[:1500]]
    for place in places:
        kinds = [
            (match.start(), order, kind)
            for order, (kind, pattern) in enumerate(_KINDS)
            if (match := re.search(rf"(?<!\w)(?:{pattern})(?!\w)", place, re.IGNORECASE))
        ]
        if kinds:
            return min(kinds)[2]
    return None


def names_itself(text: str, title: Span | None, blocks: list[Block]) -> bool:
    """Whether a heading line calls the text an appeal, a statement, a petition and so on."""
    if title and _TITLE_START.match(text[title.start : title.end]):
        return True
    return any(
        b.own_end - b.body <= 80
        and _TITLE_START.match(text[b.body : b.own_end])
        and not text[b.body : b.own_end].endswith(".")
        for b in blocks[:40]
        if b.kind == "paragraph"
    )


def naming_lines(text: str, blocks: list[Block]) -> list[Span]:
    """Short lines near the top that start as titles do ("Petition to the Mayor")."""
    return [
        b.span
        for b in blocks[:12]
        if b.kind == "paragraph"
        and b.own_end - b.body <= 200
        and _TITLE_START.match(text[b.body : b.own_end])
        and not text[b.body : b.own_end].endswith(".")
    ]


def is_headline_demand(text: str, title: Span | None) -> bool:
    """ "Country: Release the detained" or "The authorities must ..." as a headline."""
    if title is None:
        return False
    words = (
        re.sub(r"[«“\"][^»”\"]*[»”\"]", " ", text[title.start : title.end]).split(":")[-1].strip()
    )
    return sounds_like_demand(words) or bool(
        re.search(
            r"\b(?:must|should|needs? to)\b|(?<![а-яё])(?:должн[аыо]|должен|следует)(?![а-яё])",
            words,
            re.IGNORECASE,
        )
    )


def find_issuers(text: str, title: Span | None) -> list[Span]:
    """The organisations that issue the text, where it says so; empty otherwise."""
    head_end = min(len(text), 6000)
    spans: list[Span] = []
    if title and (match := _ISSUER_AFTER.match(text[title.start : title.end])):
        spans = [Span(title.start + match.start("who"), title.start + match.end("who"))]
    for pattern in (_ISSUER_LATER, _ISSUER_WE, _ISSUER_ON_BEHALF):
        if spans:
            break
        if found := pattern.search(text, 0, head_end):
            group = next(name for name, value in found.groupdict().items() if value)
            spans = [Span(*found.span(group))]
    return [part for span in spans for part in _split(text, span)]


def _split(text: str, span: Span) -> list[Span]:
    span = trim(text, span.start, span.end, trailing=",;:– ")
    parts: list[Span] = []
    at = span.start
    for cut in re.finditer(r"\s+and\s+the\s+|\s+and\s+(?=[A-Z«“])", text[span.start : span.end]):
        parts.append(Span(at, span.start + cut.start()))
        at = span.start + cut.end()
    parts.append(Span(at, span.end))
    if len(parts) == 1 or len(parts) > 6:
        parts = [span]
    trimmed = [
        trim(text, p.start + (4 if text[p.start : p.start + 4].casefold() == "the " else 0), p.end)
        for p in parts
    ]
    return [p for p in trimmed if p.start < p.end]


def find_place(text: str, blocks: list[Block], issued: FoundDate | None) -> Span | None:
    """The place on the date line or on the line before it."""
    if issued is None:
        return None
    for index, block in enumerate(blocks):
        if not block.start <= issued.span.start < block.end:
            continue
        before = text[block.body : issued.span.start]
        bracket = re.match(r"[\s(\[]*", before)
        offset = bracket.end() if bracket else 0
        if match := _PLACE.match(before[offset:].rstrip(" (")):
            return Span(
                block.body + offset + match.start("place"), block.body + offset + match.end("place")
            )
        if match := _PLACE_AFTER.match(text[issued.span.end : block.own_end]):
            return Span(
                issued.span.end + match.start("place"), issued.span.end + match.end("place")
            )
        previous = blocks[index - 1] if index else None
        following = blocks[index + 1] if index + 1 < len(blocks) else None
        # Under the signatures the line before the date is the last signatory, with their town.
        at_the_top = block.start < max(600, len(text) // 3)
        if (
            previous
            and at_the_top
            and previous.kind == "paragraph"
            and previous.own_end - previous.body <= 100
            and (match := _PLACE_AT_END.search(text[previous.body : previous.own_end]))
        ):
            return Span(previous.body + match.start("place"), previous.body + match.end("place"))
        for other in (previous, following):
            if (
                other
                and other.kind == "paragraph"
                and re.match(r"(?:г\.|гор\.|город\s)", text[other.body : other.own_end])
                and (match := _PLACE.match(text[other.body : other.own_end]))
            ):
                return Span(other.body + match.start("place"), other.body + match.end("place"))
    return None
