"""Lists inside a paragraph, and words that open a list of demands."""

import re

from tracker.intake.lines import Block
from tracker.intake.spans import Span
from tracker.intake.words import DATIVE_START, has_office

SECTION = re.compile(
    r"^(?:(?:our|the|key|main|list of)\s+)*(?:demands|recommendations|requests|calls?|"
    r"calls? to action|we (?:demand|call for|ask|request|urge|expect|recommend)|"
    r"demand)\b[^.!?]{0,80}:?$|"
    r"^(?:(?:наши|основные|мы)\s+)*(?:требования|рекомендации|предложения|просьбы|требуем|требую|"
    r"просим|прошу|призываем|предлагаем|рекомендуем)(?![а-яё])[^.!?]{0,80}:?$|"
    r"^(?:биз(?:дин)?\s+)*(?:талап(?:тар\w*|\s+кыл\w+)|сунуш(?:тар\w*)?|өтүн\w+|"
    r"талаптарыбыз)\s*:?$",
    re.IGNORECASE,
)

GROUP = re.compile(
    r"^(?:to\s+|for\s+|от\s+|к\s+|для\s+)?(?:the\s+)?[^.!?;:]{3,140}:?$", re.IGNORECASE
)

LEAD_WORDS = re.compile(
    r"\b(?:we|i)\b[^.:]{0,160}\b(?:demand|call|urge|ask|request|expect|appeal|insist|recommend|"
    r"propose|require|suggest|invite)\b|"
    r"\b(?:urging|calling on|asking|requesting|appealing to)\s+[^.:]{2,120}\bto\s*:?$|"
    r"\b(?:calls?|urges?|demands?|requests?|recommends?|asks?|appeals?|insists?)\s+(?:on|upon|"
    r"for|to|that)\b|\b(?:the following (?:demands|recommendations|steps|measures))\b|"
    r"\b(?:must|should|need to|have to)\b[^.:]{0,60}$|"
    r"(?<![а-яё])(?:требу(?:ем|ю|ет|ют)|прос(?:им|ит|ят)|прошу|призыва(?:ем|ю|ет|ют)|"
    r"наста(?:иваем|иваю|ивает)|предлага(?:ем|ю|ет|ют)|рекоменду(?:ем|ю|ет|ют)|"
    r"ожида(?:ем|ю)|обраща(?:емся|юсь|ется|ются)\s[^.:]{0,200}(?:требовани|просьб|призыв|"
    r"предложени)\w*|необходимо|считаем\s+необходимым|должн[аоы]|должен|следующие\s+(?:меры|"
    r"требования))(?![а-яё])|"
    r"(?:талап\s+кыл|чакыр|суран|өтүн|сунушта|кайрыл)\w*",
    re.IGNORECASE,
)

NOT_A_LEAD = re.compile(
    r"\b(?:supporters|readers|sign the petition|how to help|you can help|what you can do|"
    r"take action|authorities (?:demand|ask)|they demand)\b",
    re.IGNORECASE,
)

_INLINE_MARK = re.compile(
    r"(?:(?<=[\s:;])|^)\(?(?P<mark>[0-9]{1,2}|[a-zа-я]|[ivx]{1,4})[.)]\s*(?=\S)", re.IGNORECASE
)


def is_title(block: Block, title: Span | None) -> bool:
    return (
        title is not None
        and title.start <= block.own_end
        and block.own_end <= title.end + 1
        and block.start >= title.start - 20
    )


def run_of_items(blocks: list[Block], index: int) -> list[Block]:
    run = [blocks[index]]
    while index + len(run) < len(blocks) and blocks[index + len(run)].kind == "item":
        run.append(blocks[index + len(run)])
    return run


def inline_pieces(words: str, start: int) -> list[tuple[int, int]]:
    marks = list(_INLINE_MARK.finditer(words, start))
    ordered = _in_sequence(marks)
    # A count that begins further on belongs to the words: “under articles 1) and 2)”.
    if len(ordered) >= 2 and ordered[0].start() - start <= 3:
        edges = [m.start() for m in ordered[1:]] + [len(words)]
        return [(m.end(), edge) for m, edge in zip(ordered, edges, strict=True)]
    rest = words[start:]
    # Semicolons part a list within one sentence; across sentences they are punctuation.
    if rest.count(";") >= 1 and not re.search(r"[.!?]\s+\S", rest):
        pieces: list[tuple[int, int]] = []
        at = start
        for part in rest.split(";"):
            lead = re.match(r"\s*(?:and|as well as|и|а также)?\s+", part)
            offset = lead.end() if lead else 0
            if part[offset:].strip():
                pieces.append((at + offset, at + len(part)))
            at += len(part) + 1
        return pieces
    return []


def _in_sequence(marks: list[re.Match[str]]) -> list[re.Match[str]]:
    """The marks that count 1, 2, 3 or a, b, c; others are part of the words."""
    ordered: list[re.Match[str]] = []
    for mark in marks:
        label = mark.group("mark").casefold()
        rank = int(label) if label.isdigit() else None
        if rank is None:
            if len(label) != 1:
                continue
            # The Latin and the Cyrillic one look alike, and texts count with either.
            for first in ("a", "а"):
                if 0 <= ord(label) - ord(first) < 26:
                    rank = ord(label) - ord(first) + 1
        if rank == len(ordered) + 1:
            ordered.append(mark)
    return ordered


# "Генеральной прокуратуре – обеспечить ...", "The Ministry: to publish ...".
_NAMED_FIRST = re.compile(r"(?P<party>[А-ЯЁA-Z][^–—:;.\n]{3,90}?)(?:\s+[–—-]|:)\s+")


def party_named_first(words: str) -> int:
    """Where the addressee ends that an item names before its demand; 0 where it names none."""
    match = _NAMED_FIRST.match(words)
    if not match:
        return 0
    party = match.group("party")
    english = re.match(r"(?:To\s+)?[Tt]he\s+", party) and has_office(party)
    return match.end("party") if english or DATIVE_START.match(party) else 0
