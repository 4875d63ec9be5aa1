"""Whom a Russian call asks: «призываем X ...», «требуем от X ...»."""

import re

from tracker.intake.call import Call
from tracker.intake.spans import Span, trim
from tracker.intake.words import (
    AUTHORITY_CYRILLIC,
    INFINITIVE_RU,
    OFFICE_CYRILLIC,
    has_authority,
)

INFINITIVE = INFINITIVE_RU.pattern

_TRAILING_WORDS = re.compile(
    r"(?:[\s,–—-]+(?:немедленно|незамедлительно|срочно|безотлагательно|также|не|полностью|"
    r"настоятельно|безусловно|публично|официально|и|всячески|строго|лично|"
    r"в (?:кратчайшие|ближайшие|сжатые) сроки|в срочном порядке|в ближайшее время|"
    r"как можно (?:скорее|быстрее)|наконец|объективно|тщательно|всесторонне))+\s*$|[\s,:–—-]+$",
    re.IGNORECASE,
)

WITH_CALL = re.compile(
    r"[\s,]+(?:с|со)\s+(?:[а-яё]+\s+){0,2}?(?:призывом|требованием|требованиями|просьбой|"
    r"обращением|предложением|заявлением|ходатайством)",
    re.IGNORECASE,
)

_WHAT = re.compile(
    r"\s(?:немедленн|незамедлительн|скорейш|полн|срочн|справедлив|объективн|тщательн|соблюдени|"
    r"прекращени|освобождени|обеспечени|проведени|принят|отмен|отставк|расследовани|"
    r"исполнени|выполнени|уважени|привлечени|наказани|гаранти|ответ|разъяснени|отчет|выхода|"
    r"возвращени)",
    re.IGNORECASE,
)

_IN_ORDER = re.compile(
    r"чтобы\s+(?P<party>[^,.;:]{3,80}?)\s+(?:(?:немедленно|незамедлительно|не|также|полностью|"
    r"наконец|публично)\s+)*[а-яё]{2,}л[аои]?(?:сь|ся)?(?![а-яё])",
    re.IGNORECASE,
)

_NEXT_PARTY = re.compile(
    r"(?:,\s*(?:а|и)|;|\sи)\s+(?P<party>(?:от\s+)?[А-ЯЁа-яё][^,;:]{3,80}?)"
    r"\s*[–—-]?\s+(?=(?:немедленно\s+|незамедлительно\s+|не\s+)?" + INFINITIVE + ")",
    re.IGNORECASE,
)


def find_parties(text: str, at: int, rest: str, verb: str) -> tuple[tuple[Span, ...], int]:
    wish = _IN_ORDER.search(rest[:200])
    if wish and has_authority(wish.group("party")):
        return split_list(text, at + wish.start("party"), at + wish.end("party")), at + wish.end(
            "party"
        )
    lead = re.match(r"\s*(?P<word>к|от|у)\s+(?=\S)", rest, re.IGNORECASE)
    if lead is None and re.match(r"\s*(?:чтобы|о|об|на|за|во?|с)\s", rest, re.IGNORECASE):
        return (), at
    word = lead.group("word").casefold() if lead else ""
    offset = lead.end() if lead else len(rest) - len(rest.lstrip())
    asks = re.search(INFINITIVE, rest[offset:], re.IGNORECASE)
    halts = [
        m.start()
        for m in (
            asks,
            re.search(r"[:;]|,\s+чтобы|\s[–—]\s", rest[offset:]),
            WITH_CALL.search(rest[offset:]),
            _WHAT.search(rest[offset - 1 :] if word == "от" else ""),
        )
        if m
    ]
    stop = min(halts, default=0)
    if stop <= 2:
        return (), at + offset
    named = rest[offset : offset + stop]
    trailing = _TRAILING_WORDS.search(named)
    named = named[: trailing.start()] if trailing else named
    if word == "к" and not verb.startswith(("обра", "взыва")):
        return (), at + offset
    # "Рекомендует нанимателям ...": the grammar alone names the party.
    by_grammar = bool(asks) and verb.startswith(("рекоменд", "призыва")) and len(named.split()) <= 3
    if len(named) < 3 or len(named) > 300 or not (AUTHORITY_CYRILLIC.search(named) or by_grammar):
        return (), at + offset + stop
    if verb.startswith(("требу", "наста", "потреб", "доби")) and word != "от":
        return (), at + offset + stop
    start = at + offset
    return split_list(text, start, start + len(named)), at + offset + stop


def split_list(text: str, start: int, end: int) -> tuple[Span, ...]:
    """Several bodies in one phrase are several parties when each part names a body."""
    span = trim(text, start, end, trailing=",;:")
    words = text[span.start : span.end]
    cuts = list(
        re.finditer(
            r",\s+(?:а также\s+|и\s+)?(?:к\s+|от\s+)?|\s+(?:и|а также)\s+(?:к\s+|от\s+)?", words
        )
    )
    parts: list[Span] = []
    at = span.start
    for cut in cuts:
        parts.append(Span(at, span.start + cut.start()))
        at = span.start + cut.end()
    parts.append(Span(at, span.end))
    if len(parts) > 1 and all(
        OFFICE_CYRILLIC.match(text[p.start : p.end])
        or re.match(r"[А-ЯЁ]", text[p.start : p.end])
        and OFFICE_CYRILLIC.search(text[p.start : p.end])
        for p in parts
    ):
        return tuple(parts)
    return (span,)


def split_parties(text: str, call: Call) -> list[Call]:
    if not call.parties or call.opens_list:
        return [call]
    words = text[call.complement : call.span.end]
    cuts = [
        m
        for m in _NEXT_PARTY.finditer(words)
        if OFFICE_CYRILLIC.match(m.group("party").removeprefix("от "))
        and not re.search(INFINITIVE, m.group("party"), re.IGNORECASE)
    ]
    if not cuts:
        return [call]
    calls = [
        Call(
            trim(text, call.span.start, call.complement + cuts[0].start(), trailing=",; "),
            call.parties,
            call.to_reader,
            call.own_voice,
            False,
            call.complement,
        )
    ]
    for index, cut in enumerate(cuts):
        end = call.complement + cuts[index + 1].start() if index + 1 < len(cuts) else call.span.end
        start = call.complement + cut.start("party")
        calls.append(
            Call(
                trim(text, start, end, trailing=",; "),
                split_list(text, start, call.complement + cut.end("party")),
                False,
                call.own_voice,
                False,
                call.complement + cut.end("party"),
            )
        )
    return calls
