"""Who signed: lists of names, a signature after the closing words, "signed by ..." in prose."""

import re
from dataclasses import dataclass

from tracker.intake.lines import Block
from tracker.intake.people import is_name, name_at_end, name_at_start
from tracker.intake.spans import Span, trim
from tracker.intake.words import COUNTRIES, INSTITUTIONS, ROLES

_HEADING = re.compile(
    r"^(?:the\s+)?(?:signator(?:y|ies)|signed(?:\s+by)?|signatures?|undersigned|endorsed by|"
    r"supported by|list of signatories|co-?signed by|on behalf of|"
    r"the (?:appeal|statement|letter|petition) (?:was|is|has been) signed by|"
    r"signing organi[sz]ations|organi[sz]ations|individuals|"
    r"подписи|подписали|подписанты|подписавшиеся|подпись|список подписавших\w*|"
    r"обращение (?:подписали|поддержали)|заявление подписали|"
    r"письмо подписали|поддержали|кол койгондор|кол коюшту|кол койгон\w*)(?![\w])[^.]{0,80}:?$",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"^(?:yours\s+(?:sincerely|faithfully|truly|respectfully)|sincerely(?:\s+yours)?|"
    r"respectfully(?:\s+(?:yours|submitted))?|with (?:best |kind )?(?:respect|regards)|"
    r"kind regards|best regards|"
    r"с уважением|с надеждой[^.]{0,60}|с глубоким уважением|урматоо менен|урматтоо менен|"
    r"терең урматоо менен)\s*[,.!:–—-]?\s*",
    re.IGNORECASE,
)
_PROSE = re.compile(
    r"\b(?:statement|appeal|letter|declaration|petition|document|address)\s+(?:was|is|has been|"
    r"were)"
    r"\s+(?:also\s+)?signed\s+by\s+(?P<who>[^.]{10,1200}(?:\.\s?[^.\s]{1,3}[^.]{0,400}){0,6}?)"
    r"\.(?:\s|$)|"
    r"(?:заявление|обращение|письмо|документ|петицию|"
    r"декларацию)\s+(?:также\s+)?подписали:?\s+(?P<кто>.{10,1200}?)(?<![\s.][А-ЯЁ])\.(?:\s|$)",
    re.IGNORECASE,
)
_TELLS_OTHER = re.compile(
    r"\b(?:detained|arrested|victims?|killed|injured|prisoners?|accused|convicted|wounded|"
    r"задержан\w*|арестован\w*|погиб\w*|заключенн\w*|осужден\w*|пострадавш\w*|обвиня\w*)\b",
    re.IGNORECASE,
)
_PLURAL_ROLE = re.compile(r"^(?P<one>[A-Za-z-]+?)s$")
_DASH = re.compile(r"\s+[–—-]\s+|:\s+")
_BLANKS = re.compile(r"_{2,}|\.{4,}|…{2,}|\t+|\s{3,}|/\s*")
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
_SENTENCE = re.compile(r"[.!?]\s+[A-ZА-ЯЁ][a-zа-яё]+\s+[a-zа-яё]+")


@dataclass(frozen=True, slots=True)
class Signatory:
    """A person or an organisation, with role and place as written; `span` covers the entry."""

    span: Span
    name: Span
    role: Span | None
    place: Span | None


def find_signatories(
    text: str, blocks: list[Block], after: int, taken: list[Span]
) -> list[Signatory]:
    """The signatories of the text.

    `after` is where the last demand ends; `taken` are the places of the demands,
    which are never read as signatures.
    """
    usable = [
        b
        for b in blocks
        if b.kind in {"item", "paragraph"}
        and not any(s.start < b.end and b.start < s.end for s in taken)
    ]
    found = _after_closing(text, usable) + _on_a_blank(text, usable, after)
    signed = [s.span for s in found]
    rest = [b for b in usable if not any(s.start < b.end and b.start < s.end for s in signed)]
    listed = _from_lists(text, rest, after)
    found.extend(listed)
    if not found:
        found = _from_prose(text)
    unique: dict[str, Signatory] = {}
    for signatory in found:
        unique.setdefault(
            " ".join(text[signatory.name.start : signatory.name.end].split()).casefold(), signatory
        )
    return sorted(unique.values(), key=lambda s: s.span)


def _from_lists(text: str, blocks: list[Block], after: int) -> list[Signatory]:
    found: list[Signatory] = []
    index = 0
    headed = False
    while index < len(blocks):
        block = blocks[index]
        line = text[block.body : block.own_end]
        if len(line) <= 140 and _HEADING.match(line):
            headed = True
            index += 1
            continue
        run = _run(text, blocks, index)
        if run and not headed and run[0].start < after:
            # What stands before the last demand is no signature, whatever follows it.
            run = [b for b in run if b.start < after]
            index += len(run)
            continue
        if run:
            entries = [entry for b in run for entry in _entries(text, b, headed)]
            enough = len(entries) >= (1 if headed else 2) and len(entries) * 10 >= len(run) * 6
            told = _told_as_other(text, run[0]) and not headed
            if enough and not told and (headed or run[0].start >= after):
                found.extend(
                    entries if headed or run[0].kind != "item" else _fill(text, run, entries)
                )
            index += len(run)
            continue
        if len(line) > 200:
            headed = False
        index += 1
    return found


def _fill(text: str, run: list[Block], entries: list[Signatory]) -> list[Signatory]:
    """The entries of a list, with the items among them that name an organisation only."""
    covered = [e.span.start for e in entries]
    others = [
        organisation
        for b in run
        if not any(b.start <= start < b.end for start in covered)
        and (organisation := _organisation(text, b.body, b.own_end, strict=False))
    ]
    return [*entries, *others]


def _run(text: str, blocks: list[Block], index: int) -> list[Block]:
    """Blocks that follow each other and look alike: items of one list, or short lines."""
    first = blocks[index]
    run = []
    for block in blocks[index:]:
        if block.kind != first.kind or (first.kind == "item" and block.style != first.style):
            break
        length = block.own_end - block.body
        if length > 320 or _SENTENCE.search(text[block.body : block.own_end]):
            break
        if first.kind == "paragraph" and (
            text[block.own_end - 1] in ":!?"
            or _HEADING.match(text[block.body : block.own_end])
            or _CLOSING.match(text[block.body : block.own_end])
        ):
            break
        run.append(block)
    return run


def _told_as_other(text: str, first: Block) -> bool:
    before = text[max(0, first.start - 300) : first.start].rstrip()
    line = before.rsplit("\n", 1)[-1]
    return bool(_TELLS_OTHER.search(line)) or (
        line.endswith(":")
        and not _HEADING.match(line.strip())
        and not re.search(r"sign|подпис|кол кой", line, re.IGNORECASE)
    )


def _entries(text: str, block: Block, headed: bool) -> list[Signatory]:
    entry = read_entry(text, block.body, block.own_end)
    if entry:
        return [entry]
    if headed:
        people = _names_in_a_row(text, block.body, block.own_end)
        if people:
            return people
        organisation = _organisation(text, block.body, block.own_end, strict=False)
        return [organisation] if organisation else []
    organisation = _organisation(text, block.body, block.own_end, strict=True)
    return [organisation] if organisation else []


def read_entry(text: str, start: int, end: int) -> Signatory | None:
    """ "Name, role, place" or "Name – role"; None where no person's name comes first."""
    whole = trim(text, start, end, trailing=";.,")
    parts = _parts(text, whole.start, whole.end)
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


def _organisation(text: str, start: int, end: int, *, strict: bool) -> Signatory | None:
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


def _names_in_a_row(text: str, start: int, end: int) -> list[Signatory]:
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


def _from_prose(text: str) -> list[Signatory]:
    match = _PROSE.search(text)
    if not match:
        return []
    group = "who" if match.group("who") else "кто"
    start, end = match.span(group)
    found: list[Signatory] = []
    role: Span | None = None
    shared: Span | None = None
    at = start
    pieces: list[Span] = []
    for cut in re.finditer(
        r",\s+(?:and\s+|и\s+|а также\s+)?|\s+(?:and|и|а также)\s+(?=[a-zа-яё]*\s*[A-ZА-ЯЁ])|;\s*",
        text[start:end],
    ):
        pieces.append(trim(text, at, start + cut.start()))
        at = start + cut.end()
    pieces.append(trim(text, at, end))
    for piece in (p for p in pieces if p.start < p.end):
        name = name_at_end(text, piece.start, piece.end)
        if name is None:
            role = Span(role.start if role else piece.start, piece.end)
            shared = None
            continue
        own = trim(text, piece.start, name.start, trailing=",–—-")
        if own.start < own.end:
            words = text[own.start : own.end]
            article = re.match(r"(?:an?|the|as well as|also)\s+", words, re.IGNORECASE)
            own = Span(own.start + (article.end() if article else 0), own.end)
            plural = _PLURAL_ROLE.match(text[own.start : own.end])
            if plural and ROLES.fullmatch(plural.group("one")):
                own = Span(own.start, own.end - 1)
                shared = own
            else:
                shared = None
            said: Span | None = Span(role.start if role else own.start, own.end)
        else:
            said = role or shared
        found.append(Signatory(Span(piece.start, name.end), name, said, None))
        role = None
    return found


def _after_closing(text: str, blocks: list[Block]) -> list[Signatory]:
    """The signature under "Sincerely": a name, its role before, after or beside it."""
    found: list[Signatory] = []
    organisations: list[Signatory] = []
    for index, block in enumerate(blocks):
        line = text[block.body : block.own_end]
        closing = _CLOSING.match(line)
        if not closing or len(line) > 200:
            continue
        lines = (
            [Span(block.body + closing.end(), block.own_end)] if closing.end() < len(line) else []
        )
        lines += [b.span for b in blocks[index + 1 : index + 9] if b.own_end - b.body <= 160]
        role: Span | None = None
        for span in lines:
            several = _names_in_a_row(text, span.start, span.end)
            if several:
                found.extend(several)
                continue
            entry = _signature_line(text, span)
            words = text[span.start : span.end]
            if entry:
                if entry.role is None and role is not None:
                    entry = Signatory(
                        Span(role.start, entry.span.end), entry.name, role, entry.place
                    )
                    role = None
                found.append(entry)
            elif not found and (
                organisation := _organisation(text, span.start, span.end, strict=True)
            ):
                organisations.append(organisation)
            elif ROLES.search(words) or INSTITUTIONS.search(words):
                if (
                    found
                    and found[-1].role is None
                    and found[-1].name.start > block.start
                    and role is None
                ):
                    last = found.pop()
                    found.append(
                        Signatory(
                            Span(last.span.start, span.end),
                            last.name,
                            trim(text, span.start, span.end, trailing=",.;"),
                            last.place,
                        )
                    )
                else:
                    role = (
                        Span(role.start, span.end)
                        if role
                        else trim(text, span.start, span.end, trailing=",.;")
                    )
            elif len(words) > 80:
                break
    return found or organisations


def _on_a_blank(text: str, blocks: list[Block], after: int) -> list[Signatory]:
    """ "05.02.2020 ______ A. Example": a line to sign on, with the name beside it."""
    found: list[Signatory] = []
    for block in blocks:
        if (
            block.start < after
            or block.own_end - block.body > 160
            or not _BLANKS.search(text, block.body, block.own_end)
        ):
            continue
        entry = _signature_line(text, block.span)
        if entry:
            found.append(entry)
    return found


def _signature_line(text: str, span: Span) -> Signatory | None:
    entry = read_entry(text, span.start, span.end)
    if entry:
        return entry
    blank = _BLANKS.search(text, span.start, span.end)
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
