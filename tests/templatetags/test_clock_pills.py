"""The state of a date in a word and a tint."""

import datetime

import pytest

from tests.factories.deadlines import StatutoryDeadlineFactory
from tracker.models import Deadline
from tracker.templatetags.clocks import clock_pill, clock_state

ON = datetime.date(2026, 3, 20)


@pytest.fixture
def clock(case) -> Deadline:
    """Closed a week after its latest reading."""
    return StatutoryDeadlineFactory(
        case=case,
        due_on=ON - datetime.timedelta(days=9),
        overdue_after=ON - datetime.timedelta(days=7),
        state="closed",
        ended_on=ON,
    )


def test_a_late_answer_stays_late(clock):
    assert clock_state(clock, ON)[0] == "amber"
    assert "closed 20 Mar 2026, 7 days late" in clock_pill(clock, ON)
    assert "answered 7 days late" in clock_pill(clock, ON, answered=True)
    assert list(Deadline.objects.ended_late()) == [clock]


def test_an_answer_on_the_last_day_is_not_late(clock):
    clock.ended_on = clock.overdue_after
    clock.save()
    assert clock_state(clock, ON)[0] == "green"
    assert "late" not in clock_pill(clock, ON, answered=True)
    assert not Deadline.objects.ended_late().exists()
