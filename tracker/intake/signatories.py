"""Who signed: lists of names, a signature after the closing words, "signed by ..." in prose."""

import re

from tracker.intake.lines import Block
from tracker.intake.people import name_at_end
from tracker.intake.signature import (
    BLANKS,
    Signatory,
    read_entry,
    read_names,
    read_organisation,
    read_signature,
)
from tracker.intake.spans import Span, touches, trim
from tracker.intake.words import INSTITUTIONS, ROLES

_HEADING = re.compile(
    r"^(?:the\s+)?(?:signator(?:y|ies)|signed(?:\s+by)?|signatures?|undersigned|endorsed by|"
    r"supported by|list of signatories|co-?signed by|"
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
    r"терең урматоо менен)\s*[,.!:–—-]?\s*|^(?:on behalf of|от имени)\s[^.]{3,100}[,:]$",
    re.IGNORECASE,
)

_ANNEX = re.compile(
    r"(?:annex|appendix|enclosures?|attachments?|приложени[ея]|тиркеме)\b", re.IGNORECASE
)
_SIGNED = re.compile(r"sign|подпис|кол кой", re.IGNORECASE)
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

_SENTENCE = re.compile(r"[.!?]\s+[A-ZА-ЯЁ][a-zа-яё]+\s+[a-zа-яё]+")


def find_signatories(
    text: str, blocks: list[Block], after: int, taken: list[Span]
) -> list[Signatory]:
    """The signatories of the text.

    `after` is where the last demand ends; `taken` are the places of the demands,
    which are never read as signatures.
    """
    usable = [
        b for b in blocks if b.kind in {"item", "paragraph"} and not touches(taken, b.start, b.end)
    ]
    usable = _before_annex(text, usable, after)
    found = _after_closing(text, usable) + _on_a_blank(text, usable, after)
    signed = sorted(s.span for s in found)
    rest = [b for b in usable if not touches(signed, b.start, b.end)]
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


def _before_annex(text: str, blocks: list[Block], after: int) -> list[Block]:
    """Names in an annex are not signatures, unless it is the list of signatories."""
    for index, block in enumerate(blocks):
        line = text[block.body : min(block.own_end, block.body + 120)]
        lists = index + 1 < len(blocks) and blocks[index + 1].kind == "item"
        # An annex is a list; the word alone may also open a sentence about one.
        if block.start >= after and lists and _ANNEX.match(line) and not _SIGNED.search(line):
            return blocks[:index]
    return blocks


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
            # Under a heading one name will do. Without it a list must be names for the most part,
            # or every list of places and victims would sign.
            enough = len(entries) >= (1 if headed else 2) and len(entries) * 10 >= len(run) * 6
            told = _told_as_other(text, run[0]) and not headed
            if enough and not told and (headed or run[0].start >= after):
                found.extend(
                    entries if headed or run[0].kind != "item" else _fill(text, run, entries)
                )
            index += len(run)
            continue
        # A paragraph of prose ends what the heading was about.
        if len(line) > 200:
            headed = False
        index += 1
    return found


def _fill(text: str, run: list[Block], entries: list[Signatory]) -> list[Signatory]:
    """The entries of a list, with the items among them that name an organisation only."""
    covered = sorted(entry.span for entry in entries)
    others = [
        organisation
        for b in run
        if not touches(covered, b.start, b.end)
        and (organisation := read_organisation(text, b.body, b.own_end, strict=False))
    ]
    return [*entries, *others]


def _run(text: str, blocks: list[Block], index: int) -> list[Block]:
    """Blocks that follow each other and look alike: items of one list, or short lines."""
    first = blocks[index]
    run = []
    for place in range(index, len(blocks)):
        block = blocks[place]
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
    if not line.endswith(":"):
        return False
    signed = _HEADING.match(line.strip()) or _SIGNED.search(line)
    return bool(_TELLS_OTHER.search(line)) or not signed


def _entries(text: str, block: Block, headed: bool) -> list[Signatory]:
    entry = read_entry(text, block.body, block.own_end)
    if entry:
        return [entry]
    if headed:
        people = read_names(text, block.body, block.own_end)
        if people:
            return people
        organisation = read_organisation(text, block.body, block.own_end, strict=False)
        return [organisation] if organisation else []
    organisation = read_organisation(text, block.body, block.own_end, strict=True)
    return [organisation] if organisation else []


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
        # Name, role, place, a colleague or two; further down is the foot of the page.
        lines += [b.span for b in blocks[index + 1 : index + 9] if b.own_end - b.body <= 160]
        role: Span | None = None
        for span in lines:
            several = read_names(text, span.start, span.end)
            if several:
                found.extend(several)
                continue
            words = text[span.start : span.end]
            entry = None if found and _is_role_of(found[-1], words) else read_signature(text, span)
            if entry:
                if entry.role is None and role is not None:
                    entry = Signatory(
                        Span(role.start, entry.span.end), entry.name, role, entry.place
                    )
                    role = None
                found.append(entry)
            elif not found and (
                organisation := read_organisation(text, span.start, span.end, strict=True)
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


def _is_role_of(last: Signatory, words: str) -> bool:
    """ "Chairperson, Green Steppe" under a name without a role tells what that person is."""
    return last.role is None and bool(ROLES.match(words)) and not re.search(r"\b\w\.\s?\w", words)


def _on_a_blank(text: str, blocks: list[Block], after: int) -> list[Signatory]:
    """ "05.02.2020 ______ A. Example": a line to sign on, with the name beside it."""
    found: list[Signatory] = []
    for block in blocks:
        if (
            block.start < after
            or block.own_end - block.body > 160
            or not BLANKS.search(text, block.body, block.own_end)
        ):
            continue
        entry = read_signature(text, block.span)
        if entry:
            found.append(entry)
    return found
