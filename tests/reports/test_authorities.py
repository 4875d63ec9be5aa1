"""Counts of answers and silence, each with what it is counted over."""

import datetime

from tests.factories.authorities import AddresseeFactory, AuthorityFactory
from tests.factories.correspondence import ResponseFactory
from tests.factories.deadlines import (
    RegistrationDeadlineFactory,
    StatutoryDeadlineFactory,
)
from tracker.reports.authorities import Silence, authority_page, authority_rows

ON = datetime.date(2026, 3, 20)
DUE = datetime.date(2026, 3, 10)


def asked(office, *, answered_on=None, due_on=DUE, **state):
    addressee = AddresseeFactory(authority=office)
    StatutoryDeadlineFactory(case=addressee.case, addressee=addressee, due_on=due_on, **state)
    if answered_on:
        ResponseFactory(action__addressee=addressee, action__happened_on=answered_on)
    return addressee


def test_the_four_outcomes_of_a_clock_add_up(owner):
    office = AuthorityFactory()
    asked(office, answered_on=DUE, state="closed", ended_on=DUE)
    asked(office, answered_on=ON, state="closed", ended_on=ON)
    asked(office)
    asked(office, due_on=datetime.date(2026, 3, 30))
    asked(office, state="cancelled", ended_on=ON)
    AddresseeFactory(authority=office)  # no law gives it a time
    page = authority_page(office, user=owner, on=ON)
    assert page.silence == Silence(clocks=4, in_time=1, late=1, silent=1, running=1)
    assert (len(page.addressees), page.answered) == (6, 2)


def test_a_clock_that_was_stopped_is_no_silence(owner):
    """Paused, passed on or closed by hand before its day; closed after it, it had run out."""
    office, before = AuthorityFactory(), DUE - datetime.timedelta(days=2)
    asked(office, state="paused", paused_on=before, days_left=3)
    asked(office, state="closed", ended_on=before)
    asked(office, state="closed", ended_on=ON)
    shown = authority_page(office, user=owner, on=ON).silence
    assert shown == Silence(clocks=2, in_time=0, late=0, silent=1, running=1)
    row = authority_rows(owner, ON).get(pk=office.pk)
    assert (row.clocked, row.late) == (shown.clocks, shown.silent)


def test_the_list_counts_appeals_and_not_letters(owner, case, team_case, stranger):
    office = AuthorityFactory()
    addressee = asked(office, answered_on=DUE)
    ResponseFactory(action__addressee=addressee)
    AddresseeFactory(authority=office, case=team_case)

    def counts(person):
        row = authority_rows(person, ON).get(pk=office.pk)
        return row.asked, row.answered, row.clocked, row.late

    asked(office, answered_on=ON, due_on=DUE, state="closed", ended_on=ON)
    assert counts(owner) == (3, 2, 2, 2)
    assert counts(stranger) == (2, 2, 2, 2)


def test_a_late_registration_counts_as_no_clock_and_no_silence(owner):
    office = AuthorityFactory()
    addressee = asked(office, due_on=datetime.date(2026, 3, 30))
    RegistrationDeadlineFactory(case=addressee.case, addressee=addressee, due_on=DUE)
    unregistered = AddresseeFactory(authority=office)
    RegistrationDeadlineFactory(
        case=unregistered.case,
        addressee=unregistered,
        due_on=DUE,
        state="closed",
        ended_on=ON,
    )
    page = authority_page(office, user=owner, on=ON)
    assert page.silence == Silence(clocks=1, in_time=0, late=0, silent=0, running=1)
    row = authority_rows(owner, ON).get(pk=office.pk)
    assert (row.asked, row.clocked, row.late) == (2, 1, 0)
