"""Two cases with one row of every table each: an open one, and one hidden from most."""

import datetime

import pytest

from tests.factories.authorities import AddresseeFactory, AuthorityFactory
from tests.factories.cases import CaseFactory, CitedNormFactory, MembershipFactory, SignatoryFactory
from tests.factories.deadlines import (
    CalendarDayFactory,
    ResponseRuleFactory,
    StatutoryDeadlineFactory,
)
from tests.factories.demands import DemandFactory
from tests.factories.documents import DocumentFactory, EvidenceFactory
from tracker.models import (
    Action,
    Authority,
    Case,
    CaseLink,
    Confidentiality,
    DatedFact,
    Deadline,
    DeadlineChange,
    Draft,
    EscalationChoice,
    EscalationStep,
    FeedToken,
    Mute,
    Reminder,
    ReminderPlan,
    Response,
    ResponseGrade,
    Status,
    StatusChange,
    StatusProposal,
)
from tracker.services.events import record_event

AT = datetime.datetime(2026, 3, 2, 9, 30, tzinfo=datetime.UTC)
DAY = datetime.date(2026, 3, 2)
MARKER = "Zulfiqar-marker"


def furnish(case: Case, word: str, person) -> dict[str, object]:
    """One row of every table of a case, each with `word` wherever it holds words."""
    rule, authority = ResponseRuleFactory(), AuthorityFactory()
    addressee = AddresseeFactory(
        case=case, number=1, authority=authority, person=word, notes=word, rule=rule
    )
    demand = DemandFactory(case=case, number=1, text=f"{word} text", heading=word, owner=person)
    demand.addressees.add(addressee)
    document = DocumentFactory(title=f"{word} paper", text=word, cases=[case])
    change = StatusChange.objects.create(
        demand=demand,
        seq=1,
        from_status=Status.AWAITING,
        to_status=Status.CONTRARY,
        happened_on=DAY,
        reason=word,
        by=person,
        at=AT,
    )
    proposal = StatusProposal.objects.create(
        demand=demand,
        seq=2,
        from_status=Status.CONTRARY,
        to_status=Status.OVERTAKEN,
        happened_on=DAY,
        reason=word,
        by=person,
        at=AT,
    )
    deadline = StatutoryDeadlineFactory(
        case=case,
        addressee=addressee,
        demand=demand,
        rule=rule,
        title=word,
        due_on=DAY,
        owner=person,
    )
    action = Action.objects.create(
        case=case,
        addressee=addressee,
        direction=Action.Direction.IN,
        kind=Action.Kind.RESPONSE,
        happened_on=DAY,
        note=word,
        at=AT,
    )
    action.documents.add(document)
    response = Response.objects.create(action=action, incoming_number=word[:80])
    step, _new = EscalationStep.objects.get_or_create(
        code="complain",
        defaults={
            "number": 1,
            "name": "Complain",
            "advice": "Complain.",
            "opened_by": EscalationStep.OpenedBy.BOTH,
            "logged_as": Action.Kind.NON_RESPONSE_COMPLAINT,
        },
    )
    return {
        "case": case,
        "addressee": addressee,
        "authority": authority,
        "rule": rule,
        "demand": demand,
        "document": document,
        "fact": DatedFact.objects.create(document=document, happened_on=DAY, statement=word),
        "change": change,
        "proposal": proposal,
        "evidence": EvidenceFactory(demand=demand, document=document, claim=f"{word} open"),
        "weighed": EvidenceFactory(
            demand=demand, document=document, claim=f"{word} weighed", status_change=change
        ),
        "deadline": deadline,
        "deadline_change": DeadlineChange.objects.create(
            deadline=deadline,
            kind=DeadlineChange.Kind.STARTED,
            reason=word,
            after={"due_on": DAY.isoformat(), "overdue_after": DAY.isoformat()},
            at=AT,
        ),
        "look_again": Deadline.objects.create(
            case=case,
            kind=Deadline.Kind.LOOK_AGAIN,
            title=f"{word} look again",
            due_on=DAY,
            overdue_after=DAY,
            created_at=AT,
        ),
        "action": action,
        "response": response,
        "grade": ResponseGrade.objects.create(
            demand=demand,
            addressee=addressee,
            response=response,
            grade="C1",
            note=word,
            graded_on=DAY,
        ),
        "signatory": SignatoryFactory(case=case, number=1, name=word),
        "norm": CitedNormFactory(case=case, number=1, instrument=word),
        "plan": ReminderPlan.objects.create(case=case, kind=Deadline.Kind.EVENT),
        "reminder": Reminder.objects.create(
            deadline=deadline,
            generation=1,
            person=person,
            offset_days=0,
            due_on=DAY,
            fire_on=DAY,
            send_at=AT,
            created_at=AT,
        ),
        "mute": Mute.objects.create(
            deadline=deadline,
            generation=1,
            person=person,
            kind=Mute.Kind.SNOOZED,
            until=DAY,
            at=AT,
        ),
        "choice": EscalationChoice.objects.create(
            deadline=deadline,
            step=step,
            decision=EscalationChoice.Decision.DECLINED,
            reason=word,
            by=person,
            at=AT,
        ),
        "event": record_event(
            action="case.edited", about=case, case=case, by=person, at=AT, details={"note": word}
        ),
    }


@pytest.fixture
def opened(case, owner) -> dict[str, object]:
    """The open case and its rows; anybody who works may edit them."""
    return furnish(case, "Plain", owner)


@pytest.fixture
def hidden(team_case, owner, colleague) -> dict[str, object]:
    """The restricted case and its rows: every word of theirs holds the marker."""
    Case.objects.filter(pk=team_case.pk).update(title=f"{MARKER} case", issuer=MARKER)
    team_case.refresh_from_db()
    rows = furnish(team_case, MARKER, owner)
    other = CaseFactory(
        reference="TEAM-2", title=f"{MARKER} other", confidentiality=Confidentiality.TEAM
    )
    MembershipFactory(case=other, user=owner)
    # Its name alone would tell.
    Authority.objects.filter(pk=rows["authority"].pk).update(
        name=f"{MARKER} office", slug="office-1a2b3c", born_in=team_case
    )
    rows["authority"].refresh_from_db()
    rows["link"] = CaseLink.objects.create(
        case=team_case, other=other, kind=CaseLink.Kind.CONTINUES
    )
    rows["membership"] = team_case.memberships.get(user=colleague)
    rows["draft"] = Draft.objects.create(text=MARKER, by=owner, created_at=AT)
    rows["feed"] = FeedToken.objects.create(user=owner, name=MARKER, digest="d", created_at=AT)
    return rows


@pytest.fixture
def entangled(opened, hidden) -> dict[str, object]:
    """Rows of the open case that point to the hidden one."""
    shared = DocumentFactory(title="Shared paper", cases=[opened["case"], hidden["case"]])
    opened["action"].documents.add(hidden["document"])
    return {
        "shared": shared,
        "link": CaseLink.objects.create(
            case=opened["case"], other=hidden["case"], kind=CaseLink.Kind.REPEATS
        ),
        "evidence": EvidenceFactory(demand=opened["demand"], document=hidden["document"]),
        "day": CalendarDayFactory(),
    }
