"""Adding a demand, and correcting the words of one."""

import pytest

from tests.factories.authorities import AddresseeFactory
from tests.factories.demands import DemandFactory
from tests.factories.documents import DocumentFactory
from tests.page_forms import loaded, posted_by, send
from tests.pages import find, part, refused_as_closed, text
from tracker.models import Demand, Event

NEW = "/cases/OPEN-1/demands/new/"


@pytest.fixture
def sourced(case):
    """The case with a source text."""
    case.source = DocumentFactory(cases=[case], text="We ask you to release  them all at once.")
    case.save()
    return case


@pytest.fixture
def demand(sourced, colleague):
    row = DemandFactory(case=sourced, number=1, text="Relaese them all.", owner=colleague)
    row.addressees.add(AddresseeFactory(case=sourced))
    return row


def edit(demand: Demand) -> str:
    return f"/demands/{demand.pk}/edit/"


def test_a_demand_is_added_with_its_place_in_the_text(signed_in, owner, sourced):
    addressee = AddresseeFactory(case=sourced)
    answer = send(
        signed_in(owner), NEW, text="release them all", addressees=[addressee.pk], owner=owner.pk
    )
    made = Demand.objects.get()
    assert (answer.status_code, answer.url) == (302, f"/demands/{made.pk}/")
    assert (made.case, made.number, made.owner) == (sourced, 1, owner)
    assert sourced.source.text[made.start : made.end] == "release  them all"
    assert list(made.addressees.all()) == [addressee]
    assert Event.objects.about(made).get().action == "demand.added"


def test_words_that_stand_nowhere_have_no_place(signed_in, owner, sourced):
    send(signed_in(owner), NEW, text="something else")
    assert Demand.objects.get().start is None


def test_a_demand_without_words_keeps_the_rest(signed_in, owner, case):
    answer = send(signed_in(owner), NEW, text=" ", heading="Release")
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["text"])
    assert posted_by(answer)["heading"] == ["Release"]
    assert not Demand.objects.exists()


def test_the_words_of_a_demand_are_corrected(signed_in, owner, demand):
    other = AddresseeFactory(case=demand.case)
    answer = send(
        signed_in(owner),
        edit(demand),
        text="release them all",
        addressees=[other.pk],
        change_reason="typo",
    )
    assert (answer.status_code, answer.url) == (302, f"/demands/{demand.pk}/")
    demand.refresh_from_db()
    assert (demand.text, demand.version, demand.start) == ("release them all", 2, 14)
    assert list(demand.addressees.all()) == [other]


def test_saving_what_stands_there_writes_nothing(signed_in, owner, demand):
    assert send(signed_in(owner), edit(demand)).status_code == 302
    assert not Event.objects.about(demand).exists()


def test_an_addressee_of_another_case_is_refused(signed_in, owner, demand):
    answer = send(signed_in(owner), edit(demand), addressees=[AddresseeFactory().pk])
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["addressees"])


def test_two_people_at_one_demand_lose_nothing(signed_in, owner, colleague, demand):
    first, second = signed_in(owner), signed_in(colleague)
    old = loaded(second, edit(demand))
    send(first, edit(demand), text="Release them.", heading="Release")
    refused = second.post(edit(demand), old | {"text": "Free them."})
    assert refused.status_code == 409
    assert [step.by for step in refused.context["form"].changed_since] == [owner.name]
    again = posted_by(refused)
    assert (again["text"], again["heading"]) == (["Free them."], ["Release"])
    assert second.post(edit(demand), again).status_code == 302
    demand.refresh_from_db()
    assert (demand.text, demand.heading) == ("Free them.", "Release")


def test_two_people_who_add_an_addressee_lose_neither(signed_in, owner, colleague, demand):
    [asked] = demand.addressees.all()
    one, two = (AddresseeFactory(case=demand.case) for _ in range(2))
    first, second = signed_in(owner), signed_in(colleague)
    old = loaded(second, edit(demand))
    assert send(first, edit(demand), addressees=[asked.pk, one.pk]).status_code == 302
    assert second.post(edit(demand), old | {"addressees": [asked.pk, two.pk]}).status_code == 409
    assert set(demand.addressees.all()) == {asked, one}
    event = Event.objects.about(demand).get()
    assert (event.action, [v.field for v in event.values.exclude(field="label")]) == (
        "demand.edited",
        ["addressees"],
    )


def test_a_closed_case_is_not_changed(signed_in, owner, demand):
    type(demand.case).objects.update(
        phase="closed", close_reason="partly", closed_at="2026-01-01T00:00Z"
    )
    for address in (NEW, edit(demand)):
        answer = signed_in(owner).post(address, {"text": "Another."})
        assert refused_as_closed(answer)


def test_strangers_viewers_and_wrong_numbers_find_nothing(
    signed_in, stranger, viewer, owner, team_case, demand
):
    hidden = DemandFactory(case=team_case)
    for address in ("/cases/TEAM-1/demands/new/", edit(hidden)):
        assert signed_in(stranger).get(address).status_code == 404
        assert signed_in(stranger).post(address, {"text": "Another."}).status_code == 404
    for address in (NEW, edit(demand)):
        assert signed_in(viewer).get(address).status_code == 403
        assert signed_in(viewer).post(address, {"text": "Another."}).status_code == 403
        assert signed_in(owner).put(address).status_code == 405
    assert signed_in(owner).get("/demands/999999/edit/").status_code == 404
    assert signed_in(owner).get("/cases/NONE-1/demands/new/").status_code == 404


def test_the_page_asks_as_often_for_three_addressees_as_for_one(
    signed_in, owner, demand, django_assert_num_queries, django_assert_max_num_queries
):
    client = signed_in(owner)
    client.get(edit(demand))
    with django_assert_max_num_queries(30) as first:
        client.get(edit(demand))
    for _n in range(2):
        demand.addressees.add(AddresseeFactory(case=demand.case))
    with django_assert_num_queries(len(first)):
        client.get(edit(demand))


def test_words_that_were_corrected_stay_on_the_page_of_the_demand(signed_in, owner, demand):
    client, address = signed_in(owner), f"/demands/{demand.pk}/"
    assert not find(client.get(address), id="corrections")
    send(client, edit(demand), text="release them all", change_reason="Misread.")
    kept = text(part(client.get(address), "corrections"))
    assert f"{demand.text} → release them all" in kept
    assert "Misread." in kept
    assert owner.name in kept
