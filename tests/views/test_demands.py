"""The demand list, its export, and the review day."""

import csv
import datetime
import io

import pytest

from tests.events import words
from tests.factories.demands import DemandFactory
from tests.now import TODAY
from tests.page_forms import form_to
from tests.pages import errors, find, links, main, text
from tracker.models import Event


@pytest.fixture
def demands(case):
    return [
        DemandFactory(case=case, number=1, text="Release them", status="rejected"),
        DemandFactory(case=case, number=2, text="=HYPERLINK(1)", status="awaiting"),
    ]


def rows_of(response) -> list[list[str]]:
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_the_export_holds_exactly_the_rows_of_the_filtered_list(signed_in, owner, demands):
    client = signed_in(owner)
    shown = client.get("/demands/?status=rejected").context["page"].object_list
    response = client.get("/demands/export/?status=rejected")
    heading, *rows = rows_of(response)
    assert [row.pk for row in shown] == [demands[0].pk]
    assert [row[heading.index("Demand")] for row in rows] == ["Release them"]
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].startswith('attachment; filename="demands-')
    event = Event.objects.get(action="export.demands")
    assert (event.by_id, words(event)) == (
        owner.pk,
        {"rows": 1, "filters": ["status"]},
    )


def test_what_a_spreadsheet_would_calculate_is_exported_inert(signed_in, owner, demands):
    heading, *rows = rows_of(signed_in(owner).get("/demands/export/"))
    assert [row[heading.index("Demand")] for row in rows] == ["Release them", "'=HYPERLINK(1)"]


def test_a_filter_that_does_not_exist_exports_nothing(signed_in, owner, demands):
    response = signed_in(owner).get("/demands/export/?status=vanished")
    assert response.status_code == 400
    assert links(main(response)) == {"/demands/"}
    assert "vanished" in text(main(response))
    assert "Release them" not in response.text
    assert not Event.objects.exists()


def test_a_review_day_is_set_from_the_page(signed_in, owner, demands):
    client = signed_in(owner)
    day = TODAY + datetime.timedelta(days=10)
    address = f"/demands/{demands[0].pk}/review/"
    form = form_to(client.get(f"/demands/{demands[0].pk}/"), address)
    assert client.post(address, form.fields | {"review_on": day.isoformat()}).status_code == 302
    demands[0].refresh_from_db()
    assert demands[0].review_on == day


def test_two_people_set_the_review_day_and_the_second_is_shown_what_the_first_did(
    signed_in, owner, colleague, demands
):
    page, address = f"/demands/{demands[0].pk}/", f"/demands/{demands[0].pk}/review/"
    first, second = signed_in(owner), signed_in(colleague)
    loaded = [form_to(client.get(page), address).fields for client in (first, second)]
    assert first.post(address, loaded[0] | {"review_on": "2027-01-05"}).status_code == 302
    late = second.post(address, loaded[1] | {"review_on": "2027-02-09"})
    assert late.status_code == 409
    [conflict] = find(late, "alert")
    assert owner.name in text(conflict) and "5 Jan 2027" in text(conflict)
    demands[0].refresh_from_db()
    assert str(demands[0].review_on) == "2027-01-05"
    # What they typed stands there still, and can be sent on purpose.
    again = form_to(late, address).fields
    assert again["review_on"] == ["2027-02-09"]
    assert second.post(address, again).status_code == 302
    demands[0].refresh_from_db()
    assert str(demands[0].review_on) == "2027-02-09"


def test_the_address_of_the_review_day_opened_again_leads_to_the_demand(signed_in, owner, demands):
    address = f"/demands/{demands[0].pk}/review/"
    answer = signed_in(owner).get(address)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/demands/{demands[0].pk}/")
    assert signed_in(owner).get("/demands/999999/review/").status_code == 404


@pytest.mark.parametrize("day", ["2020-01-01", "9999-12-31", "2026-02-31", ""])
def test_an_impossible_review_day_is_refused(signed_in, owner, demands, day):
    typed = {"shown_version": 1, "review_on": day}
    response = signed_in(owner).post(f"/demands/{demands[0].pk}/review/", typed)
    assert (response.status_code, list(errors(response))) == (422, ["review_on"])
    demands[0].refresh_from_db()
    assert demands[0].review_on is None
