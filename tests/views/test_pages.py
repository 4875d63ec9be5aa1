"""What holds for every staff page: who is let in, how they are asked, how often the database is."""

import datetime

import pytest
from django.urls import reverse

from tests import pages
from tests.factories.authorities import AddresseeFactory, AuthorityFactory
from tests.factories.cases import CaseFactory, SignatoryFactory
from tests.factories.correspondence import ResponseFactory
from tests.factories.deadlines import DeadlineFactory, StatutoryDeadlineFactory
from tests.factories.demands import DemandFactory
from tests.factories.documents import DocumentFactory, EvidenceFactory
from tests.now import NOW, TODAY
from tracker.models import Addressee, Case, Demand, ResponseGrade, Role, StatusChange

CASE_PAGES = (
    "facts",
    "lead",
    "phase",
    "confidentiality",
    "team",
    "close",
    "demands/new",
    "addressees/new",
)
LISTS = ["/", "/cases/", "/demands/", "/deadlines/", "/authorities/", "/reports/"]
HIDDEN = "zhashyruun"  # stands in every text of the hidden case, and nowhere else


def fill(case: Case, *, words: str = "plain") -> Case:
    """Everything a case page can show, with `words` in each text."""
    addressee = AddresseeFactory(case=case, sent_on=datetime.date(2026, 1, 1))
    demand = DemandFactory(case=case, text=f"{words} demand", owner=case.lead)
    demand.addressees.add(addressee)
    EvidenceFactory(
        demand=demand,
        document=DocumentFactory(title=f"{words} report", cases=[case]),
        claim=f"{words} claim",
    )
    StatusChange.objects.create(
        demand=demand,
        seq=1,
        from_status="awaiting",
        to_status="rejected",
        happened_on=datetime.date(2026, 1, 20),
        reason=f"{words} reason",
        at=NOW,
    )
    Demand.objects.filter(pk=demand.pk).update(status="rejected", status_seq=1)
    day = TODAY
    DeadlineFactory(case=case, title=f"{words} look", due_on=day + datetime.timedelta(days=3))
    StatutoryDeadlineFactory(
        case=case, addressee=addressee, title=f"{words} clock", due_on=day - datetime.timedelta(9)
    )
    answer = ResponseFactory(action__addressee=addressee, action__note=f"{words} answer")
    ResponseGrade.objects.create(
        demand=demand, addressee=addressee, response=answer, grade="C2", graded_on=day
    )
    SignatoryFactory(case=case, name=f"{words} signatory")
    return case


def addresses_of(case: Case) -> list[str]:
    demand = case.demands.get()
    return [
        f"/cases/{case.reference}/",
        f"/cases/{case.reference}/responses/new/",
        f"/cases/{case.reference}/contacts/new/",
        *(f"/cases/{case.reference}/{page}/" for page in CASE_PAGES),
        f"/demands/{demand.pk}/",
        f"/demands/{demand.pk}/edit/",
        f"/demands/{demand.pk}/status/",
        f"/demands/{demand.pk}/correct/",
        f"/responses/{case.actions.get().response.pk}/grades/",
    ]


def writes_of(case: Case) -> list[str]:
    demand, addressee = case.demands.get(), case.addressees.get()
    return [
        f"/cases/{case.reference}/responses/new/",
        f"/cases/{case.reference}/contacts/new/",
        *(f"/cases/{case.reference}/{page}/" for page in CASE_PAGES),
        f"/demands/{demand.pk}/edit/",
        f"/cases/{case.reference}/addressees/{addressee.number}/silence/",
        f"/responses/{case.actions.get().response.pk}/grades/",
        f"/demands/{demand.pk}/status/",
        f"/demands/{demand.pk}/correct/",
        f"/demands/{demand.pk}/review/",
        f"/demands/{demand.pk}/proposals/1/",
    ]


def test_the_owner_opens_every_page(signed_in, owner, case):
    fill(case)
    client = signed_in(owner)
    for address in [*LISTS, *addresses_of(case), "/demands/export/"]:
        assert (address, client.get(address).status_code) == (address, 200)


@pytest.mark.parametrize("role", list(Role))
def test_lists_counts_and_choices_are_silent_about_a_hidden_case(
    signed_in, stranger, team_case, role
):
    fill(team_case, words=HIDDEN)
    Case.objects.filter(pk=team_case.pk).update(issuer=HIDDEN, title=HIDDEN)
    AuthorityFactory(name=HIDDEN, born_in=team_case)
    stranger.role = role
    stranger.save()
    client = signed_in(stranger)
    for address in [*LISTS, "/?of=team", "/demands/export/"]:
        page = client.get(address).content.decode()
        assert (address, "TEAM-1" in page, HIDDEN in page) == (address, False, False)
    [office] = client.get("/authorities/").context["page"].object_list
    assert (office.asked, office.answered, office.clocked, office.late) == (0, 0, 0, 0)
    assert client.get("/cases/").context["page"].paginator.count == 0
    assert client.get("/demands/").context["page"].paginator.count == 0
    assert client.get("/deadlines/").context["page"].paginator.count == 0
    shell = client.get("/").context["shell"]
    assert (shell["case_count"], shell["demand_count"]) == (0, 0)


def test_the_page_of_an_office_counts_only_what_the_reader_may_see(
    signed_in, stranger, owner, team_case
):
    fill(team_case, words=HIDDEN)
    address = f"/authorities/{team_case.addressees.get().authority.slug}/"
    assert len(signed_in(owner).get(address).context["shown"].addressees) == 1
    page = signed_in(stranger).get(address)
    assert page.context["shown"].addressees == []
    assert "TEAM-1" not in page.content.decode()


WRITING = (
    "responses/new",
    "contacts/new",
    "/status/",
    "/correct/",
    "/edit/",
    "/cases/new/",
    "/next/",
    *(f"/{page}/" for page in CASE_PAGES),
)


def test_a_viewer_reads_everything_and_is_offered_nothing_to_change(signed_in, viewer, case):
    fill(case)
    client = signed_in(viewer)
    demand = case.demands.get()
    for address in [*LISTS, f"/cases/{case.reference}/", f"/demands/{demand.pk}/"]:
        response = client.get(address)
        page = response.content.decode()
        main = page[page.index("<main") :]
        assert (address, response.status_code) == (address, 200)
        assert (address, 'method="post"' in main) == (address, False)
        for offered in WRITING:
            assert (address, offered, offered in main) == (address, offered, False)


def test_a_viewer_cannot_write_and_is_told_so(signed_in, viewer, case):
    fill(case)
    client = signed_in(viewer)
    for address in writes_of(case):
        answer = client.post(address)
        assert (address, answer.status_code) == (address, 403)
        assert (address, pages.refused_as_closed(answer)) == (address, False)
        assert pages.links(pages.main(answer)) == {reverse("desk")}


def test_a_closed_case_is_read_only(signed_in, owner, case):
    fill(case)
    Case.objects.filter(pk=case.pk).update(phase="closed", closed_at=NOW, close_reason="partly")
    client = signed_in(owner)
    assert client.get(f"/cases/{case.reference}/").status_code == 200
    for address in writes_of(case):
        answer = client.post(address)
        assert (address, pages.refused_as_closed(answer)) == (address, True)


def test_pages_for_reading_refuse_to_be_written_to(signed_in, owner, case):
    fill(case)
    client = signed_in(owner)
    demand = case.demands.get()
    for address in [*LISTS, f"/cases/{case.reference}/", f"/demands/{demand.pk}/"]:
        assert (address, client.post(address).status_code) == (address, 405)
    for address in (
        f"/cases/{case.reference}/addressees/1/silence/",
        f"/demands/{demand.pk}/proposals/1/",
    ):
        assert (address, client.get(address).status_code) == (address, 405)
    assert client.put(f"/demands/{demand.pk}/status/").status_code == 405


@pytest.mark.parametrize(
    "address",
    [
        "/cases/NONE-1/",
        "/cases/NONE-1/responses/new/",
        "/demands/999999/",
        "/demands/999999/status/",
        "/responses/999999/grades/",
        "/authorities/nobody/",
    ],
)
def test_what_does_not_exist_is_not_found(signed_in, owner, address):
    response = signed_in(owner).get(address)
    assert response.status_code == 404
    assert pages.links(pages.main(response)) == {reverse("desk"), reverse("case_list")}


@pytest.mark.parametrize("address", LISTS)
def test_a_list_asks_the_database_as_often_for_three_rows_as_for_one(
    signed_in, coordinator, django_assert_num_queries, django_assert_max_num_queries, address
):
    client = signed_in(coordinator)

    def add() -> None:
        fill(CaseFactory(lead=coordinator, issued_on=datetime.date(2026, 1, 1)))

    add()
    client.get(address)  # the session's first request looks up more
    with django_assert_max_num_queries(60) as first:
        client.get(address)
    add(), add()
    with django_assert_num_queries(len(first)):
        client.get(address)


def test_the_case_page_asks_as_often_for_three_of_each_as_for_one(
    signed_in, owner, case, django_assert_num_queries, django_assert_max_num_queries
):
    fill(case)
    client = signed_in(owner)
    address = f"/cases/{case.reference}/"
    client.get(address)
    with django_assert_max_num_queries(60) as first:
        client.get(address)
    fill(case), fill(case)
    assert (case.demands.count(), Addressee.objects.filter(case=case).count()) == (3, 3)
    with django_assert_num_queries(len(first)):
        client.get(address)


def test_empty_pages_say_what_comes_next(signed_in, owner):
    client = signed_in(owner)
    for address, words in (
        ("/", "Nothing is scheduled"),
        ("/cases/", "No case yet"),
        ("/demands/", "No demand yet"),
        ("/deadlines/", "Nothing is scheduled"),
        ("/authorities/", "No authority yet"),
        ("/reports/", ""),
    ):
        said = pages.one(client.get(address), class_="empty")
        assert words in pages.text(pages.one(said, "heading"))


def test_no_page_carries_code_or_style_the_policy_forbids(signed_in, owner, case):
    fill(case)
    client = signed_in(owner)
    for address in [*LISTS, *addresses_of(case)]:
        page = client.get(address).content.decode()
        for forbidden in (" style=", "<style", "onclick=", "javascript:", "<script>"):
            assert (address, forbidden, forbidden in page) == (address, forbidden, False)
