"""Opening a restricted case and taking a list away are on record."""

import datetime

from tests.events import words
from tracker.models import Event
from tracker.services.access import note_export, note_read

AT = datetime.datetime(2026, 3, 20, 9, tzinfo=datetime.UTC)


def test_only_a_restricted_case_leaves_a_trace(case, team_case, owner):
    assert note_read(case=case, by=owner, at=AT) is None
    event = note_read(case=team_case, by=owner, at=AT)
    assert list(Event.objects.all()) == [event]
    assert (event.action, event.case_id, event.by_id, event.at) == (
        "case.read",
        team_case.pk,
        owner.pk,
        AT,
    )


def test_an_export_says_how_many_rows_under_which_filter(owner):
    event = note_export(what="demands", rows=3, query="q=x" * 400, by=owner, at=AT)
    assert (event.action, event.object_id, event.case_id) == ("export.demands", owner.pk, None)
    assert (words(event)["rows"], len(words(event)["query"])) == (3, 500)


def test_the_pages_of_a_restricted_case_are_noted(signed_in, owner, team_case):
    client = signed_in(owner)
    client.get("/cases/TEAM-1/")
    client.get("/cases/")
    assert list(Event.objects.values_list("action", "by_id")) == [("case.read", owner.pk)]
