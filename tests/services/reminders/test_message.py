"""What goes over the wire is what was written, in every alphabet, and nothing else."""

import datetime
from email import message_from_bytes
from email.policy import default as modern

import pytest

from tracker.models import Mail
from tracker.services.reminders.message import NotSendable, message_bytes

AT = datetime.datetime(2026, 3, 9, 6, tzinfo=datetime.UTC)
DIGEST = {
    "subject": "Tracker: 1 overdue",
    "body_text": "Good day.\n.a line with a dot\n",
    "body_html": "<p>Good day.</p>\n",
    "to_address": "a@example.org",
    "message_id": "<1@example.org>",
    "language": "en",
}


@pytest.mark.parametrize(
    "words",
    [
        {},
        {"subject": "Трекер:" + " просрочено" * 20, "body_text": "Күндүн саны: ңөү\n"},
        {"body_html": "x" * 3000 + "\n", "body_text": "x" * 899 + "\n" + "y" * 900 + "\n"},
    ],
)
def test_the_words_arrive_as_they_were_written(words):
    sent = message_bytes(Mail(pk=7, **(DIGEST | words)), at=AT)
    assert max(len(line) for line in sent.split(b"\r\n")) < 998
    assert b"\n" not in sent.replace(b"\r\n", b"")
    message = message_from_bytes(sent, policy=modern)
    expected = DIGEST | words
    assert message["Subject"] == expected["subject"]
    for kind, field in (("plain", "body_text"), ("html", "body_html")):
        arrived = message.get_body((kind,)).get_content()
        # The last line break belongs to the boundary that follows.
        assert arrived.splitlines() == expected[field].splitlines()


@pytest.mark.parametrize(
    "field", [{"subject": "a\r\nBcc: b@example.org"}, {"to_address": "a@example.org\nBcc: b@c.org"}]
)
def test_a_line_break_adds_no_header(field):
    with pytest.raises(NotSendable):
        message_bytes(Mail(pk=7, **(DIGEST | field)), at=AT)
