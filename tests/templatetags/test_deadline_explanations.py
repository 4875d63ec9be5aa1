from datetime import date

import pytest
from django.utils import translation

from tracker.dates.calendars import WorkingCalendar
from tracker.dates.explanations import explanation
from tracker.dates.readings import compute
from tracker.dates.rules import Anchor, AnchorKind, Period, RuleSpec, Unit
from tracker.templatetags.deadline_explanations import day_reasons, doubt_rows


def told(day):
    rule = RuleSpec("r", "1", Period(7, Unit.WORKING_DAY), AnchorKind.REGISTERED, calendar="KG")
    return explanation(compute(rule, Anchor(AnchorKind.REGISTERED, day), WorkingCalendar("KG")))


@pytest.mark.parametrize(
    ("language", "name"),
    [
        ("en", "International Women's Day"),
        ("ru", "Международный женский день"),
        ("ky", "Аялдардын эл аралык күнү"),
    ],
)
def test_a_feast_is_named_in_the_language_of_the_reader(language, name):
    with translation.override(language):
        reasons = [reason for _day, reason in day_reasons(told(date(2024, 3, 5)))]
    assert len(reasons) == 1
    assert reasons[0].endswith(name)


def test_an_estimated_feast_is_named_without_its_label():
    with translation.override("en"):
        assert doubt_rows(told(date(2027, 3, 2))) == [
            "The days off of 2027 are not decided yet.",
            "Eid al-Fitr (about 9 Mar 2027) follows the moon; "
            "the exact day is announced shortly before.",
        ]
