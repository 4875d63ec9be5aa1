import datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from tracker.models import EventChain
from tracker.services.event_heads import Head, Heads, keep_heads
from tracker.services.events import record_event

AT = datetime.datetime(2026, 3, 2, 9, 30, tzinfo=datetime.UTC)


def test_a_log_as_it_was_written_is_said_to_be_so(case):
    record_event(action="case.read", about=case, case=case, by=None, at=AT)
    connection.check_constraints()  # as at the end of the transaction
    out = StringIO()
    call_command("verify_log", stdout=out)
    first, second = out.getvalue().splitlines()
    assert first == "Every event is in its place."
    assert second.startswith("No heads are kept yet")


def test_the_heads_of_earlier_days_are_asked_too(case, settings, tmp_path):
    settings.HEADS_DIR = tmp_path / "here"
    record_event(action="case.read", about=case, case=case, by=None, at=AT)
    connection.check_constraints()
    heads = keep_heads(at=AT)
    out = StringIO()
    call_command("verify_log", root=heads.root, stdout=out)
    assert out.getvalue().splitlines()[1] == "Nothing is missing since the heads of 2026-03-02."
    with pytest.raises(CommandError):
        call_command("verify_log", root="0" * 64, stderr=StringIO())


def test_heads_from_a_backup_tell_what_was_cut_off(case, settings, tmp_path):
    settings.HEADS_DIR = tmp_path / "backup"
    head = Head(case.pk, 3, "0" * 64)
    file = tmp_path / "heads-2026-03-02.txt"
    file.write_text(Heads(AT.date(), "", (head,)).as_text())
    for given in (file, tmp_path):
        told = StringIO()
        with pytest.raises(CommandError) as refused:
            call_command("verify_log", heads=[given], stderr=told)
        assert refused.value.returncode == 1
        assert told.getvalue() == (
            f"case {case.pk}, event 1: removed; on 2026-03-02 there were 3\n"
        )
    with pytest.raises(CommandError) as refused:
        call_command("verify_log", heads=[tmp_path / "none"])
    assert refused.value.returncode == 2


def test_the_first_event_that_is_not_in_its_place_is_named(case):
    EventChain.objects.create(case_id=case.pk, seq=3, hash="x")
    told = StringIO()
    with pytest.raises(CommandError) as refused:
        call_command("verify_log", stderr=told)
    assert refused.value.returncode == 1
    assert told.getvalue().strip() == f"case {case.pk}, event 1: removed"
