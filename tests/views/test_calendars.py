from datetime import UTC, date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.factories.authorities import AddresseeFactory
from tests.factories.deadlines import CalendarDayFactory, ResponseRuleFactory
from tests.now import NOW
from tests.page_forms import one_form
from tests.pages import errors, find, links, main, one, part, row_of, text
from tests.services.test_calendar_files import FEAST, ics
from tracker.models import CalendarDay, CalendarYear, Event, Recomputation
from tracker.reports.calendars import Novelty
from tracker.services.deadlines.start import start_deadline
from tracker.tasks.deadlines import recompute_waiting
from tracker.templatetags.calendars import novelty_words

pytestmark = pytest.mark.django_db

SPRING = "UID:9\r\nDTSTART;VALUE=DATE:20270310\r\nDTEND;VALUE=DATE:20270311\r\nSUMMARY:Second day"


def upload(client, data, code="KG", **more):
    file = SimpleUploadedFile("holidays.ics", data, content_type="text/calendar")
    return client.post(reverse("calendar_import", args=[code]), {"file": file, **more})


def moves(client, query):
    return client.get(reverse("recomputation_new") + query)


@pytest.fixture
def clock(case, owner):
    """Registered 22 December 2025: 15 January, latest 16 January 2026."""
    addressee = AddresseeFactory(
        case=case,
        rule=ResponseRuleFactory(code="kg-67-reply-14"),
        registered_on=date(2025, 12, 22),
    )
    return start_deadline(addressee=addressee, by=owner, at=NOW)


def bar(answer) -> tuple[str, ...]:
    """How many were looked at, of how many, and moved."""
    progress = one(answer, tag="progress")
    return tuple(progress.attrib[name] for name in ("value", "max", "data-moved"))


def page_of(deadline) -> str:
    return reverse("deadline_detail", args=[deadline.pk])


def test_everybody_reads_the_calendars(signed_in, viewer):
    client = signed_in(viewer)
    assert client.get(reverse("calendar_list")).status_code == 200
    page = client.get(reverse("calendar_detail", args=["KG"]), {"year": "2024"})
    assert "3 May 2024" in text(one(page, "row", words="Sat 11 May 2024"))
    assert reverse("calendar_import", args=["KG"]) not in links(page)


@pytest.mark.parametrize(
    "address",
    [
        "/calendars/XX/",
        "/calendars/KG/?year=2101",
        "/calendars/KG/?year=99999999999",
        "/calendars/KG/?year=-1",
        "/calendars/KG/?year=abc",
        "/calendars/XX/import/",
        "/recomputations/new/",
        "/recomputations/new/?calendar=XX",
        "/recomputations/new/?rule=nothing",
        "/recomputations/999/",
    ],
)
def test_what_does_not_exist_is_not_found(signed_in, coordinator, address):
    assert signed_in(coordinator).get(address).status_code == 404


def test_officers_and_viewers_do_not_change_reference_data(signed_in, owner, viewer, clock):
    for person in (owner, viewer):
        client = signed_in(person)
        assert upload(client, ics(FEAST)).status_code == 404
        refused = moves(client, "?calendar=KG")
        assert refused.status_code == 403
        assert links(main(refused)) == {reverse("desk")}
        assert client.get("/recomputations/999/").status_code == 403
        confirm = reverse("calendar_confirm", args=["KG", 2027])
        assert client.post(confirm, {}).status_code == 404
    assert (CalendarYear.objects.count(), Recomputation.objects.count()) == (0, 0)


def test_confirming_a_year_says_who_and_leads_to_the_deadlines(signed_in, coordinator):
    client = signed_in(coordinator)
    answer = client.post(
        reverse("calendar_confirm", args=["KG", 2027]), {"source_url": "https://gov.kg/decree"}
    )
    assert answer.headers["Location"] == "/recomputations/new/?calendar=KG"
    year = CalendarYear.objects.get()
    assert (year.year, year.confirmed_by, year.source_url) == (
        2027,
        coordinator,
        "https://gov.kg/decree",
    )
    assert Event.objects.get(action="calendaryear.confirmed").by_id == coordinator.pk
    client.post(reverse("calendar_confirm", args=["KG", 2027]), {})
    assert CalendarYear.objects.count() == 1
    page = client.get(reverse("calendar_detail", args=["KG"]), {"year": "2027"}).text
    assert "Confirmed by Elmira Coordinator" in page


def test_a_year_outside_the_calendar_is_not_confirmed(signed_in, coordinator):
    client = signed_in(coordinator)
    assert client.post(reverse("calendar_confirm", args=["KG", 2101]), {}).status_code == 404
    assert CalendarYear.objects.count() == 0


def test_a_published_file_is_shown_before_anything_is_entered(signed_in, coordinator):
    answer = upload(signed_in(coordinator), ics(FEAST, SPRING), source_url="https://gov.kg/ics")
    ticked = [box.get("value") for box in find(answer, name="day", checked=True)]
    assert ticked == ["2027-03-09 Orozo Ait", "2027-03-10 Second day"]
    for name, kind in (("Orozo Ait", Novelty.ESTIMATED), ("Second day", Novelty.NEW)):
        assert novelty_words(kind) in text(one(answer, "row", words=name))
    assert CalendarDay.objects.count() == 0


def test_the_ticked_days_are_entered_once(signed_in, coordinator):
    client = signed_in(coordinator)
    chosen = {
        "chosen": "1",
        "source_url": "https://gov.kg/ics",
        "day": ["2027-03-09 Orozo Ait", "2027-03-10 Second day"],
    }
    for _ in range(2):
        answer = client.post(reverse("calendar_import", args=["KG"]), chosen)
        assert answer.headers["Location"] == "/recomputations/new/?calendar=KG"
    days = CalendarDay.objects.order_by("day")
    assert [(d.day, d.kind, d.reason, d.source_url) for d in days] == [
        (date(2027, 3, 9), "off", "Orozo Ait", "https://gov.kg/ics"),
        (date(2027, 3, 10), "off", "Second day", "https://gov.kg/ics"),
    ]
    assert Event.objects.about(days[0]).get().by_id == coordinator.pk


@pytest.mark.parametrize("data", [b"not a calendar", b""])
def test_a_file_that_is_no_calendar_is_refused(signed_in, coordinator, data):
    answer = upload(signed_in(coordinator), data)
    assert (answer.status_code, list(errors(answer))) == (422, ["file"])


@pytest.mark.parametrize("lines", [[], ["2027-02-30 Nothing"]])
def test_ticks_that_make_no_sense_are_refused(signed_in, coordinator, lines):
    answer = signed_in(coordinator).post(
        reverse("calendar_import", args=["KG"]), {"chosen": "1", "day": lines}
    )
    assert (answer.status_code, list(errors(answer))) == (422, ["__all__"])
    assert CalendarDay.objects.count() == 0


def test_an_edit_shows_old_and_new_days_and_moves_them_only_when_confirmed(
    signed_in, coordinator, owner, clock, django_capture_on_commit_callbacks
):
    for day in (8, 9):
        CalendarDayFactory(day=date(2026, 1, day))
    client = signed_in(coordinator)
    moved = text(row_of(moves(client, "?calendar=KG"), page_of(clock)))
    assert "15 Jan 2026 – 16 Jan 2026" in moved
    assert "19 Jan 2026 – 20 Jan 2026" in moved
    clock.refresh_from_db()
    assert clock.overdue_after == date(2026, 1, 16)

    address = reverse("recomputation_new") + "?calendar=KG"
    assert client.post(address, {"reason": ""}).status_code == 422
    form = {"reason": "Decree of January", **one_form()}
    answers = [client.post(address, form) for _ in range(2)]
    run = Recomputation.objects.get()
    progress = reverse("recomputation_detail", args=[run.pk])
    assert {answer.headers["Location"] for answer in answers} == {progress}
    assert signed_in(owner).get(progress).status_code == 403
    waiting = client.get(progress)
    assert bar(waiting) == ("0", "1", "0")
    assert part(waiting, "progress").get("hx-trigger") == "every 3s"

    recompute_waiting()
    clock.refresh_from_db()
    assert clock.overdue_after == date(2026, 1, 20)
    done = client.get(progress)
    assert bar(done) == ("1", "1", "1")
    assert part(done, "progress").get("hx-trigger") is None
    assert find(moves(client, "?calendar=KG"), "row") == []


def test_the_list_leads_keepers_to_each_rule_in_use(signed_in, coordinator, owner, clock):
    page = signed_in(coordinator).get(reverse("calendar_list"))
    assert page.context["rules"] == [
        {
            "rule__code": "kg-67-reply-14",
            "name": "Reply in 14 working days",
            "running": 1,
            "others": False,
        }
    ]
    assert "/recomputations/new/?rule=kg-67-reply-14" in page.text
    assert signed_in(owner).get(reverse("calendar_list")).context["rules"] == []


def test_a_rule_has_its_own_preview(signed_in, coordinator, clock):
    clock.rule.effective_to = date(2025, 12, 1)
    clock.rule.save()
    page = moves(signed_in(coordinator), "?rule=kg-67-reply-14")
    [(_deadline, problem)] = page.context["found"].problems
    assert problem and problem in text(row_of(page, page_of(clock)))


def test_the_preview_names_no_case_one_may_not_see(signed_in, coordinator, team_case, owner):
    addressee = AddresseeFactory(
        case=team_case, rule=ResponseRuleFactory(), registered_on=date(2025, 12, 22)
    )
    start_deadline(addressee=addressee, by=owner, at=NOW)
    CalendarDayFactory(day=date(2026, 1, 8))
    client = signed_in(coordinator)
    page = moves(client, "?calendar=KG")
    assert "TEAM-1" not in page.text
    assert find(page, "row") == []
    assert "0" in text(one(page, class_="lede"))
    assert text(part(page, "others")) and text(part(page, "others-too"))
    listed = client.get(reverse("calendar_list"))
    assert [(rule["running"], rule["others"]) for rule in listed.context["rules"]] == [(0, True)]
    address = f"{reverse('recomputation_new')}?rule={addressee.rule.code}"
    assert find(row_of(listed, address), class_="muted")


def test_the_progress_counts_only_what_one_may_see(
    signed_in, coordinator, team_case, case, owner, clock
):
    rule = clock.rule
    for _ in range(3):
        hidden = AddresseeFactory(case=team_case, rule=rule, registered_on=date(2025, 12, 22))
        start_deadline(addressee=hidden, by=owner, at=NOW)
    CalendarDayFactory(day=date(2026, 1, 8))
    client = signed_in(coordinator)
    assert len(find(one(moves(client, "?calendar=KG"), tag="tbody"), "row")) == 1
    client.post(reverse("recomputation_new") + "?calendar=KG", {"reason": "Decree"})
    recompute_waiting()
    run = Recomputation.objects.get()
    assert (run.total, run.done, run.moved) == (4, 4, 4)
    answer = client.get(reverse("recomputation_detail", args=[run.pk]))
    assert bar(answer) == ("1", "1", "1")
    assert text(part(answer, "others"))


@pytest.mark.parametrize(
    ("today", "years"),
    [
        (date(2026, 9, 30), []),
        (date(2026, 10, 1), [2027]),
        (date(2027, 9, 30), [2027]),
        (date(2027, 10, 1), [2027, 2028]),
    ],
    ids=str,
)
def test_the_desk_nags_coordinators_about_an_unconfirmed_year(
    signed_in, coordinator, owner, case, time_machine, today, years
):
    time_machine.move_to(datetime(today.year, today.month, today.day, 6, tzinfo=UTC))
    addressee = AddresseeFactory(
        case=case, rule=ResponseRuleFactory(), registered_on=date(2026, 3, 2)
    )
    start_deadline(addressee=addressee, by=owner, at=NOW)
    nag = "not confirmed"
    asked = reverse("calendar_list")
    coordinators, officers = (
        signed_in(person).get(reverse("desk")) for person in (coordinator, owner)
    )
    assert coordinators.context["unconfirmed_years"] == [("KG", year) for year in years]
    assert (nag in coordinators.text) is bool(years)
    assert nag not in officers.text
    assert asked not in officers.text
