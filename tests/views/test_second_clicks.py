"""Every form sent twice, as a double click on a slow line does: done once, and nothing is amiss.

`FORMS` has every address of the site that takes a form, by the name of its route: a new one is
entered there, with what makes it valid.
"""

import datetime
import uuid
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.contrib.messages import get_messages
from django.urls import URLPattern, get_resolver, reverse

from tests.factories.authorities import AddresseeFactory, AuthorityFactory
from tests.factories.cases import CaseFactory, MembershipFactory, SignatoryFactory
from tests.factories.correspondence import ResponseFactory
from tests.factories.deadlines import (
    DeadlineFactory,
    ResponseRuleFactory,
    StatutoryDeadlineFactory,
)
from tests.factories.demands import DemandFactory
from tests.factories.people import UserFactory
from tests.factories.reminders import MailFactory, ReminderFactory
from tests.now import NOW, TODAY
from tests.page_forms import forms_of
from tracker.models import Case, EscalationStep, StatusProposal
from tracker.services.emergency_access import open_in_emergency
from tracker.services.feeds import make_feed, new_secret
from tracker.services.intake import start_draft
from tracker.services.people.account_changes import ask_change
from tracker.services.people.invitations import invite
from tracker.services.people.travel import start_travel
from tracker.services.reminders.mute import acknowledge

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)
COURT = {"new_kind": "court", "rule": "usual"}
STATUS = {
    "to_status": "not_assessable",
    "happened_on": TODAY,
    "reason": "Nobody can tell.",
    "review_on": TODAY + 60 * DAY,
}


@pytest.fixture
def site(signed_in, administrator, case, colleague):
    """A case with a little of everything, and whoever may do anything to it."""
    addressee = AddresseeFactory(case=case, rule=ResponseRuleFactory())
    late = StatutoryDeadlineFactory(
        case=case,
        addressee=addressee,
        due_on=datetime.date(2024, 3, 1),
    )
    demand = DemandFactory(case=case)
    demand.addressees.add(addressee)
    ahead = DeadlineFactory(case=case, due_on=TODAY + 9 * DAY)
    mail = MailFactory(person=administrator, state="dead")
    ReminderFactory(deadline=ahead, person=administrator, mail=mail, state="in_mail")
    return SimpleNamespace(
        client=signed_in(administrator),
        me=administrator,
        colleague=colleague,
        case=case,
        addressee=addressee,
        late=late,
        ahead=ahead,
        demand=demand,
        mail=mail,
        response=ResponseFactory(action__case=case, action__addressee=addressee),
    )


def of_case(**typed):
    return lambda site: ([site.case.reference], typed)


def of_demand(**typed):
    return lambda site: ([site.demand.pk], typed)


def of_mail(**typed):
    return lambda site: ([site.mail.pk], typed)


def of_draft(**typed):
    def entry(site):
        text = "To the court of Osh.\n\nWe call on you to release them."
        return [start_draft(text=text, by=site.me, at=NOW).pk], typed

    return entry


def of_proposal(**typed):
    def entry(site):
        proposal = StatusProposal.objects.create(
            demand=site.demand,
            seq=1,
            from_status="awaiting",
            to_status="rejected",
            happened_on=TODAY,
            reason="They refuse.",
            by=site.colleague,
            at=NOW,
        )
        return [site.demand.pk, proposal.pk], typed

    return entry


def of_next_step(**typed):
    def entry(site):
        EscalationStep.objects.create(
            code="letter", number=1, name="Letter", advice="Write again.", opened_by="both"
        )
        return [site.late.pk, "letter"], {"do_by": TODAY + 7 * DAY} | typed

    return entry


def of_step(site):
    """A first step of the status, to be corrected."""
    site.client.post(f"/demands/{site.demand.pk}/status/", {"shown_version": 1} | SOURCES | STATUS)
    return [site.demand.pk], {"reason": "Written in haste."}


def of_mute(site):
    acknowledge(deadline=site.ahead, by=site.me, at=NOW)
    return [site.ahead.pk], {}


def of_team(site):
    """Of a case that one sees no more, having left its team."""
    Case.objects.filter(pk=site.case.pk).update(confidentiality="team")
    MembershipFactory(case=site.case, user=site.me), MembershipFactory(case=site.case)
    return [site.case.reference], {"remove": site.me.pk, "sure": "1"}


def of_team_member(*arguments):
    """Of names and contacts, which the team alone may ask for."""

    def entry(site):
        Case.objects.filter(pk=site.case.pk).update(contacts="somebody")
        SignatoryFactory(case=site.case, number=1, at_risk=True)
        MembershipFactory(case=site.case, user=site.me)
        return [site.case.reference, *arguments], {"purpose": "to call them"}

    return entry


def of_hidden_authority(site):
    MembershipFactory(case=site.case, user=site.me)
    office = AuthorityFactory(slug="office-1a2b", born_in=site.case)
    return [office.slug], {}


def of_person(site):
    office = AuthorityFactory(kind="person", email="somebody@example.org")
    return [office.slug], {"purpose": "to call them"}


def of_feed(site):
    secret = new_secret()
    feed = make_feed(
        user=site.me, name="Phone", secret=secret, everything=False, by=site.me, at=NOW
    )
    return [feed.pk], {}


def of_emergency_to_open(site):
    """Of a case that one is not on the team of."""
    hidden = CaseFactory(reference="TEAM-9", confidentiality="team")
    MembershipFactory(case=hidden, user=site.colleague)
    return [], {"reference": hidden.reference, "reason": "Nobody answers the telephone."}


def of_emergency(site):
    _none, typed = of_emergency_to_open(site)
    return [open_in_emergency(**typed, by=site.me, at=NOW).pk], {}


def of_traveller(site):
    start_travel(person=site.colleague, until=TODAY + DAY, by=site.colleague, at=NOW)
    return [site.colleague.pk], {}


def of_change(site):
    other = UserFactory(role="coordinator")
    change = ask_change(
        person=site.colleague,
        kind="address",
        new_address="new@example.org",
        reason="They moved.",
        by=other,
        at=NOW,
    )
    return [change.pk], {}


def of_invitation(site):
    invitation = invite(
        name="New", email="new@example.org", role="viewer", language="en", by=None, at=NOW
    )
    return [invitation.pk], {}


def deadline_change(action, **typed):
    return lambda site: ([site.late.pk, action], {"reason": "Answered."} | typed)


SOURCES = {"source-TOTAL_FORMS": 0, "source-INITIAL_FORMS": 0}

# The page has its form at its own address, or the form is typed whole. A name may stand there more
# than once: after a colon what sets it apart.
FORMS = {
    "addressee_dates": lambda site: (
        [site.case.reference, site.addressee.number],
        {"channel": "post", "sent_on": TODAY - 3 * DAY},
    ),
    "addressee_new": of_case(new_authority="Court", **COURT),
    "authority_publish": of_hidden_authority,
    "authority_reveal": of_person,
    "calendar_confirm": lambda site: (["KG", 2027], {"source_url": "https://gov.kg/days"}),
    "calendar_import": lambda site: (["KG"], {"chosen": "1", "day": ["2027-03-09 Orozo Ait"]}),
    "case_change:close": lambda site: (
        [site.case.reference, "close"],
        {"close_reason": "partly", "closing_note": "Half of it."},
    ),
    "case_change:facts": lambda site: ([site.case.reference, "facts"], {"title": "Another"}),
    "case_new": lambda site: ([], {"text": "We call on you to answer."}),
    "case_reveal": of_team_member(),
    "case_team": lambda site: ([site.case.reference], {"user": site.colleague.pk}),
    "case_team:leave": of_team,
    "contact_new": of_case(kind="phone_call", happened_on=TODAY, note="They will write."),
    "date_new": of_case(kind="look_again", when="week", title="Look again"),
    "deadline_acknowledge": lambda site: ([site.ahead.pk], {}),
    "deadline_change:close": deadline_change("close", on=TODAY),
    "deadline_change:pause": lambda site: (
        [site.late.pk, "pause"],
        {"on": site.late.anchor_on + DAY, "reason": "They asked."},
    ),
    "deadline_snooze": lambda site: ([site.ahead.pk], {"days": "3"}),
    "deadline_unmute": of_mute,
    "change_approve": of_change,
    "change_ask": lambda site: (
        [site.colleague.pk, "address"],
        {"new_address": "new@example.org", "reason": "They moved."},
    ),
    "change_refuse": of_change,
    "demand_correct": of_step,
    "demand_edit": of_demand(heading="Another heading"),
    "demand_new": of_case(text="Release them.", kind="general", basis="explicit"),
    "demand_review": of_demand(shown_version=1, review_on=TODAY + 7 * DAY),
    "demand_status": of_demand(**STATUS),
    "document_new": of_case(title="T", kind="note", text="W"),
    "draft_background": lambda site: (
        of_draft()(site)[0],
        {"background-title": "T", "background-kind": "news", "background-cases": site.case.pk},
    ),
    "draft_discard": of_draft(),
    "draft_review": of_draft(action="save"),
    "feed_revoke": of_feed,
    "invitation_again": of_invitation,
    "invitation_take_back": of_invitation,
    "mail_send_again": of_mail(),
    "mail_settle": of_mail(delivered="no"),
    "next_step:decline": of_next_step(decision="decline", reason="Not now."),
    "next_step:take": of_next_step(decision="take"),
    "emergency_end": of_emergency,
    "emergency_open": of_emergency_to_open,
    "own_travel": lambda site: ([], {"until": TODAY + DAY, "sure": "on"}),
    "person_cut_off": lambda site: ([site.colleague.pk], {}),
    "person_leave": lambda site: ([site.colleague.pk], {"sure": "on"}),
    "person_new": lambda site: (
        [],
        {"name": "New", "email": "new@example.org", "role": "viewer", "language": "en"},
    ),
    "person_reset": lambda site: ([site.colleague.pk], {}),
    "person_role": lambda site: ([site.colleague.pk], {"role": "viewer"}),
    "person_travel_end": of_traveller,
    "profile": lambda site: ([], {"name": "Farida Administrator"}),
    "proposal_decide:confirm": of_proposal(decision="confirm"),
    "proposal_decide:decline": of_proposal(decision="decline", reason="Look again."),
    "recomputation_new": lambda site: ([], {"reason": "A decree."}, "?calendar=KG"),
    "reminder_retry_failed": lambda site: ([], {}),
    "response_grade": lambda site: ([site.response.pk], {f"grade_{site.demand.pk}": "B1"}),
    "response_new": lambda site: (
        [site.case.reference],
        {
            "addressee": site.addressee.pk,
            "received_on": TODAY,
            "note": "They refuse.",
            f"grade_{site.demand.pk}": "E1",
        },
    ),
    "set_language": lambda site: ([], {"language": "ru"}),
    "signatory_reveal": of_team_member(1),
    "silence_note": lambda site: ([site.case.reference, site.addressee.number], {"grade": "D1"}),
}
# The first answers with a page, which shows an address once; the second throws away what waits.
# After a cut-off of one's own nobody is signed in.
NOT_ANSWERED_ELSEWHERE = {
    "feed_list": "tests/views/test_feeds.py",
    "unsent": "test_unsent.py",
    "own_cut_off": "test_people.py",
    "invitation_accept": "test_people.py",
    "usersessions_list": "test_sessions.py",
}


def rows() -> dict[str, int]:
    return {
        model.__name__: model._default_manager.count()
        for model in apps.get_app_config("tracker").get_models()
    }


def filled(client, address: str) -> dict[str, list[str]]:
    """What the form of this page holds before anybody types, where it has a page."""
    page = client.get(address)
    if page.status_code != 200:
        return {}
    whole = [form for form in forms_of(page) if form.action == address]
    return next((form.fields for form in whole if form.area == "main"), {})


@pytest.mark.parametrize("name", FORMS)
def test_a_form_sent_twice_is_done_once(name, site):
    arguments, typed, *query = FORMS[name](site)
    client, address = (
        site.client,
        "".join([reverse(name.partition(":")[0], args=arguments), *query]),
    )
    data = filled(client, address) | typed | {"form_token": str(uuid.uuid4())}
    before = rows()
    first = client.post(address, data)
    assert first.status_code == 302, first.text
    said = list(get_messages(first.wsgi_request))
    assert not [message for message in said if message.level_tag in ("error", "warning")]
    after = rows()
    assert after != before
    second = client.post(address, data)
    assert (second.status_code, second.url) == (302, first.url)
    assert rows() == after
    assert list(client.get("/").context["messages"]) == said


def test_every_address_that_takes_a_form_is_tried(site):
    ours = [p for p in get_resolver().url_patterns if isinstance(p, URLPattern)]
    taking = set()
    for route in ours:
        given = {name: SAMPLES[name] for name in route.pattern.converters if name in SAMPLES}
        address = reverse(route.name, kwargs=given)
        if site.client.post(address, {"form_token": str(uuid.uuid4())}).status_code != 405:
            taking.add(route.name)
    assert taking == {name.partition(":")[0] for name in FORMS} | set(NOT_ANSWERED_ELSEWHERE)


# Of no row that is there: whether a form is taken at all is asked before.
SAMPLES = {
    "pk": 999,
    "number": 99,
    "proposal": 99,
    "year": 1999,
    "reference": "NONE",
    "change": "none",
    "code": "none",
    "slug": "none",
    "action": "none",
    "kind": "none",
    "secret": "none",
}
