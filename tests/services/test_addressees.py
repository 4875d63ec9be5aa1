import datetime

import pytest
from django.core.exceptions import ValidationError

from tests.events import words
from tests.factories.authorities import AddresseeFactory, AuthorityFactory
from tests.factories.deadlines import ResponseRuleFactory
from tests.races import overlap
from tracker.models import Addressee, Anchor, Deadline, Event
from tracker.services.addressees import add_addressee, correct_first_day, edit_addressee
from tracker.services.correspondence import record_response
from tracker.services.deadlines.end import close_deadline
from tracker.services.refusals import Refused, StaleRecord

AT = datetime.datetime(2020, 2, 10, 9, 30, tzinfo=datetime.UTC)
SENT = datetime.date(2020, 1, 13)
REGISTERED = datetime.date(2020, 1, 15)


def dates(addressee):
    return list(
        addressee.deadlines.order_by("pk").values_list("kind", "state", "due_on", "overdue_after")
    )


def test_without_a_number_it_becomes_the_next_one(case, owner):
    AddresseeFactory(case=case, number=4)
    added = add_addressee(
        addressee=Addressee(case=case, authority=AuthorityFactory()), by=owner, at=AT
    )
    assert added.number == 5
    assert Event.objects.about(added).get().by_id == owner.pk
    assert Event.objects.about(added).get().action == "addressee.added"


def test_a_rule_and_a_day_start_the_clock(case, owner):
    addressee = add_addressee(
        addressee=Addressee(
            case=case,
            authority=AuthorityFactory(),
            rule=ResponseRuleFactory(),
            sent_on=SENT,
            registered_on=REGISTERED,
        ),
        by=owner,
        at=AT,
    )
    assert dates(addressee) == [
        ("statutory", "open", datetime.date(2020, 2, 3), datetime.date(2020, 2, 4))
    ]


def test_an_unsent_appeal_has_no_clock(case, owner):
    addressee = add_addressee(
        addressee=Addressee(case=case, authority=AuthorityFactory(), rule=ResponseRuleFactory()),
        by=owner,
        at=AT,
    )
    assert dates(addressee) == []


def test_a_corrected_day_moves_the_clock(case, owner):
    addressee = AddresseeFactory(
        case=case, rule=ResponseRuleFactory(), sent_on=SENT, registered_on=REGISTERED
    )
    addressee.incoming_number = "1"
    edit_addressee(addressee=addressee, by=owner, at=AT)
    assert dates(addressee) == []
    addressee.registered_on = datetime.date(2020, 1, 16)
    edit_addressee(addressee=addressee, by=owner, at=AT)
    addressee.registered_on = REGISTERED
    edit_addressee(addressee=addressee, by=owner, at=AT)
    assert dates(addressee) == [
        ("statutory", "open", datetime.date(2020, 2, 3), datetime.date(2020, 2, 4))
    ]


def test_without_its_rule_the_clock_is_cancelled(case, owner):
    addressee = add_addressee(
        addressee=Addressee(
            case=case,
            authority=AuthorityFactory(),
            rule=ResponseRuleFactory(),
            sent_on=SENT,
            registered_on=REGISTERED,
        ),
        by=owner,
        at=AT,
    )
    addressee.rule = None
    edit_addressee(addressee=addressee, by=owner, at=AT)
    assert [state for _kind, state, *_days in dates(addressee)] == ["cancelled"]


def test_another_rule_replaces_the_clock(case, owner):
    addressee = add_addressee(
        addressee=Addressee(
            case=case,
            authority=AuthorityFactory(),
            rule=ResponseRuleFactory(),
            sent_on=SENT,
            registered_on=REGISTERED,
        ),
        by=owner,
        at=AT,
    )
    addressee.rule = ResponseRuleFactory(anchor=Anchor.SENT, quantity=30, unit="calendar_day")
    edit_addressee(addressee=addressee, by=owner, at=AT)
    assert [state for _kind, state, *_days in dates(addressee)] == ["cancelled", "open"]


def test_a_clock_counted_from_another_registration_tells_the_addressee(case, owner):
    step = ResponseRuleFactory(code="registration", quantity=1, anchor=Anchor.RECEIVED)
    addressee = add_addressee(
        addressee=Addressee(
            case=case,
            authority=AuthorityFactory(),
            rule=ResponseRuleFactory(code="reply", registration=step),
            sent_on=SENT,
            received_on=SENT,
        ),
        by=owner,
        at=AT,
    )
    reply, registering = addressee.deadlines.order_by("pk")
    corrected = correct_first_day(
        deadline=reply,
        anchor=Anchor.REGISTERED,
        anchor_on=REGISTERED,
        reason="Their stamp.",
        by=owner,
        at=AT,
        shown_version=reply.version,
    )
    addressee.refresh_from_db()
    registering.refresh_from_db()
    assert (corrected.anchor, corrected.anchor_on) == ("registered", REGISTERED)
    assert addressee.registered_on == REGISTERED
    event = Event.objects.about(addressee).get(action="addressee.edited")
    assert (event.by_id, words(event)["reason"]) == (owner.pk, "Their stamp.")
    # Registered is registered: the step that waited for it is over, and the reply moved once.
    assert (registering.state, registering.ended_on) == ("closed", REGISTERED)
    assert corrected.changes.filter(kind="corrected").count() == 1


def test_a_day_that_the_addressees_clock_would_not_run_from_stays_with_the_clock(case, owner):
    addressee = add_addressee(
        addressee=Addressee(
            case=case,
            authority=AuthorityFactory(),
            rule=ResponseRuleFactory(),
            sent_on=SENT,
            registered_on=REGISTERED,
        ),
        by=owner,
        at=AT,
    )
    correct_first_day(
        deadline=addressee.deadlines.get(),
        anchor=Anchor.SENT,
        anchor_on=SENT + datetime.timedelta(days=1),
        reason="Sent later.",
        by=owner,
        at=AT,
    )
    addressee.refresh_from_db()
    assert (addressee.sent_on, addressee.deadlines.get().anchor) == (SENT, "sent")


def test_a_registration_that_does_not_fit_moves_neither(case, owner):
    addressee = add_addressee(
        addressee=Addressee(
            case=case,
            authority=AuthorityFactory(),
            rule=ResponseRuleFactory(),
            sent_on=SENT,
            received_on=SENT + datetime.timedelta(days=3),
        ),
        by=owner,
        at=AT,
    )
    deadline = addressee.deadlines.get()
    with pytest.raises(Refused) as refusal:
        correct_first_day(
            deadline=deadline,
            anchor=Anchor.REGISTERED,
            anchor_on=SENT + datetime.timedelta(days=1),
            reason="Their stamp.",
            by=owner,
            at=AT,
        )
    assert refusal.value.field == "anchor_on"
    addressee.refresh_from_db()
    assert (addressee.registered_on, addressee.deadlines.get().anchor) == (None, deadline.anchor)


def test_a_replaced_rule_ends_its_clock_once_and_says_why(case, owner):
    addressee = add_addressee(
        addressee=Addressee(
            case=case, authority=AuthorityFactory(), rule=ResponseRuleFactory(), sent_on=SENT
        ),
        by=owner,
        at=AT,
    )
    addressee.rule = None
    edit_addressee(addressee=addressee, by=owner, at=AT)
    changes = addressee.deadlines.get().changes.order_by("pk")
    assert list(changes.values_list("kind", "reason")) == [
        ("started", ""),
        ("cancelled", "Another rule, or none, binds this addressee."),
    ]


def test_our_own_wish_is_a_date_that_moves_with_it(case, owner):
    wish, later = datetime.date(2026, 5, 1), datetime.date(2026, 6, 1)
    addressee = add_addressee(
        addressee=Addressee(case=case, authority=AuthorityFactory(), expected_by=wish),
        by=owner,
        at=AT,
    )
    assert dates(addressee) == [("expected", "open", wish, wish)]
    addressee.expected_by = later
    edit_addressee(addressee=addressee, by=owner, at=AT)
    assert dates(addressee) == [
        ("expected", "cancelled", wish, wish),
        ("expected", "open", later, later),
    ]


def test_registered_before_sent_is_refused(case, owner):
    with pytest.raises(ValidationError):
        add_addressee(
            addressee=Addressee(
                case=case, authority=AuthorityFactory(), sent_on=REGISTERED, registered_on=SENT
            ),
            by=owner,
            at=AT,
        )
    assert not Addressee.objects.exists()
    assert not Event.objects.exists()


def test_forwarded_only_within_a_case(case, team_case, owner):
    elsewhere = AddresseeFactory(case=team_case)
    with pytest.raises(Refused) as refusal:
        add_addressee(
            addressee=Addressee(case=case, authority=AuthorityFactory(), forwarded_from=elsewhere),
            by=owner,
            at=AT,
        )
    assert refusal.value.field == "forwarded_from"


def test_it_cannot_be_moved_to_another_case(case, team_case, owner):
    addressee = AddresseeFactory(case=case)
    addressee.case = team_case
    with pytest.raises(Refused):
        edit_addressee(addressee=addressee, by=owner, at=AT)


def test_a_stale_copy_is_refused_with_its_clock_untouched(case, owner, colleague):
    addressee = AddresseeFactory(case=case, rule=ResponseRuleFactory(), sent_on=SENT)
    stale = Addressee.objects.get(pk=addressee.pk)
    addressee.incoming_number = "П-1"
    edit_addressee(addressee=addressee, by=owner, at=AT)
    stale.registered_on = REGISTERED
    with pytest.raises(StaleRecord):
        edit_addressee(addressee=stale, by=colleague, at=AT)
    assert not Deadline.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_answer_comes_while_its_addressee_is_edited(case, owner, colleague):
    """The day that the edit puts in place of another is ended by the answer too."""
    first, later = datetime.date(2020, 4, 1), datetime.date(2020, 4, 5)
    new = Addressee(case=case, authority=AuthorityFactory(), sent_on=SENT, expected_by=first)
    addressee = add_addressee(addressee=new, by=owner, at=AT)
    edited = Addressee.objects.get(pk=addressee.pk)
    edited.expected_by = later
    overlap(
        lambda: edit_addressee(addressee=edited, by=owner, at=AT),
        lambda: record_response(addressee=addressee, received_on=REGISTERED, by=colleague, at=AT),
    )
    assert [row[1:3] for row in dates(addressee)] == [("cancelled", first), ("closed", later)]


@pytest.mark.django_db(transaction=True)
def test_a_day_expected_ends_while_it_is_moved(case, owner, colleague):
    first, later = datetime.date(2020, 4, 1), datetime.date(2020, 4, 5)
    new = Addressee(case=case, authority=AuthorityFactory(), sent_on=SENT, expected_by=first)
    addressee = add_addressee(addressee=new, by=owner, at=AT)
    deadline = addressee.deadlines.get()
    edited = Addressee.objects.get(pk=addressee.pk)
    edited.expected_by = later
    overlap(
        lambda: close_deadline(deadline=deadline, reason="Done", on=SENT, by=colleague, at=AT),
        lambda: edit_addressee(addressee=edited, by=owner, at=AT),
    )
    assert [row[1:3] for row in dates(addressee)] == [("closed", first), ("open", later)]


def test_a_rule_is_taken_back_on_the_day_its_clock_began_further_east(case, owner, colleague):
    evening = datetime.datetime(2026, 3, 20, 19, tzinfo=datetime.UTC)  # the 21st in Bishkek
    began = datetime.date(2026, 3, 21)
    owner.time_zone, colleague.time_zone = "Asia/Bishkek", "America/New_York"
    new = Addressee(case=case, authority=AuthorityFactory(), registered_on=began)
    new.rule = ResponseRuleFactory()
    addressee = add_addressee(addressee=new, by=owner, at=evening)
    addressee.rule = None
    edit_addressee(addressee=addressee, by=colleague, at=evening)
    clock = addressee.deadlines.get()
    assert (clock.state, clock.ended_on) == ("cancelled", began)
