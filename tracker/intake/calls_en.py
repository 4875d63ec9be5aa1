"""Calls in English prose: "we urge X to ...", "X must ...", "their call to X requesting ..."."""

import re

from tracker.intake.call import Call
from tracker.intake.clauses_en import LAW_SUBJECT, SUPPORTERS, clause_end
from tracker.intake.modals_en import modal_calls
from tracker.intake.parties_en import find_parties, split_parties
from tracker.intake.spans import Span, trim
from tracker.intake.words import (
    BASE_VERBS,
    COUNTRIES,
    NOT_NAMES,
    OFFICE_EN,
    sounds_like_demand,
)

_ADVERB = (
    r"(?:\s+(?:also|hereby|therefore|thus|strongly|urgently|firmly|respectfully|kindly|"
    r"further(?:more)?|once again|again|jointly|categorically|"
    r"insistently|earnestly|sincerely|now|today|additionally|in particular|particularly|"
    r"especially|equally|likewise|immediately|publicly|"
    r"unequivocally|resolutely|collectively|humbly|specifically|moreover|finally|"
    r"first(?: of all)?|continue to|do)\b,?)*"
)

_LEAD = (
    r"(?:\s+(?:would like to|want to|wish to|must|have to|feel compelled to|are compelled to|"
    r"are obliged to|are forced to|consider it necessary to|intend to|are|am|is))?"
)

_BASE = (
    r"(?:call|urge|demand|ask|request|appeal|expect|insist|invite|encourage|recommend|"
    r"suggest|propose|implore|beseech|require|beg|press|petition)"
)

_THIRD = (
    r"(?:calls|urges|demands|asks|requests|appeals|expects|insists|invites|encourages|"
    r"recommends|suggests|proposes|implores)"
)

_PAST = r"(?:called|urged|demanded|asked|requested|appealed|insisted|invited|recommended)"

_GERUND = (
    r"(?:calling|urging|demanding|asking|requesting|appealing|insisting|inviting|"
    r"encouraging|recommending)"
)

_OBJECT = (
    r"(?=\s*(?:on|upon|for|to|that|from|of|you|the|all|both|an?|immediate|full|:|[A-Z]|their|its|"
    r"his|her|our|every|state|national|international|local|political|"
    r"authorities|parties|government|deputies|members|leaders|law|relevant|competent|"
    r"[a-z]+ (?:authorities|parties|government|forces|organi[sz]ations)|"
    r"release|justice|access|respect|independent|fair|free|urgent|concrete|effective))"
)

_WE = re.compile(
    rf"(?<![\w’'])(?P<subject>we|i)\b(?P<apposition>,[^.;:!?]{{1,300}}?,|"
    rf"\s+the\s+(?:under)?signed(?:\s+[\w\s]{{0,40}}?)?,?|"
    rf"\s+all)?{_LEAD}{_ADVERB}\s+(?P<verb>{_BASE}|{_GERUND})\b{_ADVERB}{_OBJECT}",
    re.IGNORECASE,
)

_AND = re.compile(
    rf"(?:,|;|\band\b|,\s+and\b)\s*(?:we\s+)?{_ADVERB}\s*\b(?P<verb>{_BASE})"
    rf"\b{_ADVERB}(?=\s+(?:on|upon|for|to|that|you|the|all)\b)",
    re.IGNORECASE,
)

_WE_AND = re.compile(
    r"(?<![\w’'])(?:we|i|the undersigned[\w ]{0,60})\b[^.;:!?]{1,400}?(?:,|"
    r"\band\b)\s+(?P<start>(?:therefore\s+|also\s+|hereby\s+|strongly\s+|urgently\s+|"
    r"further\s+)*(?P<verb>call|urge|demand|appeal|request|ask)\b)(?=\s+(?:on|upon|for|to|that|"
    r"the|all)\b)",
    re.IGNORECASE,
)

# "The Observatory condemns the arrest and urges the authorities to ...": the verb is the second.
_THEY_AND = re.compile(
    rf"^(?P<subject>(?:The\s+)?[A-Z][\w’'\-]*(?:\s+[\w’'\-]+){{0,7}}?)\s+(?:also\s+|"
    rf"strongly\s+)?[a-z]+s\s"
    rf"[^;:!?]{{1,300}}?(?:,|\band\b)\s+(?P<start>{_ADVERB}\s*(?P<verb>calls|urges|demands|"
    rf"requests|"
    rf"asks|appeals))\b(?=\s+(?:on|upon|to|the|all|[A-Z])\b)"
)
_OTHERS = (
    r"(?:(?:the\s+)?(?:undersigned|signatories|signers|authors|experts|participants|"
    r"organi[sz]ations|organi[sz]ation|coalition|network|association|congress|conference|assembly|"
    r"movement|platform|alliance|forum|activists|human rights defenders|defenders|lawyers|"
    r"advocates|journalists|appeal|statement|declaration|resolution|petition|initiative group|"
    r"working group|group|foundation|union|party|members|"
    r"scholars|scientists|academics|writers|relatives|families|parents|residents|workers|"
    r"students|centre|center|committee|international|federation|league|society|institute|watch)"
    r"(?:\s+(?:of|and|for|on|against|in)\s+[^.,;:!?]{1,80}?)?)"
)

_THEY = re.compile(
    rf"(?<![\w’'])(?P<subject>(?:the\s+)?(?:[A-Z][\w’'\-]*\s+(?:(?:of|and|for|on|the|against|"
    rf"in)\s+)*){{0,8}}?(?i:{_OTHERS})|SI|[A-Z]{{2,8}}(?:\s+[A-Z]\w+)*|"
    rf"[A-Z][\w’'\-]+(?:\s+(?:and\s+)?[A-Z][\w’'\-]+){{0,5}}){_ADVERB}\s+(?P<verb>{_THIRD}|"
    rf"{_BASE})\b{_ADVERB}{_OBJECT}",
)

_THEY_PAST = re.compile(
    rf"(?<![\w’'])(?P<subject>{_OTHERS}){_ADVERB}\s+(?P<verb>{_PAST})\b{_ADVERB}{_OBJECT}",
    re.IGNORECASE,
)

_BARE = re.compile(
    rf"^(?:also\s+|further\s+|strongly\s+|urgently\s+)*(?P<verb>{_THIRD}|(?:call|urge|demand|"
    rf"encourage|invite|request|recommend|appeal))\b{_ADVERB}(?=\s+(?:on|upon|to|the|that|all|"
    rf"for)\b|\s*:|\s+[A-Z])",
    re.IGNORECASE,
)

_NOUN = re.compile(
    r"(?P<lead>(?:(?<!\w)(?:we|i)"
    r"\s+)?(?:also\s+)?(?:expresse?s?\s+(?:\w+\s+){0,2}?solidarity\s+with|joins?|supports?|"
    r"echo(?:es)?|reiterates?|renews?|repeats?|endorses?|associates?\s+\w+\s+with|issues?|makes?|"
    r"add\s+our\s+voices?\s+to)"
    r"\s+(?:[\w’']+\s+){0,5}?(?:calls?|appeals?|demands?|requests?))\b(?P<verb>)(?=\s+(?:to|on|"
    r"upon|for|that)\b)",
    re.IGNORECASE,
)

_PLEASE = re.compile(
    r"(?<!\w)please,?\s+(?!accept|find|note|see|feel|do not hesitate|contact|write|send|check|"
    r"read|"
    r"visit|refer|share)(?P<verb>[a-z]+)\b",
    re.IGNORECASE,
)

_APPEAL_ASKS = re.compile(
    r"\bto\s+(?!the\b|you\b|all\b|your\b|his\b|her\b)[a-z]{2,}\b|\bfor\b|\bwith (?:a|the|our|"
    r"this) (?:request|demand|call|plea)|\bthat\b"
)

_SAID = re.compile(
    r",\s+(?:the\s+)?[^,]{2,80}?\s(?:said|says|noted|added)(?:\s+(?:today|on \w+|"
    r"in a statement[^,]*|yesterday))?\s*[.]?$"
)

_OWN_ORGANS = re.compile(
    r"^\s*(?:its|our)\s+(?:secretariat|executive|board|members?|own|bureau|committee|secretary)\b",
    re.IGNORECASE,
)

_CUT_AFTER = re.compile(
    r"[,.]?[»”\"]\s*[,–—-]?\s*(?:the\s+|said|says|it\s|authors|experts|he\s|she\s|according|"
    r"reads|[A-Z][a-z]+\s+(?:said|says)).*$",
    re.DOTALL,
)


def find_calls(text: str, sentence: Span, *, reported: bool) -> list[Call]:
    """The calls in one sentence, in order.

    `reported` lets the authors be spoken of ("Experts asked the parties to ..."),
    as in a news report that is the only form a statement has come down in.
    """
    words = text[sentence.start : sentence.end]
    quote = _CUT_AFTER.search(words)
    if quote:
        words = words[: quote.start()]
    said = _SAID.search(words)
    if said:
        words = words[: said.start()]
    starts = _starts(words, reported)
    calls: list[Call] = []
    for index, (start, verb_start, verb_end, verb, own) in enumerate(starts):
        limit = starts[index + 1][0] if index + 1 < len(starts) else len(words)
        call = _read_call(
            text, sentence.start, words, (start, verb_start, verb_end, limit), verb, own
        )
        if call:
            calls.extend(split_parties(text, call))
    return calls or _exclaimed(text, sentence, words) or modal_calls(text, sentence.start, words)


def _exclaimed(text: str, sentence: Span, words: str) -> list[Call]:
    """ "Stop the torture!": an imperative with an exclamation mark asks the reader."""
    if (
        not words.rstrip().endswith("!")
        or words.count(" ") < 2
        or SUPPORTERS.search(words)
        or not sounds_like_demand(words)
    ):
        return []
    span = trim(text, sentence.start, sentence.end, trailing="! ")
    return [Call(span, (), True, False, False, span.start)]


def _starts(words: str, reported: bool) -> list[tuple[int, int, int, str, bool]]:
    found: list[tuple[int, int, int, str, bool]] = []

    def add(match: re.Match[str], start: int, own: bool) -> None:
        if not any(
            f[0] <= match.start("verb") < f[2] or start <= f[1] < match.end() for f in found
        ):
            found.append(
                (start, match.start("verb"), match.end("verb"), match.group("verb").casefold(), own)
            )

    for match in _NOUN.finditer(words):
        add(match, match.start(), bool(re.match(r"we|i\b", match.group(), re.IGNORECASE)))
    for match in _WE.finditer(words):
        add(match, match.start(), True)
    if not found and (joined := _WE_AND.search(words)):
        add(joined, joined.start("start"), True)
    if found:
        for match in _AND.finditer(words):
            if match.start() > found[0][0]:
                add(match, match.start("verb"), True)
    for pattern in (_THEY, *((_THEY_PAST,) if reported else ())):
        for match in pattern.finditer(words):
            if _may_speak(match.group("subject"), match.group("verb")):
                add(match, match.start("subject"), False)
    joined = None if found else _THEY_AND.match(words)
    if joined and _may_speak(joined.group("subject"), joined.group("verb")):
        add(joined, joined.start("verb"), False)
    bare = _BARE.match(words)
    if bare and not found:
        add(bare, 0, True)
    please = _PLEASE.search(words)
    if please and not found and please.group("verb").casefold() in BASE_VERBS:
        found.append(
            (
                please.start(),
                please.start(),
                please.end() - len(please.group("verb")),
                "please",
                True,
            )
        )
    return sorted(found)


def _may_speak(subject: str, verb: str) -> bool:
    bare = re.sub(r"^(?:the|a|an)\s+", "", subject, flags=re.IGNORECASE)
    if LAW_SUBJECT.search(bare) and not re.search(
        r"appeal|statement|declaration", bare, re.IGNORECASE
    ):
        return False
    if OFFICE_EN.search(bare) and not re.search(_OTHERS, bare, re.IGNORECASE):
        return False
    if re.search(
        r"\b(?:an?|the|to|this|their|our|his|her|its|no|of|and|for|with|any)$", bare, re.IGNORECASE
    ):
        return False
    plural = not verb.endswith("s") and not verb.endswith("ed")
    head = re.match(r"[^\s]+(?:\s+(?!of\b|for\b|and\b|on\b)[^\s]+)*", bare)
    if (
        plural
        and head
        and not re.search(r"(?:s|families|members|people)$", head.group(), re.IGNORECASE)
    ):
        return False
    one_word = " " not in bare
    if one_word and (
        bare.casefold() in COUNTRIES
        or (NOT_NAMES.match(bare) and not re.match(_OTHERS, bare, re.IGNORECASE))
    ):
        return False
    return not (plural and one_word and not re.match(_OTHERS, bare, re.IGNORECASE))


def _read_call(
    text: str, base: int, words: str, places: tuple[int, int, int, int], verb: str, own: bool
) -> Call | None:
    start, _, verb_end, limit = places
    rest = words[verb_end:limit]
    if (
        SUPPORTERS.search(words[start:limit])
        or _OWN_ORGANS.match(rest)
        or re.match(r"\s*(?:ourselves|themselves|whether|why|how|about)\b", rest)
    ):
        return None
    if (
        verb.startswith("appeal")
        and not _APPEAL_ASKS.search(rest)
        and not rest.rstrip().endswith(":")
    ):
        return None
    parties, complement = find_parties(text, base + verb_end, rest, verb)
    end = clause_end(words, start, limit)
    span = trim(text, base + start, base + end, leading=',;«“"', trailing='.,;:!?»”"')
    shown = text[base + verb_end : base + limit].rstrip()
    if span.end - span.start < 12:
        return None
    to_reader = bool(re.match(r"\s*(?:on|upon|to|from|of)?\s*you\b", rest)) or verb == "please"
    return Call(span, () if to_reader else parties, to_reader, own, shown.endswith(":"), complement)
