"""The log: one chain per case, that shows what was removed, changed or reordered in it."""

import datetime
import threading
import time

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from tests.events import values
from tests.factories.cases import CaseFactory
from tests.factories.deadlines import CalendarDayFactory
from tests.factories.documents import DocumentFactory
from tracker.models import (
    LABEL,
    REASON,
    WHY,
    DeadlineChange,
    Event,
    EventChain,
    EventValue,
    MailTransition,
    StatusChange,
)
from tracker.reports.revisions import revisions
from tracker.services.events import (
    NewEvent,
    erase_values,
    record_event,
    record_events,
    verify_chains,
)
from tracker.services.records import edit_row

AT = datetime.datetime(2026, 3, 2, 9, 30, tzinfo=datetime.UTC)


def read(case, by=None, **fields) -> Event:
    return record_event(action="case.read", about=case, case=case, by=by, at=AT, **fields)


@pytest.fixture
def chain(case, owner) -> list[Event]:
    """Three events of a case, with words."""
    events = [read(case, owner, reason=f"Reason {n}", details={"name": "Aida"}) for n in range(3)]
    connection.check_constraints()  # as at the end of the transaction
    return events


@pytest.fixture
def unguarded(chain):
    """The database as somebody with its password may have it: without its triggers."""
    with connection.cursor() as cursor:
        for table in ("tracker_event", "tracker_eventvalue", "tracker_eventchain"):
            of_table = f" ON {table}" if connection.vendor == "postgresql" else ""
            for verb in ("update", "delete"):
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}{of_table}")


def remove(event: Event) -> None:
    event.values.all()._raw_delete("default")
    Event.objects.filter(pk=event.pk)._raw_delete("default")


def breaks() -> list[tuple]:
    return [(found.seq, found.event_id, found.problem) for found in verify_chains()]


def test_an_event_keeps_codes_in_its_row_and_words_in_its_values(case, owner):
    event = read(case, owner, reason="Asked by the lead", details={"rows": 3, "empty": ""})
    stored = Event.objects.in_words().get()
    assert (stored.pk, stored.by_id, stored.by_name) == (event.pk, owner.pk, "Aigul Owner")
    assert {name: value.new for name, value in stored.by_field.items()} == {
        "label": "OPEN-1 An open appeal",
        "reason": "Asked by the lead",
        "rows": 3,
    }


def test_a_column_of_the_name_reason_leaves_the_events_own(owner, coordinator):
    day = CalendarDayFactory(reason="Decree")
    day.reason = "Decree no. 5"
    edit_row(row=day, by=owner, at=AT, reason="Its number was missing")
    event = Event.objects.latest("pk")
    assert values(event) == {
        "why": (None, "Its number was missing"),
        "reason": ("Decree", "Decree no. 5"),
    }
    assert event.reason == "Its number was missing"
    [shown] = revisions(day, coordinator)
    assert shown.reason == "Its number was missing"
    assert [(change.before, change.after) for change in shown.changes] == [
        ("Decree", "Decree no. 5")
    ]
    connection.check_constraints()
    assert verify_chains() == []
    erase_values(event=event, fields=["why"], reason="The law", by=owner, at=AT)
    assert Event.objects.get(pk=event.pk).reason == ""


def test_an_event_of_no_case_holds_no_word_that_its_readers_may_not_know(owner):
    paper = DocumentFactory(title="Aida's letter")
    paper.title, paper.kind = "Aida's second letter", "note"
    edit_row(row=paper, by=owner, at=AT, reason="Aida asked for it")
    assert values(Event.objects.latest("pk")) == {
        "title": (None, None),
        "kind": ("news", "note"),
    }
    asked = {
        "rows": 3,
        "filters": ["q", "Aida K."],
        "since": AT.date(),
        "note": "Aida",
        "rule": "x-1",
    }
    event = record_event(
        action="x", about=paper, case=None, by=owner, at=AT, label="Aida", details=asked
    )
    assert {value.field: value.new for value in event.values.all()} == {
        "rows": 3,
        "since": "2026-03-02",
        "rule": "x-1",
    }


def test_an_event_of_a_table_that_all_may_read_keeps_its_words(owner, coordinator):
    event = record_event(action="x", about=owner, case=None, by=coordinator, at=AT, reason="Left")
    assert Event.objects.in_words().get(pk=event.pk).reason == "Left"
    assert event.values.get(field="label").new == str(owner)


def test_no_column_has_the_name_of_a_word_of_the_event():
    columns = {field.name for model in apps.get_models() for field in model._meta.concrete_fields}
    assert REASON in columns and columns.isdisjoint({LABEL, WHY})


def test_each_case_has_a_chain_and_what_has_none_another(case, team_case, owner):
    for of_case in (case, team_case, case, None):
        record_event(action="x", about=case, case=of_case, by=owner, at=AT)
    connection.check_constraints()
    places = Event.objects.order_by("pk").values_list("case_id", "seq")
    assert list(places) == [(case.pk, 1), (team_case.pk, 1), (case.pk, 2), (None, 1)]
    assert dict(EventChain.objects.values_list("case_id", "seq")) == {
        case.pk: 2,
        team_case.pk: 1,
        0: 1,
    }
    assert verify_chains() == []


def test_many_events_take_as_many_queries_as_one(case, owner, django_assert_num_queries):
    for count in (1, 30):
        new = NewEvent(action="x", about=case, case=case, by=owner, at=AT, reason="why")
        with django_assert_num_queries(4 if count == 1 else 4), transaction.atomic():
            record_events([new] * count)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_removed_event_is_named_by_its_place(place, chain, unguarded):
    assert breaks() == []
    remove(chain[place])
    assert breaks() == [(place + 1, None, "removed")]


def test_a_log_that_is_gone_is_named(case, chain, unguarded):
    for event in chain:
        remove(event)
    assert breaks() == [(1, None, "removed")]
    EventChain.objects.all()._raw_delete("default")
    assert breaks() == []  # a tail cut off together with its head: why heads are kept elsewhere


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"by_id": 999}, "changed"),
        ({"action": "case.edited"}, "changed"),
        ({"at": AT + datetime.timedelta(microseconds=1)}, "changed"),
        ({"case_id": None}, "changed"),
        ({"digest": "x"}, "changed"),
        ({"hash": "x"}, "reordered"),
        ({"seq": None}, "removed"),
    ],
)
def test_a_changed_event_is_named(change, problem, chain, unguarded):
    Event.objects.filter(pk=chain[1].pk).update(**change)
    assert verify_chains()[0].problem == problem


@pytest.mark.parametrize(
    "change",
    [
        {"field": "other"},
        {"new": "other"},
        {"old": "other"},
        {"commitment": "x"},
        {"salt": "x"},
        {"new": None, "salt": "", "commitment": "x", "erased_at": AT},
        {"new": "other", "salt": "", "erased_at": AT},
        {"old": "other", "new": None, "salt": "", "erased_at": AT},
        {"new": None, "erased_at": AT},
    ],
)
def test_a_changed_value_is_named_with_its_event(change, chain, unguarded):
    chain[1].values.filter(field="name").update(**change)
    [(seq, pk, problem)] = breaks()
    assert (seq, pk) == (2, chain[1].pk)
    assert problem.endswith("changed")


def test_a_value_is_neither_added_nor_removed_unseen(chain, unguarded):
    chain[0].values.filter(field="name")._raw_delete("default")
    assert breaks() == [(1, chain[0].pk, "changed")]


def test_two_swapped_events_are_named(chain, unguarded):
    for event, seq in ((chain[1], 99), (chain[2], 2), (chain[1], 3)):
        Event.objects.filter(pk=event.pk).update(seq=seq)
    assert breaks() == [(2, chain[2].pk, "reordered")]


def test_a_value_is_erased_and_the_chain_holds(chain, coordinator):
    event = chain[1]
    erased = erase_values(
        event=event, fields=["name", "reason"], reason="Their wish", by=coordinator, at=AT
    )
    connection.check_constraints()
    assert erased == 2
    kept = Event.objects.in_words().get(pk=event.pk)
    assert (kept.new("name"), kept.reason, kept.label) == ("", "", "OPEN-1 An open appeal")
    told = Event.objects.in_words().get(action="event.erased")
    assert (told.case_id, told.by_id, told.reason) == (event.case_id, coordinator.pk, "Their wish")
    assert told.new("fields") == ["name", "reason"]
    assert verify_chains() == []
    assert erase_values(event=event, fields=["name"], reason="", by=coordinator, at=AT) == 0


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (Event, {"by_id": 1}),
        (Event, {"case_id": None}),
        (Event, {"seq": 9}),
        (Event, {"hash": "x"}),
        (EventValue, {"new": "other"}),
        (EventValue, {"new": None}),
        (EventValue, {"erased_at": AT}),
        (EventValue, {"old": None, "new": None, "salt": "", "erased_at": AT, "field": "x"}),
        (EventValue, {"old": None, "new": None, "salt": "", "erased_at": AT, "commitment": "x"}),
    ],
)
def test_the_database_refuses_any_other_update(model, change, chain):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        model.objects.filter(pk=model.objects.order_by("pk").first().pk).update(**change)


@pytest.mark.parametrize("model", [Event, EventValue, EventChain])
def test_the_database_refuses_to_forget(model, chain):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        model.objects.all()._raw_delete("default")


RECORD = [DeadlineChange, Event, EventChain, EventValue, MailTransition, StatusChange]


@pytest.mark.parametrize("model", RECORD)
def test_the_database_refuses_to_empty_the_record(model, db):
    if connection.vendor == "sqlite":  # has no such statement
        return
    table = model._meta.db_table
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"TRUNCATE {table} CASCADE")  # noqa: S608


@pytest.mark.parametrize("change", [{"seq": 2}, {"seq": 9}, {"hash": "x"}, {"case_id": 999}])
def test_the_database_refuses_to_set_back_a_head(change, chain):
    with pytest.raises(DatabaseError), transaction.atomic():
        EventChain.objects.update(**change)


def test_an_erased_value_is_never_filled_again(chain, owner):
    erase_values(event=chain[0], fields=["name"], reason="", by=owner, at=AT)
    value = chain[0].values.get(field="name")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        EventValue.objects.filter(pk=value.pk).update(new="Aida", erased_at=None)


WRITERS = 8


def write_at_once(cases, events: int) -> float:
    """Each writer in a thread and a connection of its own; returns the seconds of all."""
    failures = []
    barrier = threading.Barrier(len(cases) + 1, timeout=30)

    def write(case) -> None:
        try:
            barrier.wait()
            for _ in range(events):
                with transaction.atomic():
                    read(case)
        except Exception as error:  # told to the test
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=[case]) for case in cases]
    for thread in threads:
        thread.start()
    barrier.wait()
    started = time.monotonic()
    for thread in threads:
        thread.join()
    assert failures == []
    return time.monotonic() - started


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("same", [True, False], ids=["one case", "a case each"])
def test_writers_at_once_keep_their_chains(same, case):
    cases = [case if same else CaseFactory() for _ in range(WRITERS)]
    write_at_once(cases, 5)
    assert verify_chains() == []
    assert sum(EventChain.objects.values_list("seq", flat=True)) == WRITERS * 5


@pytest.mark.django_db(transaction=True)
def test_no_writer_waits_for_another_while_its_transaction_lasts(case):
    """All have written and none has committed: with a lock held until then this would block."""
    if connection.vendor == "sqlite":
        return  # one writer at a time
    cases = [case, *(CaseFactory() for _ in range(WRITERS - 2)), case]
    written = threading.Barrier(WRITERS, timeout=30)
    failures = []

    def write(of_case) -> None:
        try:
            with transaction.atomic():
                read(of_case)
                written.wait()
        except Exception as error:  # told to the test
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=[of_case]) for of_case in cases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert verify_chains() == []


@pytest.mark.django_db(transaction=True)
def test_writers_of_several_cases_in_any_order_do_not_block_each_other(case):
    if connection.vendor == "sqlite":
        return
    other = CaseFactory()
    failures = []
    written = threading.Barrier(2, timeout=30)

    def write(*cases) -> None:
        try:
            with transaction.atomic():
                for of_case in cases:
                    record_event(action="x", about=case, case=of_case, by=None, at=AT)
                written.wait()
        except Exception as error:  # told to the test
            failures.append(error)
        finally:
            connection.close()

    orders = [(case, other, None), (None, other, case)]
    threads = [threading.Thread(target=write, args=cases) for cases in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert verify_chains() == []
