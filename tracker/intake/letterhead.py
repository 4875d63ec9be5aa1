"""Addressees named in the heading of a letter, above the text."""

import re

from tracker.intake.addressees import Addressees
from tracker.intake.lines import Block
from tracker.intake.lists import LEAD_WORDS
from tracker.intake.people import Party, is_name, read_party
from tracker.intake.spans import Span, trim
from tracker.intake.words import (
    DATIVE_START,
    HONORIFIC,
    KYRGYZ_DATIVE_LINE,
    has_authority,
    has_office,
)

_TO = re.compile(
    r"^(?:to\s*:\s*|to\s+(?=the\b|all\b|mr\b|mrs\b|ms\b|his\b|her\b|h\.\s?e|[A-Z])|"
    r"addressed to:?\s+|attn:?\s+|attention:?\s+|for the attention of:?\s+|кому\s*:\s*|"
    r"адресат\w*\s*:\s*|кимге\s*:\s*)",
    re.IGNORECASE,
)

_TO_PREPOSITION_RU = re.compile(
    r"^(?:в|во)\s+(?=[А-ЯЁ])(?=\S*(?:министерств|прокуратур|правительств|парламент|жогорку|"
    r"генеральн|верховн|администраци|комитет|комисси|управлени|суд|аппарат|департамент|"
    r"государственн|национальн|центральн))",
    re.IGNORECASE,
)

_ONLY_TO = re.compile(r"^(?:to|кому|кимге|addressed to|адресат\w*)\s*:$", re.IGNORECASE)

_COPY = re.compile(
    r"^(?:c\.?c\.?|b\.?c\.?c\.?|copy|copies|copied|копи[яи]|көчүрмө\w*)\b[\s.:]*(?:to\b|:)?",
    re.IGNORECASE,
)

_SALUTATION_ANYWHERE = re.compile(
    r"^(?:dear|your excellency|excellency|honou?rable|уважаем|глубокоуважаем|многоуважаем|"
    r"урматтуу)",
    re.IGNORECASE,
)

_YOUR = re.compile(r"^(?:ваше|ваша|your|dear)\b", re.IGNORECASE)

_ADDRESS_LINE = re.compile(
    r"@|https?:|www\.|\b(?:street|str\.|avenue|ave\.|building|p\.?o\.? box|tel\.?|fax|e-?mail|"
    r"ул\.|улица|просп\.|проспект|пр-т|бул\.|тел\.|факс|дом|д\.\s*[0-9]|индекс|көч\.)|"
    r"^\s*[0-9]{5,6}\b|^(?:г\.|город|гор\.|ш\.)\s*[А-ЯЁ][\w-]+,?$",
    re.IGNORECASE,
)

_FROM = re.compile(r"^(?:from\b|от\s+(?!имени)|заявител[ья]\b|кимден)", re.IGNORECASE)

_OFFICE_AFTER = re.compile(
    r"^(?:of\s+|and\s+|for\s+|[а-яёa-z(]|(?:Кыргызской|Республики|Российской|Кыргыз|КР|РК|РФ)\b)"
)

_NAME_DATIVE = re.compile(
    r"^(?:(?:г-ну|г-же|господину|госпоже|mr\.?|mrs\.?|ms\.?|dr\.?|"
    r"h\.e\.)\s*)?(?:(?:[A-ZА-ЯЁҢҮӨ]\.\s?){1,3}[A-ZА-ЯЁҢҮӨ][\w’'-]+|"
    r"[A-ZА-ЯЁҢҮӨ][\w’'-]+\s+(?:[A-ZА-ЯЁҢҮӨ]\.\s?){1,3})$"
)


def read_heading(text: str, blocks: list[Block], known: Addressees) -> int:
    """Adds the addressees named above the text; returns the offset where the heading ends."""
    end = 0
    copy = False
    pending: list[Span] = []
    top = _heading_blocks(text, blocks)
    listing = False
    for block in top:
        line = text[block.body : block.own_end]
        if _COPY.match(line):
            _flush(text, pending, known)
            copy, listing = True, False
            continue
        if copy and not block.gap:
            continue
        copy = False
        if _FROM.match(line):
            _flush(text, pending, known)
            listing = False
            end = block.end
            continue
        starts = _start_of_addressee(text, block)
        if starts is not None:
            if not (pending and _continues_office(text, pending, block)):
                _flush(text, pending, known)
            listing = bool(
                re.match(r"(?:to|кому|addressed to|адресат\w*|кимге)\s*:", line, re.IGNORECASE)
            )
            if starts < block.own_end:
                pending.append(trim(text, starts, block.own_end, trailing=",;:"))
            end = block.end
        elif pending and is_person_line(line) and _names_of(text, pending) and not block.gap:
            # "New York" under the name and the office looks like another name.
            end = block.end
        elif (
            pending
            and (is_person_line(line) or _OFFICE_AFTER.match(line))
            and len(line) <= 160
            and not _ADDRESS_LINE.search(line)
        ):
            pending.append(trim(text, block.body, block.own_end, trailing=",;:"))
            end = block.end
        elif is_person_line(line) and HONORIFIC.match(line) and not pending:
            above = _office_above(text, top, block)
            if above:
                pending.append(above)
            pending.append(trim(text, block.body, block.own_end, trailing=",;:"))
            end = block.end
        elif (
            (listing or pending)
            and has_office(line)
            and len(line) <= 160
            and not _ADDRESS_LINE.search(line)
            and not line.rstrip().endswith(".")
        ):
            same = not block.gap and bool(_names_of(text, pending))
            if not (pending and (same or _only_names(text, pending))):
                _flush(text, pending, known)
            pending.append(trim(text, block.body, block.own_end, trailing=",;:"))
            end = block.end
        else:
            _flush(text, pending, known)
            listing = listing and block.kind == "item"
    _flush(text, pending, known)
    known.heading = list(known.entries)
    return end


def _office_above(text: str, top: list[Block], block: Block) -> Span | None:
    """ "Minister of the Interior" on the line above "Mr. A. Example", without a "To"."""
    index = top.index(block)
    if block.gap or index == 0:
        return None
    above = top[index - 1]
    line = text[above.body : above.own_end]
    if len(line) > 120 or line.endswith((".", ":")) or not _starts_office(line):
        return None
    return trim(text, above.body, above.own_end, trailing=",;:")


def is_person_line(line: str) -> bool:
    """A line that holds a person's name, with or without "Mr.", and nothing else."""
    words = line.strip(" ,;:")
    if _YOUR.match(words):
        return False
    after = HONORIFIC.match(words)
    rest = words[after.end() :] if after else words
    return (
        bool(_NAME_DATIVE.match(words))
        or is_name(rest, 0, len(rest))
        or bool(after and re.fullmatch(r"[A-ZА-ЯЁҢҮӨ][\w’'-]+", rest) and not has_office(rest))
    )


def _names_of(text: str, pending: list[Span]) -> list[Span]:
    return [span for span in pending if is_person_line(text[span.start : span.end])]


def _only_names(text: str, pending: list[Span]) -> bool:
    return all(is_person_line(text[s.start : s.end]) for s in pending)


def _heading_blocks(text: str, blocks: list[Block]) -> list[Block]:
    """The short blocks before the body starts (a long paragraph, a lead-in or a salutation)."""
    top: list[Block] = []
    long_ones = 0
    for index, block in enumerate(blocks[:80]):
        if block.kind in {"noise", "note"}:
            continue
        line = text[block.body : block.own_end]
        opens_list = (
            index + 1 < len(blocks)
            and blocks[index + 1].kind == "item"
            and line.endswith(":")
            and not _ONLY_TO.match(line)
        )
        if opens_list or (line.endswith(":") and LEAD_WORDS.search(line)):
            break
        if (
            _SALUTATION_ANYWHERE.match(line)
            and len(line) < 140
            and top
            and not re.match(r"уважаемому", line, re.IGNORECASE)
        ):
            break
        if len(line) > 220 or (
            len(line) > 110 and re.search(r"[.!?]\s", line) and not _TO.match(line)
        ):
            long_ones += 1
            if long_ones > 3 or any(_start_of_addressee(text, b) is not None for b in top):
                break
            continue
        top.append(block)
    return top


def _start_of_addressee(text: str, block: Block) -> int | None:
    line = text[block.body : block.own_end]
    if _YOUR.match(line):
        return None
    if len(line) > 400 or line.rstrip().endswith(("?", "!")):
        return None
    label = _TO.match(line)
    if label:
        rest = line[label.end() :]
        if ":" in label.group() or has_authority(rest[:160]) or HONORIFIC.match(rest):
            return block.body + label.end()
        return None
    preposition = _TO_PREPOSITION_RU.match(line)
    if preposition and len(line) < 200:
        return block.body + preposition.end()
    if DATIVE_START.match(line) and len(line) < 250:
        return block.body
    if (
        re.search("[ңүөҢҮӨ]|Кыргыз Республикасы", line)
        and len(line) < 200
        and KYRGYZ_DATIVE_LINE.search(line)
        and not line.rstrip().endswith(".")
    ):
        return block.body
    return None


def _continues_office(text: str, pending: list[Span], block: Block) -> bool:
    """A wrapped office: "Председателю / Комитету ..." never, "of the Republic" always."""
    return (
        not block.gap
        and bool(_OFFICE_AFTER.match(text[block.body : block.own_end]))
        and not DATIVE_START.match(text[block.body : block.own_end])
        and bool(pending)
    )


def _flush(text: str, pending: list[Span], known: Addressees) -> None:
    """Reads the collected lines as one addressee, or several where names and offices alternate."""
    if not pending:
        return
    names = [s for s in pending if is_person_line(text[s.start : s.end])]
    offices = [s for s in pending if s not in names]
    if names and offices and len(names) == 1:
        office = trim(text, offices[0].start, offices[-1].end, trailing=",;:")
        contiguous = not (offices[0] < names[0] < offices[-1])
        party = (
            read_party(text, office.start, office.end)
            if contiguous
            else read_party(text, offices[0].start, offices[0].end)
        )
        person = read_party(text, names[0].start, names[0].end)
        if party and person:
            named = person.name or person.office
            span = Span(min(party.span.start, names[0].start), max(party.span.end, names[0].end))
            known.add(Party(span, named, party.office or party.span))
    else:
        whole = trim(text, pending[0].start, pending[-1].end, trailing=",;:")
        for part in split_offices(text, whole):
            party = read_party(text, part.start, part.end)
            if party:
                known.add(party)
    pending.clear()


def split_offices(text: str, span: Span) -> list[Span]:
    """ "the President and the Prime Minister" as two stretches; a single office as one."""
    words = text[span.start : span.end]
    parts: list[Span] = []
    at = span.start
    for cut in re.finditer(
        r"[,;]?\s+(?:and|и|а также|as well as)\s+(?:to\s+)?(?=the\s|[A-ZА-ЯЁ])|"
        r"[,;]\s+(?:to\s+)?(?=the\s)|,\s+(?=[а-яёА-ЯЁ])|;\s+|\n+",
        words,
    ):
        left, right = text[at : span.start + cut.start()], text[span.start + cut.end() : span.end]
        if _starts_office(left) and _starts_office(right):
            parts.append(Span(at, span.start + cut.start()))
            at = span.start + cut.end()
    parts.append(Span(at, span.end))
    return parts


def _starts_office(words: str) -> bool:
    if re.match(r"[А-ЯЁа-яё]", words):
        return bool(DATIVE_START.match(words))
    head = re.match(r"(?:the\s+)?((?:[\w’'-]+\s+){0,3}[\w’'-]+)", words)
    return bool(head and has_office(head.group(1)))
