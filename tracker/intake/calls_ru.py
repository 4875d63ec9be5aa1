"""Calls in Russian and Kyrgyz prose: «призываем ...», «X должен ...», «... талап кылабыз»."""

import re

from tracker.intake.call import Call
from tracker.intake.modals_ru import REASON, modal_calls
from tracker.intake.parties_ru import INFINITIVE, WITH_CALL, find_parties, split_parties
from tracker.intake.spans import Span, trim
from tracker.intake.words import (
    OFFICE_CYRILLIC,
    OFFICE_STEMS,
)

_WE = (
    r"требуем|требую|просим|прошу|призываем|призываю|настаиваем|настаиваю|предлагаем|предлагаю|"
    r"рекомендуем|рекомендую|ожидаем|ожидаю|"
    r"обращаемся|обращаюсь|взываем|умоляем|ходатайствуем|убедительно просим|добиваемся|"
    r"считаем необходимым|считаю необходимым|полагаем необходимым|считаем важным"
)

_THEY = (
    r"требует|требуют|просит|просят|призывает|призывают|настаивает|настаивают|предлагает|"
    r"предлагают|рекомендует|рекомендуют|обращается|обращаются"
)

_PAST = (
    r"потребовали?|попросили?|призвали?|призывали|обратил(?:ся|ась|ись)|рекомендовали?|предложили?"
)

_CALL_WE = re.compile(
    rf"(?<![а-яё])(?:(?:мы|я)(?:,[^.;:!?]{{1,300}}?,)?\s+)?(?:(?:также|ещё раз|еще раз|вновь|"
    rf"решительно|настоятельно|категорически|убедительно|срочно|снова|поэтому|и|"
    rf"со своей стороны),?\s+)*(?P<verb>{_WE})(?![а-яё])",
    re.IGNORECASE,
)

_AUTHORS = (
    r"автор\w*|подписант\w*|подписавш\w+|эксперт\w*|участни\w+|организаци\w+|правозащитни\w+|"
    r"коалици\w+|ассоциаци\w+|союз\w*|движени\w+|фонд\w*|адвокат\w*|юрист\w*|"
    r"активист\w*|журналист\w*|заявител\w+|съезд\w*|конгресс\w*|конференци\w+|форум\w*|"
    r"платформ\w+|инициативн\w+ групп\w+|групп\w+|общественност\w*|жител\w+|родственник\w*|"
    r"родител\w+|комитет\w*|центр\w*|"
    r"парти\w+|учен\w+|писател\w+|медиасообществ\w+|сообществ\w+|обращени\w+|заявлени\w+|бюро|"
    r"институт\w*"
)

_CALL_THEY = re.compile(
    rf"(?<![а-яё])(?P<subject>(?:[А-ЯЁ«»“”\"][^.;:!?,]{{0,80}}?\s|"
    rf")(?:{_AUTHORS})(?:[^.;:!?,]{{0,60}}?))\s+(?:(?:также|решительно|настоятельно|"
    rf"вновь)\s+)*(?P<verb>{_THEY})(?![а-яё])",
    re.IGNORECASE,
)

_CALL_PAST = re.compile(
    rf"(?<![а-яё])(?P<subject>(?:{_AUTHORS})(?:[^.;:!?,]{{0,60}}?))"
    rf"\s+(?:также\s+)?(?P<verb>{_PAST})(?![а-яё])",
    re.IGNORECASE,
)

_BARE = re.compile(rf"^(?:также\s+|настоятельно\s+)*(?P<verb>{_THEY})(?![а-яё])", re.IGNORECASE)

_NOUN = re.compile(
    r"(?<![а-яё])(?P<verb>(?:поддержива|присоединя|повторя|"
    r"разделя)[а-яё]+\s+(?:[а-яё]+\s+){0,3}?(?:призыв|требовани|обращени)[а-яё]*)(?![а-яё])",
    re.IGNORECASE,
)

_SUPPORTERS = re.compile(
    r"(?:подпи(?:сать|шите|сывайте)|подписаться|распространить|поделит|присоединит|перепост|"
    r"сделать репост|поддержать (?:нас|наше|данное|обращение)|читател)",
    re.IGNORECASE,
)

_YOU = re.compile(r"^\s*(?:к\s+|от\s+)?(?:Вас|вас|Вам|вам)(?![а-яё])")

_KYRGYZ = re.compile(
    r"(?:талап\s+кыл(?:абыз|ам|ат|ышат)|чакыр(?:абыз|ам|ат|ышат)|суран(?:абыз|ам)|өтүн(?:өбүз|"
    r"өм)|сунушта(?:йбыз|йм)|сунуш\s+кыл(?:абыз|ам)|үндө(?:йбүз|йм)|"
    r"кайрыл(?:абыз|ам)(?=\s*:))",
    re.IGNORECASE,
)

# A body in the accusative, the ablative or the dative: the one who is called on.
_KYRGYZ_PARTY = re.compile(
    rf"(?<!\w)(?:[А-ЯЁҢҮӨ][\w-]*\s+){{0,4}}(?i:{OFFICE_STEMS})\w*?(?:[дт][ае]н|нан|нен|[дт]он|"
    rf"[дт]өн|нон|нөн|[дтн][ыиуү]|[гк][аеоө]|на|не)(?!\w)"
)

_CUT_AFTER = re.compile(
    r"[,.]?[»”\"]\s*,?\s*[–—-]?\s*(?:говорится|сказано|отмеча|подч[её]ркива|заяв|считают|пишут|"
    r"указ|добав|цитир|сообщ).*$",
    re.DOTALL | re.IGNORECASE,
)

_SAID = re.compile(
    r",\s+(?:как\s+)?(?:заяв|сообщ|сказал|говорится|считает|подчеркн|отмет|"
    r"отмечает)[а-яё]*\s[^,]*$",
    re.IGNORECASE,
)


def find_calls(text: str, sentence: Span, *, reported: bool) -> list[Call]:
    """The calls in one sentence, in order; `reported` as in English."""
    words = text[sentence.start : sentence.end]
    quote = _CUT_AFTER.search(words)
    if quote:
        words = words[: quote.start()]
    said = _SAID.search(words)
    if said:
        words = words[: said.start()]
    if _SUPPORTERS.search(words):
        return []
    kyrgyz = _KYRGYZ.search(words)
    if kyrgyz:
        span = trim(
            text, sentence.start, sentence.start + len(words), leading='«“"–—-', trailing='.,;:!»”"'
        )
        party = _KYRGYZ_PARTY.search(words)
        parties = (
            (Span(sentence.start + party.start(), sentence.start + party.end()),) if party else ()
        )
        return [
            Call(
                span,
                parties,
                False,
                True,
                words.rstrip().endswith(":"),
                sentence.start + kyrgyz.end(),
            )
        ]
    starts = _starts(words, reported)
    calls: list[Call] = []
    for index, (start, verb_start, verb_end, own) in enumerate(starts):
        limit = starts[index + 1][0] if index + 1 < len(starts) else len(words)
        call = _read_call(
            text, sentence.start, words, (start, verb_start, verb_end, limit), own=own
        )
        if call:
            calls.extend(split_parties(text, call))
    return calls or modal_calls(text, sentence.start, words)


def _starts(words: str, reported: bool) -> list[tuple[int, int, int, bool]]:
    found: list[tuple[int, int, int, bool]] = []
    for pattern, own in (
        (_CALL_WE, True),
        (_NOUN, True),
        (_CALL_THEY, False),
        *(((_CALL_PAST, False),) if reported else ()),
        (_BARE, True),
    ):
        for match in pattern.finditer(words):
            if (
                own is False
                and OFFICE_CYRILLIC.match(match.group("subject"))
                and not re.match(_AUTHORS, match.group("subject"), re.IGNORECASE)
            ):
                continue
            if any(f[0] <= match.end("verb") and match.start() <= f[2] for f in found):
                continue
            # "обращаемся к вам с просьбой" followed by the request itself is one call.
            found.append((match.start(), match.start("verb"), match.end("verb"), own))
    found.sort()
    merged: list[tuple[int, int, int, bool]] = []
    for item in found:
        if (
            merged
            and words[merged[-1][1] : merged[-1][2]].casefold().startswith("обращ")
            and item[0] - merged[-1][2] < 160
        ):
            previous = merged[-1]
            if not re.search(INFINITIVE, words[previous[2] : item[0]]):
                merged[-1] = (previous[0], previous[1], previous[2], previous[3])
                continue
        merged.append(item)
    return merged


def _read_call(
    text: str, base: int, words: str, places: tuple[int, int, int, int], *, own: bool
) -> Call | None:
    start, verb_start, verb_end, limit = places
    rest = words[verb_end:limit]
    verb = words[verb_start:verb_end].casefold()
    reason = REASON.search(words, start + 10, limit)
    end = reason.start() if reason else limit
    tail = re.search(r"(?:,?\s+(?:а также|и|а|но)|[,;])\s*$", words[start:end])
    end = start + tail.start() if tail else end
    opens_list = rest.rstrip().endswith(":")
    asks = re.search(INFINITIVE, rest, re.IGNORECASE)
    if verb.startswith("обра") and not asks and not opens_list and not WITH_CALL.search(rest):
        return None
    if re.match(r"\s+(?:прощения|извинения|внимания|слова)\b", rest):
        return None
    parties, complement = find_parties(text, base + verb_end, rest, verb)
    span = trim(text, base + start, base + end, leading=',;«“"–—- ', trailing='.,;:!?»”"')
    if span.end - span.start < 10:
        return None
    you = bool(_YOU.match(rest))
    return Call(span, () if you else parties, you, own, opens_list, complement)
