"""Each step in the life of a deadline, as the sentence its pages tell."""

from datetime import date

import pytest

from tests.factories.authorities import AddresseeFactory, AuthorityFactory
from tests.factories.deadlines import DeadlineFactory, ResponseRuleFactory
from tests.now import NOW
from tracker.services.deadlines.assign import assign_deadline
from tracker.services.deadlines.change import (
    correct_anchor,
    extend_deadline,
    move_date,
    pause_deadline,
    resume_deadline,
)
from tracker.services.deadlines.end import cancel_deadline, close_deadline, reopen_deadline
from tracker.services.deadlines.forward import forward_addressee
from tracker.services.deadlines.start import start_deadline
from tracker.templatetags.deadline_changes import beyond_words, change_sentence, days_left_words

SPAN = "due 3 Feb 2020, at the latest 4 Feb 2020"


@pytest.fixture
def deadline(case, owner):
    """Registered 15 January 2020: 3 February, latest 4 February."""
    addressee = AddresseeFactory(
        case=case, rule=ResponseRuleFactory(), registered_on=date(2020, 1, 15)
    )
    return start_deadline(addressee=addressee, by=owner, at=NOW)


@pytest.fixture
def facts(owner):
    return {"reason": "Because", "by": owner, "at": NOW}


def told(deadline) -> str:
    return change_sentence(deadline.changes.latest("pk"))


def test_a_start_and_the_ends(deadline, facts):
    assert told(deadline) == f"Set: {SPAN}."
    close_deadline(deadline=deadline, on=date(2020, 2, 1), **facts)
    assert told(deadline) == "Closed on 1 Feb 2020."
    reopen_deadline(deadline=deadline, **facts)
    assert told(deadline) == f"Reopened: {SPAN}."
    cancel_deadline(deadline=deadline, on=date(2020, 2, 1), **facts)
    assert told(deadline) == "Cancelled on 1 Feb 2020."


def test_an_extension_is_put_right_and_taken_back(deadline, facts):
    extend_deadline(deadline=deadline, until=date(2020, 2, 20), **facts)
    assert told(deadline) == f"Extended to 20 Feb 2020; it was {SPAN}."
    assert beyond_words(deadline.changes.latest("pk")) == "The rule on file names no extension."
    extend_deadline(deadline=deadline, until=date(2020, 2, 10), **facts)
    assert told(deadline) == (
        "The extension was put right: to 10 Feb 2020; it was due 20 Feb 2020."
    )
    extend_deadline(deadline=deadline, until=date(2020, 2, 4), **facts)
    assert told(deadline) == f"The extension was taken back: {SPAN}; it was due 10 Feb 2020."
    assert beyond_words(deadline.changes.latest("pk")) == ""


def test_a_pause_tells_the_days_left(deadline, facts):
    paused = pause_deadline(deadline=deadline, on=date(2020, 1, 17), **facts)
    assert days_left_words(paused) == "12 working days"
    assert told(deadline) == "Paused on 17 Jan 2020 with 12 working days left."
    resume_deadline(deadline=deadline, on=date(2020, 1, 24), **facts)
    assert told(deadline) == (
        "Ran on from 24 Jan 2020: due 10 Feb 2020, at the latest 11 Feb 2020."
    )


def test_another_day_it_runs_from(deadline, facts):
    correct_anchor(deadline=deadline, anchor="registered", anchor_on=date(2020, 1, 16), **facts)
    assert told(deadline) == (
        "Counted from registration on 16 Jan 2020 instead of 15 Jan 2020: due 4 Feb 2020, at the "
        "latest 5 Feb 2020."
    )


def test_another_body_and_another_person(deadline, colleague, facts):
    assign_deadline(deadline=deadline, owner=colleague, **facts)
    assert told(deadline) == f"Given to {colleague.name}; it was with whoever leads the case."
    forward_addressee(
        addressee=deadline.addressee, authority=AuthorityFactory(), on=date(2020, 1, 20), **facts
    )
    assert told(deadline) == ("Ended on 20 Jan 2020: the appeal was forwarded to another body.")


def test_a_date_of_ours_is_moved(case, owner, facts):
    ours = DeadlineFactory(case=case, created_by=owner, due_on=date(2026, 3, 10))
    move_date(deadline=ours, due_on=date(2026, 12, 24), **facts)
    assert told(ours) == "Moved: due 24 Dec 2026; it was due 10 Mar 2026."
