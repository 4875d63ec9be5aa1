"""The request to answer: what it says, and the term it sets."""

import datetime
import re
from dataclasses import dataclass

from tracker.intake.issued import find_dates
from tracker.intake.spans import Span, inside, sentences, trim

_ASKS_EN = (
    r"(?:\b(?:we|i|(?:the )?(?:undersigned|organi[sz]ations?|signatories|"
    r"authors))\b(?:[^.!?]{0,60}?)\b(?:expect|await|request|ask|demand|hope for|"
    r"hope to|count on|insist on|require|urge|call|would appreciate|would be grateful|"
    r"look(?:ing)? forward|would like|wait(?:ing)? for)(?:ing)?\b|\bplease\b|\bkindly\b)"
)
_ANSWER_EN = (
    r"(?:\b(?:a|an|your|the|its|their|for|to|in|written|official|timely|prompt|formal|detailed|"
    r"reasoned|substantive|early|favou?rable|positive)\s+(?:\w+\s+){0,2}?(?:response|reply|"
    r"answer)s?\b"
    r"|\b(?:to\s+)?(?:respond|reply)\b(?!\s+to\s+the\s+(?:crisis|needs|situation|threat))"
    r"|\bto hear(?:ing)? from you\b|\bhearing from you\b"
    r"|\b(?:inform|notify|advise|update)\s+(?:us|me|the (?:undersigned|signatories|authors|"
    r"applicants?))\b|\blet (?:us|me) know\b"
    r"|\bprovide (?:us|me) with\b|\bsend (?:us|me)\b)"
)
_REQUESTS = (
    re.compile(rf"{_ASKS_EN}[^.!?]{{0,200}}?{_ANSWER_EN}", re.IGNORECASE),
    re.compile(
        r"\b(?:responses?|repl(?:y|ies)|answers?)\s+(?:should|is to|are to|must|may|can|shall|"
        r"is (?:requested|expected)|are (?:requested|expected)|to be)\b(?! (?:be )?proportion)",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?:прос(?:им|ит|ят)|прошу|ожида(?:ем|ю|ет)|жд[её]м|жду|требу(?:ем|ю)|рассчитыва(?:ем|"
        r"ю)|наде(?:емся|юсь)|предлага(?:ем|ю))(?![а-яё])[^.!?]{0,200}?"
        r"(?<![а-яё])(?:ответ(?:а|ы|ить|ом)?(?![а-яё])|проинформировать|информировать\s+(?:нас|"
        r"меня|о)|уведомить\s+(?:нас|меня|о)|известить\s+(?:нас|меня|о)|"
        r"дать\s+ответ|сообщить\s+(?:нам|мне|о|в|письменно|заявител|организац)|"
        r"поставить\s+(?:нас|меня)\s+в\s+известность)",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?<![а-яё])(?:ответ|информацию|сообщение|о результат\w+|о принят\w+ (?:мерах|"
        r"решени\w+))(?![а-яё])[^.!?]{0,160}?"
        r"(?<![а-яё])(?:прос(?:им|ит|ят)|прошу|ожида(?:ем|ю)|необходимо|"
        r"следует)(?![а-яё])[^.!?]{0,120}?(?:направ|высл|предостав|присл|сообщ|ответ|дать|увед|"
        r"информ|извест)",
        re.IGNORECASE,
    ),
    re.compile(r"(?<![а-яё])ответ\s+(?:просьба|прошу|просим|ожида\w+)(?![а-яё])", re.IGNORECASE),
    re.compile(
        r"жооп\w*[^.!?]{0,120}?(?:күтөбүз|күтөм|сурайбыз|сурайм|өтүнөбүз|өтүнөм|суранабыз|"
        r"суранам|талап кыл\w+|берүүңүз\w*)|"
        r"кабарлоо\w*[^.!?]{0,60}?(?:өтүнөбүз|суранабыз|сурайбыз)",
        re.IGNORECASE,
    ),
)
# The word is there, and nothing is asked: “in response to”, “a humanitarian response”.
_NOT_TO_US = re.compile(
    r"\b(?:in (?:response|answer|reply) to|no (?:response|reply|answer)|did not (?:respond|reply|"
    r"answer)|have not (?:received|responded)|"
    r"without (?:a )?(?:response|reply|answer)|police response|crisis response|"
    r"response to the (?:crisis|pandemic|emergency)|humanitarian response)\b|"
    r"(?:в ответ на|без ответа|не получил\w*|не (?:был )?(?:дан|получен))",
    re.IGNORECASE,
)
_STATUTORY = re.compile(
    r"(?:within|in|by|at|under|during|inside|"
    r"observing)\s+(?:the\s+)?(?:legal(?:ly)?[\w ]{0,20}\s+)?(?:period|term|time[- ]?(?:frame|"
    r"limit|period)?|deadlines?|terms|timeframe)s?"
    r"[\w ,]{0,30}?(?:established|prescribed|provided|set|stipulated|specified|required|fixed|"
    r"defined|determined|laid down|envisaged|foreseen|allowed)"
    r"[\w ]{0,30}?(?:law|legislation|act|code|statute|regulations?)"
    r"|statutory\s+(?:time[- ]?)?(?:period|term|limit|deadline|time|frame)"
    r"|(?:established|prescribed|required|provided(?: for)?|"
    r"set)\s+by\s+(?:the\s+)?(?:applicable\s+|current\s+|national\s+)?(?:law|legislation)"
    r"|(?:legal|lawful|legally (?:established|prescribed|required|"
    r"mandated))\s+(?:time[- ]?)?(?:period|term|limit|deadline|frame)s?"
    r"|(?:установлен|предусмотрен|определ[её]н|отвед[её]н|регламентирован|"
    r"предписан)[а-яё]*\s+(?:[а-яё]+\s+){0,3}?(?:закон|кодекс|нормативн|статьей|статьёй|ст\.)"
    r"|в\s+(?:установленн|предусмотренн|законн)[а-яё]+\s+(?:законом\s+)?(?:порядке\s+и\s+)?сро[кч]"
    r"|сро[кч][а-яё]*,?\s+(?:согласно|в соответствии с|по)\s+(?:[а-яё]+\s+){0,2}?закон"
    r"|(?:в|согласно)\s+законодательств[а-яё]*\s+срок|в законн[а-яё]+ срок"
    r"|мыйзам[а-яңүөё]*\s+(?:[а-яңүөё]+\s+){0,2}?(?:белгилен|көрсөтүл|каралган|"
    r"аныкта)[а-яңүөё]*\s+(?:[а-яңүөё]+\s+)?мөөнөт",
    re.IGNORECASE,
)
_NUMBERS = {
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "twelve": 12,
    "fourteen": 14,
    "fifteen": 15,
    "twenty": 20,
    "thirty": 30,
    "sixty": 60,
    "ninety": 90,
    "одного": 1,
    "двух": 2,
    "трех": 3,
    "трёх": 3,
    "четырех": 4,
    "четырёх": 4,
    "пяти": 5,
    "шести": 6,
    "семи": 7,
    "восьми": 8,
    "девяти": 9,
    "десяти": 10,
    "двенадцати": 12,
    "четырнадцати": 14,
    "пятнадцати": 15,
    "двадцати": 20,
    "тридцати": 30,
    "эки": 2,
    "үч": 3,
    "беш": 5,
    "жети": 7,
    "он": 10,
    "он төрт": 14,
    "он беш": 15,
    "жыйырма": 20,
    "отуз": 30,
}
_NUMBER = r"(?P<number>[0-9]{1,3}|" + "|".join(sorted(_NUMBERS, key=len, reverse=True)) + r")"
_TERMS = (
    re.compile(
        rf"(?<!\w){_NUMBER}(?:\s*\([\w\s-]{{1,24}}\))?[\s-]*(?:(?P<kind>working|business|"
        rf"calendar|consecutive|banking|рабоч\w*|календарн\w*|жумуш\w*|календардык|иш)[\s-]+)?"
        rf"(?P<unit>days?|weeks?|дн(?:ей|я|евн\w*)|день|недел[ьияю]\w*|күн\w*|жума\w*)(?!\w)",
        re.IGNORECASE,
    ),
)
_WEEK = re.compile(
    r"(?:within|in)\s+(?:a|one)\s+week\b|(?:в течение|за)\s+(?:одной\s+)?недел[июь](?!\w)|"
    r"(?:в\s+)?недельный\s+срок",
    re.IGNORECASE,
)
_BY = re.compile(
    r"(?:\bby|\bbefore|\buntil|\btill|no later than|not later than|prior to|deadline:?|\bдо|"
    r"не позднее(?:,? чем)?|к|не позже|срок:?)\s+(?:the\s+|the end of\s+|конца\s+)?$|^$",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r",?\s+(?:at|to|on|via|by)\s+(?:the\s+)?(?:following\s+|below\s+)?(?:postal\s+|e-?mail\s+|"
    r"mail\s+)*(?:address|e-?mail|number)\b.*|\s+(?:по|"
    r"на)\s+(?:следующ\w+\s+)?(?:электронн\w+\s+)?(?:адрес|почт)\w*.*|\s*:.*",
    re.IGNORECASE | re.DOTALL,
)

_REPLY_ITEM = re.compile(
    r"^(?:to\s+)?(?:respond\b|reply\b|answer\s+(?:this|our|the)\s+(?:appeal|letter|petition|"
    r"statement)|inform\s+(?:us|the (?:undersigned|signatories|applicants?|authors))\b|"
    r"(?:provide|give|send)\s+(?:us\b|(?:an?\s+)?(?:\w+\s+){0,2}(?:response|reply|answer)\b))|"
    r"^(?:ответить\s+на\s+(?:наше|данное|настоящее|это)|(?:дать|направить|предоставить|"
    r"выслать)\s+(?:нам\s+)?(?:[а-яё]+\s+){0,2}ответ(?![а-яё])|"
    r"(?:письменно\s+)?(?:сообщить|проинформировать|уведомить|известить)\s+(?:нас|нам|заявител|"
    r"нашу|о\s+(?:принят|результат|рассмотр|ходе рассмотр))|"
    r"о\s+(?:принят\w+|результат\w+)[^.;]{0,80}(?:сообщить|проинформировать|уведомить|ответить))",
    re.IGNORECASE,
)

_PART_MARK = re.compile(r"\s*\(?(?:[0-9]{1,2}|[a-zа-я])[.)]\s*")


@dataclass(frozen=True, slots=True)
class ResponseRequest:
    """`days` and `day_kind` (`working`, `calendar` or None) as written; `due_on` if named."""

    span: Span
    due_on: datetime.date | None
    days: int | None
    day_kind: str | None
    statutory: bool


def asks_for_reply(words: str) -> bool:
    """Whether a sentence asks the addressee to answer the sender."""
    if _NOT_TO_US.search(words):
        words = _NOT_TO_US.sub(" ", words)
    return any(pattern.search(words) for pattern in _REQUESTS)


def is_reply_item(words: str) -> bool:
    """Whether an item of a list of demands asks for an answer ("Give us a written answer")."""
    return bool(_REPLY_ITEM.match(words))


def find_response_request(
    text: str, stretches: list[Span], quotes: list[Span], issued: datetime.date | None
) -> ResponseRequest | None:
    """The first sentence that asks for an answer and sets a term; else the first that asks."""
    chosen: ResponseRequest | None = None
    for stretch in stretches:
        for sentence in _pieces(text, stretch):
            words = text[sentence.start : sentence.end]
            if inside(quotes, sentence.start) or not (
                asks_for_reply(words) or is_reply_item(words)
            ):
                continue
            request = read_request(text, sentence, issued)
            if request.statutory or request.days or request.due_on:
                return request
            chosen = chosen or request
    return chosen


def _pieces(text: str, stretch: Span) -> list[Span]:
    """Sentences, and the parts of a sentence that is a list: "1) ...; 2) inform us ..."."""
    pieces: list[Span] = []
    for sentence in sentences(text, stretch.start, stretch.end):
        if ";" not in text[sentence.start : sentence.end]:
            pieces.append(sentence)
            continue
        at = sentence.start
        for part in text[sentence.start : sentence.end].split(";"):
            mark = _PART_MARK.match(part)
            pieces.append(trim(text, at + (mark.end() if mark else 0), at + len(part)))
            at += len(part) + 1
    return [piece for piece in pieces if piece.start < piece.end]


def read_request(text: str, sentence: Span, issued: datetime.date | None) -> ResponseRequest:
    """The term in a sentence that asks for an answer."""
    words = text[sentence.start : sentence.end]
    days, kind = _days(words)
    due_on = None
    for date in find_dates(
        text, sentence.start, sentence.end, year=issued.year if issued else None
    ):
        before = text[max(sentence.start, date.span.start - 24) : date.span.start]
        if _BY.search(before) or re.match(
            r"[-\w]*\s*чейин", text[date.span.end : date.span.end + 12]
        ):
            due_on = date.value
            # “By 1 March” in an appeal of December means the next one.
            if (
                issued
                and due_on < issued
                and due_on.year == issued.year
                and not re.search(r"[12][0-9]{3}", text[date.span.start : date.span.end])
            ):
                due_on = _next_year(due_on)
            break
    tail = _TAIL.search(words)
    end = sentence.start + tail.start() if tail and tail.start() > 20 else sentence.end
    if days is not None or due_on is not None or _STATUTORY.search(words):
        # The term may stand behind the address; the text shown must hold it.
        last = max(
            (m.end() for m in (*_TERMS[0].finditer(words), *_STATUTORY.finditer(words))), default=0
        )
        end = max(end, sentence.start + last)
    span = trim(text, sentence.start, end, leading='«“"', trailing='.!;,:»”"')
    return ResponseRequest(span, due_on, days, kind, bool(_STATUTORY.search(words)))


def _next_year(day: datetime.date) -> datetime.date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return datetime.date(day.year + 1, 3, 1)


def _days(words: str) -> tuple[int | None, str | None]:
    for pattern in _TERMS:
        for match in pattern.finditer(words):
            number = match.group("number").casefold()
            value = int(number) if number.isdigit() else _NUMBERS[number]
            if value == 0:
                continue
            unit = match.group("unit").casefold()
            if unit.startswith(("week", "недел", "жума")):
                value *= 7
            return value, _kind(match.group("kind"))
    if _WEEK.search(words):
        return 7, None
    return None, None


def _kind(word: str | None) -> str | None:
    if not word:
        return None
    lowered = word.casefold()
    if lowered.startswith(("calendar", "consecutive", "календар")):
        return "calendar"
    return "working"
