import datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from tracker.models import EventChain
from tracker.services.events import record_event

AT = datetime.datetime(2026, 3, 2, 9, 30, tzinfo=datetime.UTC)


def test_a_log_as_it_was_written_is_said_to_be_so(case):
    record_event(action="case.read", about=case, case=case, by=None, at=AT)
    connection.check_constraints()  # as at the end of the transaction
    out = StringIO()
    call_command("verify_log", stdout=out)
    assert out.getvalue() == "Every event is in its place.\n"


def test_the_first_event_that_is_not_in_its_place_is_named(case):
    EventChain.objects.create(case_id=case.pk, seq=3, hash="x")
    told = StringIO()
    with pytest.raises(CommandError) as refused:
        call_command("verify_log", stderr=told)
    assert refused.value.returncode == 1
    assert told.getvalue().strip() == f"case {case.pk}, event 1: removed"
