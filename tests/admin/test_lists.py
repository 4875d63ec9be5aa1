"""Lists ask the database the same number of questions for one row and for three."""

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.admin.conftest import AT, DAY, furnish
from tests.factories.cases import CaseFactory
from tracker.models import (
    CaseLink,
    Draft,
    FeedToken,
    Mail,
    MailTransition,
    Membership,
    Outage,
    Recomputation,
    SweepRun,
)

TABLES = sorted(admin.site._registry, key=lambda model: model.__name__)
ONE_ROW_FOR_EVERYBODY = {Outage}


@pytest.fixture
def more(owner, administrator):
    """`more(n)`: another row of every table, for the n-th time."""

    def rows(n: int) -> None:
        case = CaseFactory(reference=f"LIST-{n}", lead=owner)
        furnish(case, f"Word {n}", owner)
        Membership.objects.create(case=case, user=owner)
        CaseLink.objects.create(case=case, other=CaseFactory(), kind=CaseLink.Kind.LEADS)
        Draft.objects.create(text=f"Text {n}", by=administrator, created_at=AT)
        FeedToken.objects.create(
            user=administrator, name=f"Phone {n}", digest=str(n), created_at=AT
        )
        mail = Mail.objects.create(
            key=str(n),
            person=owner,
            local_day=DAY,
            message_id=str(n),
            next_attempt_at=AT,
            created_at=AT,
        )
        MailTransition.objects.create(mail=mail, to_state=Mail.State.PLANNED, at=AT)
        SweepRun.objects.create(started_at=AT)
        Recomputation.objects.create(reason="x", requested_by=owner, requested_at=AT)

    return rows


def test_each_list_asks_as_much_for_three_rows_as_for_one(more, administrator, signed_in):
    client = signed_in(administrator)

    def questions() -> dict[str, int]:
        asked = {}
        for model in TABLES:
            address = reverse(f"admin:tracker_{model._meta.model_name}_changelist")
            with CaptureQueriesContext(
                connection,
            ) as captured:
                assert client.get(address).status_code == 200
            asked[model.__name__] = len(captured)
        return asked

    more(1)
    questions()  # sessions and content types are remembered from here on
    few = questions()
    more(2)
    more(3)
    assert questions() == few
    assert max(few.values()) < 30


def test_each_export_asks_as_much_for_three_rows_as_for_one(more, administrator, signed_in):
    client = signed_in(administrator)

    def questions() -> dict[str, int]:
        asked = {}
        for model in TABLES:
            data = {
                "action": "export_csv",
                "index": 0,
                "_selected_action": list(model._default_manager.values_list("pk", flat=True)),
            }
            address = reverse(f"admin:tracker_{model._meta.model_name}_changelist")
            with CaptureQueriesContext(connection) as captured:
                client.post(address, data)
            asked[model.__name__] = len(captured)
        return asked

    more(1)
    questions()
    few = questions()
    more(2)
    more(3)
    assert questions() == few


def test_the_case_page_asks_as_much_for_three_rows_as_for_one(opened, owner, signed_in):
    client = signed_in(owner)
    case = opened["case"]
    address = reverse("admin:tracker_case_change", args=[case.pk])

    def questions() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    questions()
    few = questions()
    for number in (2, 3):
        case.signatories.create(number=number, name=f"Signatory {number}")
        case.norms.create(number=number, instrument="A law", text="x")
    assert questions() == few


def test_the_page_of_the_desk_offers_what_one_looks_for(opened, owner, signed_in):
    client = signed_in(owner)
    address = reverse("admin:tracker_case_changelist")
    assert "OPEN-1" in client.get(address + "?q=open").content.decode()
    assert "OPEN-1" not in client.get(address + "?q=nothing").content.decode()
    assert "OPEN-1" in client.get(address + "?phase__exact=preparing").content.decode()
    assert "OPEN-1" not in client.get(address + "?phase__exact=closed").content.decode()
    assert client.get(address + "?phase__exact=nonsense").status_code == 200
    assert client.get(address + "?lead__id__exact=nonsense").status_code in (200, 302)


def test_the_desk_groups_its_tables_by_work(owner, administrator, signed_in):
    groups = [g["name"] for g in signed_in(owner).get("/admin/").context["app_list"]]
    assert [str(name) for name in groups] == [
        "Cases",
        "Letters and answers",
        "Deadlines and reminders",
        "Reference data",
        "People",
        "The record (read only)",
    ]
    everything = signed_in(administrator).get("/admin/").context["app_list"]
    assert sum(len(group["models"]) for group in everything) == len(TABLES)
