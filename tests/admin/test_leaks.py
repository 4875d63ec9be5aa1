"""A hidden case is neither chosen nor named at the desk; every address is tried in the walk."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import reverse

from tests.admin.conftest import AT, MARKER
from tracker.models import Case, Demand, Event, Role, User
from tracker.services.cases import edit_case

ROLES = [Role.VIEWER, Role.OFFICER, Role.COORDINATOR, Role.ADMINISTRATOR]


@pytest.fixture(params=ROLES)
def outsider(request, stranger) -> User:
    """On no team, in each of the roles."""
    stranger.role = request.param
    stranger.save()
    return stranger


def test_the_team_sees_its_case_at_the_desk(hidden, owner, signed_in):
    client = signed_in(owner)
    name, key = "admin:tracker_case", [hidden["case"].pk]
    for address in (
        reverse(f"{name}_changelist"),
        reverse(f"{name}_change", args=key),
        reverse(f"{name}_history", args=key),
    ):
        assert MARKER in client.get(address).content.decode(), address


def test_autocomplete_offers_nothing_hidden(opened, hidden, outsider, signed_in):
    client = signed_in(outsider)
    asked = 0
    for model, desk in admin.site._registry.items():
        for name in desk.get_autocomplete_fields(None):
            asked += 1
            response = client.get(
                reverse("admin:autocomplete"),
                {
                    "app_label": "tracker",
                    "model_name": model._meta.model_name,
                    "field_name": name,
                    "term": "",
                },
            )
            assert response.status_code in (200, 302, 403)
            assert MARKER not in response.content.decode(), (model, name)
    assert asked > 15


def test_an_export_of_all_rows_holds_those_one_may_see(
    opened, hidden, entangled, coordinator, signed_in
):
    client, chosen = signed_in(coordinator), {"_selected_action": [1], "select_across": 1}
    exported = 0
    for model, desk in admin.site._registry.items():
        here = reverse(f"admin:tracker_{model._meta.model_name}_changelist")
        response = client.post(here, chosen | {"action": "export_csv", "index": 0})
        exported += response.status_code == 200
        assert MARKER not in response.content.decode(), desk
    assert exported > 30


def test_what_one_did_is_forgotten_with_the_case(team_case, colleague, signed_in):
    client = signed_in(colleague)
    team_case.title = f"{MARKER} retitled"
    edit_case(case=team_case, by=colleague, at=AT)
    assert MARKER in client.get(reverse("admin:index")).content.decode()
    team_case.memberships.filter(user=colleague).delete()
    assert MARKER not in client.get(reverse("admin:index")).content.decode()


def test_the_librarys_own_log_stays_empty(opened, owner, signed_in):
    client = signed_in(owner)
    row = opened["signatory"]
    client.post(
        reverse("admin:tracker_signatory_change", args=[row.pk]),
        {"number": 1, "name": "Another", "role": "", "place": "", "group": ""},
    )
    row.refresh_from_db()
    assert row.name == "Another"
    assert not apps.get_model("admin", "LogEntry").objects.exists()


HIDDEN_POSTS = [
    ("addressee", "case", {"number": 7, "authority": "authority"}),
    ("demand", "case", {"number": 7, "text": "x", "basis": "explicit", "kind": "general"}),
    ("signatory", "case", {"number": 7, "name": "x"}),
    ("citednorm", "case", {"number": 7, "instrument": "x", "text": "x"}),
    ("deadline", "case", {"kind": "event", "title": "x", "due_on": "2026-05-01"}),
    ("action", "case", {"kind": "meeting", "happened_on": "2026-01-05"}),
    ("membership", "case", {"user": "owner"}),
    ("caselink", "other", {"case": "opened", "kind": "repeats"}),
    ("document", "cases", {"title": "x", "kind": "news", "text": "x"}),
    ("datedfact", "document", {"happened_on": "2026-01-05", "precision": "day", "statement": "x"}),
    ("evidence", "demand", {"document": "opened_document", "claim": "x", "confidence": "low"}),
    ("response", "addressee", {"received_on": "2026-03-05"}),
]


@pytest.mark.parametrize(("table", "key", "rest"), HIDDEN_POSTS)
def test_posting_a_hidden_row_is_refused_without_naming_it(
    table, key, rest, opened, hidden, stranger, owner, signed_in
):
    target = {"cases": "case", "other": "case"}.get(key, key)
    known = {
        "authority": opened["authority"].pk,
        "opened": opened["case"].pk,
        "opened_document": opened["document"].pk,
        "owner": owner.pk,
    }
    model = apps.get_model("tracker", table)
    before = model._default_manager.count(), Event.objects.count()
    data = {name: known.get(value, value) for name, value in rest.items()}
    data |= {"facts-TOTAL_FORMS": 0, "facts-INITIAL_FORMS": 0}
    response = signed_in(stranger).post(
        reverse(f"admin:tracker_{table}_add"), {**data, key: hidden[target].pk}
    )
    assert response.status_code == 200
    assert key in response.context["adminform"].form.errors
    assert MARKER not in response.content.decode()
    assert (model._default_manager.count(), Event.objects.count()) == before


def test_a_row_cannot_be_moved_into_a_hidden_case(opened, hidden, stranger, signed_in):
    signed_in(stranger).post(
        reverse("admin:tracker_demand_change", args=[opened["demand"].pk]),
        {
            "case": hidden["case"].pk,
            "number": 1,
            "text": "moved",
            "basis": "explicit",
            "kind": "general",
            "shown_version": 1,
        },
    )
    assert Demand.objects.get(pk=opened["demand"].pk).case == opened["case"]


def test_a_shared_paper_stays_with_the_hidden_case(opened, hidden, entangled, stranger, signed_in):
    shared = entangled["shared"]
    response = signed_in(stranger).post(
        reverse("admin:tracker_document_change", args=[shared.pk]),
        {
            "title": "Shared, retitled",
            "kind": "news",
            "text": shared.text,
            "cases": [opened["case"].pk],
            "reliability": "unknown",
            "verification": "unverified",
            "facts-TOTAL_FORMS": 0,
            "facts-INITIAL_FORMS": 0,
        },
    )
    assert response.status_code == 302
    shared.refresh_from_db()
    assert shared.title == "Shared, retitled"
    assert set(shared.cases.all()) == {opened["case"], hidden["case"]}


def test_an_action_on_a_hidden_row_does_nothing(hidden, stranger, signed_in):
    response = signed_in(stranger).post(
        reverse("admin:tracker_case_changelist"),
        {"action": "delete_selected", "_selected_action": [hidden["case"].pk], "index": 0},
    )
    assert response.status_code == 302
    assert Case.objects.filter(pk=hidden["case"].pk).exists()


def test_a_row_number_does_not_lead_to_its_page(hidden, stranger, signed_in):
    assert signed_in(stranger).get(f"/admin/r/7/{hidden['case'].pk}/").status_code == 404
