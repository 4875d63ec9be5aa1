"""Statuses and grades as a symbol, a word and a tint; never colour alone."""

from collections import Counter
from collections.abc import Iterable, Mapping

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tracker.models import STATUS_FACTS, Confidence, Demand, Extent, Grade, Status

register = template.Library()

PIECES = 60  # more would be thinner than a pixel on a phone


@register.simple_tag
def pill(tint: str, symbol: str, words: object) -> SafeString:
    return format_html(
        '<span class="pill tone-{}"><span class="pill__mark" aria-hidden="true">{}</span>{}</span>',
        tint,
        symbol,
        words,
    )


@register.simple_tag
def claim(tint: str, words: object) -> SafeString:
    """What is said of something, paler than what it is."""
    return format_html('<span class="pill pill--claim tone-{}">{}</span>', tint, words)


@register.simple_tag
def status_pill(status: str, extent: str = "") -> SafeString:
    """One status in words; with its extent where the status is "partly implemented"."""
    facts = STATUS_FACTS[status]
    words = Status(status).label
    if extent:
        words = f"{words}, {Extent(extent).label}"
    return pill(facts.tint, facts.symbol, words)


@register.simple_tag
def status_label(status: str) -> str:
    return str(Status(status).label)


@register.simple_tag
def status_tone(status: str) -> str:
    return f"tone-{STATUS_FACTS[status].tint}"


@register.inclusion_tag("demands/_bar.html")
def status_bar(demands: Iterable[Demand], *, thin: bool = False) -> dict:
    """One bar, a piece per demand, grouped in the order of the statuses."""
    return bar_of(Counter(demand.status for demand in demands), thin)


@register.inclusion_tag("demands/_bar.html")
def status_bar_of(totals: Iterable[tuple[str, int]]) -> dict:
    """The same from counts."""
    return bar_of(dict(totals), thin=False)


def bar_of(counts: Mapping[str, int], thin: bool) -> dict:
    """Beyond `PIECES` demands a piece stands for several; every status keeps at least one."""
    share = min(1, PIECES / max(1, sum(counts.values())))
    parts = [
        {
            "count": counts[status],
            "pieces": range(max(1, round(counts[status] * share))),
            "tint": facts.tint,
            "symbol": facts.symbol,
            "label": Status(status).label,
        }
        for status, facts in STATUS_FACTS.items()
        if counts.get(status)
    ]
    return {"parts": parts, "thin": thin}


@register.simple_tag
def restricted_pill() -> SafeString:
    """Marks what only the team of a case may see."""
    return pill("violet", "▣", _("team only"))


@register.filter
def confidence_word(value: str) -> str:
    """The level alone; what it takes to reach it stands where it is chosen."""
    return {
        Confidence.HIGH: _("high"),
        Confidence.MEDIUM: _("medium"),
        Confidence.LOW: _("low"),
    }.get(Confidence(value), _("not verified"))


@register.simple_tag
def grade_pill(grade: str) -> SafeString:
    value = Grade(grade)
    symbol = {"A": "✓", "B": "◑", "C": "◔", "D": "▲", "E": "✕"}[value.value[0]]
    return pill(value.tint, symbol, value.label)
