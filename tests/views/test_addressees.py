"""The days of an addressee, from the page: they start and move its clock."""

import datetime

import pytest
from django.utils import timezone

from tests.factories.authorities import AddresseeFactory
from tests.factories.deadlines import ResponseRuleFactory
from tracker.models import Deadline
from tracker.services.deadlines.end import close_deadline


@pytest.fixture
def addressee(case):
    rule = ResponseRuleFactory(effective_from=datetime.date(2007, 1, 1))
    return AddresseeFactory(case=case, number=1, rule=rule)


def send(client, addressee, **fields):
    return client.post(
        f"/cases/{addressee.case.reference}/addressees/{addressee.number}/",
        {"version": addressee.version, **fields},
    )


def test_the_registration_starts_the_clock(signed_in, owner, addressee):
    page = send(
        signed_in(owner),
        addressee,
        sent_on="2020-01-15",
        registered_on="2020-01-16",
        incoming_number="12-3/45",
    )
    assert page.status_code == 302
    addressee.refresh_from_db()
    assert (addressee.registered_on, addressee.incoming_number) == (
        datetime.date(2020, 1, 16),
        "12-3/45",
    )
    clock = Deadline.objects.get(addressee=addressee)
    assert (clock.due_on, clock.overdue_after) == (
        datetime.date(2020, 2, 4),
        datetime.date(2020, 2, 5),
    )


def test_what_is_said_after_saving_is_true_of_the_clock(signed_in, owner, addressee):
    client = signed_in(owner)

    def said(**fields) -> str:
        addressee.refresh_from_db()
        page = client.post(
            f"/cases/{addressee.case.reference}/addressees/{addressee.number}/",
            {"version": addressee.version, **fields},
            follow=True,
        )
        return " ".join(str(message) for message in page.context["messages"])

    assert said(incoming_number="1") == "Saved. No clock runs for this addressee yet."
    followed = "Saved. The clock follows the days you entered."
    assert said(sent_on="2020-01-15") == followed
    cancelled = "Saved. The clock has no day to run from any more, so it is cancelled."
    assert said() == cancelled
    assert said(sent_on="2020-01-15") == followed
    clock = Deadline.objects.get(addressee=addressee)
    close_deadline(
        deadline=clock,
        reason="Answered",
        on=datetime.date(2020, 1, 20),
        by=owner,
        at=timezone.now(),
    )
    ended = "Saved. The clock has ended and stays as it is."
    assert said(sent_on="2020-01-15", registered_on="2020-01-16") == ended
    clock.refresh_from_db()
    assert (clock.state, clock.anchor_on) == ("closed", datetime.date(2020, 1, 15))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"registered_on": "2020-02-31"}, "This day does not exist."),
        ({"registered_on": "2999-01-01"}, "This day has not come yet."),
        (
            {"sent_on": "2020-01-15", "registered_on": "2020-01-10"},
            "This is before an earlier step on its way.",
        ),
        ({"channel": "pigeon"}, "Select a valid choice."),
    ],
)
def test_impossible_days_change_nothing(signed_in, owner, addressee, fields, sentence):
    page = send(signed_in(owner), addressee, **fields)
    assert page.status_code == 422
    assert sentence in page.text
    addressee.refresh_from_db()
    assert (addressee.sent_on, addressee.registered_on) == (None, None)
    assert not Deadline.objects.exists()


def test_a_colleagues_newer_entry_is_not_overwritten(signed_in, owner, colleague, addressee):
    send(signed_in(owner), addressee, sent_on="2020-01-15")
    page = send(signed_in(colleague), addressee, sent_on="2020-01-20")
    assert page.status_code == 409
    assert "A colleague changed this meanwhile." in page.text
    assert 'value="2020-01-20"' in page.text
    addressee.refresh_from_db()
    assert addressee.sent_on == datetime.date(2020, 1, 15)
    # Sent again on purpose, it is taken.
    assert send(signed_in(colleague), addressee, sent_on="2020-01-20").status_code == 302


def test_strangers_viewers_and_wrong_numbers_find_nothing(
    signed_in, stranger, viewer, owner, team_case, addressee
):
    hidden = AddresseeFactory(case=team_case, number=1)
    assert signed_in(stranger).get("/cases/TEAM-1/addressees/1/").status_code == 404
    assert send(signed_in(stranger), hidden, sent_on="2020-01-15").status_code == 404
    assert send(signed_in(viewer), addressee, sent_on="2020-01-15").status_code == 403
    assert signed_in(owner).get("/cases/OPEN-1/addressees/9/").status_code == 404
    assert signed_in(owner).get("/cases/OPEN-1/addressees/1/").status_code == 200
