"""Dates written in a text, and which of them is the date of the appeal itself."""

import datetime
import re
from dataclasses import dataclass

from tracker.intake.lines import Block
from tracker.intake.spans import Span

_MONTHS = (
    ("january", "jan", "январ"),
    ("february", "feb", "феврал"),
    ("march", "mar", "март"),
    ("april", "apr", "апрел"),
    ("may", "ма[йя]"),
    ("june", "jun", "июн"),
    ("july", "jul", "июл"),
    ("august", "aug", "август"),
    ("september", "sept", "sep", "сентябр"),
    ("october", "oct", "октябр"),
    ("november", "nov", "ноябр"),
    ("december", "dec", "декабр"),
)
_MONTH = (
    r"(?P<month>january|february|march|april|may|june|july|august|september|october|november|"
    r"december|"
    r"jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec|"
    r"январ[ьяе]|феврал[ьяе]|марта?|апрел[ьяе]|ма[йя]|июн[ьяе]|июл[ьяе]|августа?|сентябр[ьяе]|"
    r"октябр[ьяе]|ноябр[ьяе]|декабр[ьяе])"
)
# “12-14 March”, “с 12 по 14 марта”: the last day counts, so the first is read over.
_RANGE = r"(?:[0-9]{1,2}(?:st|nd|rd|th)?\s*(?:[-–—]|and|to|и|по)\s*)?"
_DAY = r"(?P<day>[0-9]{1,2})"
_PATTERNS = (
    re.compile(
        rf"(?<![\w.]){_RANGE}[«\"“]?{_DAY}[»\"”]?(?:st|nd|rd|th)?(?:\s+of)?(?:\s+|"
        rf"[-–.])\s*{_MONTH}\.?,?\s*(?P<year>[12][0-9]{{3}})(?![0-9])",
        re.IGNORECASE,
    ),
    re.compile(
        rf"(?<!\w){_MONTH}\.?\s+{_RANGE}{_DAY}(?:st|nd|rd|"
        rf"th)?,?\s+(?P<year>[12][0-9]{{3}})(?![0-9])",
        re.IGNORECASE,
    ),
    re.compile(
        rf"(?<!\w)(?P<year>[12][0-9]{{3}})[-\s]*жыл(?:дын|"
        rf"ы)?[,\s]+{_RANGE}{_DAY}[-\s]*(?P<month>(?:январ|феврал|март|апрел|ма[йя]|июн|июл|"
        rf"август|сентябр|октябр|ноябр|декабр)\w*)",
        re.IGNORECASE,
    ),
    re.compile(r"(?<![\w.])(?P<year>[12][0-9]{3})-(?P<number>[01][0-9])-(?P<day>[0-3][0-9])(?!\w)"),
    re.compile(
        r"(?<![\w./])(?P<day>[0-9]{1,2})[./](?P<number>[0-9]{1,2})[./](?P<year>[12][0-9]{3})(?!\w)"
    ),
)
# A day and a month alone, for "reply by 1 March" where the year is that of the appeal.
_NO_YEAR = (
    re.compile(rf"(?<![\w.]){_DAY}(?:st|nd|rd|th)?(?:\s+of)?\s+{_MONTH}(?!\w)", re.IGNORECASE),
    re.compile(rf"(?<!\w){_MONTH}\.?\s+{_DAY}(?:st|nd|rd|th)?(?!\w)", re.IGNORECASE),
    re.compile(rf"(?<!\w){_DAY}[-\s]*{_MONTH}", re.IGNORECASE),
)
_LABEL = re.compile(
    r"^[\s(«\[–—-]*(?:date|dated|issued|published|adopted|signed|posted|released|updated|дата|"
    r"опубликован\w*|принят\w*|подписан\w*|от|исх\.?|"
    r"күнү|кабыл алынган)\b",
    re.IGNORECASE,
)
_REFERENCE_NUMBER = re.compile(r"(?:исх\.?|ref\.?|№|no\.?)\s*[№:]?\s*[\w/\-]*", re.IGNORECASE)
_DATELINE_END = re.compile(r"^(?:\s*(?:года|год|г\.?|year|ж\.?))?\s*[)\].,]?\s*(?:[–—-]|:|\.\s)")
_WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date with its place in the text; a range of days is its last day."""

    value: datetime.date
    span: Span


def _month_number(word: str) -> int:
    lowered = word.casefold()
    for number, beginnings in enumerate(_MONTHS, start=1):
        if any(re.match(beginning, lowered) for beginning in beginnings):
            return number
    return 0


def _make(match: re.Match[str], year: int | None = None) -> FoundDate | None:
    groups = match.groupdict()
    month = _month_number(groups["month"]) if groups.get("month") else int(groups["number"])
    day = int(groups["day"])
    # The American order, where no other reading is left.
    if month > 12 and day <= 12 and groups.get("number"):
        month, day = day, month
    try:
        value = datetime.date(int(groups.get("year") or year or 0), month, day)
    except ValueError:
        return None
    return FoundDate(value, Span(match.start(), match.end()))


def find_dates(text: str, start: int, end: int, year: int | None = None) -> list[FoundDate]:
    """Every full date between two offsets, in order.

    With `year`, a day and a month without a year count too, in that year.
    Day before month is assumed for 03/04/2021.
    """
    patterns = _PATTERNS + (_NO_YEAR if year else ())
    found: list[FoundDate] = []
    for pattern in patterns:
        for match in pattern.finditer(text, start, end):
            date = _make(match, year)
            if date and not any(
                d.span.start < date.span.end and date.span.start < d.span.end for d in found
            ):
                found.append(date)
    return sorted(found, key=lambda date: date.span)


def _dateline_score(text: str, block: Block, date: FoundDate) -> int:
    """How much a block looks like the line that dates the document; 0 for a date in prose."""
    before = text[block.body : date.span.start]
    after = text[date.span.end : block.own_end]
    around = len(_WORD.findall(_REFERENCE_NUMBER.sub(" ", before))) + len(_WORD.findall(after))
    if _LABEL.match(before) and len(before) < 40 and around <= 8:
        return 3
    if around <= 1:
        return 4
    if (
        around <= 5
        and block.own_end - block.body <= 90
        and not re.search(r"[.!?]\s*$", after.strip()[-1:])
    ):
        return 3
    if len(_WORD.findall(before)) <= 3 and len(before) <= 40 and _DATELINE_END.match(after):
        return 2
    return 0


def find_issued_on(text: str, blocks: list[Block]) -> FoundDate | None:
    """The date on a line of its own, beside a place, or opening the text as a dateline.

    A date inside a sentence is never taken: it tells when something happened.
    """
    best: tuple[int, FoundDate] | None = None
    for block in blocks:
        if (
            block.kind in {"note", "noise"}
            or block.children
            or block.own_end - block.start > 20_000
        ):
            continue
        stretch = min(block.own_end, block.body + 200)
        for date in find_dates(text, block.start, stretch)[:2]:
            score = _dateline_score(text, block, date)
            # Items tell what happened when; only a date with nothing beside it may date the text.
            if block.kind == "item" and score < 4:
                continue
            if score and (best is None or score > best[0]):
                best = (score, date)
    return best[1] if best else None
