"""Addressees named in a list of addresses, in the salutation or in the title."""

import re

from tracker.intake.addressees import Addressees
from tracker.intake.letterhead import split_offices
from tracker.intake.lines import Block
from tracker.intake.lists import run_of_items
from tracker.intake.people import read_party
from tracker.intake.spans import Span, read
from tracker.intake.words import DATIVE_START, has_authority, has_office

_SALUTATION = re.compile(
    r"^(?:dear|your excellency|excellency|honou?rable|уважаем\w+|глубокоуважаем\w+|"
    r"многоуважаем\w+|достопочтенн\w+|урматтуу)\s*,?\s+(?P<who>[^!,:]{2,120}?)\s*[!,:.]?\s*$",
    re.IGNORECASE,
)

_NOBODY = re.compile(
    r"\b(?:friends?|colleagues|readers?|all|sir|madam|sirs|everyone|друзья|коллеги|читател\w+|"
    r"соотечественники|дамы|господа|all concerned)\b",
    re.IGNORECASE,
)

_ADDRESSES = re.compile(
    r"^(?:addresses|addressees|(?:please\s+)?(?:write|send (?:your )?(?:appeals|letters)) to|"
    r"адреса|адресаты)\s*:?$",
    re.IGNORECASE,
)
_HOW_TO_REACH = re.compile(
    r"[,;.]?\s*\b(?:e-?mails?|fax|tel|phone|twitter|address|website|эл\. почта|факс|тел)\b.*$",
    re.IGNORECASE | re.DOTALL,
)
_TITLE_TO = re.compile(
    r"(?:appeal|letter|statement|petition|address|demands|"
    r"recommendations)\s+to\s+(?P<to>(?:the\s+)?\S.{2,140})$|"
    r"(?:обращени|письм|заявлени|петици|воззвани|требовани)\w*\s+(?:[^.:]{0,80}?\s)??(?:к\s+|"
    r"в\s+(?=[А-ЯЁ]))(?P<кому>[А-ЯЁа-яё].{4,140})$|"
    r"(?:обращени|письм|заявлени|петици|воззвани|требовани)\w*\s+(?P<дат>[А-ЯЁа-яё].{4,140})$",
    re.IGNORECASE,
)


def read_address_list(text: str, blocks: list[Block], known: Addressees) -> None:
    """Takes the offices from the list under "Addresses:", as urgent appeals have it."""
    for index, block in enumerate(blocks):
        if not _ADDRESSES.match(text[block.body : min(block.own_end, block.body + 80)]):
            continue
        for item in run_of_items(blocks, index + 1) if index + 1 < len(blocks) else []:
            line = text[item.body : item.own_end]
            reach = _HOW_TO_REACH.search(line)
            end = item.body + (reach.start() if reach else len(line))
            party = read_party(text, item.body, end)
            if item.kind == "item" and party and has_office(read(text, party.span)):
                known.add(party)
    known.heading = list(known.entries)


def read_salutation(text: str, blocks: list[Block], known: Addressees) -> None:
    """Takes the addressee from "Dear President Example" where no heading names a person."""
    if any(entry.name for entry in known.heading):
        return
    for block in blocks[:60]:
        line = text[block.body : block.own_end]
        if block.kind != "paragraph" or len(line) > 160:
            continue
        match = _SALUTATION.match(line)
        if not match or _NOBODY.search(match.group("who")):
            continue
        party = read_party(text, block.body + match.start("who"), block.body + match.end("who"))
        if party and (party.name or (not known.heading and has_authority(read(text, party.span)))):
            entry = known.add(party)
            # "Dear deputies" says less than any other mention of the same body.
            entry.vague = entry.name is None and entry.office == party.office
    known.heading = list(known.entries)


def read_title(text: str, titles: list[Span], known: Addressees) -> None:
    """Takes the addressees from the first title that names any ("Open letter to ...")."""
    for title in titles:
        _read_title(text, title, known)
        if known.entries:
            break
    known.heading = list(known.entries)


def _read_title(text: str, title: Span, known: Addressees) -> None:
    match = _TITLE_TO.search(text[title.start : title.end])
    if not match:
        return
    group = next(name for name, value in match.groupdict().items() if value)
    words = re.split(
        r"\s+(?:about|on|concerning|regarding|against|over|о|об|по поводу|в связи|с требованием|"
        r"с просьбой|с призывом)\s+|[:.!?]",
        match.group(group),
    )[0]
    span = Span(title.start + match.start(group), title.start + match.start(group) + len(words))
    if group != "to" and not (
        DATIVE_START.match(words) or re.search(r"\sв\s+$", text[title.start : span.start])
    ):
        return
    if not has_office(words):
        return
    for part in split_offices(text, span):
        party = read_party(text, part.start, part.end)
        if party:
            known.add(party)
