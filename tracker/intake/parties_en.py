"""Whom an English call asks: the words between its verb and what is asked."""

import re

from tracker.intake.call import Call
from tracker.intake.spans import Span, trim
from tracker.intake.words import (
    BASE_VERBS,
    OFFICE_EN,
    has_authority,
)

_TO_VERB = re.compile(
    r"\s*,?\s+(?:(?:also|immediately|urgently|promptly|further|jointly|as a matter of urgency|"
    r"without delay|once again|in particular),?\s+)*(?:not\s+)?to\s+(?!the\b|a\b|an\b|his\b|"
    r"her\b|its\b|their\b|all\b|this\b|these\b|which\b|whom\b|us\b|"
    r"you\b)(?:[a-z]+ly\s+)?(?P<verb>[a-z]{2,})"
)

_STOP = re.compile(
    r"[:;.!?]|,?\s(?:requesting|asking|demanding|urging|for(?! [A-Z])|with (?:a|the|"
    r"our) (?:demand|request|"
    r"call|appeal)|because|calling)\b"
)

_NEXT_PARTY = re.compile(
    r"(?:,|;|\band\b)\s+(?:and\s+)?(?:also\s+)?(?:up)?(?:on\s+)?(?P<party>(?:the|"
    r"all)\s+[^,;:]{2,100}?)\s+to\s+(?P<verb>[a-z]+)\b"
)


def find_parties(text: str, at: int, rest: str, verb: str) -> tuple[tuple[Span, ...], int]:
    lead = re.match(r"\s*(?:(?:on|upon|from|of|to)\s+)?", rest, re.IGNORECASE)
    offset = lead.end() if lead else 0
    if re.match(r"(?:for|that\s+there)\b", rest[offset:], re.IGNORECASE) and verb not in {
        "suggests",
        "suggest",
    }:
        return (), at + offset
    that = re.match(r"that\s+", rest[offset:], re.IGNORECASE)
    if that:
        offset += that.end()
        stop = _verb_of_that_clause(rest, offset)
        stretch = (offset, stop) if stop else None
        if (
            stretch
            and not has_authority(rest[offset:stop])
            and not rest[offset:stop].strip()[:1].isupper()
        ):
            stretch = None
        return (
            (split_list(text, at + stretch[0], at + stretch[1]), at + (stop or offset))
            if stretch
            else ((), at + offset)
        )
    to = _TO_VERB.search(rest, offset)
    halt = _STOP.search(rest, offset + 1)
    stop = min([m.start() for m in (to, halt) if m], default=0)
    if stop <= offset:
        return (), at + offset
    named = rest[offset:stop]
    addressed = bool(lead and lead.group().strip()) or verb.rstrip("s") in {
        "urge",
        "ask",
        "request",
        "invite",
        "encourage",
        "expect",
        "implore",
        "beseech",
        "beg",
        "press",
        "recommend",
        "asked",
        "urged",
        "invit",
    }
    if verb.startswith(("demand", "insist", "propos", "suggest", "requir", "recommend")) and not (
        lead and lead.group().strip().startswith(("from", "of"))
    ):
        addressed = to is not None and stop == to.start() and OFFICE_EN.search(named) is not None
    if not to and not has_authority(named):
        addressed = False
    if to and stop != to.start() and not has_authority(named):
        addressed = False
    if (
        not addressed
        or len(named) > 400
        or re.match(r"(?:you|us|me|a|an|it|this|immediate|full)\b", named, re.IGNORECASE)
    ):
        return (), at + stop
    return split_list(text, at + offset, at + stop), at + stop


def _verb_of_that_clause(rest: str, offset: int) -> int:
    relative = False
    for match in re.finditer(r"[A-Za-z’'\-]+|[,;:]", rest[offset:]):
        word = match.group().casefold()
        if word in {"who", "which", "whose"}:
            relative = True
            continue
        if relative:
            # The verb of "people who claim power" is not the one asked for.
            relative = False
            continue
        if word in {"must", "should", "shall", "will", "be", "immediately", "urgently", "take"} or (
            word in BASE_VERBS and match.start() > 0 and match.group()[0].islower()
        ):
            return offset + match.start()
    return 0


def split_list(text: str, start: int, end: int) -> tuple[Span, ...]:
    """ "the President, the Parliament and the Government" are three parties."""
    span = trim(text, start, end, trailing=",;:")
    if text[span.start : span.end].endswith(" to"):
        span = trim(text, span.start, span.end - 3)
    words = text[span.start : span.end]
    cuts = list(
        re.finditer(
            r",\s+(?:as well as\s+|and\s+)?(?:on\s+|to\s+)?|\s+(?:and|as well as)\s+(?:on\s+|"
            r"to\s+)?",
            words,
        )
    )
    parts: list[Span] = []
    at = span.start
    for cut in cuts:
        parts.append(Span(at, span.start + cut.start()))
        at = span.start + cut.end()
    parts.append(Span(at, span.end))
    determined = all(re.match(r"(?:the|all|both|its|[A-Z])", text[p.start : p.end]) for p in parts)
    bodies = all(OFFICE_EN.search(text[p.start : p.end]) for p in parts)
    if (
        len(parts) > 1
        and determined
        and bodies
        and not re.search(r"\bof$", text[parts[0].start : parts[0].end])
    ):
        return tuple(p for p in parts if p.end > p.start)
    if (
        len(parts) == 2
        and all(re.match(r"the\s", text[p.start : p.end]) for p in parts)
        and has_authority(words)
    ):
        return tuple(parts)
    return (span,)


def split_parties(text: str, call: Call) -> list[Call]:
    """One sentence that asks different parties for different things, cut at each new party."""
    if not call.parties or call.opens_list:
        return [call]
    words = text[call.complement : call.span.end]
    cuts = [
        m
        for m in _NEXT_PARTY.finditer(words)
        if has_authority(m.group("party")) and m.group("verb") in BASE_VERBS
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
        parties = split_list(text, start, call.complement + cut.end("party"))
        calls.append(
            Call(
                trim(text, start, end, trailing=",; "),
                parties,
                False,
                call.own_voice,
                False,
                call.complement + cut.end("party"),
            )
        )
    return calls
