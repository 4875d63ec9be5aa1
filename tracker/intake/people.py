"""Names of persons: where a name stands in a stretch of words, and the office beside it."""

import re
from dataclasses import dataclass

from tracker.intake.spans import Span, trim
from tracker.intake.words import COUNTRIES, HONORIFIC, INSTITUTIONS, NOT_NAMES, ROLES, has_office

_UPPER = r"A-ZÀ-ÖØ-ÞĀŁŃŚŠŽČĆА-ЯЁҢҮӨӘҒҚҰҺІЎҲҶӢӮ"
_INITIALS = rf"(?:[{_UPPER}]\.[ \t]?){{1,3}}"
_WORD = rf"[{_UPPER}][\w’'ʼ`\-]*[\w]"
_PARTICLE = (
    r"(?:uulu|kyzy|uly|ogly|oglu|qizi|o[‘'’]g[‘'’]li|уулу|улуу|кызы|улы|оглы|de|van|von|"
    r"bin|ibn|al|der|la|da)"
)
TOKEN = re.compile(rf"(?:{_INITIALS})|{_WORD}\.?|{_PARTICLE}\b|[^\s]+")
_NAME_TOKEN = re.compile(rf"^(?:{_INITIALS}|{_WORD}|{_PARTICLE})$")
_INITIAL_TOKEN = re.compile(rf"^{_INITIALS}$")
# Surnames such as Akimov or Sotnikov begin like the words for a post or a body.
_SURNAME_ENDING = re.compile(
    r"(?:ов|ев|ёв|ин|ын|ский|цкий|ова|ева|ёва|ина|ына|ская|цкая|ову|еву|ину|ыну|овой|евой|иной|"
    r"скому|цкому|ской)$"
)

_ENDS_IN_INITIAL = re.compile(rf"(?:^|[\s.])[{_UPPER}]\.$")


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody named in the text: a person, an office, or both; `span` covers the two."""

    span: Span
    name: Span | None
    office: Span | None


def _tokens(text: str, start: int, end: int) -> list[tuple[str, int, int]]:
    return [(m.group().strip(), m.start(), m.end()) for m in TOKEN.finditer(text, start, end)]


def _is_name_token(token: str) -> bool:
    if not _NAME_TOKEN.match(token):
        return False
    bare = token.strip(".")
    lowered = bare.casefold()
    if lowered in COUNTRIES or NOT_NAMES.match(bare):
        return False
    if _INITIAL_TOKEN.match(token) or _SURNAME_ENDING.search(bare):
        return True
    if len(bare) > 1 and (
        ROLES.fullmatch(bare) or INSTITUTIONS.fullmatch(bare) or has_office(bare)
    ):
        return False
    # ООО, UNDP: a short word in capitals is an abbreviation, not a surname.
    return not (bare.isupper() and len(bare) <= 4)


def name_at_end(text: str, start: int, end: int) -> Span | None:
    """The person's name that closes the stretch: two to four words, or initials and a surname."""
    tokens = _tokens(text, start, end)
    taken = 0
    while taken < min(4, len(tokens)) and _is_name_token(tokens[-1 - taken][0]):
        taken += 1
    while taken and re.fullmatch(_PARTICLE, tokens[len(tokens) - taken][0]):
        taken -= 1
    if taken < 2:
        return None
    return trim(text, tokens[len(tokens) - taken][1], end)


def name_at_start(text: str, start: int, end: int) -> Span | None:
    """The person's name that opens the stretch, up to the first comma or dash."""
    tokens = _tokens(text, start, end)
    taken = 0
    for token, _, _ in tokens[:5]:
        if not _is_name_token(token.rstrip(",;:")):
            break
        taken += 1
        if token[-1] in ",;:":
            break
    if taken < 2 or taken > 4:
        return None
    return trim(text, tokens[0][1], tokens[taken - 1][2], trailing=",;:")


def is_name(text: str, start: int, end: int) -> bool:
    """Whether the stretch is a person's name and nothing else."""
    span = trim(text, start, end, trailing=",;")
    if text[span.end - 2 : span.end - 1].islower():
        span = trim(text, span.start, span.end, trailing=".")
    found = name_at_start(text, span.start, span.end)
    return found is not None and found.end >= span.end


def _skip_honorific(text: str, start: int, end: int) -> int:
    while True:
        match = HONORIFIC.match(text[start : min(end, start + 60)])
        if not match:
            return start
        start += match.end()


def read_party(text: str, start: int, end: int) -> Party | None:
    """A stretch such as "the Minister of Justice, Mr. A. Example" as office and name.

    Returns None when nothing is left after articles and honorifics.
    """
    span = trim(text, start, end, leading=',;:«“"', trailing=",;:!")
    if not _ENDS_IN_INITIAL.search(text[max(span.start, span.end - 4) : span.end]):
        span = trim(text, span.start, span.end, trailing=",;:.!")
    begin = _skip_article(text, span.start, span.end)
    after = _skip_honorific(text, begin, span.end)
    if after >= span.end:
        return None
    surname = trim(text, after, span.end)
    if is_name(text, surname.start, surname.end):
        return Party(surname, surname, None)
    if (
        after > begin
        and len(_tokens(text, after, span.end)) == 1
        and (
            not has_office(text[after : span.end])
            or _SURNAME_ENDING.search(text[after : surname.end])
        )
    ):
        return Party(surname, surname, None)
    comma = re.search(r"[,–—\n]\s*|\s-\s", text[after : span.end])
    if comma:
        first = trim(text, after, after + comma.start())
        rest = Span(after + comma.end(), span.end)
        if is_name(text, first.start, first.end) and has_office(text[rest.start : rest.end]):
            office = trim(
                text, _skip_article(text, rest.start, rest.end), rest.end, trailing=",;:."
            )
            return Party(Span(first.start, office.end), first, office)
    name = name_at_end(text, after, span.end)
    if name is None:
        return Party(surname, None, surname)
    head = trim(text, after, name.start, trailing=",–—-")
    head = trim(text, head.start, _without_honorific_end(text, head), trailing=",–—-")
    if head.start >= head.end or not has_office(text[head.start : head.end]):
        return Party(surname, None, surname)
    return Party(Span(head.start, name.end), name, head)


def _without_honorific_end(text: str, head: Span) -> int:
    match = re.search(
        r"(?:^|[\s,])(?:mr|mrs|ms|dr|h\.?e|his excellency|her excellency|г-ну|г-же|г-на|г-жу|"
        r"господину|госпоже|господина|госпожу|мырза|айым)\.?\s*$",
        text[head.start : head.end],
        re.IGNORECASE,
    )
    return head.start + match.start() if match else head.end


def _skip_article(text: str, start: int, end: int) -> int:
    match = re.match(r"(?:to\s+)?(?:the|an?|to)\s+", text[start:end], re.IGNORECASE)
    return start + match.end() if match else start
