"""A name at risk and a contact stand on one page alone: the one that was asked for with a purpose.

Every address of the site and every page of the desk is asked, as everybody.
"""

import datetime
import itertools

import pytest
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core import mail
from django.db import models
from django.urls import URLPattern, get_resolver, reverse

from tests import pages
from tests.factories.cases import MembershipFactory, SignatoryFactory
from tests.factories.reminders import MailFactory
from tests.now import NOW
from tests.page_forms import forms_of
from tracker.models import MASK, Authority, Case, Event, Mail, Role, Signatory
from tracker.services.feeds import make_feed, new_secret
from tracker.services.reminders.sweep import run_sweep
from tracker.services.reveal import MOST_AN_HOUR

SECRET = "Zarina-marker"


def tables() -> list[type[models.Model]]:
    return [model for model in admin.site._registry if model._meta.app_label == "tracker"]


def addresses(model: type[models.Model], rows) -> list[str]:
    name = f"admin:tracker_{model._meta.model_name}"
    found = [reverse(f"{name}_changelist"), reverse(f"{name}_add")]
    for row in rows:
        found += [
            reverse(f"{name}_{page}", args=[row.pk]) for page in ("change", "history", "delete")
        ]
    return found


EVERYBODY = ["owner", "colleague", "viewer", "stranger", "coordinator", "administrator"]


@pytest.fixture
def secrets(opened, owner, colleague):
    """An open case with a name at risk, contacts, and a person as its authority."""
    case = opened["case"]
    Case.objects.filter(pk=case.pk).update(contacts=f"{SECRET} 1", reply_address=f"{SECRET} 2")
    person = SignatoryFactory(
        case=case,
        number=2,
        name=f"{SECRET} 3",
        role=f"{SECRET} 4",
        place=f"{SECRET} 5",
        at_risk=True,
    )
    Authority.objects.filter(pk=opened["authority"].pk).update(
        kind="person", address=f"{SECRET} 6", email=f"{SECRET}@example.org", notes=f"{SECRET} 7"
    )
    MembershipFactory(case=case, user=colleague)
    opened["mail"] = MailFactory(person=owner)
    return opened | {"person": person}


def everything(rows) -> list[str]:
    """Each address of the site, with the rows of the case wherever it asks for one."""
    first = {"demands": "demand", "deadlines": "deadline", "responses": "response"}
    found = []
    for route in get_resolver().url_patterns:
        if not isinstance(route, URLPattern) or route.name in ("feed", "revealed"):
            continue
        start = str(route.pattern).split("/")[0]
        row = rows.get(first.get(start, "mail"))
        values = {
            "pk": [row.pk],
            "number": [1, 2],
            "proposal": [2],
            "year": [2026],
            "reference": [rows["case"].reference],
            "change": ["facts", "lead", "phase", "confidentiality", "close", "reopen"],
            "action": ["extend", "pause", "close", "correct", "assign", "forward"],
            "code": [rows["document"].code, "complain", "KG"],
            "slug": [rows["authority"].slug],
        }
        names = list(route.pattern.converters)
        for chosen in itertools.product(*(values.get(name, ["none"]) for name in names)):
            found.append(reverse(route.name, kwargs=dict(zip(names, chosen, strict=True))))
    for model in tables():
        found += addresses(model, model._default_manager.all())
    return found


@pytest.mark.once
@pytest.mark.parametrize("who", EVERYBODY)
def test_no_page_tells_a_name_at_risk_or_a_contact(secrets, signed_in, request, who):
    client = signed_in(request.getfixturevalue(who))
    told, answered = [], 0
    for address in everything(secrets):
        answer = client.get(address)
        answered += answer.status_code == 200
        if SECRET in b"".join(answer).decode(errors="replace"):
            told.append(address)
    assert told == []
    assert answered > 15


@pytest.mark.parametrize("who", ["owner", "coordinator", "administrator"])
def test_no_file_and_no_search_tells_one(secrets, signed_in, request, who):
    client = signed_in(request.getfixturevalue(who))
    for model, desk in admin.site._registry.items():
        if model not in tables():
            continue
        address = reverse(f"admin:tracker_{model._meta.model_name}_changelist")
        chosen = list(model._default_manager.values_list("pk", flat=True))
        if "export_csv" in desk.get_actions(client.get(address).wsgi_request):
            data = {"action": "export_csv", ACTION_CHECKBOX_NAME: chosen}
            answer = client.post(address, data)
            assert (address, SECRET in answer.text) == (address, False)
        there, absent = (client.get(f"{address}?q={word}") for word in (SECRET, "Nobody-at-all"))
        assert (address, there.status_code) == (address, absent.status_code)
        if there.status_code == 200:
            assert there.context["cl"].result_count == absent.context["cl"].result_count


def test_no_mail_and_no_calendar_tells_one(secrets, owner, client):
    secret = new_secret()
    make_feed(user=owner, name="Phone", secret=secret, everything=True, by=owner, at=NOW)
    assert SECRET not in client.get(reverse("feed", args=[secret])).text
    run_sweep(at=NOW + datetime.timedelta(days=1), worker="test")
    written = list(Mail.objects.values_list("subject", "body_text", "body_html"))
    assert written and SECRET not in str(written) + str([m.body for m in mail.outbox])


PLACES = {
    "case": lambda rows: reverse("case_reveal", args=[rows["case"].reference]),
    "signatory": lambda rows: reverse("signatory_reveal", args=[rows["case"].reference, 2]),
    "authority": lambda rows: reverse("authority_reveal", args=[rows["authority"].slug]),
}


@pytest.mark.parametrize("what", PLACES)
def test_who_needs_it_asks_and_sees_it(secrets, signed_in, colleague, what):
    client = signed_in(colleague)
    address = PLACES[what](secrets)
    answer = client.post(address, {"purpose": ""})
    assert (answer.status_code, SECRET in answer.text) == (422, False)
    answer = client.post(address, {"purpose": "to call them"})
    event = Event.objects.get(action=f"{what}.revealed")
    assert (answer.status_code, answer.url) == (302, reverse("revealed", args=[event.pk]))
    page = client.get(answer.url)
    assert page.text.count(SECRET) == {"case": 2, "signatory": 3, "authority": 3}[what]
    assert "no-store" in page["Cache-Control"]


def test_who_will_read_the_purpose_is_said_as_it_is(secrets, signed_in, colleague):
    """An authority of all staff has no case whose log would keep it."""
    client, authority = signed_in(colleague), secrets["authority"]
    address = PLACES["authority"](secrets)
    said = "name no restricted case"
    assert said in client.get(address).text
    assert said not in client.get(PLACES["signatory"](secrets)).text
    Authority.objects.filter(pk=authority.pk).update(born_in=secrets["case"])
    assert said not in client.get(address).text


def test_nobody_else_opens_the_page_and_nobody_later(secrets, signed_in, owner, colleague):
    answer = signed_in(owner).post(PLACES["signatory"](secrets), {"purpose": "to call them"})
    assert signed_in(colleague).get(answer.url).status_code == 404
    assert signed_in(owner).get(answer.url).status_code == 200
    Case.objects.update(lead=colleague)
    assert signed_in(owner).get(answer.url).status_code == 403


@pytest.mark.parametrize("what", ["case", "signatory"])
@pytest.mark.parametrize("who", ["viewer", "stranger", "coordinator", "administrator"])
def test_who_need_not_know_cannot_ask(secrets, signed_in, request, who, what):
    client = signed_in(request.getfixturevalue(who))
    address = PLACES[what](secrets)
    for answer in (client.get(address), client.post(address, {"purpose": "to call them"})):
        assert answer.status_code == 403
    assert not Event.objects.filter(action__endswith=".revealed").exists()
    page = client.get(reverse("case_detail", args=[secrets["case"].reference]))
    assert address not in pages.links(pages.main(page))


def test_a_list_is_not_copied_name_by_name(secrets, signed_in, owner):
    client = signed_in(owner)
    for number in range(MOST_AN_HOUR):
        answer = client.post(PLACES["signatory"](secrets), {"purpose": f"call {number}"})
        assert answer.status_code == 302
    answer = client.post(PLACES["signatory"](secrets), {"purpose": "once more"})
    assert (answer.status_code, SECRET in answer.text) == (422, False)


# Forms keep what they mask


def filled(client, address):
    whole = [form for form in forms_of(client.get(address)) if form.area == "main"]
    return max(whole, key=lambda form: len(form.fields)).fields


def test_the_facts_of_a_case_are_edited_without_reading_its_contacts(secrets, signed_in, owner):
    client, case = signed_in(owner), secrets["case"]
    address = reverse("case_change", args=[case.reference, "facts"])
    data = filled(client, address)
    assert (data["contacts"], data["reply_address"]) == ([MASK], [MASK])
    assert client.post(address, data | {"title": "Another"}).status_code == 302
    case = Case.objects.get(pk=case.pk)
    assert (case.title, case.contacts) == ("Another", f"{SECRET} 1")
    data = filled(client, address)
    assert client.post(address, data | {"contacts": f"{MASK} and"}).status_code == 422
    data |= {"contacts": "new@example.org", "reply_address": ""}
    assert client.post(address, data).status_code == 302
    case = Case.objects.get(pk=case.pk)
    assert (case.contacts, case.reply_address) == ("new@example.org", "")


def test_a_signatory_is_edited_at_the_desk_without_reading_the_name(
    secrets, signed_in, owner, stranger
):
    address = reverse("admin:tracker_signatory_change", args=[secrets["person"].pk])
    client = signed_in(stranger)
    data = filled(client, address)
    assert (data["name"], data["role"]) == ([MASK], [MASK])
    # Whoever may not see the name may not unmask it either.
    data = {name: values for name, values in data.items() if name != "at_risk"}
    assert client.post(address, data | {"group": "lawyers"}).status_code == 302
    person = Signatory.objects.get(pk=secrets["person"].pk)
    assert (person.name, person.group, person.at_risk) == (f"{SECRET} 3", "lawyers", True)
    client = signed_in(owner)
    data = {name: values for name, values in filled(client, address).items() if name != "at_risk"}
    assert client.post(address, data).status_code == 302
    assert not Signatory.objects.get(pk=secrets["person"].pk).at_risk
    assert Event.objects.filter(action="signatory.edited", by_id=owner.pk).exists()


def test_a_case_is_saved_at_the_desk_with_its_rows_masked(secrets, signed_in, owner):
    client = signed_in(owner)
    address = reverse("admin:tracker_case_change", args=[secrets["case"].pk])
    data = filled(client, address)
    assert SECRET not in str(data)
    answer = client.post(address, data | {"summary": "Two sentences."})
    assert answer.status_code == 302, pages.text(pages.main(answer))
    case = Case.objects.get(pk=secrets["case"].pk)
    assert (case.summary, case.contacts) == ("Two sentences.", f"{SECRET} 1")
    assert case.signatories.get(number=2).name == f"{SECRET} 3"


def test_the_email_of_a_person_stays_behind_its_mask(secrets, signed_in, coordinator):
    client = signed_in(coordinator)
    address = reverse("admin:tracker_authority_change", args=[secrets["authority"].pk])
    data = filled(client, address)
    assert data["email"] == [MASK]
    assert client.post(address, data | {"website": "https://example.org/"}).status_code == 302
    assert Authority.objects.get(pk=secrets["authority"].pk).email == f"{SECRET}@example.org"


def test_every_role_is_asked():
    assert len(EVERYBODY) == len(Role) + 2
