"""Calls without a verb of asking: «X должен ...», «X следует ...»."""

import re

from tracker.intake.call import Call
from tracker.intake.parties_ru import INFINITIVE, split_list
from tracker.intake.spans import trim
from tracker.intake.words import (
    has_authority,
)

_MODAL = re.compile(
    rf"(?<![а-яё])(?P<modal>должен|должна|должно|должны|обязан[аоы]?|не\s+имее(?:т|"
    rf"те)\s+(?:\w+\s+)?права|не\s+имеют\s+(?:\w+\s+)?права|"
    rf"не\s+вправе)(?![а-яё])\s+(?:[а-яё]+\s+){{0,3}}?(?P<verb>быть\s+[а-яё]+|{INFINITIVE})",
    re.IGNORECASE,
)

_IMPERSONAL = re.compile(
    rf"^(?:(?:поэтому|также|кроме того|в связи с этим|в этой связи|"
    rf"и),?\s+)?(?:вам\s+)?(?:необходимо|следует|надо|нужно)\s+(?:[а-яё]+\s+){{0,3}}?{INFINITIVE}",
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

REASON = re.compile(
    r",\s+(?:поскольку|так как|потому что|ибо|иначе|в противном случае|что (?:при|усугуб|может|"
    r"позвол))",
    re.IGNORECASE,
)

_SUBJECT_YOU = re.compile(r"(?:^|[\s,])вы$", re.IGNORECASE)

_DATIVE_MODAL = re.compile(
    rf"(?<![а-яё])(?P<modal>следует|надлежит|необходимо|"
    rf"нужно)\s+(?:[а-яё]+\s+){{0,3}}?(?P<verb>{INFINITIVE})",
    re.IGNORECASE,
)

_INTRO = re.compile(
    r"^[«“\"\s–—-]*(?:\([^()]{4,60}\)\s*[–—-]\s*)?(?:(?:поэтому|также|кроме того|таким образом|"
    r"при этом|но|и|однако),?\s+|по мнению [^,]{1,80},\s+|"
    r"(?:мы|авторы|эксперты|подписавшиеся|я)?\s*(?:считаем|уверены|убеждены|полагаем|считают|"
    r"полагают|считаю|подчеркивают|подчеркиваем),\s+что\s+)*",
    re.IGNORECASE,
)


def modal_calls(text: str, base: int, words: str) -> list[Call]:
    intro = _INTRO.match(words)
    begin = intro.end() if intro else 0
    if _NORM.match(words[begin:]) or words.rstrip().endswith("?"):
        return []
    span_end = len(words)
    reason = REASON.search(words, begin + 10)
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
    if re.fullmatch(r"государств[оа]|закон\w*|люб\w+ государств\w+", subject, re.IGNORECASE):
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
            split_list(text, start, start + len(subject)),
            False,
            False,
            opens_list,
            base + match.end("modal"),
        )
    ]
