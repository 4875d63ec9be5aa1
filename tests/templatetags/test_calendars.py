import pytest

from tracker.reports.calendars import Novelty
from tracker.templatetags.calendars import novelty_words


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (Novelty.NEW, "worked so far; becomes a day off"),
        (Novelty.ESTIMATED, "only estimated so far; becomes certain"),
        (Novelty.KNOWN, "nothing: it is off already"),
        (Novelty.ENTERED, "nothing: somebody entered this day already"),
        (Novelty.WEEKEND, "nothing: a weekend"),
        (Novelty.OUTSIDE, "nothing: outside the years of the calendar"),
    ],
)
def test_what_a_day_of_a_file_would_change(kind, words):
    assert novelty_words(kind) == words
