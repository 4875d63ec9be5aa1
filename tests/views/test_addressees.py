"""The days of an addressee, from the page: they start and move its clock."""

import datetime

import pytest

from tests import page_forms, pages
from tests.factories.authorities import AddresseeFactory, AuthorityFactory
from tests.factories.deadlines import ResponseRuleFactory
from tests.now import NOW
from tracker.forms.addressees import DAYS
from tracker.models import Deadline
from tracker.services.deadlines.end import close_deadline


@pytest.fixture
def addressee(case):
    rule = ResponseRuleFactory(effective_from=datetime.date(2007, 1, 1))
    return AddresseeFactory(case=case, number=1, rule=rule)


def send(client, addressee, **fields):
    return client.post(
        f"/cases/{addressee.case.reference}/addressees/{addressee.number}/",
        {"shown_version": addressee.version, **fields},
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

    def saved(**fields) -> str:
        addressee.refresh_from_db()
        address = f"/cases/{addressee.case.reference}/addressees/{addressee.number}/"
        page = client.post(
            address,
            page_forms.loaded(client, address) | {**dict.fromkeys(DAYS, ""), **fields},
            follow=True,
        )
        [(level, words)] = pages.messages(page)
        assert level == "success"
        return words

    none_yet = saved(incoming_number="1")
    followed = saved(sent_on="2020-01-15")
    cancelled = saved()
    assert saved(sent_on="2020-01-15") == followed
    clock = Deadline.objects.get(addressee=addressee)
    assert clock.state == "open"
    close_deadline(
        deadline=clock,
        reason="Answered",
        on=datetime.date(2020, 1, 20),
        by=owner,
        at=NOW,
    )
    ended = saved(sent_on="2020-01-15", registered_on="2020-01-16")
    assert len({none_yet, followed, cancelled, ended}) == 4
    clock.refresh_from_db()
    assert (clock.state, clock.anchor_on) == ("closed", datetime.date(2020, 1, 15))


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"registered_on": "2020-02-31"}, "registered_on"),
        ({"registered_on": "2999-01-01"}, "registered_on"),
        ({"sent_on": "2020-01-15", "registered_on": "2020-01-10"}, "registered_on"),
        ({"channel": "pigeon"}, "channel"),
    ],
)
def test_impossible_days_change_nothing(signed_in, owner, addressee, fields, wrong):
    page = send(signed_in(owner), addressee, **fields)
    assert (page.status_code, list(pages.errors(page))) == (422, [wrong])
    addressee.refresh_from_db()
    assert (addressee.sent_on, addressee.registered_on) == (None, None)
    assert not Deadline.objects.exists()


def test_a_colleagues_newer_entry_is_not_overwritten(signed_in, owner, colleague, addressee):
    address, second = "/cases/OPEN-1/addressees/1/", signed_in(colleague)
    old = page_forms.loaded(second, address)
    page_forms.send(signed_in(owner), address, sent_on="2020-01-15", incoming_number="7")
    page = second.post(address, old | {"sent_on": "2020-01-20"})
    assert page.status_code == 409
    told = pages.text(pages.one(page, "alert"))
    assert owner.name in told and "15 Jan 2020" in told and "→ 7" in told
    assert "15 Jan 2020" in page.context["form"].errors["sent_on"][0]
    addressee.refresh_from_db()
    assert addressee.sent_on == datetime.date(2020, 1, 15)
    # Sent again on purpose, it is taken, and the first one's number stays.
    assert second.post(address, page_forms.posted_by(page)).status_code == 302
    addressee.refresh_from_db()
    assert addressee.sent_on == datetime.date(2020, 1, 20)
    assert addressee.incoming_number == "7"


def test_strangers_viewers_and_wrong_numbers_find_nothing(
    signed_in, stranger, viewer, owner, team_case, addressee
):
    hidden = AddresseeFactory(case=team_case, number=1)
    assert signed_in(stranger).get("/cases/TEAM-1/addressees/1/").status_code == 404
    assert send(signed_in(stranger), hidden, sent_on="2020-01-15").status_code == 404
    assert send(signed_in(viewer), addressee, sent_on="2020-01-15").status_code == 403
    assert signed_in(owner).get("/cases/OPEN-1/addressees/9/").status_code == 404
    assert signed_in(owner).get("/cases/OPEN-1/addressees/1/").status_code == 200


NEW = "/cases/OPEN-1/addressees/new/"


def test_a_further_addressee_starts_its_clock(signed_in, owner, addressee):
    office = AuthorityFactory(default_rule=addressee.rule)
    answer = page_forms.send(
        signed_in(owner), NEW, authority=office.pk, sent_on="2020-01-15", registered_on="2020-01-16"
    )
    assert (answer.status_code, answer.url) == (302, "/cases/OPEN-1/")
    further = addressee.case.addressees.get(authority=office)
    assert (further.number, further.rule) == (2, addressee.rule)
    assert Deadline.objects.get(addressee=further).anchor_on == datetime.date(2020, 1, 16)


def test_an_office_nobody_knows_yet_is_made_with_its_addressee(signed_in, owner, case):
    for name in ("Жогорку Кеңеш", "Өкмөт"):
        answer = page_forms.send(signed_in(owner), NEW, new_authority=name, rule="")
        assert answer.status_code == 302
    offices = list(case.addressees.order_by("number").values_list("authority__name", flat=True))
    assert offices == ["Жогорку Кеңеш", "Өкмөт"]


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({}, ["authority"]),
        ({"authority": "known", "new_authority": "Office"}, ["new_authority"]),
        ({"new_authority": "Office", "sent_on": "2999-01-01"}, ["sent_on"]),
        ({"new_authority": "Office", "rule": "999999"}, ["rule"]),
    ],
)
def test_a_bad_addressee_keeps_what_was_typed(signed_in, owner, case, typed, wrong):
    if "authority" in typed:
        typed = typed | {"authority": str(AuthorityFactory().pk)}
    answer = page_forms.send(signed_in(owner), NEW, person="The minister", **typed)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, wrong)
    again = page_forms.posted_by(answer)
    assert again["person"] == ["The minister"]
    assert [again[name] for name in typed if name != "rule"] == [
        [value] for name, value in typed.items() if name != "rule"
    ]
    assert not case.addressees.exists()


def test_a_further_addressee_is_added_by_who_may(
    signed_in, stranger, viewer, owner, case, team_case
):
    typed = {"new_authority": "Office", "new_kind": "court"}
    for person, address, status in (
        (stranger, "/cases/TEAM-1/addressees/new/", 404),
        (owner, "/cases/NONE-1/addressees/new/", 404),
        (viewer, NEW, 403),
    ):
        assert signed_in(person).get(address).status_code == status
        assert signed_in(person).post(address, typed).status_code == status
    assert signed_in(owner).put(NEW).status_code == 405


def test_a_closed_case_takes_no_further_addressee(signed_in, owner, case):
    type(case).objects.update(phase="closed", close_reason="partly", closed_at="2026-01-01T00:00Z")
    answer = signed_in(owner).post(NEW, {"new_authority": "Office"})
    assert pages.refused_as_closed(answer)


def test_the_page_asks_as_often_for_three_offices_as_for_one(
    signed_in, owner, addressee, django_assert_num_queries, django_assert_max_num_queries
):
    client = signed_in(owner)
    client.get(NEW)
    with django_assert_max_num_queries(30) as first:
        client.get(NEW)
    AuthorityFactory(default_rule=ResponseRuleFactory()), AuthorityFactory()
    with django_assert_num_queries(len(first)):
        client.get(NEW)
