"""The everyday changes of a case, each from its own page."""

import pytest
from django.contrib.messages import get_messages
from django.core.exceptions import NON_FIELD_ERRORS
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.events import words
from tests.factories.cases import MembershipFactory
from tests.factories.deadlines import DeadlineFactory
from tests.factories.demands import DemandFactory
from tests.factories.documents import DocumentFactory
from tests.factories.reminders import ReminderFactory
from tests.now import NOW, TODAY
from tests.page_forms import loaded, posted_by, send
from tests.pages import refused_as_closed
from tests.races import overlap
from tracker.models import Case, Deadline, Event, Membership, Phase, Reminder
from tracker.services.cases import close_case
from tracker.views.case_changes import who_hears

CHANGES = ["facts", "lead", "phase", "confidentiality", "close", "reopen"]
OF_RUNNING = [change for change in CHANGES if change != "reopen"]


def page(case: Case, change: str) -> str:
    return f"/cases/{case.reference}/{change}/"


def closed(case: Case) -> Case:
    case.phase, case.close_reason, case.closing_note = Phase.CLOSED, "partly", "Half of it."
    case.closed_at = NOW
    case.save()
    return case


def actions(case: Case) -> list[str]:
    return list(Event.objects.about(case).order_by("pk").values_list("action", flat=True))


def test_the_facts_are_corrected_with_a_reason(signed_in, owner, case):
    source = DocumentFactory(cases=[case])
    answer = send(
        signed_in(owner),
        page(case, "facts"),
        title="A better title",
        issued_on="2020-01-13",
        language="ky",
        source=source.pk,
        change_reason="typo",
    )
    assert (answer.status_code, answer.url) == (302, f"/cases/{case.reference}/")
    case.refresh_from_db()
    assert (case.title, str(case.issued_on), case.language) == (
        "A better title",
        "2020-01-13",
        "ky",
    )
    assert (case.source, case.version) == (source, 2)
    event = Event.objects.about(case).get()
    assert (event.action, event.by_id, words(event)["reason"]) == ("case.edited", owner.pk, "typo")


def test_saving_what_stands_there_writes_nothing(signed_in, owner, case):
    assert send(signed_in(owner), page(case, "facts")).status_code == 302
    assert (Case.objects.get(pk=case.pk).version, actions(case)) == (1, [])


def test_a_bad_day_keeps_all_that_was_typed(signed_in, owner, case):
    answer = send(signed_in(owner), page(case, "facts"), title="Typed", issued_on="2999-01-01")
    assert answer.status_code == 422
    form = answer.context["form"]
    assert list(form.errors) == ["issued_on"]
    assert (form["title"].value(), form["issued_on"].value()) == ("Typed", "2999-01-01")
    assert Case.objects.get(pk=case.pk).title == "An open appeal"


def test_a_paper_of_another_case_is_no_source(signed_in, owner, case, team_case):
    elsewhere = DocumentFactory(cases=[team_case])
    answer = send(signed_in(owner), page(case, "facts"), source=elsewhere.pk)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["source"])


def test_two_people_at_the_facts_lose_nothing(signed_in, owner, colleague, case):
    first, second = signed_in(owner), signed_in(colleague)
    old = loaded(second, page(case, "facts"))
    send(first, page(case, "facts"), title="First's title", place="Osh")
    refused = second.post(page(case, "facts"), old | {"title": "Second's title", "issuer": "We"})
    assert refused.status_code == 409
    [step] = refused.context["form"].changed_since
    assert step.by == owner.name
    assert [change.after for change in step.changes] == ["First's title", "Osh"]
    assert list(refused.context["form"].errors) == [NON_FIELD_ERRORS, "title"]
    assert Case.objects.get(pk=case.pk).title == "First's title"
    again = posted_by(refused)
    assert (again["title"], again["place"], again["issuer"]) == (
        ["Second's title"],
        ["Osh"],
        ["We"],
    )
    assert second.post(page(case, "facts"), again).status_code == 302
    case.refresh_from_db()
    assert (case.title, case.place, case.issuer) == ("Second's title", "Osh", "We")


def test_a_new_lead_leads_and_joins_the_team(signed_in, owner, stranger, team_case):
    assert send(signed_in(owner), page(team_case, "lead"), lead=stranger.pk).status_code == 302
    team_case.refresh_from_db()
    assert team_case.lead == stranger
    assert Membership.objects.filter(case=team_case, user=stranger).exists()


def test_a_new_lead_is_told_of_the_dates_at_once(signed_in, owner, colleague, case):
    DeadlineFactory(case=case, due_on=TODAY + timezone.timedelta(days=5))
    send(signed_in(owner), page(case, "lead"), lead=colleague.pk)
    assert Reminder.objects.get(at_once=True).person == colleague


def test_who_only_reads_is_not_offered_as_lead(signed_in, owner, viewer, case):
    answer = send(signed_in(owner), page(case, "lead"), lead=viewer.pk)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["lead"])


def test_the_phase_moves_on(signed_in, owner, case):
    client = signed_in(owner)
    offered = [
        value for value, _ in client.get(page(case, "phase")).context["form"]["phase"].field.choices
    ]
    assert offered == [phase for phase in Phase if phase not in ("preparing", "closed")]
    assert (
        send(client, page(case, "phase"), phase="sent", change_reason="posted").status_code == 302
    )
    case.refresh_from_db()
    assert (case.phase, actions(case)) == ("sent", ["case.phase"])


@pytest.mark.parametrize("phase", ["", "closed", "preparing"])
def test_a_phase_that_is_not_offered_is_refused(signed_in, owner, case, phase):
    answer = send(signed_in(owner), page(case, "phase"), phase=phase)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["phase"])


def test_whoever_restricts_a_case_is_shown_its_team_and_stays_on_it(
    signed_in, owner, colleague, case
):
    MembershipFactory(case=case, user=colleague)
    client = signed_in(owner)
    unchanged = send(client, page(case, "confidentiality"))
    assert [said.level_tag for said in get_messages(unchanged.wsgi_request)] == ["info"]
    assert client.get(page(case, "confidentiality")).context["shown"] == [colleague]
    assert send(client, page(case, "confidentiality"), confidentiality="team").status_code == 302
    case.refresh_from_db()
    assert case.restricted
    assert set(case.memberships.values_list("user", flat=True)) == {owner.pk, colleague.pk}


def test_closing_shows_what_it_ends_and_ends_it(signed_in, owner, case):
    running = DeadlineFactory(case=case)
    ended = {"state": Deadline.State.CLOSED, "ended_on": TODAY}
    DeadlineFactory(case=case, **ended)
    demand = DemandFactory(case=case)
    client = signed_in(owner)
    shown = client.get(page(case, "close")).context["shown"]
    assert (shown.dates, shown.demands, shown.reminders) == ([running], [demand], 0)
    answer = send(client, page(case, "close"), close_reason="partly", closing_note="Half of it.")
    assert answer.status_code == 302
    case.refresh_from_db()
    running.refresh_from_db()
    assert (case.phase, case.closing_note, running.state) == ("closed", "Half of it.", "cancelled")
    assert client.get(page(case, "close")).status_code == 403


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"close_reason": "partly", "closing_note": " "}, ["closing_note"]),
        ({"close_reason": "", "closing_note": "It is over."}, ["close_reason"]),
    ],
)
def test_closing_takes_a_reason_and_a_note(signed_in, owner, case, typed, wrong):
    answer = send(signed_in(owner), page(case, "close"), **typed)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, wrong)
    assert Case.objects.get(pk=case.pk).phase == "preparing"


def test_a_closed_case_is_reopened_on_new_facts(signed_in, owner, case):
    client = signed_in(owner)
    closed(case)
    refused = send(client, page(case, "reopen"), reason=" ")
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["reason"])
    assert send(client, page(case, "reopen"), reason="A new arrest.").status_code == 302
    case.refresh_from_db()
    assert (case.phase, case.closed_at, actions(case)) == ("dialogue", None, ["case.reopened"])


def test_a_case_that_is_not_closed_is_not_reopened(signed_in, owner, case):
    answer = signed_in(owner).post(page(case, "reopen"), {"reason": "By mistake."})
    assert (answer.status_code, answer.url) == (302, f"/cases/{case.reference}/")
    assert actions(case) == []


@pytest.mark.parametrize("change", OF_RUNNING)
def test_a_closed_case_is_not_changed(signed_in, owner, case, change):
    client = signed_in(owner)
    for answer in (client.get(page(closed(case), change)), client.post(page(case, change))):
        assert refused_as_closed(answer)


@pytest.mark.parametrize("change", CHANGES)
class TestEachChange:
    def test_a_hidden_case_is_absent(self, signed_in, stranger, team_case, change):
        client = signed_in(stranger)
        assert client.get(page(team_case, change)).status_code == 404
        assert client.post(page(team_case, change)).status_code == 404

    def test_a_viewer_is_refused(self, signed_in, viewer, case, change):
        client = signed_in(viewer)
        assert client.get(page(case, change)).status_code == 403
        assert client.post(page(case, change)).status_code == 403

    def test_a_visitor_signs_in_first(self, client, case, change):
        assert client.get(page(case, change)).url.startswith("/accounts/login/")

    def test_other_methods_are_refused(self, signed_in, owner, case, change):
        assert signed_in(owner).put(page(case, change)).status_code == 405

    def test_an_unknown_case_is_not_found(self, signed_in, owner, change):
        assert signed_in(owner).get(f"/cases/NONE-1/{change}/").status_code == 404

    def test_the_page_asks_as_often_for_three_rows_as_for_one(
        self,
        signed_in,
        owner,
        case,
        change,
        django_assert_num_queries,
        django_assert_max_num_queries,
    ):
        def add() -> None:
            ReminderFactory(deadline=DeadlineFactory(case=case), person=owner)
            DemandFactory(case=case)
            MembershipFactory(case=case)

        if change == "reopen":
            closed(case)
        client = signed_in(owner)
        add()
        client.get(page(case, change))
        with CaptureQueriesContext(connection) as first:
            client.get(page(case, change))
        assert len(first) < 30
        add(), add()
        with django_assert_num_queries(len(first)):
            client.get(page(case, change))


def test_an_unknown_change_is_not_found(signed_in, owner, case):
    assert signed_in(owner).get(page(case, "nonsense")).status_code == 404


def offered(client, case: Case) -> set[str]:
    """The changes of a case that its page leads to."""
    main = client.get(f"/cases/{case.reference}/").text.partition("<main")[2]
    return {change for change in CHANGES if f'href="{page(case, change)}"' in main}


def test_the_page_of_a_case_leads_to_what_may_be_changed(signed_in, owner, viewer, case):
    assert offered(signed_in(owner), case) == set(OF_RUNNING)
    assert offered(signed_in(viewer), case) == set()
    closed(case)
    assert offered(signed_in(owner), case) == {"reopen"}
    assert offered(signed_in(viewer), case) == set()


@pytest.mark.django_db(transaction=True)
def test_nothing_is_written_into_a_case_that_is_being_closed(signed_in, owner, colleague, case):
    client, address = signed_in(owner), f"/cases/{case.reference}/dates/new/"
    date = {"kind": "look_again", "due_on": "2026-12-20", "title": "Look again"}
    typed, answers = loaded(client, address) | date, []
    overlap(
        lambda: close_case(case=case, close_reason="partly", note="Half.", by=colleague, at=NOW),
        lambda: answers.append(client.post(address, typed)),
    )
    assert refused_as_closed(answers[0])
    assert not Deadline.objects.exists()


@pytest.mark.parametrize("confidentiality", ["team", "open"])
def test_what_is_said_is_true_of_a_case_that_nobody_leads(
    signed_in, owner, team_case, confidentiality
):
    Case.objects.update(confidentiality=confidentiality)
    answer = send(signed_in(owner), page(team_case, "lead"), lead="")
    [said] = get_messages(answer.wsgi_request)
    assert said.message == who_hears(Case(confidentiality=confidentiality))
    assert said.message != who_hears(Case(confidentiality=confidentiality, lead=owner))
