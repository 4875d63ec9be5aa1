import datetime
import re

import pytest
import time_machine
from django.urls import reverse

from tests import pages
from tests.factories.authorities import AddresseeFactory
from tests.factories.cases import CaseFactory
from tests.factories.deadlines import DeadlineFactory, StatutoryDeadlineFactory
from tests.factories.demands import DemandFactory
from tests.factories.people import UserFactory
from tracker.models import Case
from tracker.reports.unscheduled import SILENT_DAYS

AGENDA, UNSCHEDULED = "/agenda/", "/agenda/unscheduled/"
NOW = datetime.datetime(2026, 3, 11, 6, tzinfo=datetime.UTC)  # noon in Bishkek, a Wednesday
TODAY = datetime.date(2026, 3, 11)
DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOW, tick=False):
        yield


def fill(case: Case) -> Case:
    addressee = AddresseeFactory(case=case)
    StatutoryDeadlineFactory(
        case=case, addressee=addressee, title=f"Reply to {case.reference}", due_on=TODAY - DAY
    )
    demand = DemandFactory(case=case, text=f"Demand of {case.reference}", review_on=TODAY)
    DeadlineFactory(case=case, demand=demand, title=f"Look at {case.reference}", due_on=TODAY)
    DemandFactory(case=case, text=f"Forgotten of {case.reference}")
    return case


def main(response) -> str:
    page = response.content.decode()
    return page[page.index("<main") :]


# Who may


@pytest.mark.parametrize("address", [AGENDA, UNSCHEDULED])
def test_a_visitor_is_sent_to_the_sign_in_page(client, db, address):
    response = client.get(address)
    assert (response.status_code, response.url.split("?")[0]) == (302, "/accounts/login/")


@pytest.mark.parametrize("address", [AGENDA, UNSCHEDULED])
def test_it_is_for_reading_only(signed_in, owner, address):
    assert signed_in(owner).post(address).status_code == 405


@pytest.mark.parametrize("view", ["day", "week", "month"])
def test_the_owner_sees_the_dates(signed_in, owner, case, view):
    fill(case)
    answer = signed_in(owner).get(AGENDA, {"view": view})
    assert "Look at OPEN-1" in main(answer)
    assert "Demand of OPEN-1" in main(answer)
    loud = pages.find(pages.one(answer, class_="lede"), tag="strong")
    assert (len(loud), len(pages.find(pages.main(answer), class_="tone-red"))) == (
        view != "day",
    ) * 2


@pytest.mark.parametrize("address", [AGENDA, f"{AGENDA}?view=week", UNSCHEDULED])
def test_a_hidden_case_is_absent_for_a_stranger(signed_in, owner, stranger, team_case, address):
    fill(team_case)
    Case.objects.filter(pk=team_case.pk).update(issued_on=datetime.date(2020, 1, 1))
    assert "TEAM-1" in main(signed_in(owner).get(address))
    assert "TEAM-1" not in signed_in(stranger).get(address).content.decode()


def test_to_a_stranger_a_hidden_case_is_no_other_choice_than_an_absent_one(
    signed_in, stranger, team_case
):
    answers = [
        re.sub(
            r'name="case"|value="\d+"|“\d+”',
            "",
            main(signed_in(stranger).get(AGENDA, {"case": pk})),
        )
        for pk in (team_case.pk, 999_999)
    ]
    assert 'role="alert"' in answers[0]
    assert answers[0] == answers[1]


def test_a_viewer_reads_and_is_offered_nothing_to_change(signed_in, viewer, case):
    fill(case)
    for address in (AGENDA, f"{AGENDA}?view=week", UNSCHEDULED):
        page = main(signed_in(viewer).get(address))
        assert "OPEN-1" in page
        assert reverse("date_new", args=["OPEN-1"]) not in page
        assert "/status/" not in page


# What is asked


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"view": "year"}, "year"),
        ({"on": "2026-02-30"}, "2026-02-30"),
        ({"on": "tomorrow"}, "tomorrow"),
        ({"on": "0001-01-01"}, "0001-01-01"),
        ({"on": "9999-12-31"}, "9999-12-31"),
        ({"owner": "999999"}, "999999"),
        ({"owner": "Aigul"}, "Aigul"),
        ({"case": "x"}, "x"),
        ({"addressee": "-1"}, "-1"),
        ({"person": "1"}, "person"),
    ],
)
def test_an_unknown_value_is_left_out_and_said(signed_in, owner, case, query, named):
    fill(case)
    response = signed_in(owner).get(AGENDA, query)
    assert response.status_code == 200
    page = main(response)
    assert f"“{named}”" in pages.text(pages.one(response, "alert"))
    assert "Look at OPEN-1" in page
    # The links to other days ask for what is shown, not for the bad value once more.
    (name, value), *_rest = query.items()
    assert f"{name}={value}" not in page


def test_a_bad_value_leaves_the_other_filters_in_force(signed_in, owner, colleague, case):
    fill(case)
    answer = signed_in(owner).get(AGENDA, {"case": "x", "owner": colleague.pk})
    assert "“x”" in pages.text(pages.one(answer, "alert"))
    page = main(answer)
    assert "Look at OPEN-1" not in page
    assert f"&amp;owner={colleague.pk}" in page


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"owner": "x"}, "x"),
        ({"days": "0"}, "0"),
        ({"days": "many"}, "many"),
        ({"lead": "1"}, "lead"),
    ],
)
def test_nothing_scheduled_leaves_unknown_values_out_too(signed_in, owner, case, query, named):
    fill(case)
    response = signed_in(owner).get(UNSCHEDULED, query)
    assert response.status_code == 200
    assert f"“{named}”" in pages.text(pages.one(response, "alert"))
    silent = pages.one(pages.part(response, "silent"), "heading")
    assert str(SILENT_DAYS) in pages.text(silent)


def test_the_filters_stay_when_one_goes_on(signed_in, owner, case):
    query = {"owner": owner.pk, "case": case.pk, "view": "week", "on": "2026-03-04"}
    page = main(signed_in(owner).get(AGENDA, query))
    kept = f"&amp;owner={owner.pk}&amp;case={case.pk}"
    for step in ("2026-02-23", "2026-03-11", "2026-03-09"):
        assert f"?view=week&amp;on={step}{kept}" in page
    assert f"?view=month&amp;on=2026-03-02{kept}" in page


def test_it_shows_the_choice_of_a_person(signed_in, owner, colleague, case):
    fill(case)
    browser = signed_in(owner)
    assert browser.get(AGENDA, {"owner": owner.pk}).context["shown"].count == 3
    assert browser.get(AGENDA, {"owner": colleague.pk}).context["shown"].count == 0


def test_every_day_of_the_month_is_on_the_page_once(signed_in, owner):
    browser = signed_in(owner)
    for day, length in (("2024-02-01", 29), ("2026-02-28", 28), ("2026-03-31", 31)):
        page = main(browser.get(AGENDA, {"on": day}))
        found = re.findall(r'<time\s+datetime="([\d-]+)"', page)
        assert found == [f"{day[:8]}{number:02}" for number in range(1, length + 1)]


def test_a_full_day_names_the_way_to_all_of_it(signed_in, owner, case):
    for number in range(6):
        DeadlineFactory(case=case, title=f"Thing {number}", due_on=TODAY)
    answer = signed_in(owner).get(AGENDA)
    assert len(re.findall(r"Thing \d", main(answer))) == 4
    more = pages.one(answer, class_="cell__more")
    assert "6" in pages.text(more)
    assert pages.links(more) == {f"?view=day&on={TODAY}"}
    assert len(re.findall(r"Thing \d", main(signed_in(owner).get(AGENDA, {"view": "day"})))) == 6


@pytest.mark.parametrize(
    ("zone", "today"),
    [("Pacific/Kiritimati", "2026-03-11"), ("Pacific/Pago_Pago", "2026-03-10")],
)
def test_today_is_the_reader_s_own_day(signed_in, db, zone, today):
    reader = UserFactory(time_zone=zone)
    response = signed_in(reader).get(AGENDA, {"view": "day"})
    assert response.context["shown"].first.isoformat() == today


def test_a_clock_runs_out_by_the_reader_s_own_day(signed_in, case):
    StatutoryDeadlineFactory(case=case, due_on=datetime.date(2026, 3, 10))
    east, west = (UserFactory(time_zone=f"Pacific/{z}") for z in ("Kiritimati", "Pago_Pago"))
    assert signed_in(east).get(AGENDA).context["shown"].overdue == 1
    assert signed_in(west).get(AGENDA).context["shown"].overdue == 0


# How it looks


def test_nothing_but_a_legal_clock_is_called_overdue(signed_in, owner, case):
    for kind in ("look_again", "event", "expected"):
        DeadlineFactory(case=case, kind=kind, due_on=TODAY - DAY)
    DemandFactory(case=case, review_on=TODAY - DAY)
    for view in ("week", "month"):
        answer = signed_in(owner).get(AGENDA, {"view": view})
        assert len(pages.find(pages.main(answer), class_="tone-amber")) == 4
        assert pages.find(pages.main(answer), class_="tone-red") == []
        assert pages.find(pages.one(answer, class_="lede"), tag="strong") == []


def test_empty_pages_say_what_comes_next(signed_in, owner):
    agenda = signed_in(owner).get(AGENDA)
    assert pages.text(pages.one(agenda, class_="lede")) and not pages.find(agenda, class_="entry")
    said = pages.one(signed_in(owner).get(UNSCHEDULED), class_="empty")
    assert pages.text(pages.one(said, "heading")) and pages.links(said) == {AGENDA}


def test_the_pages_lead_to_each_other(signed_in, owner, case):
    fill(case)
    browser = signed_in(owner)
    agenda, unscheduled, wake = (
        reverse("agenda"),
        reverse("unscheduled"),
        reverse("date_new", args=["OPEN-1"]),
    )
    for address, links in {
        "/": [agenda, unscheduled],
        "/deadlines/": [agenda],
        AGENDA: [unscheduled, reverse("feed_list")],
        UNSCHEDULED: [agenda, f"{wake}?demand="],
        "/cases/OPEN-1/": [wake],
        f"/demands/{case.demands.first().pk}/": [f"{wake}?demand="],
    }.items():
        page = browser.get(address).content.decode()
        for link in links:
            assert (address, link, f'href="{link}' in page) == (address, link, True)


@pytest.mark.parametrize(
    "address", [AGENDA, f"{AGENDA}?view=week", f"{AGENDA}?view=day", UNSCHEDULED]
)
def test_a_page_asks_as_often_for_three_rows_as_for_one(
    signed_in, coordinator, django_assert_num_queries, django_assert_max_num_queries, address
):
    browser = signed_in(coordinator)

    def add() -> None:
        fill(CaseFactory(lead=coordinator, issued_on=datetime.date(2020, 1, 1)))
        CaseFactory(lead=coordinator, issued_on=datetime.date(2020, 1, 1))

    add()
    browser.get(address)
    with django_assert_max_num_queries(25) as first:
        browser.get(address)
    add(), add()
    with django_assert_num_queries(len(first)):
        browser.get(address)
