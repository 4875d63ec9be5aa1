"""Calls without a verb of asking: "X must ...", "you have no right ..." and so on."""

import re

from tracker.intake.call import Call
from tracker.intake.clauses_en import LAW_SUBJECT, SUPPORTERS, clause_end
from tracker.intake.parties_en import split_list
from tracker.intake.spans import trim
from tracker.intake.words import (
    COUNTRIES,
    has_authority,
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


def modal_calls(text: str, base: int, words: str) -> list[Call]:
    intro = _INTRO.match(words)
    begin = intro.end() if intro else 0
    lead = re.match(r"[«“\"\s]*", words[begin:])
    begin += lead.end() if lead else 0
    if (
        _NORM.match(words[begin:])
        or _NORM.match(words)
        or words.rstrip().endswith("?")
        or SUPPORTERS.search(words)
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
    end = clause_end(words, begin, len(words))
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
        if (match.group("next") or "").casefold() not in _PASSIVE or LAW_SUBJECT.search(named):
            return []
        return [Call(span, (), False, False, opens_list, complement)]
    if not _can_act(named) or match.group("modal").casefold() in {"cannot", "can not", "shall"}:
        return []
    start = base + words.rfind(named, begin, match.start())
    return [
        Call(
            span, split_list(text, start, start + len(named)), False, False, opens_list, complement
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
