import datetime

import pytest
from icalendar import Calendar

from tests.factories.cases import CaseFactory
from tests.factories.deadlines import DeadlineFactory, StatutoryDeadlineFactory
from tests.factories.demands import DemandFactory
from tracker.models import Case, Deadline, Demand, FeedToken, User
from tracker.reports.feeds import feed_file
from tracker.services.cases import edit_case
from tracker.services.deadlines.change import move_date
from tracker.services.deadlines.end import close_deadline, reopen_deadline
from tracker.services.deadlines.start import set_date
from tracker.services.demands import set_review_date

AT = datetime.datetime(2026, 3, 9, 9, tzinfo=datetime.UTC)
LATER = AT + datetime.timedelta(hours=1)
DAY = datetime.date(2026, 3, 20)


def feed_of(user: User, everything: bool = False) -> FeedToken:
    return FeedToken.objects.create(
        user=user, name="phone", everything=everything, digest=f"{user.pk}", created_at=AT
    )


def written(user: User, everything: bool = False) -> bytes:
    feed = FeedToken(user=user, everything=everything)
    return feed_file(feed=feed, host="tracker.example.org")


def read(user: User, everything: bool = False) -> Calendar:
    return Calendar.from_ical(written(user, everything))


def titles(user: User, everything: bool = False) -> list[str]:
    return [str(entry["summary"]) for entry in read(user, everything).events]


def test_every_kind_of_date_is_an_all_day_entry_with_neutral_words(owner, case):
    for kind in ("event", "expected", "look_again"):
        DeadlineFactory(case=case, kind=kind, due_on=DAY, title="The name of a prisoner")
    StatutoryDeadlineFactory(
        case=case, due_on=DAY, overdue_after=datetime.date(2026, 3, 23), title="The President"
    )
    DemandFactory(case=case, number=7, review_on=DAY, text="Release somebody")
    file = written(owner)
    found = {
        str(entry["summary"]): (entry["dtstart"].dt, entry["dtend"].dt, entry.get("description"))
        for entry in Calendar.from_ical(file).events
    }
    next_day = datetime.date(2026, 3, 21)
    assert found == {
        "Event: OPEN-1": (DAY, next_day, None),
        "Expected: OPEN-1": (DAY, next_day, None),
        "Look again: OPEN-1": (DAY, next_day, None),
        "Deadline: OPEN-1": (DAY, next_day, "Latest reading: 23 Mar 2026"),
        "Look again: OPEN-1, demand 7": (DAY, next_day, None),
    }
    for word in ("prisoner", "President", "Release", case.title):
        assert word not in file.decode()


def test_of_a_restricted_case_nothing_but_the_reference(owner, team_case):
    StatutoryDeadlineFactory(
        case=team_case, due_on=DAY, overdue_after=datetime.date(2026, 3, 23), title="Secret"
    )
    DemandFactory(case=team_case, review_on=DAY, text="Secret")
    entries = read(owner).events
    assert [str(entry["summary"]) for entry in entries] == ["TEAM-1", "TEAM-1"]
    assert not any("description" in entry for entry in entries)
    alarms = [alarm for entry in entries for alarm in entry.walk("VALARM")]
    assert [str(alarm["description"]) for alarm in alarms] == ["TEAM-1", "TEAM-1"]


def test_a_restricted_case_never_reaches_somebody_outside_its_team(owner, stranger, team_case):
    DeadlineFactory(case=team_case, due_on=DAY)
    DeadlineFactory(case=team_case, due_on=DAY, owner=stranger)
    DemandFactory(case=team_case, review_on=DAY, owner=stranger)
    assert titles(owner) == ["TEAM-1"]
    assert b"TEAM-1" not in written(stranger)
    assert b"TEAM-1" not in written(stranger, everything=True)


def test_who_leaves_the_team_loses_the_case_at_once(colleague, team_case):
    DeadlineFactory(case=team_case, due_on=DAY, owner=colleague)
    assert titles(colleague) == ["TEAM-1"]
    team_case.memberships.filter(user=colleague).delete()
    assert titles(colleague) == []


def test_it_holds_what_the_person_answers_for(owner, colleague, case):
    DeadlineFactory(case=case, due_on=DAY)
    DeadlineFactory(case=case, due_on=DAY, owner=colleague, kind="event")
    DemandFactory(case=case, number=1, review_on=DAY)
    DemandFactory(case=case, number=2, review_on=DAY, owner=colleague)
    assert titles(owner) == ["Look again: OPEN-1", "Look again: OPEN-1, demand 1"]
    assert titles(colleague) == ["Event: OPEN-1", "Look again: OPEN-1, demand 2"]
    assert len(titles(owner, everything=True)) == 4


def test_what_has_ended_vanishes_and_comes_back_when_reopened(owner, case):
    deadline = DeadlineFactory(case=case, due_on=DAY)
    DemandFactory(case=case, review_on=DAY, status="implemented")
    DemandFactory(case=CaseFactory(lead=owner), review_on=None)
    assert len(titles(owner)) == 1
    close_deadline(deadline=deadline, reason="Done.", on=AT.date(), by=owner, at=AT)
    assert titles(owner) == []
    reopen_deadline(deadline=deadline, reason="Too soon.", by=owner, at=AT)
    assert len(titles(owner)) == 1


def test_an_entry_keeps_its_uid_and_its_sequence_rises_with_each_change(owner, case):
    deadline = set_date(case=case, kind="look_again", due_on=DAY, title="Look", by=owner, at=AT)
    [first] = read(owner).events
    move_date(
        deadline=deadline, due_on=datetime.date(2026, 4, 1), reason="Later.", by=owner, at=LATER
    )
    [second] = read(owner).events
    assert first["uid"] == second["uid"] == f"deadline-{deadline.pk}@tracker.example.org"
    assert second["sequence"] > first["sequence"]
    assert (first["dtstamp"].dt, second["dtstamp"].dt) == (AT, LATER)
    assert second["dtstart"].dt == datetime.date(2026, 4, 1)


def test_a_new_review_day_raises_the_sequence_too(owner, case):
    demand = DemandFactory(case=case, review_on=DAY)
    [first] = read(owner).events
    set_review_date(demand=demand, review_on=datetime.date(2026, 4, 1), by=owner, at=LATER)
    [second] = read(owner).events
    assert first["uid"] == second["uid"] == f"demand-{demand.pk}-review@tracker.example.org"
    assert second["sequence"] > first["sequence"]


def test_a_case_that_becomes_restricted_changes_its_entries(owner, case):
    DeadlineFactory(case=case, due_on=DAY)
    [first] = read(owner).events
    case.confidentiality = "team"
    edit_case(case=case, by=owner, at=LATER)
    [second] = read(owner).events
    assert (str(first["summary"]), str(second["summary"])) == ("Look again: OPEN-1", "OPEN-1")
    assert second["sequence"] > first["sequence"]


def test_nothing_changed_gives_the_same_bytes(owner, case):
    DeadlineFactory(case=case, due_on=DAY)
    DemandFactory(case=case, review_on=DAY)
    assert written(owner) == written(owner)


def test_a_legal_deadline_rings_the_day_before_and_other_dates_on_the_day(owner, case):
    StatutoryDeadlineFactory(case=case, due_on=DAY)
    DeadlineFactory(case=case, due_on=DAY)
    rings = {
        str(entry["summary"]): [
            (str(alarm["action"]), alarm["trigger"].dt) for alarm in entry.walk("VALARM")
        ]
        for entry in read(owner).events
    }
    assert rings == {
        "Deadline: OPEN-1": [("DISPLAY", datetime.timedelta(hours=-15))],
        "Look again: OPEN-1": [("DISPLAY", datetime.timedelta(hours=9))],
    }


@pytest.mark.parametrize(
    ("day", "end"),
    [("2028-02-28", "2028-02-29"), ("2027-02-28", "2027-03-01"), ("2026-12-31", "2027-01-01")],
)
def test_a_day_ends_where_the_next_begins(owner, case, day, end):
    DeadlineFactory(case=case, due_on=datetime.date.fromisoformat(day))
    [entry] = read(owner).events
    assert (entry["dtstart"].dt.isoformat(), entry["dtend"].dt.isoformat()) == (day, end)


def test_the_file_is_what_the_standard_asks_for(owner):
    """RFC 5545: CRLF, 75 octets a line, what each part must hold, and once."""
    case = CaseFactory(lead=owner)
    StatutoryDeadlineFactory(case=case, due_on=DAY)
    DemandFactory(case=case, review_on=DAY)
    host = f"{'long-' * 20}name.example.org"
    file = feed_file(feed=FeedToken(user=owner), host=host)
    lines = file.split(b"\r\n")
    assert lines[-1] == b""
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert max(map(len, lines)) <= 75
    calendar = Calendar.from_ical(file)
    assert [part.errors for part in calendar.walk()] == [[]] * 5
    assert calendar["version"] == "2.0"
    assert calendar["prodid"]
    assert calendar["x-wr-calname"] == "Tracker"
    assert "method" not in calendar
    uids = [str(entry["uid"]) for entry in calendar.events]
    assert len(uids) == len(set(uids)) == 2
    assert all(uid.endswith(f"@{host}") for uid in uids)
    for entry in calendar.events:
        for name in ("uid", "dtstamp", "dtstart", "dtend", "summary", "sequence", "last-modified"):
            assert not isinstance(entry[name], list)
        assert entry["dtstart"].params["VALUE"] == "DATE"
        assert (entry["class"], entry["transp"]) == ("PRIVATE", "TRANSPARENT")
    assert file.decode().count("BEGIN:VALARM") == 2


def test_an_empty_calendar_is_a_calendar(owner, case):
    """RFC 5545, 3.6: at least one component. A time zone is one, and shows nothing."""
    calendar = read(owner)
    assert calendar.events == []
    (zone,) = calendar.timezones
    assert zone["tzid"] == "Etc/UTC"
    assert [part.errors for part in calendar.walk()] == [[]] * 3
    DeadlineFactory(case=case, due_on=DAY)
    assert read(owner).timezones == []


def test_it_asks_twice_however_many_dates_there_are(owner, django_assert_num_queries):
    feed = feed_of(owner, everything=True)
    for _ in range(3):
        case = CaseFactory(lead=owner)
        DeadlineFactory(case=case, due_on=DAY)
        DemandFactory(case=case, review_on=DAY)
        with django_assert_num_queries(2):
            feed_file(feed=feed, host="tracker.example.org")
    assert (Case.objects.count(), Deadline.objects.count(), Demand.objects.count()) == (3, 3, 3)


def test_the_last_day_that_can_be_written_stops_no_feed(owner, case):
    last = datetime.date.max
    DeadlineFactory(case=case, due_on=last)
    StatutoryDeadlineFactory(case=case, due_on=last, overdue_after=last)
    DemandFactory(case=case, review_on=last)
    entries = read(owner).events
    assert [(entry["dtstart"].dt, "dtend" in entry) for entry in entries] == [(last, False)] * 3
