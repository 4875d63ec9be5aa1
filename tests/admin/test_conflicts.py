"""Two people at one row: the second is shown what the first did, and loses nothing."""

import pytest
from django.urls import reverse

from tests.admin.forms import loaded, posted_by
from tests.factories.documents import DocumentFactory
from tests.pages import one, text
from tracker.models import Addressee, Case, Deadline, Demand, Event


def page(row) -> str:
    return reverse(f"admin:tracker_{row._meta.model_name}_change", args=[row.pk])


def since(response) -> list[tuple[str, str]]:
    """Who changed what to what since, in the order of the page."""
    return [
        (step.by, change.after)
        for form in response.context["stale_forms"]
        for step in form.changed_since
        for change in step.changes
    ]


@pytest.fixture
def two(owner, colleague, signed_in):
    return signed_in(owner), signed_in(colleague)


def test_the_second_is_shown_what_the_first_did(case, owner, two):
    first, second = two
    old = loaded(second, page(case))
    first.post(page(case), loaded(first, page(case)) | {"title": "First's title"})
    response = second.post(page(case), old | {"title": "Second's title", "place": "Osh"})
    assert response.status_code == 409
    assert since(response) == [(owner.name, "First's title")]
    told = text(one(response, class_="conflict"))
    assert owner.name in told and "First's title" in told
    assert "“First's title”" in response.context["adminform"].form.errors["title"][0]
    assert Case.objects.get(pk=case.pk).title == "First's title"
    assert Event.objects.about(case).count() == 1


def test_saving_again_keeps_both_peoples_work(case, two):
    first, second = two
    old = loaded(second, page(case))
    first.post(
        page(case),
        loaded(first, page(case)) | {"title": "First's title", "issued_on": "2020-01-13"},
    )
    refused = second.post(page(case), old | {"place": "Osh"})
    assert ("Aigul Owner", "First's title") in since(refused)
    again = posted_by(refused)
    assert (again["title"], again["place"], again["shown_version"]) == (
        ["First's title"],
        ["Osh"],
        ["2"],
    )
    assert second.post(page(case), again).status_code == 302
    stored = Case.objects.get(pk=case.pk)
    assert (stored.title, stored.place, str(stored.issued_on), stored.version) == (
        "First's title",
        "Osh",
        "2020-01-13",
        3,
    )


def test_a_third_change_in_between_is_refused_again(case, two):
    first, second = two
    old = loaded(second, page(case))
    first.post(page(case), loaded(first, page(case)) | {"title": "One"})
    again = posted_by(second.post(page(case), old | {"place": "Osh"}))
    first.post(page(case), loaded(first, page(case)) | {"title": "Two"})
    assert second.post(page(case), again).status_code == 409
    assert Case.objects.get(pk=case.pk).title == "Two"


def test_a_stale_row_within_a_case_is_refused_with_the_page(opened, two):
    first, second = two
    case, demand = opened["case"], opened["demand"]
    old = loaded(second, page(case))
    first.post(page(demand), loaded(first, page(demand)) | {"heading": "First's heading"})
    response = second.post(
        page(case), old | {"demands-0-heading": "Second's heading", "summary": "Two sentences."}
    )
    assert response.status_code == 409
    assert since(response) == [("Aigul Owner", "First's heading")]
    assert Demand.objects.get(pk=demand.pk).heading == "First's heading"
    assert Case.objects.get(pk=case.pk).summary == ""
    again = posted_by(response)
    assert again["summary"] == ["Two sentences."]
    assert second.post(page(case), again).status_code == 302
    assert Demand.objects.get(pk=demand.pk).heading == "Second's heading"


def test_a_row_one_did_not_touch_does_not_stop_the_page(opened, two):
    first, second = two
    case, demand = opened["case"], opened["demand"]
    old = loaded(second, page(case))
    first.post(page(demand), loaded(first, page(demand)) | {"heading": "First's heading"})
    assert second.post(page(case), old | {"summary": "Two sentences."}).status_code == 302
    assert Demand.objects.get(pk=demand.pk).heading == "First's heading"
    assert Case.objects.get(pk=case.pk).summary == "Two sentences."


@pytest.mark.parametrize(
    ("name", "field", "model"),
    [
        ("addressee", "person", Addressee),
        ("demand", "heading", Demand),
        ("look_again", "title", Deadline),
    ],
)
def test_each_table_with_a_version_refuses_a_stale_page(name, field, model, opened, two):
    first, second = two
    row = opened[name]
    old = loaded(second, page(row))
    first.post(page(row), loaded(first, page(row)) | {field: "First"})
    response = second.post(page(row), old | {field: "Second"})
    assert response.status_code == 409
    assert getattr(model.objects.get(pk=row.pk), field) == "First"
    assert second.post(page(row), posted_by(response)).status_code == 302
    assert getattr(model.objects.get(pk=row.pk), field) == "Second"


def test_a_date_moved_by_two_people_is_moved_by_the_first(opened, two):
    first, second = two
    row = opened["look_again"]
    old = loaded(second, page(row))
    first.post(page(row), loaded(first, page(row)) | {"due_on": "2026-06-01"})
    assert second.post(page(row), old | {"due_on": "2026-07-01"}).status_code == 409
    assert str(Deadline.objects.get(pk=row.pk).due_on) == "2026-06-01"


def test_a_page_without_its_version_is_refused(case, owner, signed_in):
    client = signed_in(owner)
    data = loaded(client, page(case))
    del data["shown_version"]
    response = client.post(page(case), data | {"title": "Blind"})
    assert len(response.context["adminform"].form.non_field_errors()) == 1
    assert Case.objects.get(pk=case.pk).title == "An open appeal"


def test_the_conflict_page_does_not_name_what_the_second_may_not_see(
    case, hidden, stranger, signed_in
):
    second = signed_in(stranger)
    old = loaded(second, page(case))
    hidden["document"].cases.set([hidden["case"]])
    mine = DocumentFactory(cases=[case])
    Case.objects.filter(pk=case.pk).update(source=hidden["document"], version=2)
    response = second.post(page(case), old | {"source": mine.pk})
    assert response.status_code == 409
    assert "Zulfiqar" not in response.content.decode()
    assert "“(not shown)”" in response.context["adminform"].form.errors["source"][0]
