"""The web process on a socket of the system, as behind nginx: requests have no address there."""

import http.client
import re
import socket
import sys
from http.cookies import SimpleCookie
from urllib.parse import urlencode

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import PBKDF2PasswordHasher

from tests.factories.people import PASSWORD, UserFactory
from tests.servers import wait_until
from tracker.models import User

pytestmark = pytest.mark.once


class Browser:
    """As much of one as signing in takes; `forwarded` is what the proxy writes."""

    def __init__(self, path: str, forwarded: str = "") -> None:
        self.path, self.cookies = path, SimpleCookie()
        self.headers = {"Host": "127.0.0.1"} | ({"X-Forwarded-For": forwarded} if forwarded else {})

    def ask(self, method: str, address: str, **fields: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1")
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.connect(self.path)
        sent = "; ".join(f"{name}={cookie.value}" for name, cookie in self.cookies.items())
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        headers = self.headers | {"Cookie": sent} | (kind if fields else {})
        connection.request(method, address, urlencode(fields) or None, headers)
        answer = connection.getresponse()
        for line in answer.headers.get_all("Set-Cookie", []):
            self.cookies.load(line)
        text = answer.read().decode()
        connection.close()
        return answer.status, text

    def sign_in(self, email: str, password: str = PASSWORD) -> int:
        _status, page = self.ask("GET", "/accounts/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
        fields = {"login": email, "password": password, "csrfmiddlewaretoken": token}
        return self.ask("POST", "/accounts/login/", **fields)[0]


@pytest.fixture
def web(programs, tmp_path):
    """`web(TRACKER_PROXIES="1")`: gunicorn on a socket; the path of the socket."""

    def start(**more: str) -> str:
        programs.env |= more
        assert programs.manage("collectstatic", "--no-input").returncode == 0
        path = tmp_path / "web.sock"
        gunicorn = ["-m", "gunicorn", "--no-control-socket", f"--bind=unix:{path}", "tracker.wsgi"]
        programs.start("web", [sys.executable, *gunicorn])
        wait_until(path.exists, seconds=120, what="gunicorn")
        return str(path)

    return start


def somebody() -> User:
    person = UserFactory(email="mmia@example.org")
    person.password = PBKDF2PasswordHasher().encode(PASSWORD, "salt", iterations=1)
    person.save()
    return person


def test_one_signs_in_and_a_guesser_is_told_from_a_colleague(web):
    person = somebody()
    path = web(TRACKER_PROXIES="1")
    own = Browser(path, "203.0.113.9")
    assert own.sign_in(person.email) == 302
    assert own.ask("GET", "/accounts/me/")[0] == 200
    [place] = UserSession.objects.all()
    assert place.ip == "203.0.113.9"
    thief = Browser(path, "6.6.6.6, 198.51.100.1")
    assert [thief.sign_in(person.email, "guess") for _ in range(7)] == [200] * 5 + [429] * 2
    colleague = Browser(path, "198.51.100.1, 192.0.2.7")
    assert colleague.sign_in(person.email) == 302


def test_without_a_word_of_the_proxy_one_signs_in_all_the_same(web):
    person = somebody()
    browser = Browser(web())
    assert browser.sign_in(person.email) == 302
    assert browser.ask("GET", "/accounts/me/")[0] == 200
