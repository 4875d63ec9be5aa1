"""Passwords are refused for being easy to guess, and for nothing else."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from tracker.models import User

EASY = [
    "short",
    "password1234",
    "Password123456!",
    "P@ssw0rd12345",
    "qwertyuiop1234",
    "iloveyou12345",
    "aaaaaaaaaaaaaaaa",
    "abcabcabcabcabc",
    "1985-12-17-1985",
    "TrackerTracker1!",
    "tracker2026tracker",
    "ValentinaRaisovna1985",
    "valya@advocates12",
    "advocates-advocates",
    "kyrgyzstan2026",
    "йцукенгшщзхъ",
    "пароль123456789",
    "gfhjkmgfhjkm12",
]
GOOD = [
    "correct horse battery staple",
    "four unlikely words together",
    "чайник облако гвоздь трамвай",
    "жылдыз көпүрө алма кар",
    "kT8#vq2LmZ9w",
    "lowercase only but long enough words",
    "x7" * 3 + "unlikely teapot",
    "a very long one " + "teapot cloud " * 12,
]


@pytest.fixture
def person(settings):
    settings.BASE_URL = "https://tracker.advocates.example"
    return User(email="valya@advocates.example", name="Valentina Raisovna")


@pytest.mark.parametrize("password", EASY)
def test_an_easy_password_is_refused(person, password):
    with pytest.raises(ValidationError):
        validate_password(password, person)


@pytest.mark.parametrize("password", GOOD)
def test_a_good_one_is_taken_whatever_it_is_made_of(person, password):
    validate_password(password, person)


def test_it_says_what_to_do(person):
    with pytest.raises(ValidationError) as refused:
        validate_password("йцукенгшщзхъ", person)
    assert refused.value.messages == [
        "Too easy to guess. Add a word or two that have nothing to do with it."
    ]


def test_nobody_in_particular_is_judged_too():
    with pytest.raises(ValidationError):
        validate_password("trackertracker1")
