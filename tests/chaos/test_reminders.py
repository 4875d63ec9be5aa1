"""Never lost, never silently doubled: the mail server's log is held against the outbox."""

import os
import sys
from pathlib import Path

import pytest
from django.db import connections
from django.urls import reverse

from tests.chaos.storm import (
    HURRY,
    Result,
    Size,
    Storm,
    emails,
    recorded_unknown,
    refused_people,
)
from tests.programs import Programs
from tests.smtp_sink import SinkServer
from tracker.models import Mail, Reminder

FULL = os.environ.get("CHAOS") == "full"
# Each worker of a full run has two processes; SQLite is for one machine and one worker.
ON_POSTGRES = Size(2000, 60) if FULL else Size(120, 8, workers=2, broker_stops=1)
ON_SQLITE = Size(200 if FULL else 60, 20 if FULL else 5, workers=1, beats=1, broker_stops=1)

TEMPORARY, PERMANENT = 0.1, 0.01


@pytest.fixture
def size() -> Size:
    return ON_SQLITE if connections["default"].vendor == "sqlite" else ON_POSTGRES


@pytest.fixture
def storm(machine_clock, transactional_db, broker, tmp_path, size):
    """`storm(...)` makes one; options go to the mail server, settings to the programs."""
    made: list[Storm] = []
    stacks = []

    def make(*options: str, broker_url: str = "", size: Size = size, **settings: str) -> Storm:
        sink = SinkServer(tmp_path, [*options, "--delay", "0.1" if FULL else "0.05"])
        sink.start()
        stack = Programs.on(
            connections["default"],
            broker_url=broker_url or broker.url,
            mail_url=sink.url,
            folder=Path(tmp_path),
        )
        programs = stack.__enter__()
        stacks.append(stack)
        programs.env.update(HURRY | settings)
        made.append(Storm(programs, broker, sink, size))
        return made[-1]

    yield make
    for stack in stacks:
        stack.__exit__(None, None, None)
    for one in made:
        one.sink.kill()


def report(result: Result, capsys: pytest.CaptureFixture) -> None:
    """To stderr, the only way out of one of several test processes."""
    with capsys.disabled():
        sys.stderr.write(f"\n  {connections['default'].vendor}: {result}\n")


def test_nothing_is_lost_and_nothing_doubled_in_silence(storm, capsys, signed_in, coordinator):
    refusing = ["--temporary", str(TEMPORARY), "--permanent", str(PERMANENT), "--drop-after", "5"]
    raging = storm(*refusing)
    result = raging.rage()
    report(result, capsys)
    assert result.lost == []
    assert result.unexplained == []
    assert result.killed >= raging.size.kills
    doubled = {key for key, copies in result.copies.items() if copies > 1}
    assert doubled <= recorded_unknown()
    # Each person has one mail, however often it was sent.
    assert len(result.mails) == raging.size.people
    assert all(len(ids) == 1 for ids in raging.sink.by_recipient().values())
    assert max(result.copies.values()) <= 2
    # What was refused for good is on the page, and nothing else failed.
    assert result.states()[Mail.State.DEAD] == refused_people(PERMANENT)
    page = signed_in(coordinator).get(reverse("reminder_list"), {"state": "failed"})
    assert page.context["page"].paginator.count == refused_people(PERMANENT)
    assert result.states()[Mail.State.SENT] + result.states()[Mail.State.HELD] == (
        raging.size.people - refused_people(PERMANENT)
    )
    sent = Reminder.objects.filter(state=Reminder.State.SENT)
    assert sent.count() == result.states()[Mail.State.SENT]


def test_where_unknown_mails_are_held_there_is_no_second_copy(storm, size, capsys):
    smaller = Size(
        size.people // 4, max(size.kills // 4, 3), size.workers, size.beats,
        broker_stops=1, mail_server_stops=1,
    )  # fmt: skip
    raging = storm("--drop-after", "3", size=smaller, TRACKER_UNKNOWN_MAIL="hold")
    result = raging.rage()
    report(result, capsys)
    assert (result.lost, result.second_copies) == ([], 0)
    # Whatever the server did not confirm waits for a person, delivered or not.
    held = {m.message_id for m in result.mails.values() if m.state == Mail.State.HELD}
    assert held == recorded_unknown()
    assert set(emails()) == {mail.person.email for mail in Mail.objects.select_related("person")}


def test_the_broker_of_plain_files_loses_hints_and_no_mails(storm, size, capsys):
    smaller = Size(
        size.people // 4, max(size.kills // 4, 3), workers=1, beats=1,
        broker_stops=0, mail_server_stops=1,
    )  # fmt: skip
    raging = storm(broker_url="filesystem://", size=smaller)
    result = raging.rage()
    report(result, capsys)
    assert (result.lost, result.unexplained) == ([], [])
