"""A list of the desk answers what is declared, and tells nothing of what is hidden."""

import pytest
from django.contrib import admin
from django.http import QueryDict
from django.urls import reverse

from tests.admin.conftest import MARKER
from tracker.admin.lookups import is_day
from tracker.models import Authority, Case, DeadlineChange, Event, ResponseRule, StatusChange

DESK = sorted(admin.site._registry.items(), key=lambda item: item[0].__name__)
NAMES = [model.__name__ for model, _ in DESK]
ABSENT = 987654
APPEND_ONLY = StatusChange | DeadlineChange | Event
NEVER = ("contains", "startswith", "endswith", "regex")
LOOKUPS = (*NEVER, "exact", "in", "isnull", "iregex", "gt", "year")


def address(model) -> str:
    return reverse(f"admin:tracker_{model._meta.model_name}_changelist")


def paths(model, depth: int = 2) -> set[str]:
    """Every column and every name that leads back here, and those of the tables they lead to."""
    found = {"pk"}
    for field in model._meta.get_fields():
        name = field.name if field.concrete else field.get_accessor_name() or field.name
        names = {name, field.name, getattr(field, "attname", name)}
        found |= names
        if depth > 1 and field.is_relation and field.related_model:
            found |= {f"{field.name}__{rest}" for rest in paths(field.related_model, depth - 1)}
    return found


@pytest.mark.parametrize(("model", "desk"), DESK, ids=NAMES)
class TestEachTable:
    def test_answers_no_lookup_but_those_of_its_filters(self, model, desk, rf, administrator):
        request = rf.get("/")
        request.user = administrator
        expected = set()
        for spec in desk.get_changelist_instance(request).filter_specs:
            expected |= set(spec.expected_parameters())
        declared = desk.lookups().keys()
        assert expected <= declared
        asked = paths(model)
        asked |= {f"{path}__{lookup}" for path in asked for lookup in LOOKUPS}
        assert len(asked) > 30
        query = QueryDict(mutable=True)
        query.update(dict.fromkeys(asked, "1"))
        assert desk.odd_parameters(query) >= asked - declared
        assert not any(name.endswith(NEVER) for name in declared)
        assert not desk.lookup_allowed("pk__regex", "1", request)

    def test_searches_columns_that_its_page_shows(self, model, desk):
        unseen = {"password", *(desk.exclude or ()), *getattr(desk, "not_exported", ())}
        assert unseen.isdisjoint(desk.search_fields)


@pytest.fixture
def asked(signed_in, stranger):
    """`asked(role)`: what a list says to somebody of that role on no team: its rows, its number."""

    def of(role: str):
        stranger.role = role
        stranger.save()
        client = signed_in(stranger)

        def ask(address: str) -> tuple[int, list, int]:
            answer = client.get(address, follow=True)
            if not answer.context or "cl" not in answer.context:
                return answer.status_code, [], 0
            shown = answer.context["cl"]
            return answer.status_code, [row.pk for row in shown.result_list], shown.result_count

        return ask

    return of


@pytest.mark.parametrize("role", ["officer", "administrator"])
def test_a_filter_knows_no_difference_between_a_hidden_row_and_none(
    role, opened, hidden, entangled, asked
):
    ask, tried = asked(role), 0
    for model, desk in DESK:
        for name, field in desk.lookups().items():
            if field is None or not field.is_relation:
                continue
            table = field.related_model
            keys = {row.pk for row in hidden.values() if type(row) is table}
            for key in () if table in (Authority, ResponseRule) else keys:
                tried += 1
                there, absent = (ask(f"{address(model)}?{name}={pk}") for pk in (key, ABSENT))
                assert there == absent, (model, name)
                assert there[2] == 0
    assert tried > 10


@pytest.mark.parametrize(
    "question",
    [
        "mail/?body_text__contains={marker}",
        "authority/?addressees__id__exact={addressee}",
        "responserule/?deadlines__id__exact={deadline}",
        "case/?links__id__exact={link}",
        "user/?led_cases__id__exact={case}",
        "user/?memberships__id__exact={membership}",
        "user/?password__startswith=argon2",
        "document/?text__regex=^(\\w%2B\\s%3F)%2B\\d{{9}}$",
        "document/?cases__id__in={case}",
        "event/?details__contains=x",
        "reminderplan/?days_before__contains=x",
        "draft/?proposal__contains=x",
        "recomputation/?problems__contains=x",
        "document/?title__regex=[]",
        "case/?issued_on__year=99999999999999999999",
    ],
)
def test_what_is_not_declared_leads_to_the_plain_list(
    question, opened, hidden, entangled, administrator, signed_in
):
    keys = {name: row.pk for name, row in hidden.items()}
    list_address, _, query = f"/admin/tracker/{question}".format(**keys, marker=MARKER).partition(
        "?"
    )
    client = signed_in(administrator)
    answer = client.get(f"{list_address}?{query}&all=")
    assert (answer.status_code, answer.url) == (302, f"{list_address}?all=")
    # The rest of what was asked is kept; a chosen action is not done to more rows than were shown.
    answer = client.post(
        f"{list_address}?{query}", {"action": "export_csv", "select_across": 1, "index": 0}
    )
    assert (answer.status_code, answer.url) == (302, list_address)


@pytest.mark.parametrize("role", ["officer", "coordinator", "administrator"])
def test_no_order_no_search_and_no_count_depends_on_what_is_hidden(
    role, opened, hidden, entangled, asked
):
    """Asked before and after the words of the hidden case are others."""
    ask = asked(role)

    def all_of_them() -> dict[str, tuple]:
        answers = {}
        for model, desk in DESK:
            columns = range(1, len(desk.list_display) + 1)
            asked_for = [f"?o={n}" for n in columns] + [f"?q={MARKER}", "?_facets=1"]
            answers |= {query: ask(query) for query in (address(model) + a for a in asked_for)}
        return answers

    before = all_of_them()
    for row in hidden.values():
        if isinstance(row, Authority | ResponseRule | APPEND_ONLY):
            continue
        texts = {
            field.name: f"Aa{row.pk}"
            for field in row._meta.concrete_fields
            if getattr(row, field.name) and MARKER in str(getattr(row, field.attname))
        }
        type(row)._base_manager.filter(pk=row.pk).update(**texts)
    assert not Case.objects.filter(title__contains=MARKER, pk=hidden["case"].pk).exists()
    assert all_of_them() == before


def odd_questions(desk) -> list[str]:
    long, huge = "a" * 300, "9" * 20
    words = [
        "%00",
        "a%20" * 100,
        long,
        "%22",
        "%27%27",
        "%F0%9F%98%80",
        "%E2%80%AEabc",
        "%25",
        "\\",
    ]
    found = [f"q={word}" for word in words]
    found += [f"o={order}" for order in ("abc", "-", "99", "1.-2.3", "1." * 90)]
    found += [f"p={number}" for number in ("0", "-1", "abc", "999999", huge)]
    found += [
        f"_to_field={desk.opts.pk.name}",
        "_to_field=password",
        "_popup=1",
        "_facets=1",
        "all=%00",
        "%00=1",
    ]
    found += ["e=1", f"e=1&o={huge}", "x=1", "pk=1", f"{long}=1", "_changelist_filters=x"]
    for name in desk.lookups():
        values = ("", "%00", "abc", huge, "-1", "1,2", "[]", "%F0%9F%98%80", f"1&{name}=x")
        found += [f"{name}={value}" for value in values]
    if day := desk.date_hierarchy:
        found += [f"{day}__year={year}" for year in (huge, 9999, 1, 0, "x")]
        found += [f"{day}__year=2026&{day}__month=2&{day}__day={n}" for n in (3, 30)]
        found += [f"{day}__month=2", f"{day}__year=2026&{day}__day=3", f"{day}__gte=2026-01-01"]
    return found


@pytest.mark.once
@pytest.mark.parametrize("desk", [desk for _, desk in DESK], ids=NAMES)
def test_no_odd_parameter_is_an_error_of_the_server(desk, opened, administrator, signed_in):
    client, here = signed_in(administrator), address(desk.model)
    for question in odd_questions(desk):
        answer = client.get(f"{here}?{question}")
        assert (question, answer.status_code) in ((question, 200), (question, 302))
        assert answer.status_code == 200 or answer.url.split("?")[0] == here
    for key in ("abc", "\0", "9" * 20, "-1", "9" * 18):
        chosen = {"action": "export_csv", "_selected_action": [key], "index": 0}
        assert (key, client.post(here, chosen).status_code) in ((key, 200), (key, 302))
        for page in ("change", "delete", "history"):
            assert client.get(f"{here}{key}/{page}/").status_code in (403, 404)


def test_a_choice_by_typing_is_answered_where_a_page_has_one(opened, owner, signed_in):
    client = signed_in(owner)

    def ask(app: str, table: str, field: str, term: str = "") -> int:
        query = {"app_label": app, "model_name": table, "field_name": field, "term": term}
        return client.get(reverse("admin:autocomplete"), query).status_code

    assert ask("tracker", "addressee", "case") == 200
    assert ask("tracker", "case", "addressees") == 403  # points back here: was an error
    assert ask("tracker", "case", "lead") == 403
    assert ask("mfa", "authenticator", "user") == 403
    assert client.get(reverse("admin:autocomplete")).status_code == 403
    for term in ("\0", "a " * 400, '"', "%", "\N{GRINNING FACE}"):
        assert ask("tracker", "addressee", "case", term) == 200


@pytest.mark.parametrize(
    ("parts", "is_one"),
    [
        ((None, None, None), True),
        (("2026", None, None), True),
        (("2024", "2", "29"), True),
        (("2025", "2", "29"), False),
        ((None, "2", None), False),
        (("2026", None, "3"), False),
        (("0", None, None), False),
        (("1", None, None), False),
        (("9999", None, None), False),
        (("9" * 20, None, None), False),
        (("x", None, None), False),
    ],
)
def test_a_day_of_an_address_is_in_the_calendar(parts, is_one):
    assert is_day(list(parts)) is is_one
