"""A calendar day or a rule saved at the desk says at once which dates would move."""

import datetime

import pytest
from django.urls import reverse

from tests.admin.forms import loaded
from tests.factories.authorities import AddresseeFactory
from tests.factories.deadlines import CalendarDayFactory, ResponseRuleFactory
from tests.pages import find, links, text
from tracker.admin import consequences
from tracker.services.deadlines.start import start_deadline

AT = datetime.datetime(2026, 11, 22, 9, 30, tzinfo=datetime.UTC)
ADD = reverse("admin:tracker_calendarday_add")


@pytest.fixture
def running(case, owner):
    """14 working days from 22 December 2025: to 15 or 16 January."""
    addressee = AddresseeFactory(
        case=case, rule=ResponseRuleFactory(), registered_on=datetime.date(2025, 12, 22)
    )
    return start_deadline(addressee=addressee, by=owner, at=AT)


def day_off(client, day: str):
    data = loaded(client, ADD)
    data |= {"jurisdiction": "KG", "day": day, "kind": "off", "reason": "By decree"}
    return client.post(ADD, data, follow=True)


def told(answer) -> dict[str, str]:
    """What is said of moves: where each warning leads, and its words."""
    return {
        link.attrib["href"].removeprefix(f"{reverse('recomputation_new')}?"): text(warning)
        for warning in find(answer, "listitem", class_="warning")
        for link in find(warning, "link")
    }


def test_a_new_day_off_tells_how_many_would_move_and_where_to_see_them(
    running, coordinator, signed_in
):
    [(scope, words)] = told(day_off(signed_in(coordinator), "2026-01-09")).items()
    assert scope == "calendar=KG" and words.startswith("1 ")
    due_on = running.due_on
    running.refresh_from_db()
    assert running.due_on == due_on


def test_a_day_that_moves_nothing_says_so(running, coordinator, signed_in):
    [words] = told(day_off(signed_in(coordinator), "2026-06-09")).values()
    assert words.startswith("No open deadline")


def test_too_many_dates_are_not_counted_while_a_person_waits(
    running, coordinator, signed_in, monkeypatch
):
    monkeypatch.setattr(consequences, "COUNTED", 0)
    [(scope, words)] = told(day_off(signed_in(coordinator), "2026-01-09")).items()
    assert scope == "calendar=KG" and words.startswith("Open deadlines may")


def test_a_day_given_to_another_calendar_and_one_taken_away_tell_it_too(
    running, coordinator, signed_in
):
    client, day = signed_in(coordinator), CalendarDayFactory(day=datetime.date(2026, 1, 9))
    address = reverse("admin:tracker_calendarday_change", args=[day.pk])
    data = loaded(client, address)
    assert told(client.post(address, data, follow=True)) == {}
    data["jurisdiction"] = "KZ"
    assert set(told(client.post(address, data, follow=True))) == {"calendar=KG", "calendar=KZ"}
    gone = reverse("admin:tracker_calendarday_delete", args=[day.pk])
    assert set(told(client.post(gone, {"post": "yes"}, follow=True))) == {"calendar=KZ"}


def test_a_rule_that_is_saved_tells_it_of_its_own_dates(running, coordinator, signed_in):
    client = signed_in(coordinator)
    address = reverse("admin:tracker_responserule_change", args=[running.rule_id])
    data = loaded(client, address)
    data["name"] = "Reply within 14 working days"
    answer = client.post(address, data, follow=True)
    assert set(told(answer)) == {f"rule={running.rule.code}"}


def test_the_list_of_days_leads_to_the_calendars(coordinator, signed_in):
    page = signed_in(coordinator).get(reverse("admin:tracker_calendarday_changelist"))
    assert {reverse("calendar_list"), f"{ADD}"} <= {link.partition("?")[0] for link in links(page)}
