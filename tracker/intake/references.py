"""Legal norms cited in a text: articles of laws and codes, constitutions, resolutions, treaties."""

import re

from tracker.intake.spans import Span, trim

# A cited title goes on through words with a capital letter and the small words between them.
_CAP = r"[A-Z][\w’'\-]*"
_TITLE = (
    rf"{_CAP}(?:\s+(?:(?:of|on|the|and|for|in|to|against|by|with|or|from|"
    rf"all)\s+){{0,3}}{_CAP}){{0,14}}"
)
_QUOTED = r"[«“\"][^«»“”\"\n]{3,160}[»”\"]"
_NUM = r"[0-9]{1,4}(?:[.\-–][0-9]{1,4})*(?:\([0-9a-z]{1,4}\))*"
_NUMS = rf"{_NUM}(?:\s*(?:,|and|to|or|[-–])\s*{_NUM}){{0,6}}"
_PART = (
    rf"(?:sub-?paragraphs?|paragraphs?|paras?\.?|sections?|sec\.|principles?|points?|"
    rf"clauses?|parts?|p\.|pp\.|items?)\s+{_NUMS}"
)
_ARTICLE = rf"(?:articles?|art\.)\s+{_NUMS}"
_ACT_EN = (
    rf"(?:the\s+)?(?:(?:Law|Act|Code|Decree|"
    rf"Constitution)\s+(?:of\s+the\s+{_TITLE}\s+)?(?:on\s+)?{_QUOTED}|{_TITLE})"
)
_CYR = r"[А-ЯЁҢҮӨ][\wёңүө\-]*"
_ACT_RU = (
    rf"(?:(?:Конституционн\w+\s+)?[Зз]акон(?:а|у|ом|е|ы|ов|ам)?(?!\w)(?:\s+(?:КР|РК|РФ|РТ|РУз|"
    rf"Кыргызской Республики|"
    rf"Республики {_CYR}))?(?:\s+от\s+[^«»\n]{{4,40}})?\s+(?:[«“\"][^«»“”\"\n]{{3,160}}[»”\"])"
    rf"|(?:УПК|УК|ГК|ГПК|КоАП|КоП|КоН|УИК|АППК|ТК|НК)(?:\s+(?:КР|РК|РФ|РТ|РУз|"
    rf"Кыргызской Республики|Республики {_CYR}))?"
    rf"|(?:[\wё\-]+\s+){{0,2}}[Кк]одекс\w*(?:\s+[а-яё\-]+){{0,4}}(?:\s+(?:КР|РК|РФ|"
    rf"Кыргызской Республики|Республики {_CYR}))?"
    rf"|Конституци\w+(?:\s+(?:КР|РК|РФ|РТ|РУз|Кыргызской Республики|Республики {_CYR}|"
    rf"Российской Федерации))?"
    rf"|(?:[Вв]сеобщ\w+\s+)?(?:[Мм]еждународн\w+\s+|[Ее]вропейск\w+\s+)?(?:Пакт\w*|Конвенци\w+|"
    rf"Деклараци\w+)(?:\s+(?:ООН\s+)?(?:о|об|против|по)\s+[а-яё]+(?:\s+[а-яё]+){{0,6}})?)"
)
_PART_RU = (
    r"(?:(?:под)?пункт\w*|п\.?\s?п\.|п\.|част[ьиями]+|ч\.|абзац\w*|"
    r"абз\.)\s*[0-9]{1,3}(?:\s*(?:,|и|[-–])\s*[0-9]{1,3}){0,5}"
)
_ARTICLE_RU = (
    r"(?:стат[ьеёяийюям]+|ст\.?\s?ст\.|"
    r"ст\.)\s*[0-9]{1,4}(?:[.\-–][0-9]{1,3})?(?:\s*(?:,|и|[-–])\s*[0-9]{1,4}){0,6}"
)

_PATTERNS = tuple(
    re.compile(pattern, flags)
    for pattern, flags in (
        (
            rf"(?i:{_PART}\s+(?:of|,)\s+)*(?i:{_ARTICLE}|"
            rf"{_PART})\s*(?:,?\s*(?i:{_PART})\s*)?(?:of|,)\s+(?:the\s+)?{_ACT_EN}",
            0,
        ),
        (rf"(?:{_PART_RU},?\s+){{1,3}}(?:{_ARTICLE_RU}\s+)?{_ACT_RU}", 0),
        (rf"{_ARTICLE_RU}\s+{_ACT_RU}", 0),
        (rf"\bLaw\s+(?:of\s+the\s+{_TITLE}\s+)?(?:[Oo]n\s+)?{_QUOTED}", 0),
        (rf"\b(?:Constitutional\s+)?(?:Law|Act)\s+on\s+(?:the\s+)?{_TITLE}", 0),
        (
            rf"\b(?:{_CAP}\s+){{0,4}}[Rr]esolution\s+(?:No\.?\s*)?[0-9]{{1,4}}(?:/[0-9]{{1,4}})?(?:\s+of\s+[0-9]{{1,2}}\s+{_CAP}\s+[0-9]{{4}})?",
            0,
        ),
        (r"\bConstitution(?:\s+of\s+(?:the\s+)?[A-Z]\w+(?:\s+[A-Z]\w+){0,2})?", 0),
        (
            rf"\b(?:{_CAP}\s+(?:(?:of|on|and)\s+)?){{0,5}}(?:Convention|Covenant|"
            rf"Universal Declaration)\s+(?:on|of|against|for)\s+(?:the\s+)?{_TITLE}",
            0,
        ),
        (r"\b[A-Z]\w+\s+(?:[Pp]rinciples|[Rr]ules|[Pp]rotocol)\b", 0),
        (rf"\b{_ACT_RU}", 0),
        (r"[Кк]онвенци\w+\s+(?:МОТ|ООН)\s+№\s*[0-9]{1,3}", 0),
        (r"[Рр]езолюци\w+\s+(?:[А-ЯЁ][\wё]*\s+){0,3}(?:№\s*)?[0-9]{1,4}(?:/[0-9]{1,4})?", 0),
    )
)
_NOT_A_NORM = re.compile(
    r"^(?:The|These|Those|Its|Our|Basic|General|Guiding|Legal|Democratic)\s+(?:principles|rules)$",
    re.IGNORECASE,
)
_LEADING_ARTICLE = re.compile(r"^(?:the|an?|in|under|to|by|with)\s+", re.IGNORECASE)
_BARE_WORD = re.compile(r"^(?:пакт|конвенци|деклараци)\w*$", re.IGNORECASE)
_PLAIN_CODE = re.compile(r"^(?:[\wё\-]+\s+){0,2}кодекс\w*(?:\s+[а-яё\-]+){0,4}$")

# Norms are looked for in windows, so that one endless paragraph costs no more than many short ones.
_WINDOW = 4000


def find_references(text: str) -> list[Span]:
    """Each norm at its first mention, in order; the fullest form where forms overlap."""
    found: list[Span] = []
    seen: set[str] = set()
    taken: list[Span] = []
    for start, end in _windows(text):
        local: list[Span] = []
        for pattern in _PATTERNS:
            for match in pattern.finditer(text, start, end):
                span = _tidy(text, Span(match.start(), match.end()))
                if span.end - span.start < 8 or any(
                    o.start < span.end and span.start < o.end for o in local
                ):
                    continue
                local.append(span)
        taken.extend(sorted(local))
    for span in taken:
        words = " ".join(text[span.start : span.end].split())
        if (
            words.casefold() in seen
            or _NOT_A_NORM.match(words)
            or _PLAIN_CODE.match(words)
            or _BARE_WORD.match(words)
        ):
            continue
        seen.add(words.casefold())
        found.append(span)
    return found


def _windows(text: str) -> list[tuple[int, int]]:
    edges = [0]
    while edges[-1] < len(text):
        limit = edges[-1] + _WINDOW
        if limit >= len(text):
            edges.append(len(text))
            break
        cut = max(text.rfind("\n", edges[-1] + 1, limit), text.rfind(". ", edges[-1] + 1, limit))
        edges.append(cut + 1 if cut > edges[-1] else limit)
    return list(zip(edges, edges[1:], strict=False))


def _tidy(text: str, span: Span) -> Span:
    article = _LEADING_ARTICLE.match(text[span.start : min(span.end, span.start + 8)])
    start = span.start + article.end() if article else span.start
    return trim(text, start, span.end, trailing=",;:.")


_ARTICLE_PART = re.compile(
    r"^(?P<article>(?:(?:sub-?paragraphs?|paragraphs?|paras?\.?|sections?|principles?|points?|"
    r"clauses?|"
    r"parts?|p\.|articles?|art\.|of|and|to|,|(?:под)?пункт\w*|п\.|част[ьиями]+|ч\.|"
    r"стат[ьеёяийюям]+|"
    r"ст\.|и|[0-9]+(?:[.\-–][0-9]+)*(?:\([0-9a-z]+\))*)(?:\s+|(?=,)))+)(?:the\s+)?(?P<act>\D.+)$",
    re.IGNORECASE | re.DOTALL,
)


def split_reference(words: str) -> tuple[str, str]:
    """A cited norm as article and instrument; the article is empty where none is named."""
    match = _ARTICLE_PART.match(words)
    if not match or not re.search(r"[0-9]", match.group("article")):
        return "", words
    article = re.sub(r"[\s,]+(?:of)?\s*$", "", match.group("article").strip())
    return article.removesuffix(" of"), match.group("act")
