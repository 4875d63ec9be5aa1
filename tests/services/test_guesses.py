"""How often somebody may try, however many come at once."""

import datetime
from threading import Barrier, Thread

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connections

from tests.now import NOW
from tracker.models import GuessLimit, User
from tracker.services.guesses import (
    Limit,
    Rate,
    TooMany,
    forget_guesses,
    give_back,
    known_browser,
    make_known,
    take_try,
)

SECOND = datetime.timedelta(seconds=1)
RATE = Rate("test", 5, 60)
ONE = Limit(RATE, ("somebody",))


def tries(count: int, *, at: datetime.datetime, limits=(ONE,)) -> int:
    """How many of so many were let through."""
    passed = 0
    for _ in range(count):
        try:
            take_try(limits=limits, at=at)
        except TooMany:
            continue
        passed += 1
    return passed


@pytest.mark.django_db
def test_so_many_at_once_and_then_one_after_each_pause():
    assert tries(9, at=NOW) == 5
    assert tries(9, at=NOW + 59 * SECOND) == 0
    assert tries(9, at=NOW + 60 * SECOND) == 1
    assert tries(9, at=NOW + 180 * SECOND) == 2
    assert tries(9, at=NOW + 3600 * SECOND) == 5


@pytest.mark.django_db
def test_within_an_hour_nobody_gets_more_than_is_said():
    passed = sum(tries(3, at=NOW + second * SECOND) for second in range(0, 3600, 7))
    assert passed <= RATE.in_the_first(3600) == 65


@pytest.mark.django_db
def test_it_says_how_long_to_wait():
    tries(5, at=NOW)
    with pytest.raises(TooMany) as refused:
        take_try(limits=[ONE], at=NOW + SECOND)
    assert (refused.value.seconds, refused.value.minutes) == (pytest.approx(59), 1)


@pytest.mark.django_db
def test_what_is_refused_takes_nothing_from_another_limit():
    wide = Limit(Rate("wide", 9, 60), ("somebody",))
    assert tries(20, at=NOW, limits=(wide, ONE)) == 5
    assert tries(20, at=NOW, limits=(wide,)) == 4


@pytest.mark.django_db
def test_a_right_word_was_no_guess():
    for _ in range(20):
        take_try(limits=[ONE], at=NOW)
        give_back(limits=[ONE])
    assert tries(9, at=NOW) == 5


@pytest.mark.django_db
def test_no_name_and_no_address_is_kept_and_nothing_for_long():
    take_try(limits=[Limit(RATE, ("owner@example.org", "192.0.2.7"))], at=NOW)
    [row] = GuessLimit.objects.all()
    assert len(row.key) == 64 and "owner" not in row.key
    assert forget_guesses(at=NOW + 59 * SECOND) == 0
    assert forget_guesses(at=NOW + 61 * SECOND) == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_at_the_same_moment_only_so_many_pass():
    together, passed = Barrier(8), []

    def guess() -> None:
        try:
            together.wait(timeout=30)
            passed.append(tries(10, at=NOW))
        finally:
            connections.close_all()

    threads = [Thread(target=guess) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(passed), sum(passed)) == (8, RATE.at_once)


# A person's own browser


def test_a_browser_is_known_to_each_who_signed_in_there(owner, colleague, stranger):
    words = make_known(colleague, make_known(owner, ""))
    assert known_browser(owner, words) == known_browser(colleague, words) != ""
    assert known_browser(stranger, words) == known_browser(None, words) == ""
    assert known_browser(owner, "") == known_browser(owner, "made.up") == ""


def test_it_is_known_no_longer_after_a_cut_off_a_new_password_or_the_end(owner):
    words = make_known(owner, "")
    for changed in (
        {"cut_offs": owner.cut_offs + 1},
        {"password": make_password("another pass phrase")},
        {"is_active": False},
    ):
        assert known_browser(User(**{**as_columns(owner), **changed}), words) == ""
    assert known_browser(User.objects.get(pk=owner.pk), words) != ""


def as_columns(person: User) -> dict:
    return {field.attname: getattr(person, field.attname) for field in person._meta.concrete_fields}


def test_only_so_many_are_known_in_one_browser(owner, colleague):
    words = make_known(colleague, "")
    for number in range(9):
        owner.cut_offs = number
        words = make_known(owner, words)
    assert len(words.split(".")) == 6
    assert known_browser(owner, words) and not known_browser(colleague, words)
