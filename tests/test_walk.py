"""Every address, asked by everybody, with GET and POST: the table of what each is answered.

Outsiders are told of a hidden row exactly what they are told of one that is not there. A new
address fails until it stands in `ANSWERS`; the failure says in which group.
"""

import re
from collections import defaultdict

import pytest
from django.test import Client
from time_machine import travel

from tests.factories.authorities import AddresseeFactory
from tests.factories.cases import SignatoryFactory
from tests.factories.deadlines import StatutoryDeadlineFactory
from tests.factories.demands import DemandFactory
from tests.factories.documents import DocumentFactory, EvidenceFactory
from tests.factories.reminders import ReminderFactory
from tests.now import NOW, TODAY
from tests.walk import (
    INSIDE,
    MARKER,
    OF_THE_MACHINE,
    OF_THE_RECORD,
    OUTSIDE,
    Asker,
    World,
    routes,
    world,
)
from tracker.models import Case
from tracker.services.events import record_event

# The pages of the libraries ask for words that they are not given.
pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.ignore_template_errors]

# The answers to nobody, viewer, officer, coordinator, administrator | member and lead of the hidden
# case: to GET, then to POST. "in" leads to the sign-in page. Below them the addresses, from the
# root; {a b} stands for each.
ANSWERS = {
    "in 200 200 200 200 | 200 200, in 405 405 405 405 | 405 405": """
        / /accounts/2fa/ /accounts/2fa/webauthn/ /agenda/ /agenda/unscheduled/ /authorities/
        /calendars/ /calendars/<code>/ /cases/ /deadlines/ /demands/ /demands/export/
        /reminders/ /reports/
    """,
    "in 404 404 404 404 | 200 200, in 405 405 405 405 | 405 405": """
        /authorities/<slug>/ /cases/<reference>/ /deadlines/<pk>/ /demands/<pk>/
        /documents/<code>/ /documents/<code>/file/
    """,
    "in 405 405 405 405 | 405 405, in 404 404 404 404 | 403 302": "/authorities/<slug>/publish/",
    "in 404 404 404 404 | 200 200, in 404 404 404 404 | 422 422": """
        /authorities/<slug>/show/
        /cases/<reference>/{addressees/<number>/ addressees/new/ close/ confidentiality/
            contacts/new/ dates/new/ demands/new/ documents/new/ facts/ lead/ phase/
            responses/new/ show/contacts/ signatories/<number>/show/}
        /deadlines/<pk>/{assign/ cancel/ close/ correct/ extend/ forward/ next/<code>/
            pause/}
        /demands/<pk>/{edit/ status/}
    """,
    "in 405 405 405 405 | 405 405, in 404 404 302 302 | 404 302": """
        /calendars/<code>/<year>/confirm/ /people/invitations/<pk>/again/
        /people/invitations/<pk>/take-back/ /reminders/retry-failed/
    """,
    "in 404 404 200 200 | 404 200, in 404 404 422 422 | 404 422": "/calendars/<code>/import/",
    "in 405 405 405 405 | 405 405, in 404 404 404 404 | 302 302": """
        /emergency/<pk>/end/
        /cases/<reference>/addressees/<number>/silence/
        /deadlines/<pk>/{acknowledge/ snooze/ unmute/}
        /demands/<pk>/proposals/<proposal>/
    """,
    "in 404 404 404 404 | 302 302, in 404 404 404 404 | 302 302": "/cases/<reference>/reopen/",
    "in 404 404 404 404 | 200 200, in 404 404 404 404 | 200 200": "/cases/<reference>/team/",
    "in 403 200 200 200 | 200 200, in 403 422 422 422 | 422 422": "/cases/new/",
    "in 404 404 404 404 | 200 404, in 404 404 404 404 | 302 404": "/cases/new/<pk>/",
    "in 404 404 404 404 | 302 404, in 404 404 404 404 | 422 404": "/cases/new/<pk>/background/",
    "in 404 404 404 404 | 302 302, in 404 404 404 404 | 422 422": """
        /deadlines/<pk>/{move/ reopen/ resume/}
        /demands/<pk>/review/
    """,
    "in 403 403 200 200 | 403 200, in 403 403 422 422 | 403 422": """
        /emergency/ /people/<pk>/leave/ /people/<pk>/role/ /people/new/
    """,
    "404 404 404 404 404 | 404 404, 405 405 405 405 405 | 405 405": "/feeds/<secret>.ics",
    "503 503 503 503 503 | 503 503, 405 405 405 405 405 | 405 405": "/health",
    "405 405 405 405 405 | 405 405, 302 302 302 302 302 | 302 302": "/language/",
    "in 403 403 200 200 | 403 200, in 405 405 405 405 | 405 405": """
        /people/ /people/<pk>/ /recomputations/<pk>/
    """,
    "in 403 403 200 200 | 200 200, in 403 403 422 422 | 422 422": "/people/<pk>/ask/<kind>/",
    "in 403 403 200 200 | 403 200, in 403 403 302 302 | 403 302": "/people/<pk>/cut-off/",
    "in 405 405 405 405 | 405 405, in 403 403 302 302 | 403 302": """
        /people/<pk>/reset/ /people/<pk>/travel/end/ /people/changes/<pk>/agree/
    """,
    "in 405 405 405 405 | 405 405, in 404 404 302 302 | 302 302": """
        /people/changes/<pk>/refuse/
        /reminders/mails/<pk>/{again/ settle/}
    """,
    "in 403 403 404 404 | 403 404, in 403 403 404 404 | 403 404": "/recomputations/new/",
    "in 404 404 200 200 | 200 200, in 405 405 405 405 | 405 405": "/reminders/mails/<pk>/",
    "in 404 404 404 404 | 200 200, in 404 404 404 404 | 302 302": "/responses/<pk>/grades/",
    "in 404 404 404 404 | 200 404, in 405 405 405 405 | 405 405": "/shown/<pk>/",
    "in 302 302 302 302 | 302 302, in 302 302 302 302 | 302 302": """
        /accounts/2fa/authenticate/ /accounts/2fa/reauthenticate/
        /accounts/2fa/recovery-codes/generate/ /accounts/2fa/totp/activate/
        /accounts/2fa/webauthn/add/ /accounts/2fa/webauthn/keys/<pk>/remove/
        /accounts/2fa/webauthn/login/ /accounts/2fa/webauthn/reauthenticate/ /admin/logout/
        /unsent/
    """,
    "in 302 302 302 302 | 302 302, in 405 405 405 405 | 405 405": """
        /accounts/2fa/first/ /accounts/go-on/
    """,
    "in 404 404 404 404 | 404 404, in 405 405 405 405 | 405 405": """
        /accounts/2fa/recovery-codes/
        /reminders/mails/<pk>/html/
    """,
    "in 404 404 404 404 | 404 404, in 404 404 404 404 | 404 404": """
        /accounts/2fa/totp/deactivate/
        /demands/<pk>/correct/
    """,
    "in 200 200 200 200 | 200 200, in 200 200 200 200 | 200 200": """
        /accounts/cut-off/ /accounts/password/change/ /accounts/reauthenticate/
    """,
    "in 200 200 200 200 | 200 200, in 422 422 422 422 | 422 422": """
        /accounts/feeds/ /accounts/me/ /accounts/travel/
    """,
    "in 405 405 405 405 | 405 405, in 404 404 404 404 | 302 404": """
        /accounts/feeds/<pk>/revoke/ /cases/new/<pk>/discard/
    """,
    "200 200 200 200 200 | 200 200, 405 405 405 405 405 | 405 405": """
        /accounts/inactive/ /accounts/password/reset/done/
        /accounts/password/reset/key/done/
    """,
    "404 404 404 404 404 | 404 404, 404 404 404 404 404 | 404 404": "/accounts/invitation/",
    "302 302 302 302 302 | 302 302, 405 405 405 405 405 | 405 405": """
        /accounts/invitation/<secret>/
    """,
    "200 302 302 302 302 | 302 302, 200 302 302 302 302 | 302 302": "/accounts/login/",
    "in 200 200 200 200 | 200 200, in in in in in | in in": "/accounts/logout/",
    "200 200 200 200 200 | 200 200, 200 200 200 200 200 | 200 200": """
        /accounts/password/reset/ /accounts/password/reset/key/<uidb36>-<key>/
    """,
    "in 200 200 200 200 | 200 200, in 302 302 302 302 | 302 302": "/accounts/sessions/",
    "in in 200 200 200 | 200 200, in in 200 200 200 | 200 200": """
        /admin/ /admin/<app_label>/
        /admin/tracker/{accountchange action addressee authority calendarday calendaryear
            case caselink citednorm datedfact deadline deadlinechange demand document draft
            emergencyaccess escalationchoice escalationstep event eventchain eventvalue
            evidence feedtoken mail mailtransition membership mute reminder reminderplan
            response responsegrade responserule signatory statuschange statusproposal}/
        /admin/tracker/{escalationstep responserule}/<object_id>/history/
        /admin/tracker/{action addressee case caselink citednorm datedfact deadline demand
            document evidence membership response signatory}/add/
    """,
    "in in 404 404 404 | 404 404, in in 404 404 404 | 404 404": """
        /admin/<url>
        /admin/tracker/{calendarday calendaryear outage}/{<object_id>/change/
            <object_id>/delete/ <object_id>/history/}
    """,
    "in in 200 200 200 | 200 200, in in 405 405 405 | 405 405": """
        /admin/autocomplete/ /admin/jsi18n/
    """,
    "in 403 302 302 302 | 302 302, in 403 302 302 302 | 302 302": "/admin/login/",
    "in in 302 302 302 | 302 302, in in 302 302 302 | 302 302": """
        /admin/password_change/ /admin/password_change/done/
        /admin/tracker/{accountchange action addressee authority calendarday calendaryear
            case caselink citednorm datedfact deadline deadlinechange demand document draft
            emergencyaccess escalationchoice escalationstep event eventchain eventvalue
            evidence feedtoken invitation mail mailtransition membership mute outage
            recomputation reminder reminderplan response responsegrade responserule
            signatory statuschange statusproposal sweeprun user}/<object_id>/
    """,
    "in in 404 200 200 | 200 200, in in 404 403 403 | 403 403": """
        /admin/tracker/{accountchange mail mailtransition}/<object_id>/change/
    """,
    "in in 404 403 403 | 403 403, in in 404 403 403 | 403 403": """
        /admin/tracker/{accountchange mail mailtransition}/<object_id>/delete/
    """,
    "in in 404 200 200 | 200 200, in in 404 200 200 | 200 200": """
        /admin/tracker/{accountchange mail mailtransition}/<object_id>/history/
    """,
    "in in 403 403 403 | 403 403, in in 403 403 403 | 403 403": """
        /admin/tracker/{escalationstep recomputation responserule user}/<object_id>/delete/
        /admin/tracker/{accountchange calendaryear deadlinechange draft emergencyaccess
            escalationchoice event eventchain eventvalue feedtoken invitation mail
            mailtransition mute outage recomputation reminder responsegrade statuschange
            statusproposal sweeprun user}/add/
    """,
    "in in 404 404 404 | 200 200, in in 404 404 404 | 200 200": """
        /admin/tracker/{action addressee case caselink citednorm datedfact deadline demand
            document evidence response responsegrade signatory}/<object_id>/change/
        /admin/tracker/{action addressee authority case caselink citednorm datedfact
            deadline deadlinechange demand document emergencyaccess escalationchoice event
            eventchain eventvalue evidence membership mute reminder reminderplan response
            responsegrade signatory statuschange statusproposal}/<object_id>/history/
    """,
    "in in 404 404 404 | 403 403, in in 404 404 404 | 403 403": """
        /admin/tracker/{action addressee authority case deadline deadlinechange demand
            document emergencyaccess escalationchoice event eventchain eventvalue mute
            reminder response statuschange statusproposal}/<object_id>/delete/
    """,
    "in in 404 404 404 | 200 200, in in 404 404 404 | 403 200": """
        /admin/tracker/{authority reminderplan}/<object_id>/change/
    """,
    "in in 403 200 200 | 403 200, in in 403 200 200 | 403 200": """
        /admin/tracker/{invitation outage recomputation sweeprun}/
        /admin/tracker/recomputation/<object_id>/history/
        /admin/tracker/{authority calendarday escalationstep reminderplan responserule}/add/
    """,
    "in in 404 404 404 | 200 200, in in 404 404 404 | 302 302": """
        /admin/tracker/membership/<object_id>/change/
        /admin/tracker/{caselink citednorm datedfact evidence membership responsegrade
            signatory}/<object_id>/delete/
    """,
    "in in 404 404 404 | 200 200, in in 404 404 404 | 403 403": """
        /admin/tracker/{deadlinechange emergencyaccess escalationchoice event eventchain
            eventvalue mute reminder statuschange statusproposal}/<object_id>/change/
    """,
    "in in 404 404 404 | 200 404, in in 404 404 404 | 403 404": """
        /admin/tracker/{draft feedtoken}/<object_id>/change/
    """,
    "in in 404 404 404 | 403 404, in in 404 404 404 | 403 404": """
        /admin/tracker/{draft feedtoken}/<object_id>/delete/
    """,
    "in in 404 404 404 | 200 404, in in 404 404 404 | 200 404": """
        /admin/tracker/{draft feedtoken}/<object_id>/history/
    """,
    "in in 200 200 200 | 200 200, in in 403 200 200 | 403 200": """
        /admin/tracker/{escalationstep responserule}/<object_id>/change/
    """,
    "in in 404 200 200 | 404 200, in in 404 403 403 | 404 403": """
        /admin/tracker/{invitation sweeprun}/<object_id>/change/
    """,
    "in in 404 403 403 | 404 403, in in 404 403 403 | 404 403": """
        /admin/tracker/{invitation sweeprun}/<object_id>/delete/
    """,
    "in in 404 200 200 | 404 200, in in 404 200 200 | 404 200": """
        /admin/tracker/{invitation sweeprun}/<object_id>/history/
    """,
    "in in 403 200 200 | 403 200, in in 403 403 403 | 403 403": """
        /admin/tracker/recomputation/<object_id>/change/
    """,
    "in in 404 404 404 | 403 200, in in 404 404 404 | 403 302": """
        /admin/tracker/reminderplan/<object_id>/delete/
    """,
    "in in 403 403 200 | 403 403, in in 403 403 200 | 403 403": """
        /admin/tracker/user/
        /admin/tracker/user/{<object_id>/change/ <object_id>/history/}
    """,
}
# How many reminders are planned in all: a number of the machine's, of no case in particular.
COUNTING = {"health", "reminders/"}
# What a button alone does for whoever runs the team, or for oneself.
OWN = {
    "calendars/<code>/<year>/confirm/",
    "people/<pk>/cut-off/",
    "people/<pk>/reset/",
    "people/changes/<pk>/agree/",
    "people/changes/<pk>/refuse/",
    "people/invitations/<pk>/again/",
    "people/invitations/<pk>/take-back/",
    "reminders/mails/<pk>/again/",
    "reminders/retry-failed/",
}


@pytest.fixture(autouse=True)
def a_moment(one_day):
    """However long the walk takes, nothing shown for some minutes is gone meanwhile."""
    with travel(NOW.timestamp(), tick=False):
        yield


LINE = re.compile(r"(?:[^\s{]|\{[^}]*\})+")


def spread(line: str) -> list[str]:
    """a/{b c}/ is a/b/ and a/c/."""
    before, brace, rest = line.partition("{")
    if not brace:
        return [line]
    choice, _, after = rest.partition("}")
    return [f"{before}{word}{tail}" for word in choice.split() for tail in spread(after)]


def expected() -> dict[str, str]:
    return {
        route.removeprefix("/"): answers
        for answers, listed in ANSWERS.items()
        for line in LINE.findall(listed)
        for route in spread(line)
    }


def faults(here: World, name: str, asker: Asker, method: str, route: str) -> tuple[str, list[str]]:
    """The code of the answer, and each thing it tells or does to somebody outside the case."""
    answer, found = asker.ask(method, route), []
    who = f"{method} /{route} by {name}"
    if name in INSIDE:
        return answer.code, []
    if MARKER in answer.said:
        found.append(f"{who}: names the hidden case")
    if name in here.hidden_from(route) and answer.code != "in":
        absent = asker.ask(method, route, absent=True)
        if (answer.code, answer.said) != (absent.code, absent.said):
            found.append(f"{who}: {answer.code} for what is hidden, {absent.code} for what is not")
    wrote = answer.wrote - OF_THE_MACHINE - OF_THE_RECORD
    if wrote and route not in OWN:
        found.append(f"{who}: wrote {sorted(wrote)}; if it is theirs to write, add it to OWN")
    return answer.code, found


def test_every_address_answers_everybody_as_the_table_says(signed_in):
    here, answers, amiss = world(), defaultdict(dict), []
    for name in (*OUTSIDE, *INSIDE):
        person = here.people.get(name)
        asker = Asker(here, signed_in(person) if person else Client())
        for route in routes():
            for method in ("GET", "POST"):
                code, found = faults(here, name, asker, method, route)
                answers[route][method, name] = code
                amiss += found
    assert not amiss, "\n".join(amiss)

    def line(given: dict) -> str:
        return ", ".join(
            f"{outside} | {inside}"
            for method in ("GET", "POST")
            for outside in [" ".join(given[method, name] for name in OUTSIDE)]
            for inside in [" ".join(given[method, name] for name in INSIDE)]
        )

    seen = {route: line(given) for route, given in answers.items()}
    wanted = expected()
    to_write = defaultdict(list)
    for route in seen:
        if wanted.get(route) != seen[route]:
            to_write[seen[route]].append(f"/{route}")
    assert not to_write, "Write in ANSWERS, under these answers, these addresses:\n" + "\n".join(
        f'    "{answers}": {" ".join(found)}' for answers, found in to_write.items()
    )
    assert set(wanted) - set(seen) == set(), "these addresses are no more: take them out"


@pytest.mark.parametrize("name", ["officer", "coordinator"])
def test_what_becomes_of_a_hidden_case_changes_no_page_of_others(name, signed_in):
    """No list, count, choice or order depends on its rows, be they more or in other words."""
    here = world()
    asker = Asker(here, signed_in(here.people[name]))
    plain = [route for route in routes() if not here.hidden_from(route) and route not in COUNTING]
    assert len(plain) > 100

    def pages() -> dict[str, str]:
        return {route: asker.ask("GET", route).said for route in plain}

    before = pages()
    case, authority = here.hidden["case"], here.hidden["authority"]
    Case.objects.filter(pk=case.pk).update(title="Aaa", issued_on=TODAY, phase="preparing")
    addressee = AddresseeFactory(case=case, authority=authority, number=2, sent_on=TODAY)
    demand = DemandFactory(case=case, number=2, text="Aaa", review_on=TODAY)
    demand.addressees.add(addressee)
    paper = DocumentFactory(title="Aaa", cases=[case])
    EvidenceFactory(demand=demand, document=paper)
    SignatoryFactory(case=case, number=2, name="Aaa")
    clock = StatutoryDeadlineFactory(
        case=case, addressee=addressee, rule=here.hidden["rule"], due_on=TODAY, title="Aaa"
    )
    ReminderFactory(deadline=clock, person=here.people["member"])
    record_event(action="case.edited", about=case, case=case, by=here.people["member"], at=NOW)
    assert [route for route, said in pages().items() if said != before[route]] == []
