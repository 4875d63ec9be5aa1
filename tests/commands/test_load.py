from io import StringIO

import pytest
from django.core.management import call_command

from tracker.models import Authority, Case, User

pytestmark = pytest.mark.django_db


def said(command):
    out = StringIO()
    call_command(command, stdout=out)
    return out.getvalue().splitlines()


def test_load_reference_says_what_it_added():
    assert said("load_reference") == ["Reference data: 57 added, 0 already there."]
    assert said("load_reference") == ["Reference data: 0 added, 57 already there."]
    assert Authority.objects.count() == 33
    assert not Case.objects.exists()


def test_load_demo_gives_the_password_of_the_environment_and_says_it_once(monkeypatch):
    monkeypatch.setenv("DEMO_PASSWORD", "open sesame")
    assert said("load_demo") == [
        "reference: 57 added, 0 already there",
        "lawyers-2020: 86 added, 0 already there",
        "birduino-2020: 64 added, 0 already there",
        "experts-2020: 40 added, 0 already there",
        "si-2022: 66 added, 0 already there",
        "crisis-news-2020: 13 added, 0 already there",
        "Added coordinator@demo.test, officer@demo.test, viewer@demo.test, "
        "administrator@demo.test; "
        "their password: open sesame",
    ]
    assert User.objects.get(email="officer@demo.test").check_password("open sesame")
    assert said("load_demo")[-1] == "crisis-news-2020: 0 added, 13 already there"


def test_load_demo_makes_a_password_up_where_none_is_set(monkeypatch):
    monkeypatch.delenv("DEMO_PASSWORD", raising=False)
    password = said("load_demo")[-1].split("their password: ")[1]
    assert len(password) >= 12
    assert User.objects.get(email="viewer@demo.test").check_password(password)
