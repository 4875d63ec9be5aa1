"""Whatever page, list or file shows a restricted case, its log says to whom; and who was refused.

Every address of the site and of the desk is asked for. `ROWS` says how a route that names a row is
given one of the restricted case: a new route is entered there, or this fails.
"""

import re
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.contrib import admin
from django.core.files.base import ContentFile
from django.db import connection
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.admin.conftest import MARKER
from tests.factories.reminders import MailFactory
from tests.now import NOW
from tracker.models import Authority, Case, Event, FeedToken, Role
from tracker.services.access import columns_of
from tracker.services.feeds import make_feed, new_secret

METHOD_NOT_ALLOWED = 405
LIBRARY = ("account_", "mfa_", "usersessions_", "socialaccount_")
OF_PEOPLE = ("people/", "accounts/")  # of no case
ROWS = {
    "draft_review": None,  # a draft is no case yet
    "draft_background": None,
    "draft_discard": None,
    "calendar_detail": None,  # calendars and moves of dates name no case
    "calendar_import": None,
    "calendar_confirm": None,
    "recomputation_detail": None,
    "revealed": None,  # what it shows lies in the session, and was noted when it was asked for
    "authority_publish": None,
    "emergency_end": None,
    "signatory_reveal": lambda rows: [rows["case"].reference, 1],
    "case_change": lambda rows: [rows["case"].reference, "facts"],
    "addressee_dates": lambda rows: [rows["case"].reference, 1],
    "silence_note": lambda rows: [rows["case"].reference, 1],
    "proposal_decide": lambda rows: [rows["demand"].pk, rows["proposal"].pk],
    "response_grade": lambda rows: [rows["response"].pk],
    "next_step": lambda rows: [rows["deadline"].pk, "complain"],
    "deadline_change": lambda rows: [rows["deadline"].pk, "extend"],
    "authority_detail": lambda rows: [rows["authority"].slug],
    "authority_reveal": lambda rows: [rows["authority"].slug],
    "feed": lambda rows: [rows["secret"]],
}
BY_KIND = {
    "case_": lambda rows: [rows["case"].reference],
    "response_": lambda rows: [rows["case"].reference],
    "contact_": lambda rows: [rows["case"].reference],
    "addressee_": lambda rows: [rows["case"].reference],
    "demand_new": lambda rows: [rows["case"].reference],
    "demand_": lambda rows: [rows["demand"].pk],
    "date_new": lambda rows: [rows["case"].reference],
    "deadline_": lambda rows: [rows["deadline"].pk],
    "document_new": lambda rows: [rows["case"].reference],
    "document_": lambda rows: [rows["document"].code],
    "mail_": lambda rows: [rows["mail"].pk],
}
NO_CASE_NAMED = ("feed",)  # what they show may hold one all the same


def routes(resolver: URLResolver) -> Iterator[URLPattern]:
    for found in resolver.url_patterns:
        if isinstance(found, URLResolver):
            if found.namespace != "admin":
                yield from routes(found)
        elif not str(found.name).startswith(LIBRARY):
            yield found


def arguments(route: URLPattern, rows) -> list | None:
    if str(route.pattern).startswith(OF_PEOPLE):
        return None
    if route.name in ROWS:
        given = ROWS[route.name]
    else:
        kinds = [kind for kind in BY_KIND if route.name.startswith(kind)]
        assert kinds, route.name  # to be entered in ROWS
        given = BY_KIND[max(kinds, key=len)]
    return given(rows) if given else None


def site_addresses(rows) -> Iterator[tuple[str, str, bool]]:
    """Name, address, and whether the address itself names a row of the case."""
    for route in routes(get_resolver()):
        if not route.pattern.converters:
            yield route.name, reverse(route.name), False
        elif (args := arguments(route, rows)) is not None:
            named = not route.name.startswith(NO_CASE_NAMED)
            yield route.name, reverse(route.name, args=args), named


def desk_addresses(rows) -> Iterator[tuple[str, str, bool]]:
    yield "index", reverse("admin:index"), False
    for model in apps.get_app_config("tracker").get_models():
        name = f"tracker_{model._meta.model_name}"
        if not admin.site.is_registered(model):
            continue
        for page in ("changelist", "add"):
            yield f"{name} {page}", reverse(f"admin:{name}_{page}"), False
        for row in [row for row in rows.values() if type(row) is model][:1]:
            for page in ("change", "history", "delete"):
                address = reverse(f"admin:{name}_{page}", args=[row.pk])
                yield f"{name} {page}", address, bool(columns_of(model))


@pytest.fixture
def everything(hidden, owner):
    """One row of every table of the restricted case, a file, a mail and a feed that tell of it."""
    owner.role = Role.ADMINISTRATOR
    owner.save()
    hidden.pop("draft").delete()  # words of no case
    FeedToken.objects.update(name="phone")
    hidden["document"].file.save("paper.txt", ContentFile(MARKER.encode()))
    hidden["document"].file.close()
    hidden["mail"] = MailFactory(person=owner, body_text=MARKER, body_html=MARKER)
    hidden["reminder"].mail, hidden["reminder"].state = hidden["mail"], "in_mail"
    hidden["reminder"].save()
    hidden["secret"] = new_secret()
    make_feed(user=owner, name="phone", secret=hidden["secret"], everything=True, by=owner, at=NOW)
    return hidden


def body_of(response) -> str:
    content = b"".join(response) if response.streaming else response.content
    return content.decode(errors="replace")


def noted(case, *actions) -> int:
    found = Event.objects.filter(case_id=case.pk)
    return sum(found.filter(action__startswith=action).count() for action in actions)


@pytest.mark.parametrize("of", [site_addresses, desk_addresses])
def test_every_page_that_shows_a_restricted_case_is_noted_once(of, everything, owner, signed_in):
    case, client = everything["case"], signed_in(owner)
    shown = 0
    for name, address, named in of(everything):
        before = noted(case, "case.read", "export.")
        response = client.get(address)
        told = noted(case, "case.read", "export.") - before
        body = body_of(response)
        shows = response.status_code == 200 and (named or MARKER in body or case.reference in body)
        if shows:
            shown += 1
            assert (name, address, told) == (name, address, 1)
        else:
            assert told <= (response.status_code == 200), address
    assert shown > 30


@pytest.mark.parametrize("of", [site_addresses, desk_addresses])
@pytest.mark.parametrize("role", [Role.VIEWER, Role.COORDINATOR])
def test_every_refused_try_is_noted_and_no_reading_is(of, role, everything, stranger, signed_in):
    stranger.role = role
    stranger.save()
    case, client = everything["case"], signed_in(stranger)
    refused = 0
    for name, address, named in of(everything):
        before = noted(case, "case.refused")
        status = client.get(address).status_code
        told = noted(case, "case.refused") - before
        if named and status != METHOD_NOT_ALLOWED and (status != 200 or told):
            refused += told
            assert (name, address, told) == (name, address, 1)
        else:
            assert (name, address, told) == (name, address, 0)
    assert refused > (18 if of is site_addresses else 60)
    assert not Event.objects.filter(case_id=case.pk, by_id=stranger.pk, action="case.read").exists()


def test_a_choice_of_a_filter_shows_a_case_too(everything, owner, signed_in):
    case = everything["case"]
    page = signed_in(owner).get("/cases/?q=nothing-is-called-so").text
    assert MARKER in page and case.reference not in page
    assert noted(case, "case.read") == 1


def test_without_the_trace_there_is_no_page(everything, owner, signed_in):
    """Somebody has taken the chains away, so that no event can be written."""
    client = signed_in(owner)
    client.raise_request_exception = False
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE tracker_eventvalue RENAME TO tracker_elsewhere")
    assert client.get("/cases/TEAM-1/").status_code == 500


def test_a_loop_over_addresses_does_not_flood_the_log(everything, stranger, signed_in):
    client = signed_in(stranger)
    for _ in range(3):
        for row in ("demand", "deadline"):
            client.get(f"/{row}s/{everything[row].pk}/")
    told = Event.objects.filter(case_id=everything["case"].pk, action="case.refused").in_words()
    assert [(event.by_id, event.new("page")) for event in told.order_by("pk")] == [
        (stranger.pk, "demand_detail"),
        (stranger.pk, "deadline_detail"),
    ]


def test_a_refused_try_answers_as_an_absent_row(everything, stranger, signed_in):
    client = signed_in(stranger)
    there = client.get("/cases/TEAM-1/")
    absent = client.get("/cases/TEAM-9/")
    assert there.status_code == absent.status_code == 404
    tokens = re.compile(r'value="[\w-]{36,}"')
    [one, other] = (tokens.sub("", answer.content.decode()) for answer in (there, absent))
    assert one.replace("TEAM-1", "") == other.replace("TEAM-9", "")


def test_who_mistypes_the_address_of_an_own_case_is_not_refused_it(everything, owner, signed_in):
    client = signed_in(owner)
    address = f"/deadlines/{everything['deadline'].pk}/no-such-step/"
    assert client.get(address).status_code == 404
    assert noted(everything["case"], "case.refused") == 0


def test_every_table_that_leads_to_a_case_is_watched():
    """By a column of its own, or of the nearest row on the way."""
    watched = {m for m in apps.get_app_config("tracker").get_models() if columns_of(m)}
    reached = {Case}
    while True:
        more = {
            model
            for model in apps.get_app_config("tracker").get_models()
            if any(
                # A row that names an office is not yet one of a case that asked it.
                column.is_relation and column.related_model in reached - {Authority}
                for column in model._meta.concrete_fields
            )
        } - reached
        if not more:
            break
        reached |= more
    assert reached <= watched
