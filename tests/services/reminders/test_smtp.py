"""What servers may say in the middle of a mail, word by word, and what it amounts to."""

import socket
import threading

import pytest

from tests.servers import LOCAL
from tracker.services.reminders.smtp import MailServer, NoAnswer, Postponed, Rejected, ServerAway

LETTER = b"Subject: a\r\n\r\nb\r\n"
USUAL = {"mail": "250 OK", "rcpt": "250 OK", "data": "354 go", ".": "250 kept", "rset": "250 OK"}


class Scripted:
    """Serves one connection. `says` is the answer to each command and, as ".", to the letter:
    "" breaks the line, after a 421 it breaks anyway.
    """

    def __init__(self, *, in_groups: bool) -> None:
        self.in_groups = in_groups
        self.says = dict(USUAL)
        self.heard: list[str] = []
        self.listener = socket.create_server((LOCAL, 0))
        self.thread = threading.Thread(target=self.serve, daemon=True)

    def serve(self) -> None:
        line, _address = self.listener.accept()
        with line, line.makefile("rb") as commands:
            line.sendall(b"220-first\r\n220 second\r\n")
            commands.readline()
            line.sendall(b"250-me\r\n250 PIPELINING\r\n" if self.in_groups else b"250 me\r\n")
            try:
                self.talk(line, commands)
            except OSError:
                self.heard.append("broken")

    def talk(self, line: socket.socket, commands) -> None:
        in_letter = False
        for command in commands:
            self.heard.append(command.decode().strip())
            verb = self.heard[-1][:4].lower()
            if in_letter and verb != ".":
                continue
            answer = self.says.get(verb, "221 bye")
            if answer:
                line.sendall(answer.replace("|", "\r\n").encode() + b"\r\n")
            if not answer or answer.startswith("421"):
                return
            in_letter = verb == "data" and answer.startswith("354")


@pytest.fixture(params=[False, True], ids=["one by one", "in groups"])
def server(request, settings):
    scripted = Scripted(in_groups=request.param)
    settings.EMAIL_HOST, settings.EMAIL_PORT = scripted.listener.getsockname()
    settings.EMAIL_TIMEOUT = 2
    scripted.thread.start()
    yield scripted
    scripted.thread.join(5)
    scripted.listener.close()


def send(connection: MailServer) -> str:
    connection.begin("a@example.org")
    return connection.send_data(LETTER)


@pytest.mark.parametrize(
    ("says", "outcome", "kept"),
    [
        ({"rcpt": "550-first|550 second", "data": "503 nobody"}, Rejected, True),
        ({"rcpt": "450 busy", "data": "554 nobody"}, Postponed, True),
        ({"rcpt": "421 closing"}, (Postponed, ServerAway), False),
        ({"rcpt": "550 nobody", "data": "503 nobody", "rset": "500 what?"}, Rejected, False),
        ({"mail": "553 not you", "rcpt": "503 no", "data": "503 no"}, ServerAway, True),
        ({"data": "451 later"}, Postponed, True),
        ({"data": "421 closing"}, Postponed, False),
        ({"data": "250 what?"}, Postponed, False),
        ({"data": ""}, ServerAway, False),
        ({".": "552-too|552 big"}, Rejected, True),
        ({".": "452 full"}, Postponed, True),
        ({".": "421 closing"}, Postponed, False),
        ({".": "354 go on"}, NoAnswer, False),
        ({".": "who is there?"}, NoAnswer, False),
        ({".": ""}, NoAnswer, False),
    ],
)
def test_each_answer_is_told_for_what_it_is(server, says, outcome, kept):
    server.says |= says
    connection = MailServer()
    with pytest.raises(outcome):
        send(connection)
    assert connection.connected == kept
    connection.drop()


def test_who_was_refused_and_is_asked_for_the_letter_all_the_same_sends_none(server):
    server.says["rcpt"] = "550 nobody"
    connection = MailServer()
    with pytest.raises(Rejected):
        send(connection)
    connection.drop()
    server.thread.join(5)
    assert "Subject: a" not in server.heard


def test_greetings_and_answers_of_many_lines_are_read_to_their_end(server):
    server.says |= {"mail": "250-a|250 b", "rcpt": "250-a|250 b", "data": "354-a|354 b"}
    server.says["."] = "250-kept|250 as 7"
    with MailServer() as connection:
        assert send(connection) == send(connection) == "250 kept\nas 7"
    server.thread.join(5)
    assert server.heard.count("Subject: a") == 2


def test_a_worker_that_is_stopped_in_a_mail_says_no_farewell_into_it(server):
    with pytest.raises(KeyboardInterrupt), MailServer() as connection:
        connection.begin("a@example.org")
        raise KeyboardInterrupt
    server.thread.join(5)
    assert not any("quit" in line.lower() for line in server.heard)
