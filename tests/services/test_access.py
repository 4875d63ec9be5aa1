"""Being shown a restricted case, being refused it, and taking a list away are on record."""

import datetime

from tests.events import words
from tests.factories.demands import DemandFactory
from tracker.models import Case, Demand, Event
from tracker.services.access import collecting, note_export, note_read, note_refused

AT = datetime.datetime(2026, 3, 20, 9, tzinfo=datetime.UTC)
MINUTE, HOUR = datetime.timedelta(minutes=1), datetime.timedelta(hours=1)


def read(*rows, by, at=AT, page="demand_list", names_a_row=False) -> list[Event]:
    with collecting() as shown:
        for row in rows:
            type(row)._default_manager.get(pk=row.pk)
    return note_read(shown=shown, page=page, names_a_row=names_a_row, by=by, at=at)


def test_only_a_restricted_case_leaves_a_trace(case, team_case, owner):
    assert read(case, by=owner) == []
    [event] = read(case, team_case, by=owner)
    assert list(Event.objects.all()) == [event]
    assert (event.action, event.case_id, event.by_id, event.at) == (
        "case.read",
        team_case.pk,
        owner.pk,
        AT,
    )
    assert (Event.objects.in_words().get().label, words(event)) == (
        "TEAM-1",
        {"page": "demand_list"},
    )


def test_a_row_of_the_case_is_as_good_as_the_case(team_case, owner):
    [event] = read(DemandFactory(case=team_case), by=owner)
    assert event.case_id == team_case.pk


def test_columns_that_were_left_out_do_not_hide_the_case(team_case, owner):
    DemandFactory(case=team_case)
    with collecting() as shown:
        list(Case.objects.only("title")), list(Demand.objects.only("case_id"))
    assert len(note_read(shown=shown, page="x", names_a_row=False, by=owner, at=AT)) == 1


def test_what_is_read_and_may_not_be_seen_is_no_reading(team_case, stranger, coordinator):
    assert read(team_case, by=stranger) == read(team_case, by=coordinator) == []


def test_the_same_page_again_is_the_same_reading_for_a_while(team_case, owner, colleague):
    row = {"page": "demand_detail 5", "names_a_row": True}
    assert len(read(team_case, by=owner, **row)) == 1
    assert read(team_case, by=owner, at=AT + 14 * MINUTE, **row) == []
    assert len(read(team_case, by=colleague, at=AT + MINUTE, **row)) == 1
    assert len(read(team_case, by=owner, page="demand_detail 6", names_a_row=True)) == 1
    assert len(read(team_case, by=owner, at=AT + 16 * MINUTE, **row)) == 1


def test_a_list_is_noted_once_a_day(team_case, owner):
    assert len(read(team_case, by=owner)) == 1
    assert read(team_case, by=owner, at=AT + 23 * HOUR) == []
    assert len(read(team_case, by=owner, at=AT + 25 * HOUR)) == 1


def test_it_asks_as_often_for_many_rows_as_for_one(team_case, owner, django_assert_num_queries):
    for count in (1, 3):
        with collecting() as shown:
            rows = [DemandFactory(case=team_case) for _ in range(count)]
            list(Demand.objects.filter(pk__in=[row.pk for row in rows]))
        page = {"page": f"page {count}", "names_a_row": True, "by": owner, "at": AT}
        with django_assert_num_queries(5):  # of them two for the transaction
            note_read(shown=shown, **page)
        with django_assert_num_queries(1):
            note_read(shown=shown, **page)


def test_open_cases_cost_nothing(case, owner, django_assert_num_queries):
    with collecting() as shown:
        Case.objects.get()
    with django_assert_num_queries(0):
        note_read(shown=shown, page="x", names_a_row=False, by=owner, at=AT)


def test_a_refused_try_is_noted_once_an_hour(team_case, stranger, owner):
    def refuse(by, at=AT, forbidden=False, reference="TEAM-1"):
        row = {"reference": reference}
        page = {"page": "case_detail", "forbidden": forbidden}
        return note_refused(table=Case, row=row, by=by, at=at, **page)

    [event] = refuse(stranger)
    assert (event.action, event.case_id, event.by_id) == (
        "case.refused",
        team_case.pk,
        stranger.pk,
    )
    assert refuse(stranger, AT + 59 * MINUTE) == []
    assert len(refuse(stranger, AT + 61 * MINUTE)) == 1
    assert refuse(owner) == []  # sees it: a mistyped address
    assert len(refuse(owner, forbidden=True)) == 1
    assert refuse(stranger, reference="TEAM-9") == []


def test_an_export_stands_in_the_log_of_each_restricted_case(case, team_case, owner):
    rows = [DemandFactory(case=case), DemandFactory(case=team_case)]
    with collecting() as shown:
        list(Demand.objects.all())
        event = note_export(what="demands", rows=len(rows), filters={"q"}, by=owner, at=AT)
    assert (event.action, event.object_id, event.case_id) == ("export.demands", owner.pk, None)
    assert words(event) == {"rows": 2, "filters": ["q"]}
    told = Event.objects.exclude(pk=event.pk).get()
    assert (told.action, told.case_id, told.by_id) == ("export.demands", team_case.pk, owner.pk)
    assert note_read(shown=shown, page="demand_export", names_a_row=False, by=owner, at=AT) == []
