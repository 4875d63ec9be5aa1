import datetime
from datetime import date

import pytest

from tests.factories.authorities import AddresseeFactory, AuthorityFactory
from tests.factories.deadlines import ResponseRuleFactory
from tests.factories.demands import DemandFactory
from tests.races import overlap
from tracker.models import Addressee, Event
from tracker.services.deadlines.addressee import sync_deadlines
from tracker.services.deadlines.end import close_deadline
from tracker.services.deadlines.forward import chain, forward_addressee
from tracker.services.refusals import Refused

pytestmark = pytest.mark.django_db

AT = datetime.datetime(2026, 11, 22, 9, 30, tzinfo=datetime.UTC)


@pytest.fixture
def rule():
    return ResponseRuleFactory(code="kg-67-reply-14")


@pytest.fixture
def office(case, rule, owner):
    office = AddresseeFactory(
        case=case, rule=rule, sent_on=date(2020, 1, 15), registered_on=date(2020, 1, 15)
    )
    sync_deadlines(addressee=office, by=owner, at=AT)
    return office


@pytest.fixture
def ministry(rule):
    return AuthorityFactory(name="Ministry of the Interior", default_rule=rule)


def forward(office, authority, owner, day=date(2020, 1, 20)):
    return forward_addressee(
        addressee=office, authority=authority, on=day, reason="Not competent", by=owner, at=AT
    )


def test_the_old_clock_ends_and_a_new_one_starts(office, ministry, owner):
    new = forward(office, ministry, owner)
    old_clock, new_clock = office.deadlines.get(), new.deadlines.get()
    assert (old_clock.state, old_clock.ended_on) == ("closed", date(2020, 1, 20))
    assert list(old_clock.changes.order_by("pk").values_list("kind", flat=True)) == [
        "started",
        "forwarded",
    ]
    assert (new_clock.state, new_clock.anchor, new_clock.anchor_on) == (
        "open",
        "sent",
        date(2020, 1, 20),
    )
    assert new_clock.due_on == date(2020, 2, 6)


def test_the_chain_shows_who_had_the_paper(office, ministry, owner):
    first = forward(office, ministry, owner)
    second = forward(first, AuthorityFactory(), owner, date(2020, 1, 22))
    assert chain(second) == [office, first, second]
    assert second.deadlines.count() == 0


def test_the_new_body_is_asked_the_same_demands(office, ministry, owner):
    demand = DemandFactory(case=office.case)
    demand.addressees.add(office)
    DemandFactory(case=office.case)
    new = forward(office, ministry, owner)
    assert list(new.demands.all()) == [demand]
    assert (new.number, new.sent_on, new.rule) == (
        office.number + 1,
        date(2020, 1, 20),
        ministry.default_rule,
    )
    assert Event.objects.about(new).get().action == "addressee.forwarded"
    assert Event.objects.about(new).get().by_id == owner.pk


def test_a_body_already_in_the_chain_is_refused(office, ministry, owner):
    new = forward(office, ministry, owner)
    with pytest.raises(Refused) as raised:
        forward(new, office.authority, owner, date(2020, 1, 25))
    assert str(raised.value) == (
        f"{office.authority.name} has had this appeal already. Record its answer there instead."
    )
    assert Addressee.objects.count() == 2


def test_a_day_before_sending_is_refused_and_nothing_changes(office, ministry, owner):
    with pytest.raises(Refused) as raised:
        forward(office, ministry, owner, date(2020, 1, 14))
    assert raised.value.field == "on"
    assert (Addressee.objects.count(), office.deadlines.get().state) == (1, "open")


def test_a_day_to_come_is_refused_even_where_no_clock_runs(case, ministry, owner):
    party = AddresseeFactory(case=case, sent_on=date(2020, 1, 15))
    with pytest.raises(Refused, match=r"^This day has not come yet\.") as raised:
        forward(party, ministry, owner, day=date(2026, 11, 23))
    assert raised.value.field == "on"
    assert forward(party, ministry, owner, day=date(2026, 11, 22)).sent_on == date(2026, 11, 22)


@pytest.mark.django_db(transaction=True)
def test_a_clock_that_a_colleague_ends_does_not_stop_the_forwarding(
    office, ministry, owner, colleague
):
    clock = office.deadlines.get()
    overlap(
        lambda: close_deadline(
            deadline=clock, reason="Answered", on=date(2020, 1, 20), by=colleague, at=AT
        ),
        lambda: forward(office, ministry, owner),
    )
    assert list(clock.changes.order_by("pk").values_list("kind", flat=True)) == [
        "started",
        "closed",
    ]
    assert Addressee.objects.filter(forwarded_from=office).exists()
