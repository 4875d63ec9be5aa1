"""Calls in English prose: "we urge X to ...", "X must ...", "their call to X requesting ..."."""

import re

from tracker.intake.call import Call
from tracker.intake.spans import Span, trim
from tracker.intake.words import (
    BASE_VERBS,
    COUNTRIES,
    NOT_NAMES,
    OFFICE_EN,
    has_authority,
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
_PLEASE = re.compile(r"(?<!\w)please,?\s+(?P<verb>[a-z]+)\b", re.IGNORECASE)
_TO_VERB = re.compile(
    r"\s*,?\s+(?:(?:also|immediately|urgently|promptly|further|jointly|as a matter of urgency|"
    r"without delay|once again|in particular),?\s+)*(?:not\s+)?to\s+(?!the\b|a\b|an\b|his\b|"
    r"her\b|its\b|their\b|all\b|this\b|these\b|which\b|whom\b|us\b|"
    r"you\b)(?:[a-z]+ly\s+)?(?P<verb>[a-z]{2,})"
)
_APPEAL_ASKS = re.compile(
    r"\bto\s+(?!the\b|you\b|all\b|your\b|his\b|her\b)[a-z]{2,}\b|\bfor\b|\bwith (?:a|the|our|"
    r"this) (?:request|demand|call|plea)|\bthat\b"
)
_STOP = re.compile(
    r"[:;.!?]|,?\s(?:requesting|asking|demanding|urging|for|with (?:a|the|our) (?:demand|request|"
    r"call|appeal)|because|calling)\b"
)
_MODAL = re.compile(
    r"(?<![\w’'])(?P<modal>(?:must|should|shall|ought\s+to|ha(?:ve|s)\s+to|needs?\s+to|(?:is|"
    r"are)\s+(?:obliged|obligated|required|bound)\s+to|(?:have|has)\s+no\s+right\s+to|"
    r"(?:do|does)\s+not\s+have\s+the\s+(?:\w+\s+)?right\s+to|cannot|can\s+not|will\s+have\s+to|"
    r"had\s+better))(?:\s+not)?(?:\s+(?:also|immediately|urgently|now|therefore|finally|and|"
    r"promptly|fully|publicly|thoroughly|either))*\s+(?P<verb>[a-z]+)\b(?:\s+(?P<next>[a-z]+)\b)?",
    re.IGNORECASE,
)
_NORM = re.compile(
    r"^(?:according to (?:an?\s|the\s)?(?:art|para|section|law|international|constitution|"
    r"guideline|principle|standard|code|un\b|united)|in accordance with|pursuant to|under (?:art|"
    r"the|international|section|para)|as (?:stated|provided|required)|"
    r"by virtue of|article\b|international (?:law|standards)|the (?:constitution|law|code|"
    r"convention|covenant|guidelines|principles))",
    re.IGNORECASE,
)
_GENERIC_SUBJECT = re.compile(
    r"^(?:(?:the\s+)?(?:states?|governments|everyone|everybody|every\s+\w+|all\s+(?:states|"
    r"people|persons)|no\s*one|nobody|a\s+\w+|an\s+\w+|states parties|judges|lawyers|one|it|this|"
    r"that|these|those|which|who|there|we|i|they|he|she))$",
    re.IGNORECASE,
)
_DONE = (
    "released conducted investigated punished brought stopped repealed dropped ensured "
    "guaranteed held returned respected lifted withdrawn "
    "restored ended taken adopted amended given allowed provided freed closed cancelled canceled "
    "annulled suspended terminated prosecuted "
    "dismissed reinstated abolished established created implemented carried quashed reviewed "
    "protected halted acquitted compensated disclosed published granted"
)
_PASSIVE = frozenset(_DONE.split())
_SAID = re.compile(
    r",\s+(?:the\s+)?[^,]{2,80}?\s(?:said|says|noted|added)(?:\s+(?:today|on \w+|"
    r"in a statement[^,]*|yesterday))?\s*[.]?$"
)
_INTRO = re.compile(
    r"^(?:\([^()]{4,60}\)\s*[–—-]\s*|(?:therefore|thus|moreover|however|finally|also|in addition|"
    r"additionally|furthermore|accordingly|hence|consequently|at the same time|and|but),?\s+|"
    r"according to (?:the\s+)?(?:experts|authors|signatories|[\w\s]{1,40}?),\s+|in (?:our|their|"
    r"my) (?:opinion|view),?\s+|"
    r"(?:(?:the\s+)?(?:experts?|authors|signatories|organi[sz]ations|we|"
    r"i)\s+(?:also\s+)?(?:strongly\s+|firmly\s+)?(?:believes?|considers?|thinks?|says?|"
    r"emphasi[sz]es?|stress(?:es)?|notes?|are convinced|underlines?|insists?|affirms?|"
    r"maintains?)(?:\s+that)?\s+))+",
    re.IGNORECASE,
)
_REASON = re.compile(
    r",\s+(?:as|because|since|otherwise|for|so as|given that|considering that|"
    r"so that)\s+(?!well\b|soon\b)(?:(?:this|it|they|these|that|the|such|we|he|she|his|her|their|"
    r"its|there|any)\b|\w+\s+(?:would|will|is|are|has|have|was|were|can|could|may)\b)",
    re.IGNORECASE,
)
_NEXT_PARTY = re.compile(
    r"(?:,|;|\band\b)\s+(?:and\s+)?(?:also\s+)?(?:up)?(?:on\s+)?(?P<party>(?:the|"
    r"all)\s+[^,;:]{2,100}?)\s+to\s+(?P<verb>[a-z]+)\b"
)
_SUPPORTERS = re.compile(
    r"\b(?:sign (?:this|the|our) (?:petition|appeal|letter|statement)|share this|spread the word|"
    r"donate|subscribe|join us|write to (?:the|your)|"
    r"contact your|send (?:your )?(?:appeals|letters|e-?mails|messages)|check with|click|(?:see|"
    r"visit|read) (?:(?:the|our) (?:web ?)?site|more)|readers?\b|our (?:members|supporters)|"
    r"add your (?:name|signature)|follow us|retweet)\b",
    re.IGNORECASE,
)
_OWN_ORGANS = re.compile(
    r"^\s*(?:its|our)\s+(?:secretariat|executive|board|members?|own|bureau|committee|secretary)\b",
    re.IGNORECASE,
)
_LAW_SUBJECT = re.compile(
    r"\b(?:law|constitution|article|convention|covenant|code|rules?|principles?|situation|case|"
    r"circumstances|time|justice|letter)\b",
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
            calls.extend(_split_parties(text, call))
    return calls or _exclaimed(text, sentence, words) or _modal_calls(text, sentence.start, words)


def _exclaimed(text: str, sentence: Span, words: str) -> list[Call]:
    """ "Stop the torture!": an imperative with an exclamation mark asks the reader."""
    if (
        not words.rstrip().endswith("!")
        or words.count(" ") < 2
        or _SUPPORTERS.search(words)
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
    if _LAW_SUBJECT.search(bare) and not re.search(
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
        _SUPPORTERS.search(words[start:limit])
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
    parties, complement = _parties(text, base + verb_end, rest, verb)
    end = _clause_end(words, start, limit)
    span = trim(text, base + start, base + end, leading=',;«“"', trailing='.,;:!?»”"')
    shown = text[base + verb_end : base + limit].rstrip()
    if span.end - span.start < 12:
        return None
    to_reader = bool(re.match(r"\s*(?:on|upon|to|from|of)?\s*you\b", rest)) or verb == "please"
    return Call(span, () if to_reader else parties, to_reader, own, shown.endswith(":"), complement)


def _clause_end(words: str, start: int, limit: int) -> int:
    reason = _REASON.search(words, start + 20, limit)
    end = reason.start() if reason else limit
    tail = re.search(r"(?:,?\s+(?:and|but|while|as well as)|[,;])\s*$", words[start:end])
    return start + tail.start() if tail else end


def _parties(text: str, at: int, rest: str, verb: str) -> tuple[tuple[Span, ...], int]:
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
            (_split_list(text, at + stretch[0], at + stretch[1]), at + (stop or offset))
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
    return _split_list(text, at + offset, at + stop), at + stop


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


def _split_list(text: str, start: int, end: int) -> tuple[Span, ...]:
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


def _split_parties(text: str, call: Call) -> list[Call]:
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
        parties = _split_list(text, start, call.complement + cut.end("party"))
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


def _modal_calls(text: str, base: int, words: str) -> list[Call]:
    intro = _INTRO.match(words)
    begin = intro.end() if intro else 0
    lead = re.match(r"[«“\"\s]*", words[begin:])
    begin += lead.end() if lead else 0
    if (
        _NORM.match(words[begin:])
        or _NORM.match(words)
        or words.rstrip().endswith("?")
        or _SUPPORTERS.search(words)
    ):
        return []
    match = _MODAL.search(words, begin)
    if not match or (
        match.group("verb").casefold() == "have"
        and (match.group("next") or "").endswith(("ed", "en"))
    ):
        return []
    subject = words[begin : match.start()].strip(" ,;")
    last = re.split(r",\s+(?:but|and)?\s*|\s+(?:but|and|that)\s+(?=(?:the|you|[A-Z]))", subject)[
        -1
    ].strip()
    you = bool(re.search(r"(?:^|[\s,])you$", subject, re.IGNORECASE))
    if not you and _is_impersonal(subject, words, match):
        return []
    end = _clause_end(words, begin, len(words))
    span = trim(text, base + begin, base + end, leading=',;«“"', trailing='.,;:!?»”"')
    complement = base + match.end("modal")
    opens_list = words.rstrip().endswith(":")
    if you:
        return [Call(span, (), True, False, opens_list, complement)]
    named = subject if len(subject) <= 120 else last
    if _GENERIC_SUBJECT.match(named) or len(named) < 3:
        return []
    passive = match.group("verb").casefold() == "be"
    if passive:
        if (match.group("next") or "").casefold() not in _PASSIVE or _LAW_SUBJECT.search(named):
            return []
        return [Call(span, (), False, False, opens_list, complement)]
    if not _can_act(named) or match.group("modal").casefold() in {"cannot", "can not", "shall"}:
        return []
    start = base + words.rfind(named, begin, match.start())
    return [
        Call(
            span, _split_list(text, start, start + len(named)), False, False, opens_list, complement
        )
    ]


def _is_impersonal(subject: str, words: str, match: re.Match[str]) -> bool:
    return bool(
        re.search(
            r"\b(?:who|which|what|that|if|when|where|because|why|how|whether)\b",
            subject,
            re.IGNORECASE,
        )
    ) or (match.start() > 200 and words[: match.start()].count(",") > 3)


def _can_act(subject: str) -> bool:
    bare = re.sub(r"^(?:the|all|both)\s+", "", subject, flags=re.IGNORECASE)
    if has_authority(bare):
        return True
    words = bare.split()
    names = [w for w in words if w[:1].isupper()]
    return len(names) == len(words) and (len(words) in {2, 3} or bare.casefold() in COUNTRIES)
