"""The text of a draft with everything marked that was read in it."""

from collections.abc import Iterable
from typing import Protocol

from django import template
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

register = template.Library()

# What a mark says when read aloud or pointed at.
NAMES = {
    "demand": _("demand"),
    "addressee": _("addressee"),
    "signatory": _("signatory"),
    "reply": _("request for a reply"),
    "norm": _("cited norm"),
    "title": _("title"),
    "date": _("date"),
}


class Marked(Protocol):
    start: int
    end: int
    kind: str
    number: int | None


@register.simple_tag
def proposal_text(text: str, marks: Iterable[Marked]) -> SafeString:
    """The whole text, escaped; where marks overlap, the first kind of `NAMES` is shown.

    A demand carries its number and the anchor `demand-N`.
    """
    order = {kind: rank for rank, kind in enumerate(NAMES)}
    placed = sorted(marks, key=lambda mark: (mark.start, order[mark.kind]))
    cuts = sorted({0, len(text), *(m.start for m in placed), *(m.end for m in placed)})
    pieces: list[str] = []
    active: list[Marked] = []
    coming = 0
    for start, end in zip(cuts, cuts[1:], strict=False):
        while coming < len(placed) and placed[coming].start <= start:
            active.append(placed[coming])
            coming += 1
        active = [mark for mark in active if mark.end > start]
        pieces.append(_piece(text[start:end], start, active, order))
    return mark_safe("".join(pieces))  # noqa: S308 - every piece is escaped


def _piece(words: str, start: int, active: list[Marked], order: dict[str, int]) -> str:
    if not active:
        return conditional_escape(words)
    mark = min(active, key=lambda m: order[m.kind])
    numbers = format_html_join(
        "",
        '<a class="mark-number" id="demand-{}" href="#row-{}">{}</a>',
        ((m.number, m.number, m.number) for m in active if m.number and m.start == start),
    )
    return format_html(
        '<mark class="mark--{}" title="{}">{}{}</mark>', mark.kind, NAMES[mark.kind], numbers, words
    )
