"""Every routed address, the people who ask for it, and a hidden case with every kind of row.

What each address says to each of them stands in `tests/test_walk.py`.
"""

import datetime
import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.contrib import admin
from django.contrib.messages import get_messages
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.client import ClientHandler
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.http import urlencode

from tests.admin.conftest import furnish
from tests.factories.cases import CaseFactory, MembershipFactory
from tests.factories.documents import DocumentFactory, EvidenceFactory
from tests.factories.people import UserFactory
from tests.factories.reminders import MailFactory
from tests.now import NOW
from tracker.models import (
    AccountChange,
    Authority,
    CaseLink,
    Confidentiality,
    EmergencyAccess,
    EventChain,
    FeedToken,
    Invitation,
    MailTransition,
    Outage,
    Recomputation,
    Reminder,
    Signatory,
    SweepRun,
    User,
)
from tracker.services.intake import start_draft
from tracker.services.reveal import reveal
from tracker.views.case_changes import CHANGES
from tracker.views.deadline_actions import ACTIONS

MARKER = "ZQXMARK"
ABSENT = 900_000
LATER = NOW + datetime.timedelta(days=1)
OUTSIDE = ("nobody", "viewer", "officer", "coordinator", "administrator")
STAFF = OUTSIDE[:3]  # who sees their own mails only
INSIDE = ("member", "lead")  # the lead is a coordinator
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^()]*\)")
# What an address is good for only with a question.
ASKED = {"admin/autocomplete/": "?app_label=tracker&model_name=addressee&field_name=case"}
# What the machine writes for whoever asks, and the record of what was asked.
OF_THE_MACHINE = {
    "tracker_cache",
    "django_session",
    "usersessions_usersession",
    "tracker_formsubmission",
}
OF_THE_RECORD = {"tracker_event", "tracker_eventvalue", "tracker_eventchain"}
WRITES = re.compile(r'^(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"')
# What is another in every answer.
TOKENS = re.compile(
    r'(name="(?:csrfmiddlewaretoken|form_token|ticket)" value="|nonce="|"X-CSRFToken": ")[^"]*'
)


def routes() -> dict[str, str]:
    """Each address as it is written in `urls.py`, with its name; a choice of words spelled out."""
    found: dict[str, str] = {}
    for route, name in _below(get_resolver(), ""):
        plain = re.sub(r"[\^$]|\\Z", "", PARAMETER.sub(lambda m: f"<{m[1] or m[2]}>", route))
        for spelled in _spelled(plain):
            found.setdefault(spelled, name)
    return found


def _below(resolver: URLResolver, before: str) -> Iterator[tuple[str, str]]:
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield route, entry.name or ""
        else:
            yield from _below(entry, route)


def _spelled(route: str) -> list[str]:
    for name, words in (("<change>", CHANGES), ("<action>", ACTIONS)):
        if name in route:
            return [route.replace(name, word) for word in words]
    return [route]


@dataclass
class World:
    people: dict[str, User]
    hidden: dict[str, Any]
    # The beginning of a route: what its parameters are, and from whom the row is hidden.
    subjects: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = field(default_factory=dict)

    def subject(self, route: str) -> tuple[dict[str, Any], tuple[str, ...]]:
        fitting = [start for start in self.subjects if route.startswith(start)]
        return self.subjects[max(fitting, key=len)] if fitting else ({}, ())

    def hidden_from(self, route: str) -> tuple[str, ...]:
        of_a_row = "<" in route or route.startswith("admin/tracker/")
        return self.subject(route)[1] if of_a_row else ()

    def address(self, route: str, *, absent: bool = False) -> str:
        given = self.subject(route)[0]
        names = [match[1] for match in re.finditer(r"<(\w+)>", route)]
        missing = [name for name in names if name not in given]
        assert not missing, f"say in `world()` of tests/walk.py what {missing} of /{route} is"
        for name in names:
            value = given[name]
            if absent and name == names[0]:
                value = value + ABSENT if isinstance(value, int) else f"{str(value)[:-4]}NONE"
            route = route.replace(f"<{name}>", str(value))
        return f"/{route}{ASKED.get(route, '')}"

    def form(self, route: str, *, absent: bool) -> dict[str, Any]:
        """What is posted: an empty form, or at the desk the deletion or the export of the row."""
        form: dict[str, Any] = {"form_token": uuid.uuid4()}
        if re.fullmatch("admin/tracker/[a-z]+/", route):
            key = self.subject(route)[0]["object_id"] + ABSENT * absent
            form |= {"action": "export_csv", "_selected_action": [key], "index": 0}
        return form | ({"post": "yes"} if route.endswith("/delete/") else {})


def world() -> World:
    """A restricted case whose every text holds the marker, and people in it and outside."""
    people = {name: UserFactory(name=f"A {name}") for name in (*OUTSIDE[1:], *INSIDE)}
    for name, person in people.items():
        role = {"member": "officer", "lead": "coordinator"}.get(name, name)
        User.objects.filter(pk=person.pk).update(role=role)
        person.refresh_from_db()
    member, lead = people["member"], people["lead"]
    case = CaseFactory(
        pk=700_001,
        reference=f"{MARKER}-2026",
        title=f"{MARKER} title",
        issuer=MARKER,
        summary=MARKER,
        contacts=MARKER,
        lead=lead,
        confidentiality=Confidentiality.TEAM,
    )
    for person in (member, lead):
        MembershipFactory(case=case, user=person)
    open_case = CaseFactory(reference="OPEN-1", title="For all staff", lead=lead)
    rows = furnish(case, MARKER, member)
    plain = furnish(open_case, "Plain", lead)
    Authority.objects.filter(pk=rows["authority"].pk).update(
        name=MARKER, slug=f"{MARKER}-office", notes=MARKER, kind="person", born_in=case
    )
    rows["authority"].refresh_from_db()
    rows["document"].file.save("paper.txt", ContentFile(MARKER.encode()))
    DocumentFactory(title="Shared paper", cases=[open_case, case])
    EvidenceFactory(demand=plain["demand"], document=rows["document"], claim=MARKER)
    plain["action"].documents.add(rows["document"])
    mail = MailFactory(person=member, state="dead", subject="Reminders", body_text=MARKER)
    Reminder.objects.filter(pk=rows["reminder"].pk).update(mail=mail, state="in_mail")
    rows |= {
        "link": CaseLink.objects.create(case=open_case, other=case, kind=CaseLink.Kind.REPEATS),
        "membership": case.memberships.get(user=member),
        "draft": start_draft(text=f"{MARKER}.\n\nRelease them.", by=member, at=NOW),
        "feed": FeedToken.objects.create(user=member, name=MARKER, digest="d", created_at=NOW),
        "mail": mail,
        "value": rows["event"].values.first(),
        "chain": EventChain.objects.update_or_create(case_id=case.pk, defaults={"seq": 1})[0],
        "emergency": EmergencyAccess.objects.create(
            case=case, user=UserFactory(), reason=MARKER, at=NOW, ends_at=LATER
        ),
        "step": MailTransition.objects.create(mail=mail, to_state="planned", at=NOW),
    }
    looked = reveal(row=case, purpose=MARKER, by=member, at=NOW)
    Signatory.objects.filter(pk=rows["signatory"].pk).update(at_risk=True)
    invitation = Invitation.objects.create(
        person=UserFactory(is_active=False), by=lead, at=NOW, expires_at=LATER
    )
    change = AccountChange.objects.create(
        person=member,
        kind="second_factor",
        reason="Lost.",
        asked_by=lead,
        asked_at=NOW,
        due_at=LATER,
    )
    moves = Recomputation.objects.create(reason="x", requested_by=lead, requested_at=NOW)
    sweep = SweepRun.objects.create(started_at=NOW)
    case_key = {"reference": case.reference, "number": 1}
    subjects = {
        "cases/<reference>/": (case_key, OUTSIDE),
        "cases/new/<pk>/": ({"pk": rows["draft"].pk}, OUTSIDE),
        "responses/": ({"pk": rows["response"].pk}, OUTSIDE),
        "demands/<pk>/": ({"pk": rows["demand"].pk, "proposal": rows["proposal"].pk}, OUTSIDE),
        "deadlines/<pk>/": ({"pk": rows["deadline"].pk, "code": "complain"}, OUTSIDE),
        "documents/": ({"code": rows["document"].code}, OUTSIDE),
        "reminders/mails/": ({"pk": mail.pk}, STAFF),
        "accounts/feeds/": ({"pk": rows["feed"].pk}, OUTSIDE),
        "feeds/": ({"secret": "nobody-was-given-this"}, OUTSIDE),
        "authorities/": ({"slug": rows["authority"].slug}, OUTSIDE),
        "calendars/": ({"code": "KG", "year": 2027}, ()),
        "people/": ({"pk": member.pk, "kind": "address"}, ()),
        "people/changes/": ({"pk": change.pk}, STAFF),
        "people/invitations/": ({"pk": invitation.pk}, STAFF),
        "emergency/": ({"pk": rows["emergency"].pk}, OUTSIDE),
        "shown/": ({"pk": looked.pk}, OUTSIDE),
        "recomputations/": ({"pk": moves.pk}, ()),
        "accounts/": ({"uidb36": "1", "key": "wrong", "pk": ABSENT, "secret": "x"}, ()),
        "admin/<app_label>/": ({"app_label": "tracker"}, ()),
        "admin/<url>": ({"url": "nothing"}, ()),
    }
    hidden = {type(row)._meta.model_name: row for row in reversed(rows.values())}
    shared = {"user": member, "sweeprun": sweep, "recomputation": moves, "mail": mail}
    shared |= {"mailtransition": rows["step"], "outage": Outage.objects.first()}
    shared |= {"invitation": invitation, "accountchange": change}
    for name in ("responserule", "escalationstep"):
        shared[name] = hidden.get(name) or rows["choice"].step
    shared |= dict.fromkeys(("calendarday", "calendaryear"))
    without = {model._meta.model_name for model in admin.site._registry} - {*hidden, *shared}
    assert not without, (
        f"give `world()` of tests/walk.py a hidden row, or a shared one, of {without}"
    )
    theirs = ("mail", "mailtransition", "invitation", "accountchange")
    seen = dict.fromkeys(shared, ()) | dict.fromkeys(theirs, STAFF)
    for name, row in (hidden | shared).items():
        key = row.pk if row else ABSENT  # a table with no row here
        subjects[f"admin/tracker/{name}/"] = ({"object_id": key}, seen.get(name, OUTSIDE))
    return World(people, rows, subjects)


@dataclass(frozen=True)
class Answer:
    code: str
    said: str  # the body, where it leads, its messages; without the address and the tokens
    wrote: frozenset[str]


class Sender(RequestFactory):
    """Sends what it makes. The test client would copy the context of every template besides."""

    def __init__(self) -> None:
        super().__init__()
        self.handler = ClientHandler(enforce_csrf_checks=False)

    def request(self, **request: Any) -> HttpResponse:
        return self.handler(self._base_environ(**request))


class Asker:
    """One person's browser, which forgets every request: what it wrote is rolled back."""

    def __init__(self, here: World, client: Client) -> None:
        self.here, self.sender = here, Sender()
        client.get("/")
        self.cookies = {name: morsel.value for name, morsel in client.cookies.items()}

    def ask(self, method: str, route: str, *, absent: bool = False) -> Answer:
        self.sender.cookies.load(self.cookies)
        address, wrote = self.here.address(route, absent=absent), set()

        def look(execute: Callable, sql: str, *rest: Any) -> Any:
            if match := WRITES.match(sql):
                wrote.add(match[1])
            return execute(sql, *rest)

        with transaction.atomic(), connection.execute_wrapper(look):
            if method == "GET":
                answer = self.sender.get(address)
            else:
                answer = self.sender.post(address, self.here.form(route, absent=absent))
            body = b"".join(answer) if answer.streaming else answer.content
            transaction.set_rollback(True)
        leads = answer.headers.get("Location", "")
        words = [str(message) for message in get_messages(answer.wsgi_request)]
        said = TOKENS.sub(r"\1", "\n".join([leads, *words, body.decode(errors="replace")]))
        for form in (urlencode({"": address})[1:], address):
            said = said.replace(form, "ADDRESS")
        code = "in" if leads.startswith(("/accounts/login/", "/admin/login/")) else ""
        return Answer(code or str(answer.status_code), said, frozenset(wrote))
