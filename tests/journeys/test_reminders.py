"""Beat, a worker, a broker and a mail server, all real: each reminder arrives once."""

import datetime

import pytest
from django.utils import timezone

from tests.factories.cases import CaseFactory
from tests.factories.demands import DemandFactory
from tests.factories.documents import DocumentFactory
from tests.servers import Inbox, wait_until
from tracker.models import Deadline, Demand, Mail, Reminder, Status, SweepRun, User
from tracker.services.days import today_of
from tracker.services.deadlines.start import set_date
from tracker.services.demands import change_status, confirm_proposal
from tracker.services.status_rules import NewEvidence, StatusRequest


def zone_where_it_is_noon(at: datetime.datetime) -> str:
    """So that no person's day ends while the test runs. These zones are signed the other way."""
    return f"Etc/GMT{at.hour - 12:+d}"


@pytest.fixture
def two_people(owner: User, colleague: User) -> tuple[User, User]:
    for person in (owner, colleague):
        person.time_zone = zone_where_it_is_noon(timezone.now())
        person.digest_hour = 1
        person.save()
    return owner, colleague


def look_again_at(demand: Demand, *, owner: User, days: int) -> Deadline:
    at = timezone.now()
    return set_date(
        case=demand.case,
        kind=Deadline.Kind.LOOK_AGAIN,
        due_on=today_of(owner, at) + datetime.timedelta(days=days),
        title="Look again",
        demand=demand,
        owner=owner,
        by=owner,
        at=at,
    )


def end(demand: Demand, *, by: User, second: User) -> None:
    """Events removed what it was about: one person proposes, another confirms."""
    at = timezone.now()
    today = today_of(by, at)
    report = DocumentFactory(cases=[demand.case])
    proposal = change_status(
        demand=demand,
        request=StatusRequest(
            to_status=Status.OVERTAKEN,
            shown_version=demand.version,
            happened_on=today,
            reason="The court released them.",
            added=[NewEvidence(document=report, claim="Released today.")],
        ),
        by=by,
        at=at,
    )
    confirm_proposal(proposal=proposal, by=second, at=at)


def sweeps() -> int:
    return SweepRun.objects.filter(finished_at__isnull=False).count()


def counts(inbox: Inbox, *people: User) -> list[int]:
    return [len(inbox.to(person.email)) for person in people]


def test_a_date_in_three_days_is_told_once_and_not_after_its_demand_has_ended(
    programs, inbox, two_people
):
    owner, colleague = two_people
    case = CaseFactory(reference="JOURNEY-1", lead=owner)
    closing, staying = DemandFactory(case=case), DemandFactory(case=case)
    ended = look_again_at(closing, owner=owner, days=3)
    kept = look_again_at(staying, owner=colleague, days=3)

    # Nobody calls anything: beat ticks, the worker sweeps, the mail server receives.
    worker, beat = programs.worker(), programs.beat()
    wait_until(
        lambda: counts(inbox, owner, colleague) == [1, 1],
        seconds=60,
        what=f"one mail for each of the two\n{programs.logs()}",
    )
    [mail] = inbox.to(owner.email)
    assert "JOURNEY-1" in mail.message.get_body(("plain",)).get_content()
    assert mail.message["Auto-Submitted"] == "auto-generated"
    assert Mail.objects.get(message_id=mail.message_id).person == owner

    # Three more sweeps: nothing more.
    before = sweeps()
    wait_until(lambda: sweeps() >= before + 3, seconds=60, what="three more sweeps")
    assert counts(inbox, owner, colleague) == [1, 1]
    assert Mail.objects.values_list("state", flat=True).distinct().get() == Mail.State.SENT

    # One demand ends. On the day before, its owner hears nothing; the other does.
    end(closing, by=owner, second=colleague)
    for process in (beat, worker):
        programs.kill(process)
    eve = timezone.now() + datetime.timedelta(days=2)
    ran = programs.manage("send_reminders", "--at", eve.isoformat())
    assert (ran.returncode, ran.stderr) == (0, "")
    assert counts(inbox, owner, colleague) == [1, 2]
    assert Reminder.objects.filter(deadline=ended).pending().count() == 0
    assert Reminder.objects.filter(deadline=kept, state=Reminder.State.SENT).count() == 2
