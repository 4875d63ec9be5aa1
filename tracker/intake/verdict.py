"""Whether a text is an appeal, or only tells about appeals and events."""

import re

from tracker.intake.prose import Demand
from tracker.intake.spans import Span, inside

_DOCUMENT = (
    r"statement|appeal|open letter|declaration|petition|заявлени\w+|обращени\w+|"
    r"открыт\w+ письм\w+|петици\w+|воззвани\w+"
)
_DOCUMENT_WORD = re.compile(rf"(?<!\w)(?:{_DOCUMENT})(?!\w)", re.IGNORECASE)
_DOCUMENT_SPEAKS = re.compile(
    r"\b(?:statement|appeal|letter|declaration|petition|document)\s+(?:says|reads|said|states|"
    r"notes|was signed|is signed|stresses)\b|\bauthors of the\b|"
    r"\b(?:signatories|authors|experts|signers)\s+(?:of the [\w ]{3,40}\s+)?(?:believe|ask|note|"
    r"noted|say|demand|urge|call|stress|turned|are also|consider|appeal)\b|"
    r"\baccording to (?:the )?(?:experts|authors|signatories)\b|"
    r"\b(?:it is noted|group (?:say|says|noted))\b|"
    r"(?:говорится|сказано|отмечается|подчеркивается)\s+в\s+(?:заявлени|обращени|письме|документ|"
    r"петици)|(?:авторы|подписанты|эксперты|подписавшиеся)\s+(?:обращени\w+\s+|заявлени\w+\s+|"
    r"письма\s+)?(?:счита|прос|требу|призыва|отмеча|полага|подчерк|потребовал|призвал|попросил)|"
    r"(?:заявление|обращение|письмо) подписали|по мнению (?:авторов|экспертов|подписавших)",
    re.IGNORECASE,
)
_PERSON_SPEAKS = re.compile(
    r"\btold\s+(?:[A-Z]\w+|reporters|journalists|the (?:news )?agency)|\b(?:he|she|"
    r"[A-Z][\w’-]+)\s+(?:said|added|explained|told|stated|recalled|noted)\b|"
    r"\bsaid\s+(?:on\s+)?(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|"
    r"[A-Z]\w+\s+[A-Z]\w+)|"
    r"\bspokes(?:man|woman|person)\b|\baccording to (?:him|her|[A-Z]\w+)|\b(?:news agency|"
    r"correspondent|reported (?:that|on|by)|press (?:service|office) (?:said|reported))\b|"
    r"(?:сообщил|заявил|рассказал|отметил|добавил|пояснил|подчеркнул|уточнил|передает|передаёт|"
    r"сообщает|пишет|заявляет)(?:а|и|о)?(?![а-яё])|(?:по (?:его|её|ее) словам|по словам|"
    r"со ссылкой на|корреспондент\w*|пресс-служб\w+|информагентств\w+)(?![а-яё])",
    re.IGNORECASE,
)
_DAY_REPORT = re.compile(
    r"\bon (?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b|(?:в|"
    r"во) (?:понедельник|вторник|среду|четверг|пятницу|субботу|воскресенье)(?![а-яё])",
    re.IGNORECASE,
)


def _outside(pattern: re.Pattern[str], text: str, quotes: list[Span], limit: int = 60_000) -> int:
    return sum(1 for match in pattern.finditer(text, 0, limit) if not inside(quotes, match.start()))


def is_report_of_appeal(text: str, quotes: list[Span]) -> bool:
    """Whether the text retells one statement, which does the talking, and not people."""
    if not _DOCUMENT_WORD.search(text[:600]):
        return False
    document = _outside(_DOCUMENT_SPEAKS, text, quotes)
    person = _outside(_PERSON_SPEAKS, text, quotes)
    return document >= 2 and person * 2 <= document


def is_appeal(
    text: str,
    quotes: list[Span],
    demands: list[Demand],
    *,
    named: bool,
    heading: bool,
    headline: bool,
    signatories: int,
    reply: bool,
    reported: bool,
) -> bool:
    """The marks of an appeal weighed against those of a report; no demand, no appeal."""
    if not demands:
        return False
    if reported:
        return True
    own = sum(1 for demand in demands if demand.own_voice and not demand.listed)
    listed = sum(1 for demand in demands if demand.listed)
    told = len(demands) - own - listed
    score = (
        3 * named
        + 3 * heading
        + 2 * headline
        + 2 * min(own, 2)
        + min(listed, 3)
        + (2 if listed >= 2 else 0)
        + min(told, 4 if headline else 2)
        + (2 if signatories >= 2 else 0)
        + (2 if reply else 0)
    )
    words = max(1, text[:60_000].count(" "))
    report = _outside(_PERSON_SPEAKS, text, quotes) + _outside(_DAY_REPORT, text, quotes)
    # A note of thirty words with one “said” in it is no dense report yet.
    density = report * 1000 / max(words, 150)
    score -= min(8, report) if density >= 4 else min(3, report // 2)
    return score >= 3
