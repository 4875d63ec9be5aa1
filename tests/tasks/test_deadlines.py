import datetime
from datetime import date

import pytest

from tests.factories.authorities import AddresseeFactory
from tests.factories.deadlines import CalendarDayFactory, ResponseRuleFactory
from tests.servers import wait_until
from tracker.models import Deadline, Recomputation, ResponseRule
from tracker.services.deadlines.recompute import request_recomputation
from tracker.services.deadlines.start import start_deadline
from tracker.tasks.deadlines import recompute_waiting

AT = datetime.datetime(2026, 11, 22, 9, 30, tzinfo=datetime.UTC)


def ask(owner, case, number=3):
    """So many clocks, a day off in each of them, and the confirmed wish to move them."""
    rule = ResponseRuleFactory(code="kg-67-reply-14")
    for _ in range(number):
        addressee = AddresseeFactory(case=case, rule=rule, registered_on=date(2025, 12, 22))
        start_deadline(addressee=addressee, by=owner, at=AT)
    CalendarDayFactory(day=date(2026, 1, 8))
    return request_recomputation(reason="Decree", jurisdiction="KG", by=owner, at=AT)


@pytest.mark.django_db
def test_it_moves_what_waits_and_then_has_nothing_to_do(owner, case):
    asked = ask(owner, case)
    assert recompute_waiting() == 3
    asked.refresh_from_db()
    assert (asked.state, asked.done, asked.moved) == ("done", 3, 3)
    assert recompute_waiting() == 0


@pytest.mark.django_db
def test_one_that_breaks_is_shown_as_failed_and_the_next_goes_on(owner, case):
    broken = ask(owner, case, 1)
    fine = request_recomputation(reason="Decree", rule_code="nothing", by=owner, at=AT)
    # A calendar that no longer exists: the admin would refuse it, a hand in the database may not.
    ResponseRule.objects.update(jurisdiction="XX")
    Recomputation.objects.update(jurisdiction="")
    recompute_waiting()
    broken.refresh_from_db()
    fine.refresh_from_db()
    assert (broken.state, broken.moved) == ("failed", 0)
    assert "There is no calendar “XX”" in broken.problems[0]["problem"]
    assert fine.state == "done"
    assert Deadline.objects.get().generation == 1


def test_a_real_worker_does_it_and_its_progress_is_on_the_row(programs, owner, case):
    asked = ask(owner, case)
    programs.worker()
    recompute_waiting.delay()
    waiting = Recomputation.objects.filter(pk=asked.pk).exclude(state="done")
    wait_until(lambda: not waiting.exists(), seconds=60, what=f"done\n{programs.logs()}")
    asked.refresh_from_db()
    assert (asked.total, asked.done, asked.moved) == (3, 3, 3)
    assert set(Deadline.objects.values_list("overdue_after", flat=True)) == {date(2026, 1, 19)}
