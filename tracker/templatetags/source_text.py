"""The text of an appeal with its demands marked where they stand."""

from collections.abc import Iterable, Sequence

from django import template
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from tracker.models import Demand

register = template.Library()


@register.simple_tag
def marked_text(text: str, demands: Iterable[Demand]) -> SafeString:
    """From the paragraph of the first demand to that of the last, each demand in a mark.

    The mark carries the demand's number and the anchor `demand-N`. Places may touch, nest or
    overlap: the text is cut at every beginning and end, and a piece is marked when any demand
    covers it. A place outside the text is left unmarked. Everything is escaped.
    """
    placed = [d for d in demands if d.start is not None and d.start < d.end <= len(text)]
    first, last = passage(text, placed)
    cuts = sorted({first, last, *(d.start for d in placed), *(d.end for d in placed)})
    return mark_safe(  # noqa: S308 - every piece below is escaped
        ("… " if first else "")
        + "".join(_piece(text[a:b], a, b, placed) for a, b in zip(cuts, cuts[1:], strict=False))
        + (" …" if last < len(text) else "")
    )


def passage(text: str, placed: Sequence[Demand]) -> tuple[int, int]:
    """Where the paragraphs that hold demands begin and end; the whole text where none is placed."""
    if not placed:
        return 0, len(text)
    start, end = min(d.start for d in placed), max(d.end for d in placed)
    before = text.rfind("\n\n", 0, text.rfind("\n\n", 0, start) if "\n\n" in text[:start] else 0)
    after = text.find("\n\n", end)
    return (before + 2 if before >= 0 else 0), (after if after >= 0 else len(text))


def _piece(words: str, start: int, end: int, placed: Sequence[Demand]) -> str:
    if not any(d.start < end and d.end > start for d in placed):
        return conditional_escape(words)
    numbers = format_html_join(
        "",
        '<a class="mark-number" id="demand-{}" href="#row-{}">{}</a>',
        ((d.number, d.number, d.number) for d in placed if d.start == start),
    )
    return format_html("<mark>{}{}</mark>", numbers, words)
