"""Calls in Russian and Kyrgyz prose: «призываем ...», «X должен ...», «... талап кылабыз»."""

import re

from tracker.intake.call import Call
from tracker.intake.spans import Span, trim
from tracker.intake.words import (
    AUTHORITY_CYRILLIC,
    INFINITIVE_RU,
    OFFICE_CYRILLIC,
    OFFICE_STEMS,
    has_authority,
)

_INF = INFINITIVE_RU.pattern
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
_MODAL = re.compile(
    rf"(?<![а-яё])(?P<modal>должен|должна|должно|должны|обязан[аоы]?|не\s+имее(?:т|"
    rf"те)\s+(?:\w+\s+)?права|не\s+имеют\s+(?:\w+\s+)?права|"
    rf"не\s+вправе)(?![а-яё])\s+(?:[а-яё]+\s+){{0,3}}?(?P<verb>быть\s+[а-яё]+|{_INF})",
    re.IGNORECASE,
)
_IMPERSONAL = re.compile(
    rf"^(?:(?:поэтому|также|кроме того|в связи с этим|в этой связи|"
    rf"и),?\s+)?(?:вам\s+)?(?:необходимо|следует|надо|нужно)\s+(?:[а-яё]+\s+){{0,3}}?{_INF}",
    re.IGNORECASE,
)
_PASSIVE = re.compile(
    r"быть\s+(?:\w+\s+)?(?:освобожд|наказ|привлеч|прекращ|отмен|провед|расслед|обеспеч|соблюд|"
    r"возвращ|остановл|снят|отозван|принят|приостановл|восстановл|гарантир|закрыт|опубликован|"
    r"реабилитир|пересмотр|созда|предоставл)[а-яё]*",
    re.IGNORECASE,
)
_NORM = re.compile(
    r"^(?:согласно|в соответствии с|на основании стат|стать[яеи]\b|ст\.|как (?:указано|сказано)|"
    r"по закону|закон\b)",
    re.IGNORECASE,
)
_REASON = re.compile(
    r",\s+(?:поскольку|так как|потому что|ибо|иначе|в противном случае|что (?:при|усугуб|может|"
    r"позвол))",
    re.IGNORECASE,
)
_TRAILING_WORDS = re.compile(
    r"(?:[\s,–—-]+(?:немедленно|незамедлительно|срочно|безотлагательно|также|не|полностью|"
    r"настоятельно|безусловно|публично|официально|и|всячески|строго|лично|"
    r"в (?:кратчайшие|ближайшие|сжатые) сроки|в срочном порядке|в ближайшее время|"
    r"как можно (?:скорее|быстрее)|наконец|объективно|тщательно|всесторонне))+\s*$|[\s,:–—-]+$",
    re.IGNORECASE,
)
_WITH_CALL = re.compile(
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
_SUPPORTERS = re.compile(
    r"(?:подпи(?:сать|шите|сывайте)|подписаться|распространить|поделит|присоединит|перепост|"
    r"сделать репост|поддержать (?:нас|наше|данное|обращение)|читател)",
    re.IGNORECASE,
)
_YOU = re.compile(r"^\s*(?:к\s+|от\s+)?(?:Вас|вас|Вам|вам)(?![а-яё])")
_SUBJECT_YOU = re.compile(r"(?:^|[\s,])вы$", re.IGNORECASE)
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
_DATIVE_MODAL = re.compile(
    rf"(?<![а-яё])(?P<modal>следует|надлежит|необходимо|"
    rf"нужно)\s+(?:[а-яё]+\s+){{0,3}}?(?P<verb>{_INF})",
    re.IGNORECASE,
)
_IN_ORDER = re.compile(
    r"чтобы\s+(?P<party>[^,.;:]{3,80}?)\s+(?:(?:немедленно|незамедлительно|не|также|полностью|"
    r"наконец|публично)\s+)*[а-яё]{2,}л[аои]?(?:сь|ся)?(?![а-яё])",
    re.IGNORECASE,
)
_INTRO = re.compile(
    r"^[«“\"\s–—-]*(?:\([^()]{4,60}\)\s*[–—-]\s*)?(?:(?:поэтому|также|кроме того|таким образом|"
    r"при этом|но|и|однако),?\s+|по мнению [^,]{1,80},\s+|"
    r"(?:мы|авторы|эксперты|подписавшиеся|я)?\s*(?:считаем|уверены|убеждены|полагаем|считают|"
    r"полагают|считаю|подчеркивают|подчеркиваем),\s+что\s+)*",
    re.IGNORECASE,
)
_NEXT_PARTY = re.compile(
    r"(?:,\s*(?:а|и)|;|\sи)\s+(?P<party>(?:от\s+)?[А-ЯЁа-яё][^,;:]{3,80}?)"
    r"\s*[–—-]?\s+(?=(?:немедленно\s+|незамедлительно\s+|не\s+)?" + _INF + ")",
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
            calls.extend(_split_parties(text, call))
    return calls or _modal_calls(text, sentence.start, words)


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
            if not re.search(_INF, words[previous[2] : item[0]]):
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
    reason = _REASON.search(words, start + 10, limit)
    end = reason.start() if reason else limit
    tail = re.search(r"(?:,?\s+(?:а также|и|а|но)|[,;])\s*$", words[start:end])
    end = start + tail.start() if tail else end
    opens_list = rest.rstrip().endswith(":")
    asks = re.search(_INF, rest, re.IGNORECASE)
    if verb.startswith("обра") and not asks and not opens_list and not _WITH_CALL.search(rest):
        return None
    if re.match(r"\s+(?:прощения|извинения|внимания|слова)\b", rest):
        return None
    parties, complement = _parties(text, base + verb_end, rest, verb)
    span = trim(text, base + start, base + end, leading=',;«“"–—- ', trailing='.,;:!?»”"')
    if span.end - span.start < 10:
        return None
    you = bool(_YOU.match(rest))
    return Call(span, () if you else parties, you, own, opens_list, complement)


def _parties(text: str, at: int, rest: str, verb: str) -> tuple[tuple[Span, ...], int]:
    wish = _IN_ORDER.search(rest[:200])
    if wish and has_authority(wish.group("party")):
        return _split_list(text, at + wish.start("party"), at + wish.end("party")), at + wish.end(
            "party"
        )
    lead = re.match(r"\s*(?P<word>к|от|у)\s+(?=\S)", rest, re.IGNORECASE)
    if lead is None and re.match(r"\s*(?:чтобы|о|об|на|за|во?|с)\s", rest, re.IGNORECASE):
        return (), at
    word = lead.group("word").casefold() if lead else ""
    offset = lead.end() if lead else len(rest) - len(rest.lstrip())
    asks = re.search(_INF, rest[offset:], re.IGNORECASE)
    halts = [
        m.start()
        for m in (
            asks,
            re.search(r"[:;]|,\s+чтобы|\s[–—]\s", rest[offset:]),
            _WITH_CALL.search(rest[offset:]),
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
    return _split_list(text, start, start + len(named)), at + offset + stop


def _split_list(text: str, start: int, end: int) -> tuple[Span, ...]:
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


def _split_parties(text: str, call: Call) -> list[Call]:
    if not call.parties or call.opens_list:
        return [call]
    words = text[call.complement : call.span.end]
    cuts = [
        m
        for m in _NEXT_PARTY.finditer(words)
        if OFFICE_CYRILLIC.match(m.group("party").removeprefix("от "))
        and not re.search(_INF, m.group("party"), re.IGNORECASE)
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
                _split_list(text, start, call.complement + cut.end("party")),
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
    if _NORM.match(words[begin:]) or words.rstrip().endswith("?"):
        return []
    span_end = len(words)
    reason = _REASON.search(words, begin + 10)
    if reason:
        span_end = reason.start()
    span = trim(text, base + begin, base + span_end, leading='«“"–—- ', trailing='.,;:!?»”"')
    if span.end - span.start < 12:
        return []
    opens_list = words.rstrip().endswith(":")
    if _IMPERSONAL.match(words[begin:]):
        return [
            Call(
                span,
                (),
                bool(re.search(r"\bвам\b", words, re.IGNORECASE)),
                False,
                opens_list,
                base + begin,
            )
        ]
    match = _MODAL.search(words, begin)
    if not match:
        match = _DATIVE_MODAL.search(words, begin)
        if (
            not match
            or not has_authority(words[begin : match.start()])
            or not re.search(
                r"(?:у|ю|ой|ей|ам|ям|ому|ему|е)(?![а-яё])",
                words[begin : match.start()].split(" ")[0],
            )
        ):
            return []
    subject = words[begin : match.start()].strip(' ,«“"')
    if _SUBJECT_YOU.search(subject):
        return [Call(span, (), True, False, opens_list, base + match.end("modal"))]
    if (
        len(subject) < 3
        or len(subject) > 140
        or re.search(
            r"(?<![а-яё])(?:который|которая|которые|что|если|когда|как|почему|кто|каждый|никто|"
            r"любой|это|этот|он|она|они|мы|я)(?![а-яё])",
            subject,
            re.IGNORECASE,
        )
    ):
        return []
    if match.group("verb").casefold().startswith("быть"):
        if not _PASSIVE.search(words[match.start() :]):
            return []
        return [Call(span, (), False, False, opens_list, base + match.end("modal"))]
    if not has_authority(subject) and not re.fullmatch(r"(?:[А-ЯЁ][\w.\-]+\s*){2,3}", subject):
        return []
    start = base + words.index(subject, begin)
    return [
        Call(
            span,
            _split_list(text, start, start + len(subject)),
            False,
            False,
            opens_list,
            base + match.end("modal"),
        )
    ]
