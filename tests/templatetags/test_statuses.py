"""Statuses as pills and as one bar."""

import pytest

from tracker.models import Confidence, Demand, Grade, Status
from tracker.templatetags.statuses import (
    bar_of,
    claim,
    confidence_word,
    grade_pill,
    status_bar,
    status_pill,
)


def test_a_pill_is_a_symbol_a_word_and_a_tint():
    assert status_pill("partial", "initial") == (
        '<span class="pill tone-amber"><span class="pill__mark" aria-hidden="true">◑</span>'
        "partly implemented, first steps</span>"
    )


def test_every_status_and_grade_has_its_pill():
    for status in Status:
        assert str(status.label) in status_pill(status)
    for grade in Grade:
        assert str(grade.label) in grade_pill(grade)


def test_the_bar_has_a_piece_per_demand_grouped_by_status():
    demands = [Demand(status=s) for s in ("rejected", "awaiting", "rejected")]
    parts = status_bar(demands)["parts"]
    assert [(p["label"], p["count"], len(p["pieces"])) for p in parts] == [
        ("awaiting", 1, 1),
        ("rejected", 2, 2),
    ]


def test_a_long_bar_keeps_its_shares_and_loses_no_status():
    parts = bar_of({"awaiting": 5000, "implemented": 1000, "rejected": 1}, thin=False)["parts"]
    assert [(p["count"], len(p["pieces"])) for p in parts] == [(5000, 50), (1000, 10), (1, 1)]


@pytest.mark.parametrize("level", Confidence.values)
def test_the_confidence_of_a_source_is_a_word_without_its_rule(level):
    assert str(Confidence(level).label).startswith(confidence_word(level))
    assert ":" not in confidence_word(level)


def test_a_claim_is_a_pill_without_a_symbol():
    assert claim("amber", "A & B") == ('<span class="pill pill--claim tone-amber">A &amp; B</span>')
