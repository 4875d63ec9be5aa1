"""A calendar day or a rule saved at the desk says at once which dates would move."""

import datetime

import pytest
from django.urls import reverse

from tests.admin.forms import loaded
from tests.factories.authorities import AddresseeFactory
from tests.factories.deadlines import CalendarDayFactory, ResponseRuleFactory
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
    return client.post(ADD, data, follow=True).text


def link(scope: str) -> str:
    return f'<a href="/recomputations/new/?{scope}">Which deadlines would move?</a>'


def test_a_new_day_off_tells_how_many_would_move_and_where_to_see_them(
    running, coordinator, signed_in
):
    page = day_off(signed_in(coordinator), "2026-01-09")
    assert "1 open deadline would move. It moves when you confirm it." in page
    assert link("calendar=KG") in page
    due_on = running.due_on
    running.refresh_from_db()
    assert running.due_on == due_on


def test_a_day_that_moves_nothing_says_so(running, coordinator, signed_in):
    assert "No open deadline that you see would move by this." in day_off(
        signed_in(coordinator), "2026-06-09"
    )


def test_too_many_dates_are_not_counted_while_a_person_waits(
    running, coordinator, signed_in, monkeypatch
):
    monkeypatch.setattr(consequences, "COUNTED", 0)
    page = day_off(signed_in(coordinator), "2026-01-09")
    assert "Open deadlines may move by this." in page and link("calendar=KG") in page


def test_a_day_given_to_another_calendar_and_one_taken_away_tell_it_too(
    running, coordinator, signed_in
):
    client, day = signed_in(coordinator), CalendarDayFactory(day=datetime.date(2026, 1, 9))
    address = reverse("admin:tracker_calendarday_change", args=[day.pk])
    data = loaded(client, address)
    assert link("calendar") not in client.post(address, data, follow=True).text
    data["jurisdiction"] = "KZ"
    page = client.post(address, data, follow=True).text
    assert link("calendar=KG") in page and link("calendar=KZ") in page
    gone = reverse("admin:tracker_calendarday_delete", args=[day.pk])
    assert link("calendar=KZ") in client.post(gone, {"post": "yes"}, follow=True).text


def test_a_rule_that_is_saved_tells_it_of_its_own_dates(running, coordinator, signed_in):
    client = signed_in(coordinator)
    address = reverse("admin:tracker_responserule_change", args=[running.rule_id])
    data = loaded(client, address)
    data["name"] = "Reply within 14 working days"
    page = client.post(address, data, follow=True).text
    assert link(f"rule={running.rule.code}") in page


def test_the_list_of_days_leads_to_the_calendars(coordinator, signed_in):
    page = signed_in(coordinator).get(reverse("admin:tracker_calendarday_changelist")).text
    assert f'href="{reverse("calendar_list")}"' in page and f'href="{ADD}' in page
