"""The text of an appeal with its demands marked where they stand."""

from collections.abc import Iterable, Sequence

from django import template
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from tracker.models import Demand

register = template.Library()


@register.simple_tag
def marked_text(text: str, demands: Iterable[Demand]) -> SafeString:
    """`text`, escaped, each demand in a mark that carries its number and the anchor `demand-N`.

    Places may touch, nest or overlap: the text is cut at every beginning and end, and a piece
    is marked when any demand covers it. A place outside the text is left unmarked.
    """
    placed = [d for d in demands if d.start is not None and d.start < d.end <= len(text)]
    cuts = sorted({0, len(text), *(d.start for d in placed), *(d.end for d in placed)})
    return mark_safe(  # noqa: S308 - every piece below is escaped
        "".join(_piece(text[a:b], a, b, placed) for a, b in zip(cuts, cuts[1:], strict=False))
    )


def _piece(words: str, start: int, end: int, placed: Sequence[Demand]) -> str:
    if not any(d.start < end and d.end > start for d in placed):
        return conditional_escape(words)
    numbers = format_html_join(
        "",
        '<a class="mark-number" id="demand-{}" href="#row-{}">{}</a>',
        ((d.number, d.number, d.number) for d in placed if d.start == start),
    )
    return format_html("<mark>{}{}</mark>", numbers, words)
