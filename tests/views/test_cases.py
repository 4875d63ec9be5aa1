"""The case page and the list of dates, as a person reads them."""

import datetime

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from tests.factories.authorities import AddresseeFactory, AuthorityFactory
from tests.factories.correspondence import ResponseFactory
from tests.factories.deadlines import StatutoryDeadlineFactory
from tests.factories.demands import DemandFactory
from tests.factories.people import UserFactory
from tests.factories.reminders import ReminderFactory
from tests.now import NOW, TODAY
from tests.pages import find, one, part, text
from tracker.models import EscalationStep
from tracker.services.days import today_of
from tracker.services.deadlines.end import close_deadline, reopen_deadline
from tracker.services.deadlines.forward import forward_addressee
from tracker.services.reminders.mute import acknowledge, snooze
from tracker.templatetags.dates import short_date

DAY = datetime.timedelta(days=1)


@pytest.fixture
def today(db) -> datetime.date:
    return TODAY


def card(text: str, name: str) -> str:
    return text.split(f'id="{name}"')[1].split("</section>")[0]


def test_a_clock_of_a_letter_tells_its_day_once_and_leads_to_its_own_page(
    signed_in, case, owner, today
):
    letter = StatutoryDeadlineFactory(
        case=case, due_on=today - 9 * DAY, overdue_after=today - 8 * DAY
    )
    text = signed_in(owner).get(reverse("case_detail", args=[case.reference])).text
    assert short_date(letter.overdue_after) in card(text, "dates")
    assert short_date(letter.due_on) not in card(text, "dates")
    assert "#clock-None" not in text
    happened = card(text, "timeline")
    assert f'href="{reverse("deadline_detail", args=[letter.pk])}"' in happened


def test_a_clock_that_ran_out_offers_what_can_follow(signed_in, case, owner, today):
    addressee = AddresseeFactory(case=case)
    clock = StatutoryDeadlineFactory(case=case, addressee=addressee, due_on=today - 9 * DAY)
    EscalationStep.objects.create(
        code="letter", number=1, name="A letter", advice="Write.", opened_by="silence"
    )
    client, step = signed_in(owner), reverse("next_step", args=[clock.pk, "letter"])
    page = client.get(reverse("case_detail", args=[case.reference])).text
    assert step in card(page, f"clock-{addressee.pk}")
    assert step in client.get(reverse("deadline_detail", args=[clock.pk])).text
    assert "Next step: A letter." in client.get("/").text


def test_a_late_and_ungraded_answer_is_told_as_what_it_is(signed_in, case, owner, today):
    addressee = AddresseeFactory(case=case)
    DemandFactory(case=case).addressees.add(addressee)
    StatutoryDeadlineFactory(
        case=case,
        addressee=addressee,
        due_on=today - 9 * DAY,
        state="closed",
        ended_on=today - 2 * DAY,
    )
    ResponseFactory(action__addressee=addressee, action__happened_on=today - 2 * DAY)
    client = signed_in(owner)
    text = client.get(reverse("case_detail", args=[case.reference])).text
    assert "answered 7 days late" in card(text, f"clock-{addressee.pk}")
    assert "answered, not graded" in card(text, "demands")
    assert "no answer yet" not in text
    office = reverse("authority_detail", args=[addressee.authority.slug])
    assert "answered 7 days late" in client.get(office).text


def test_between_the_readings_the_last_day_is_what_every_page_names(signed_in, case, owner, today):
    DemandFactory(case=case)
    clock = StatutoryDeadlineFactory(
        case=case, due_on=today - 2 * DAY, overdue_after=today + 2 * DAY
    )
    client = signed_in(owner)
    assert "Nothing is scheduled" not in client.get(f"/cases/{case.reference}/").text
    week = client.get(reverse("deadline_list"), {"due": "week"}).text
    assert clock.title in week
    assert "in 2 days" in week
    assert '<span class="muted">nothing scheduled' not in client.get(reverse("case_list")).text


def test_the_page_of_a_date_says_who_muted_it_and_until_when(signed_in, case, owner, today):
    now = NOW
    clock = StatutoryDeadlineFactory(case=case, due_on=today + 20 * DAY)
    colleague = UserFactory(name="Bermet")
    address = reverse("deadline_detail", args=[clock.pk])
    assert "Muted until" not in signed_in(owner).get(address).text
    acknowledge(deadline=clock, by=owner, at=now)
    snooze(deadline=clock, days=3, by=owner, at=now)
    mute = acknowledge(deadline=clock, by=colleague, at=now)
    until = short_date(today_of(owner, now) + 3 * DAY)
    text = " ".join(signed_in(owner).get(address).text.split())
    assert text.count("Muted until") == 2
    assert f"Muted until {until} (you). <span" in text
    assert f"Muted until {short_date(mute.until)} (Bermet)." in text
    clock.generation += 1
    clock.save()
    assert "Muted until" not in signed_in(owner).get(address).text


def test_the_menu_says_what_its_numbers_count(signed_in, case, owner):
    DemandFactory(case=case)
    DemandFactory(case=case, status="implemented")
    words = " ".join(strip_tags(signed_in(owner).get("/").text).split())
    assert "Demands 1 open" in words
    assert "Cases 1 open" in words


def test_a_clock_that_was_forwarded_is_no_answer(signed_in, case, owner, today):
    clock = StatutoryDeadlineFactory(
        case=case, addressee=AddresseeFactory(case=case), due_on=today + 5 * DAY
    )
    ministry = AuthorityFactory(name="Ministry of the Interior")
    facts = {"by": owner, "at": NOW}
    forward_addressee(
        addressee=clock.addressee, authority=ministry, on=today, reason="Not theirs", **facts
    )
    client = signed_in(owner)
    address = reverse("case_detail", args=[case.reference])

    def state() -> tuple[str, bool]:
        """The tint of its card on the page of the case, and whether it names the ministry."""
        pill = one(part(client.get(address), f"clock-{clock.addressee_id}"), class_="pill")
        [tint] = [name for name in pill.attrib["class"].split() if name.startswith("tone-")]
        return tint, ministry.name in text(pill)

    assert state() == ("tone-slate", True)
    lede = text(one(client.get(reverse("deadline_detail", args=[clock.pk])), class_="lede"))
    assert short_date(today) in lede and ministry.name in lede
    # It came back, and was answered after all.
    reopen_deadline(deadline=clock, reason="They kept it", **facts)
    close_deadline(deadline=clock, reason="Answered", on=today, **facts)
    assert state() == ("tone-green", False)


def test_a_reminder_whose_hour_has_passed_comes_with_the_next_e_mail(signed_in, case, owner, today):
    clock = StatutoryDeadlineFactory(case=case, due_on=today + 5 * DAY)
    reminder = ReminderFactory(deadline=clock, person=owner, send_at=NOW - DAY)
    client, address = signed_in(owner), reverse("case_detail", args=[case.reference])
    shown = part(client.get(address), "reminders")
    assert owner.name in text(shown) and find(shown, tag="strong") == []
    reminder.send_at = NOW + DAY
    reminder.save()
    assert text(one(part(client.get(address), "reminders"), tag="strong"))
