"""Demands marked in the text: escaped, also where they nest, overlap or lie outside."""

import pytest

from tracker.models import Demand
from tracker.templatetags.source_text import marked_text


def demand(number: int, start: int | None, end: int | None) -> Demand:
    return Demand(number=number, start=start, end=end, text="-")


def link(number: int) -> str:
    return f'<a class="mark-number" id="demand-{number}" href="#row-{number}">{number}</a>'


def test_a_demand_is_marked_where_it_stands():
    assert marked_text("We ask: free them.", [demand(1, 8, 18)]) == (
        f"We ask: <mark>{link(1)}free them.</mark>"
    )


def test_everything_is_escaped():
    assert marked_text("<b>&</b>", [demand(1, 3, 4)]) == (
        f"&lt;b&gt;<mark>{link(1)}&amp;</mark>&lt;/b&gt;"
    )


def test_demands_may_nest_overlap_and_share_a_place():
    assert marked_text("abcdef", [demand(1, 0, 4), demand(2, 2, 6)]) == (
        f"<mark>{link(1)}ab</mark><mark>{link(2)}cd</mark><mark>ef</mark>"
    )
    assert marked_text("abc", [demand(1, 0, 3), demand(2, 0, 3)]) == (
        f"<mark>{link(1)}{link(2)}abc</mark>"
    )


@pytest.mark.parametrize(("start", "end"), [(None, None), (2, 99), (3, 3), (99, 120)])
def test_a_place_outside_the_text_is_left_unmarked(start, end):
    assert marked_text("abc", [demand(1, start, end)]) == "abc"


def test_only_the_paragraphs_around_the_demands_are_shown():
    text = "Letterhead\n\nDear President\n\nFree them.\n\nSigned: everybody"
    start = text.index("Free")
    assert marked_text(text, [demand(1, start, start + 10)]) == (
        f"… Dear President\n\n<mark>{link(1)}Free them.</mark> …"
    )


def test_a_text_without_demands_is_shown_whole():
    assert marked_text("one\n\ntwo", []) == "one\n\ntwo"
