"""What the shell sees when a command is given something it cannot use."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command, get_commands, load_command_class

from tracker.management.sentences import SentenceCommand

# They are refused before any database is asked.
pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (
            ["due_date", "kg-67-reply-14", "--anchor", "tomorrow"],
            "“tomorrow” is not a day of the calendar. Write it as YYYY-MM-DD, e.g. 2026-01-20.\n",
        ),
        (["read_appeal", "/no/such/text"], "/no/such/text: No such file or directory.\n"),
        (
            ["send_reminders", "--at", "soon"],
            "“soon” is not a moment; write it like 2026-11-22T09:00+06:00.\n",
        ),
        (
            ["due_date", "kg-67-reply-14", "--bogus"],
            "Unrecognized arguments: --bogus; see “manage.py due_date --help”.\n",
        ),
        (
            ["load_reference", "kg", "kz"],
            "Unrecognized arguments: kg kz; see “manage.py load_reference --help”.\n",
        ),
        (
            ["send_reminders", "--at"],
            "Argument --at: expected one argument; see “manage.py send_reminders --help”.\n",
        ),
        (["up"], "PORT must be a whole number from 1 to 65535, not “eight”.\n"),
    ],
)
def test_bad_input_is_the_sentence_alone_on_stderr_and_status_2(tmp_path, command, sentence):
    done = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=settings.BASE_DIR,
        env={
            "PATH": os.environ["PATH"],
            "TRACKER_VAR": str(tmp_path),
            "PORT": "eight",
            "PYTHONUTF8": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (2, "", sentence)


def test_every_command_of_ours_answers_so():
    ours = [name for name, app in get_commands().items() if app == "tracker"]
    assert len(ours) >= 7
    for name in ours:
        assert isinstance(load_command_class("tracker", name), SentenceCommand)


def test_called_by_a_program_it_raises_the_sentence():
    with pytest.raises(CommandError, match=r"^Unrecognized arguments: x; see") as refused:
        call_command("load_reference", "x")
    assert refused.value.returncode == 2
