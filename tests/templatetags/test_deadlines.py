"""The state of a date in a word and a tint."""

import datetime

import pytest
from django.urls import reverse

from tests.factories.deadlines import RegistrationDeadlineFactory, StatutoryDeadlineFactory
from tracker.models import Deadline
from tracker.templatetags.deadlines import clock_pill, clock_state, clock_tint

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


def test_a_late_registration_is_called_so_and_no_silence(case, signed_in, owner, time_machine):
    clock = RegistrationDeadlineFactory(case=case, due_on=ON - datetime.timedelta(days=9))
    assert "not registered in time; ask for the registration number" in clock_pill(clock, ON)
    assert clock_tint(clock, ON) == "amber"
    short = clock_pill(clock, ON, short=True)
    assert "not registered" in short and "no answer" not in short
    time_machine.move_to(datetime.datetime(2026, 3, 20, 6, tzinfo=datetime.UTC))
    page = signed_in(owner).get(reverse("deadline_detail", args=[clock.pk])).text
    assert "Not registered by 11 Mar 2026: 9 days late. Ask for the registration number" in page
    assert "without an answer" not in page
    # It may be closed by a registration, so its lateness is not that of an answer.
    clock.state, clock.ended_on = "closed", ON
    clock.save()
    assert "closed 20 Mar 2026, 9 days late" in clock_pill(clock, ON, answered=True)
