"""The heads of a day, kept outside the database: what was cut off or rewritten since is named."""

import datetime
from pathlib import Path

import pytest
from django.conf import settings as project
from django.db import connection

from tests.factories.cases import CaseFactory
from tests.factories.people import UserFactory
from tracker.models import Event, EventChain, Mail, Role
from tracker.services.event_heads import (
    NoHeads,
    files_of_heads,
    keep_and_tell_heads,
    keep_heads,
    read_heads,
    verify_files,
    verify_heads,
)
from tracker.services.events import digest_of, erase_values, link_hash, record_event, verify_chains

AT = datetime.datetime(2026, 3, 2, 9, 30, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    settings.HEADS_DIR = tmp_path / "heads"
    return settings.HEADS_DIR


def write(case, times: int = 1) -> None:
    for _ in range(times):
        record_event(action="x", about=case, case=case, by=None, at=AT)
    connection.check_constraints()  # as at the end of the transaction


@pytest.fixture
def other(db):
    return CaseFactory()


@pytest.fixture
def unguarded(db):
    """The database as somebody with its password may have it: without its triggers."""
    with connection.cursor() as cursor:
        for table in ("tracker_event", "tracker_eventvalue", "tracker_eventchain"):
            of_table = f" ON {table}" if connection.vendor == "postgresql" else ""
            for verb in ("update", "delete"):
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}{of_table}")


def cut_off(case, seq: int) -> None:
    """The events of a case from a place on, and the head with them: the chain holds."""
    for event in Event.objects.filter(case_id=case.pk, seq__gte=seq):
        event.values.all()._raw_delete("default")
        Event.objects.filter(pk=event.pk)._raw_delete("default")
    last = Event.objects.filter(case_id=case.pk).order_by("seq").last()
    EventChain.objects.filter(pk=case.pk).update(seq=seq - 1, hash=last.hash if last else "")


def rewrite(case) -> None:
    """Another hand in the first event, and every hash after it made anew: the chain holds."""
    before = ""
    for event in Event.objects.filter(case_id=case.pk).order_by("seq"):
        event.by_id = 999 if event.seq == 1 else event.by_id
        commitments = [value.commitment for value in event.values.order_by("pk")]
        event.digest, event.previous_hash = digest_of(event, commitments), before
        before = event.hash = link_hash(event.seq, before, event.digest)
        event.save()
    EventChain.objects.filter(pk=case.pk).update(hash=before)


def told() -> list[str]:
    kept, problems = verify_files(files_of_heads(project.HEADS_DIR))
    return [*problems, *map(str, verify_heads(kept))]


def test_a_file_holds_every_head_of_its_day(case, other, folder):
    write(case, 2), write(other)
    heads = keep_heads(at=AT)
    assert [(head.case_id, head.seq) for head in heads.heads] == [(case.pk, 2), (other.pk, 1)]
    [path] = files_of_heads(folder)
    assert (path.name, path.stat().st_mode & 0o777) == ("heads-2026-03-02.txt", 0o600)
    assert (read_heads(path), heads.previous, heads.events) == (heads, "", 3)
    assert [file.name for file in folder.iterdir()] == [path.name]


def test_a_day_is_the_offices_and_its_file_stays_as_it_is(case, folder):
    write(case)
    first = keep_heads(at=AT)
    write(case)
    assert keep_heads(at=AT) == first
    late = datetime.datetime(2026, 3, 2, 19, tzinfo=datetime.UTC)  # past midnight in Bishkek
    second = keep_heads(at=late)
    assert (str(second.day), second.previous) == ("2026-03-03", first.root)


def test_a_log_that_only_grew_is_whole(case, other):
    for days in range(3):
        write(case)
        keep_heads(at=AT + days * DAY)
    write(other)
    assert told() == verify_chains() == []


def test_a_tail_that_was_cut_off_with_its_head_is_named(case, other, unguarded):
    write(case, 3), write(other)
    keep_heads(at=AT)
    cut_off(case, 2)
    assert verify_chains() == []
    assert told() == [f"case {case.pk}, event 2: removed; on 2026-03-02 there were 3"]


def test_a_chain_that_is_gone_altogether_is_named(case, unguarded):
    write(case, 2)
    keep_heads(at=AT)
    cut_off(case, 1)
    EventChain.objects.all()._raw_delete("default")
    assert verify_chains() == []
    assert told() == [f"case {case.pk}, event 1: removed; on 2026-03-02 there were 2"]


def test_a_tail_that_was_replaced_is_named_by_the_first_day_that_shows_it(case, unguarded):
    for days in range(3):
        write(case, 2)
        keep_heads(at=AT + days * DAY)
    rewrite(case)
    assert verify_chains() == []
    problem = "it, or one before it, is not what it was on 2026-03-02"
    assert told() == [f"case {case.pk}, event 2: {problem}"]


def test_an_erased_value_is_not_named(case):
    write(case)
    keep_heads(at=AT)
    erase_values(event=Event.objects.get(), fields=["label"], reason="x", by=None, at=AT)
    connection.check_constraints()
    assert told() == verify_chains() == []


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(" 2 ", " 1 "),
        lambda text: text.replace("previous -", "previous " + "0" * 64),
        lambda text: text.replace("day 2026-03-02", "day 2026-03-01"),
        lambda text: text.rsplit("\n", 2)[0] + "\n",
        lambda text: text + "words\n",
        lambda text: "",
    ],
)
def test_a_file_that_was_changed_is_refused(change, case, folder):
    write(case, 2)
    keep_heads(at=AT)
    [path] = files_of_heads(folder)
    path.write_text(change(path.read_text()))
    with pytest.raises(NoHeads):
        read_heads(path)
    assert [path.name in problem for problem in told()] == [True]


def test_a_file_that_is_missing_between_two_is_told(case, folder):
    for days in range(3):
        keep_heads(at=AT + days * DAY)
    files_of_heads(folder)[1].unlink()
    [problem] = told()
    assert "2026-03-04 do not follow those of 2026-03-02" in problem


def test_many_heads_take_few_questions(db, django_assert_max_num_queries):
    for _ in range(5):
        write(CaseFactory())
    heads = keep_heads(at=AT)
    with django_assert_max_num_queries(2):
        assert verify_heads([heads]) == []


def test_two_coordinators_are_sent_the_root_once_a_day(case, owner, administrator, folder):
    write(case)
    for _ in range(3):
        UserFactory(role=Role.COORDINATOR)
    UserFactory(role=Role.COORDINATOR, is_active=False)
    keep_and_tell_heads(at=AT)
    keep_and_tell_heads(at=AT)
    root = read_heads(files_of_heads(folder)[0]).root
    mails = list(Mail.objects.order_by("pk"))
    assert {mail.person.role for mail in mails} == {Role.COORDINATOR}
    assert len(mails) == 2
    assert all(root in mail.body_text and root in mail.body_html for mail in mails)
    assert not any(case.reference in mail.body_text for mail in mails)


def test_administrators_are_sent_it_where_nobody_coordinates(case, administrator, owner):
    keep_and_tell_heads(at=AT)
    assert Mail.objects.get().person == administrator
