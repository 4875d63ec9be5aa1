"""The mailbox keeps what it accepted."""

import smtplib
import stat
import sys
from email.message import EmailMessage

import pytest

from tests.servers import LOCAL, free_port, wait_until
from tracker.management.processes import Child, Supervisor


@pytest.fixture
def mailbox(tmp_path):
    """A running one: its port and its folder."""
    port, folder = free_port(), tmp_path / "mailbox"
    said: list[str] = []
    supervisor = Supervisor(lambda name, line: said.append(line), grace=5)
    options = ["--port", str(port), "--folder", str(folder)]
    command = [sys.executable, "-m", "tracker.management.mailbox", *options]
    supervisor.add(Child("mailbox", command, {"PATH": "/usr/bin:/bin"}))
    wait_until(lambda: answers(port), what=f"the mailbox answers: {said}")
    yield port, folder
    supervisor.end()
    assert said == []


def answers(port: int) -> bool:
    try:
        smtplib.SMTP(LOCAL, port).close()
    except ConnectionRefusedError:
        return False
    return True


def mail(subject: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "tracker@example.org"
    message["To"] = "officer@example.org"
    message["Subject"] = subject
    message.set_content("Завтра срок ответа.")
    return message


def test_each_mail_is_a_file_its_owner_alone_can_read(mailbox):
    port, folder = mailbox
    with smtplib.SMTP(LOCAL, port) as client:
        for subject in ("One", "Два"):
            client.send_message(mail(subject))
    files = sorted(folder.iterdir())
    assert [file.suffix for file in files] == [".eml", ".eml"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert b"Subject: One" in files[0].read_bytes()
    assert (
        files[0]
        .read_bytes()
        .startswith(
            b"X-Envelope-From: tracker@example.org\r\nX-Envelope-To: officer@example.org\r\n"
        )
    )


def test_a_mail_beyond_every_measure_is_refused_and_not_kept(mailbox):
    port, folder = mailbox
    with smtplib.SMTP(LOCAL, port) as client, pytest.raises(smtplib.SMTPException):
        client.sendmail("a@example.org", ["b@example.org"], b"x" * 11 * 1024 * 1024)
    assert list(folder.iterdir()) == []
