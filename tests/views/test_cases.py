"""The case page and the list of dates, as a person reads them."""

import datetime

import pytest
from django.urls import reverse

from tests.factories.authorities import AddresseeFactory, AuthorityFactory
from tests.factories.correspondence import ResponseFactory
from tests.factories.deadlines import StatutoryDeadlineFactory
from tests.factories.demands import DemandFactory
from tests.factories.documents import DocumentFactory
from tests.factories.people import UserFactory
from tests.factories.reminders import ReminderFactory
from tests.now import NOW, TODAY
from tests.pages import actions, find, levels, links, one, part, pills, row_of, text
from tracker.models import Case, Demand, EscalationStep, Event
from tracker.services.cases import edit_case
from tracker.services.days import today_of
from tracker.services.deadlines.end import close_deadline, reopen_deadline
from tracker.services.deadlines.forward import forward_addressee
from tracker.services.demand_texts import add_demand, edit_demand
from tracker.services.events import erase_values
from tracker.services.records import edit_row
from tracker.services.reminders.mute import acknowledge, snooze
from tracker.services.reminders.schedule import digest_instant
from tracker.templatetags.dates import distance, lateness, near_date, short_date

DAY = datetime.timedelta(days=1)


@pytest.fixture
def today(db) -> datetime.date:
    return TODAY


def test_a_clock_of_a_letter_tells_its_day_once_and_leads_to_its_own_page(
    signed_in, case, owner, today
):
    letter = StatutoryDeadlineFactory(
        case=case, due_on=today - 9 * DAY, overdue_after=today - 8 * DAY
    )
    page = signed_in(owner).get(reverse("case_detail", args=[case.reference]))
    assert short_date(letter.overdue_after) in text(part(page, "dates"))
    assert short_date(letter.due_on) not in text(part(page, "dates"))
    assert "#clock-None" not in links(page)
    assert reverse("deadline_detail", args=[letter.pk]) in links(part(page, "timeline"))


def test_a_clock_that_ran_out_offers_what_can_follow(signed_in, case, owner, today):
    addressee = AddresseeFactory(case=case)
    clock = StatutoryDeadlineFactory(case=case, addressee=addressee, due_on=today - 9 * DAY)
    EscalationStep.objects.create(
        code="letter", number=1, name="A letter", advice="Write.", opened_by="silence"
    )
    client, step = signed_in(owner), reverse("next_step", args=[clock.pk, "letter"])
    page = client.get(reverse("case_detail", args=[case.reference]))
    assert step in links(part(page, f"clock-{addressee.pk}"))
    assert step in links(client.get(reverse("deadline_detail", args=[clock.pk])))
    assert "A letter" in text(one(client.get("/"), class_="count-card__next"))


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
    page = client.get(reverse("case_detail", args=[case.reference]))
    late = lateness(today - 9 * DAY, today - 2 * DAY)
    [said] = pills(part(page, f"clock-{addressee.pk}"))
    assert late in said
    # The cell of the demand says that an answer came, and on which day.
    [cell] = find(part(page, "demands"), tag="td", words=short_date(today - 2 * DAY))
    assert find(cell, class_="tone-blue") and not find(cell, class_="muted")
    office = client.get(reverse("authority_detail", args=[addressee.authority.slug]))
    assert said in pills(office)


def test_between_the_readings_the_last_day_is_what_every_page_names(signed_in, case, owner, today):
    DemandFactory(case=case)
    clock = StatutoryDeadlineFactory(
        case=case, due_on=today - 2 * DAY, overdue_after=today + 2 * DAY
    )
    client = signed_in(owner)
    last = today + 2 * DAY
    ahead = one(client.get(f"/cases/{case.reference}/"), class_="overview__next")
    assert text(one(ahead, tag="strong")) == near_date(last, today)
    week = client.get(reverse("deadline_list"), {"due": "week"})
    assert distance(last, today) in text(row_of(week, reverse("deadline_detail", args=[clock.pk])))
    listed = row_of(client.get(reverse("case_list")), f"/cases/{case.reference}/")
    assert near_date(last, today) in text(listed)


def test_the_page_of_a_date_says_who_muted_it_and_until_when(signed_in, case, owner, today):
    now = NOW
    clock = StatutoryDeadlineFactory(case=case, due_on=today + 20 * DAY)
    colleague = UserFactory(name="Bermet")
    address = reverse("deadline_detail", args=[clock.pk])

    def muted() -> dict[str, str]:
        lines = find(signed_in(owner).get(address), data_muted_until=True)
        return {line.attrib["data-muted-until"]: text(line) for line in lines}

    assert muted() == {}
    acknowledge(deadline=clock, by=owner, at=now)
    snooze(deadline=clock, days=3, by=owner, at=now)
    mute = acknowledge(deadline=clock, by=colleague, at=now)
    until = today_of(owner, now) + 3 * DAY
    said = muted()
    assert set(said) == {until.isoformat(), mute.until.isoformat()}
    assert short_date(until) in said[until.isoformat()]
    assert "Bermet" in said[mute.until.isoformat()] and "Bermet" not in said[until.isoformat()]
    clock.generation += 1
    clock.save()
    assert muted() == {}


def test_whoever_muted_a_date_and_nobody_else_may_end_that_on_its_page(
    signed_in, case, owner, colleague, today
):
    clock = StatutoryDeadlineFactory(case=case, owner=owner, due_on=today + 20 * DAY)
    acknowledge(deadline=clock, by=owner, at=NOW)
    address = reverse("deadline_detail", args=[clock.pk])
    button = reverse("deadline_unmute", args=[clock.pk])
    assert button not in actions(signed_in(colleague).get(address))
    client = signed_in(owner)
    assert button in actions(client.get(address))
    answer = client.post(button, {"next": address}, follow=True)
    assert (answer.redirect_chain, levels(answer)) == ([(address, 302)], ["success"])
    assert not find(answer, data_muted_until=True)


def test_a_reminder_that_waits_for_the_next_e_mail_is_called_so(signed_in, case, owner, today):
    clock = StatutoryDeadlineFactory(case=case, owner=owner, due_on=today + 20 * DAY)
    late, soon = today - 2 * DAY, today + 2 * DAY
    for offset, day in ((-22, late), (-18, soon)):
        moment = digest_instant(owner, day)
        ReminderFactory(
            deadline=clock, person=owner, offset_days=offset, fire_on=day, send_at=moment
        )
    page = signed_in(owner).get(reverse("deadline_detail", args=[clock.pk]))
    said = text(part(page, "reminders"))
    assert short_date(soon) in said and short_date(late) not in said
    assert said.count("e-mail") == 1


def test_the_menu_says_what_its_numbers_count(signed_in, case, owner):
    DemandFactory(case=case)
    DemandFactory(case=case, status="implemented")
    page = signed_in(owner).get("/")
    for name in ("case_list", "demand_list"):
        for place in find(page, tag="nav", class_="nav"):
            line = one(place, "link", href=reverse(name))
            assert text(one(line, class_="nav__count")).startswith("1 ")


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


def record(client, case) -> list[str]:
    page = client.get(reverse("case_detail", args=[case.reference]))
    return [text(step) for step in find(part(page, "record"), "listitem")]


def test_the_record_tells_each_field_before_and_after(signed_in, case, owner):
    case.title, before = "Another title", case.title
    edit_case(case=case, by=owner, at=NOW, reason="Misread.")
    [step] = record(signed_in(owner), case)
    assert f"{before} → Another title" in step
    assert "Misread." in step
    changed = Event.objects.about(case).get()
    erase_values(event=changed, fields=["title"], reason="A name.", by=owner, at=NOW)
    step = record(signed_in(owner), case)[-1]
    assert "Another title" not in step
    assert "(erased)" in step


def test_the_record_tells_that_a_text_it_does_not_keep_was_changed(signed_in, case, owner):
    paper = DocumentFactory(cases=[case], text="Some words.")
    paper.text = "Other words."
    edit_row(row=paper, by=owner, at=NOW)
    [step] = record(signed_in(owner), case)
    assert "(not recorded)" in step
    assert "words." not in step


def test_the_record_leaves_out_what_a_new_row_held(signed_in, case, owner):
    demand = add_demand(
        demand=Demand(case=case, text="Release them.", kind="general", basis="explicit"),
        addressees=[],
        by=owner,
        at=NOW,
    )
    before, demand.text = demand.text, "Release all of them."
    edit_demand(demand=demand, addressees=[], by=owner, at=NOW)
    edited, added = record(signed_in(owner), case)
    assert f"{before} → {demand.text}" in edited
    assert "→" not in added


def test_a_closed_case_names_no_day_to_look_again(signed_in, case, owner):
    demand = DemandFactory(case=case, review_on=TODAY + 9 * DAY)
    day, client = short_date(demand.review_on), signed_in(owner)
    address = reverse("demand_detail", args=[demand.pk])

    def shown() -> list[bool]:
        matrix = part(client.get(reverse("case_detail", args=[case.reference])), "demands")
        review = part(client.get(address), "review")
        return [near_date(demand.review_on, TODAY) in text(matrix), day in text(review)]

    assert shown() == [True, True]
    Case.objects.update(phase="closed", close_reason="partly", closed_at=NOW)
    assert shown() == [False, False]
