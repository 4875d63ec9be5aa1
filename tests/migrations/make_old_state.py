"""Makes `old_state.jsonl.xz`: a database as the program of commit b4f4389 left it.

Run it in a work tree of that commit, whose modules it needs; the dump itself needs none of them:

    git worktree add --detach /tmp/old b4f4389
    cd /tmp/old && python -m tests.migrations.make_old_state /path/to/old_state.jsonl.xz

(copied there, with an `__init__.py`). It loads the demonstration, then lives three weeks of an
office through the services and a few pages, with every kind of change that leaves rows behind.
One JSON line per row: the table, then its columns. Neither database's own spelling is in it.
"""

import datetime
import json
import lzma
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

FOLDER = Path(tempfile.mkdtemp(prefix="tracker-old-state-"))
os.environ |= {
    "LOG_LEVEL": "ERROR",
    "TRACKER_VAR": str(FOLDER),
    "DJANGO_SETTINGS_MODULE": "tracker.settings",
}

import django
import time_machine

django.setup()

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test import Client

from tests import servers
from tracker.models import (
    Action,
    Addressee,
    Authority,
    CalendarDay,
    Case,
    CaseLink,
    CitedNorm,
    Confidentiality,
    DatedFact,
    Deadline,
    DeadlineChange,
    Demand,
    Document,
    EscalationStep,
    Evidence,
    Mail,
    ReminderPlan,
    ResponseRule,
    Role,
    Signatory,
    User,
)
from tracker.services import delivery
from tracker.services.access import note_export, note_read
from tracker.services.addressees import (
    add_addressee,
    correct_first_day,
    edit_addressee,
)
from tracker.services.assignments import assign_deadline
from tracker.services.calendars import confirm_year
from tracker.services.cases import (
    add_member,
    close_case,
    create_case,
    edit_case,
    remove_member,
    reopen_case,
    set_confidentiality,
)
from tracker.services.clock_changes import (
    extend_deadline,
    pause_deadline,
    resume_deadline,
)
from tracker.services.correspondence import (
    NewGrade,
    grade_response,
    log_action,
    note_silence,
    record_response,
)
from tracker.services.deadlines import (
    cancel_deadline,
    close_deadline,
    move_date,
    reopen_deadline,
    set_date,
)
from tracker.services.demands import (
    change_status,
    confirm_proposal,
    correct_status,
    decline_proposal,
    set_review_date,
    withdraw_proposal,
)
from tracker.services.demonstration import COORDINATOR, OFFICER, VIEWER, load_demo
from tracker.services.documents import NewDocument, add_document
from tracker.services.editing import add_row, edit_row, note_links, remove_row
from tracker.services.escalations import decline_step, take_step
from tracker.services.feeds import make_feed, note_feed_read, revoke_feed
from tracker.services.forwarding import forward_addressee
from tracker.services.intake import (
    NewAddressee,
    NewCase,
    NewDemand,
    confirm_draft,
    discard_draft,
    keep_as_document,
    save_corrections,
    start_draft,
)
from tracker.services.moves import Move, NewEvidence
from tracker.services.people import change_role, create_person, deactivate
from tracker.services.profiles import update_profile
from tracker.services.recomputations import recompute_next, request_recomputation
from tracker.services.reference import (
    add_calendar_day,
    add_rule,
    edit_authority,
    edit_plan,
    edit_rule,
)
from tracker.services.reminders import acknowledge, hold_back, send_again, settle, snooze, sweep

PASSWORD = "the password of nobody"
FIRST = datetime.datetime(2026, 11, 2, 4, 0, tzinfo=datetime.UTC)  # 10:00 in Bishkek, a Monday
DAY = datetime.timedelta(days=1)
APPEAL = """Open appeal

To the President of the Kyrgyz Republic
To the Prosecutor General of the Kyrgyz Republic

2 November 2026

We demand:
1. that the Government publish the decision of 1 October 2026;
2. that the Prosecutor General open an investigation.

Anna Sidorova, lawyer
"""


class Office:
    """The office's calendar: each `at()` is a minute later, on the day `go` moved to."""

    def __init__(self, traveller: time_machine.Traveller) -> None:
        self.traveller = traveller
        self.now = FIRST

    def at(self) -> datetime.datetime:
        self.now += datetime.timedelta(minutes=2)
        self.traveller.move_to(self.now)
        return self.now

    def go(self, day: int) -> datetime.date:
        """To 10:00 of so many days after the first."""
        self.now = FIRST + day * DAY
        self.traveller.move_to(self.now)
        return self.now.date()


def live(office: Office, inbox: servers.Inbox) -> None:
    load_demo(password=PASSWORD, at=office.at())
    people = {email: User.objects.get(email=email) for email in (COORDINATOR, OFFICER, VIEWER)}
    coordinator, officer = people[COORDINATOR], people[OFFICER]
    hire(office, coordinator, officer)
    mails_of_a_day(office, inbox, officer)
    statuses(office, coordinator, officer)
    letters(office, officer)
    clocks(office, officer, coordinator)
    intake(office, officer)
    corrections(office, officer, coordinator)
    reference_data(office, coordinator)
    quiet_and_mails(office, inbox, officer, coordinator)
    cases(office, officer, coordinator)
    pages(office, officer)


def hire(office: Office, coordinator: User, officer: User) -> None:
    for email, role in (("admin", Role.ADMINISTRATOR), ("second", Role.OFFICER)):
        person = User(email=f"{email}@demo.test", name=f"Demo {email}", role=role)
        create_person(person=person, by=None, at=office.at(), password=PASSWORD)
    second = User.objects.get(email="second@demo.test")
    change_role(person=second, role=Role.COORDINATOR, by=None, at=office.at())
    left = User(email="left@demo.test", name="Demo leaver", role=Role.OFFICER)
    create_person(person=left, by=coordinator, at=office.at(), password=PASSWORD)
    deactivate(person=left, by=coordinator, at=office.at())
    away = {"away_until": datetime.date(2026, 11, 20), "deputy": officer, "language": "ru"}
    update_profile(user=second, values=away, by=second, at=office.at())
    Authenticator.objects.create(user=officer, type="totp", data={"secret": "encrypted"})
    for name in ("phone", "old phone"):
        feed = make_feed(
            user=officer,
            name=name,
            secret=f"secret of the {name}",
            everything=name == "phone",
            by=officer,
            at=office.at(),
        )
        note_feed_read(feed=feed, at=office.at())
    revoke_feed(feed=feed, by=officer, at=office.at())


def run_worker(office: Office) -> None:
    sweep(at=office.at(), worker="worker-1")
    delivery.deliver(at=office.at(), worker="worker-1", seconds=20)


def mails_of_a_day(office: Office, inbox: servers.Inbox, officer: User) -> None:
    inbox.replies[:] = ["451 try later"]
    run_worker(office)
    office.go(2)
    inbox.refusals[officer.email] = "550 no such mailbox"
    run_worker(office)
    inbox.refusals.clear()


def move(to_status: str, demand: Demand, today: datetime.date, **fields: Any) -> Move:
    demand.refresh_from_db()
    facts = {
        "seq_seen": demand.status_seq,
        "happened_on": today - DAY,
        "reason": f"Demonstration: {to_status}.",
        "review_on": today + 20 * DAY,
    }
    return Move(to_status=to_status, **{**facts, **fields})


def paper(title: str, **fields: Any) -> NewEvidence:
    document = NewDocument(title=title, kind="statement", url="https://example.org/paper", **fields)
    return NewEvidence(document=document, claim=f"{title} says so.")


def statuses(office: Office, coordinator: User, officer: User) -> None:
    today = office.go(3)
    demands = list(Demand.objects.filter(case__reference="LAWYERS-2020").order_by("number"))
    demands += Demand.objects.filter(case__reference="EXPERTS-2020").order_by("number")
    first, second, third, fourth, fifth, sixth = demands[:6]
    for reference in ("LAWYERS-2020", "EXPERTS-2020"):
        log_action(
            case=Case.objects.get(reference=reference),
            kind=Action.Kind.REMINDER_1,
            happened_on=today,
            note="A reminder letter.",
            by=officer,
            at=office.at(),
        )
    change_status(
        demand=first,
        move=move("under_consideration", first, today, added=[paper("A letter of the office")]),
        by=officer,
        at=office.at(),
    )
    change_status(
        demand=first,
        move=move("not_implemented", first, today, added=[paper("A report")]),
        by=officer,
        at=office.at(),
    )
    correction = move(
        "partial", first, today, extent="initial", missing="the rest", added=[paper("A new report")]
    )
    correct_status(demand=first, move=correction, by=officer, at=office.at())
    change_status(
        demand=second, move=move("not_assessable", second, today), by=officer, at=office.at()
    )
    for demand, end in ((third, "confirm"), (fourth, "decline"), (fifth, "withdraw")):
        proposed = move("discontinued", demand, today, review_on=None)
        proposal = change_status(demand=demand, move=proposed, by=officer, at=office.at())
        if end == "confirm":
            confirm_proposal(proposal=proposal, by=coordinator, at=office.at())
        elif end == "decline":
            decline_proposal(proposal=proposal, reason="Not yet.", by=coordinator, at=office.at())
        else:
            withdraw_proposal(proposal=proposal, by=officer, at=office.at())
    reopened = move("awaiting", third, today)
    change_status(demand=third, move=reopened, by=officer, at=office.at())
    change_status(
        demand=sixth,
        move=move("discontinued", sixth, today, review_on=None),
        by=officer,
        at=office.at(),
    )
    set_review_date(demand=second, review_on=today + 33 * DAY, by=officer, at=office.at())


def letters(office: Office, officer: User) -> None:
    today = office.go(4)
    case = Case.objects.get(reference="LAWYERS-2020")
    president, prosecutor = case.addressees.order_by("number")[:2]
    demands = list(case.demands.order_by("number")[:3])
    answer = record_response(
        addressee=president,
        received_on=today,
        by=officer,
        at=office.at(),
        incoming_number="17-1/2026",
        dated_on=today - DAY,
        note="Answered in two lines.",
        document=NewDocument(
            title="Scan of the answer",
            kind="response",
            by_authority=True,
            file=SimpleUploadedFile("answer.pdf", b"%PDF-1.4 an answer"),
        ),
        grades=[NewGrade(demands[0], "B1"), NewGrade(demands[1], "C1", reasoned=True)],
    )
    again = [NewGrade(demands[0], "C1"), NewGrade(demands[1], "")]
    grade_response(response=answer, grades=again, by=officer, at=office.at())
    log_action(
        case=case,
        kind=Action.Kind.MEDIA_ITEM,
        happened_on=today,
        note="An article.",
        by=officer,
        at=office.at(),
    )
    late = Deadline.objects.filter(addressee__case=case).unanswered(today).first()
    note_silence(addressee=late.addressee, grade="D1", by=officer, at=office.at())


def clocks(office: Office, officer: User, coordinator: User) -> None:
    """Every kind of change of a legal deadline, and of a date of ours."""
    today = office.go(5)
    case = Case(reference="CLOCKS-2026", title="An appeal of this year", lead=officer)
    case.issued_on = today - 20 * DAY
    case.issuer = "The demonstration"
    create_case(case=case, by=officer, at=office.at(), team=[officer])
    known = Authority.objects.filter(jurisdiction="KG", default_rule__isnull=False)
    chosen = list(known.order_by("slug"))
    rows: list[Addressee] = []
    for authority in chosen[:7]:
        addressee = Addressee(
            case=case,
            authority=authority,
            channel="post",
            rule=authority.default_rule,
            sent_on=today - 15 * DAY,
            received_on=today - 13 * DAY,
        )
        rows.append(add_addressee(addressee=addressee, by=officer, at=office.at()))
    for number, row in enumerate(rows[:6]):
        row.registered_on = today - 12 * DAY
        row.incoming_number = f"{number}-26"
        edit_addressee(addressee=row, by=officer, at=office.at(), reason="The number came.")
    # The seventh stays with its time to register alone.
    legal = [Deadline.objects.legal_of(row).get() for row in rows[:6]]
    extended, paused, resumed, corrected, forwarded, ended = legal
    document = add_document(
        new=NewDocument(title="Notice of an extension", kind="dispatch"),
        cases=[case],
        by=officer,
        at=office.at(),
    )
    for more in (3, 9):
        extended = extend_deadline(
            deadline=extended,
            until=extended.overdue_after + more * DAY,
            reason="A notice came.",
            norm="Article 8",
            notice=document,
            by=officer,
            at=office.at(),
        )
    paused = pause_deadline(
        deadline=paused, on=today - DAY, reason="They ask for a paper.", by=officer, at=office.at()
    )
    resumed = pause_deadline(
        deadline=resumed, on=today - 3 * DAY, reason="They ask.", by=officer, at=office.at()
    )
    resumed = resume_deadline(
        deadline=resumed, on=today - DAY, reason="It was sent.", by=officer, at=office.at()
    )
    extend_deadline(
        deadline=resumed,
        until=resumed.overdue_after + 4 * DAY,
        reason="And a notice.",
        by=officer,
        at=office.at(),
    )
    correct_first_day(
        deadline=corrected,
        anchor="registered",
        anchor_on=today - 11 * DAY,
        reason="Misread.",
        by=officer,
        at=office.at(),
    )
    forward_addressee(
        addressee=forwarded.addressee,
        authority=chosen[7],
        on=today - 2 * DAY,
        reason="Passed on.",
        by=officer,
        at=office.at(),
        clock=forwarded,
    )
    ended = close_deadline(
        deadline=ended, reason="Answered by telephone.", on=today, by=officer, at=office.at()
    )
    reopen_deadline(deadline=ended, reason="No answer at all.", by=officer, at=office.at())
    # Ended while it was paused; once as it is today, once as it was before its end kept the days.
    pause_and_end(office, corrected, officer, keep=True)
    pause_and_end(office, resumed, officer, keep=False)
    assign_deadline(
        deadline=paused, owner=coordinator, reason="Knows them.", by=officer, at=office.at()
    )
    dates(office, case, officer)
    escalate(office, officer)


def pause_and_end(office: Office, deadline: Deadline, officer: User, *, keep: bool) -> None:
    deadline.refresh_from_db()
    today = office.now.date()
    deadline = pause_deadline(
        deadline=deadline, on=today, reason="They ask again.", by=officer, at=office.at()
    )
    close_deadline(
        deadline=deadline, reason="Answered while paused.", on=today, by=officer, at=office.at()
    )
    if keep:
        return
    # Rows are never altered, so the older shape is written by taking the guard off for a moment.
    last = DeadlineChange.objects.filter(deadline=deadline).latest("pk")
    after = {k: v for k, v in last.after.items() if k not in ("paused", "days_left")}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sql FROM sqlite_master WHERE name = 'tracker_deadlinechange_no_update'"
        )
        [trigger] = cursor.fetchone()
        cursor.execute("DROP TRIGGER tracker_deadlinechange_no_update")
        DeadlineChange.objects.filter(pk=last.pk).update(after=after)
        cursor.execute(trigger)


def dates(office: Office, case: Case, officer: User) -> None:
    today = office.now.date()
    for number, kind in enumerate((Deadline.Kind.EVENT, Deadline.Kind.EXPECTED, "look_again")):
        date = set_date(
            case=case,
            kind=kind,
            due_on=today + (number + 1) * DAY,
            title=f"A date of ours, {number}",
            owner=officer,
            by=officer,
            at=office.at(),
        )
        date = move_date(
            deadline=date, to=date.due_on + DAY, reason="Later.", by=officer, at=office.at()
        )
    cancel_deadline(deadline=date, reason="Not needed.", on=today, by=officer, at=office.at())


def escalate(office: Office, officer: User) -> None:
    today = office.now.date()
    late = Deadline.objects.unanswered(today).exclude(addressee=None).first()
    late = late or Deadline.objects.unanswered(today).first()
    first, second = EscalationStep.objects.filter(jurisdiction__in=["KG", ""]).order_by("number")[
        :2
    ]
    take_step(
        deadline=late,
        step=first,
        do_by=today + 3 * DAY,
        until=None,
        owner=officer,
        by=officer,
        at=office.at(),
    )
    decline_step(
        deadline=late, step=second, reason="Not for this case.", by=officer, at=office.at()
    )


def intake(office: Office, officer: User) -> None:
    office.go(6)
    kept = start_draft(text=APPEAL + "\nA background.\n", by=officer, at=office.at())
    keep_as_document(
        draft=kept,
        new=NewDocument(title="Background", kind="news", text=kept.text),
        cases=[Case.objects.get(reference="CLOCKS-2026")],
        by=officer,
        at=office.at(),
    )
    dropped = start_draft(text=APPEAL + "\nA mistake.\n", by=officer, at=office.at())
    discard_draft(draft=dropped, by=officer, at=office.at())
    draft = start_draft(
        text=APPEAL, by=officer, at=office.at(), source_url="https://example.org/appeal"
    )
    authority = Authority.objects.get(slug="kg-president")
    case = Case(reference="INTAKE-2026", title="Open appeal", issuer="Lawyers", lead=officer)
    case.issued_on = office.now.date() - 4 * DAY
    confirm_draft(
        draft=draft,
        data=NewCase(
            case=case,
            addressees=[
                NewAddressee(
                    Addressee(
                        addressed_as="the President",
                        channel="hand",
                        rule=authority.default_rule,
                        sent_on=case.issued_on,
                        received_on=case.issued_on,
                        registered_on=case.issued_on,
                    ),
                    authority,
                ),
                NewAddressee(
                    Addressee(addressed_as="a new office"),
                    Authority(name="A new office", slug="a-new-office", kind="local"),
                ),
            ],
            demands=[NewDemand(Demand(text="publish the decision"), [0, 1])],
            signatories=[Signatory(name="Anna Sidorova")],
            norms=[CitedNorm(instrument="Constitution", text="Constitution")],
        ),
        by=officer,
        at=office.at(),
    )
    unfinished = start_draft(text=APPEAL + "\nAnother.\n", by=officer, at=office.at())
    save_corrections(draft=unfinished, corrected={"case-title": ["Typed so far"]})


def corrections(office: Office, officer: User, coordinator: User) -> None:
    """What the editing desk does: edits, links and removals of rows of every kind."""
    office.go(7)
    case = Case.objects.get(reference="INTAKE-2026")
    demand = case.demands.get()
    demand.text = "publish the whole decision"
    edit_row(row=demand, by=officer, at=office.at(), reason="As in the original.")
    demand.addressees.set([case.addressees.first()])
    note_links(row=demand, fields=["addressees"], by=officer, at=office.at())
    signatory = case.signatories.get()
    signatory.name = "Anna P. Sidorova"
    edit_row(row=signatory, by=officer, at=office.at())
    remove_row(row=case.norms.get(), by=officer, at=office.at())
    other = Case.objects.get(reference="LAWYERS-2020")
    link = CaseLink(case=case, other=other, kind=CaseLink._meta.get_field("kind").choices[0][0])
    add_row(row=link, by=officer, at=office.at())
    document = Document.objects.get(title="Scan of the answer")
    document.title = "The answer, scanned"
    edit_row(row=document, by=officer, at=office.at(), reason="A plainer name.")
    fact = DatedFact(
        document=document, statement="An answer was signed.", happened_on=datetime.date(2026, 11, 5)
    )
    add_row(row=fact, by=officer, at=office.at())
    fact.statement = "The answer was signed."
    edit_row(row=fact, by=officer, at=office.at())
    action = Action.objects.filter(kind=Action.Kind.MEDIA_ITEM).latest("pk")
    action.note = "Two articles."
    edit_row(row=action, by=coordinator, at=office.at(), reason="There was another.")
    evidence = Evidence.objects.filter(status_change__isnull=False).latest("pk")
    evidence.claim = "It says so plainly."
    edit_row(row=evidence, by=officer, at=office.at())
    note_read(case=other, by=officer, at=office.at())
    note_export(what="demands", rows=3, query="status=awaiting", by=officer, at=office.at())


def reference_data(office: Office, coordinator: User) -> None:
    """Rules, calendar days, plans: and the running clocks move when somebody confirms."""
    today = office.go(8)
    admin = User.objects.get(email="admin@demo.test")
    add_calendar_day(
        day=CalendarDay(jurisdiction="KG", day=today + 2 * DAY, kind="off", reason="Moved"),
        by=admin,
        at=office.at(),
    )
    day = CalendarDay.objects.get(jurisdiction="KG", day=today + 2 * DAY)
    day.reason = "Moved by a decree"
    edit_row(row=day, by=admin, at=office.at())
    run = request_recomputation(reason="A day off", by=admin, at=office.at(), jurisdiction="KG")
    while run.state not in ("done", "failed"):
        run = recompute_next(recomputation_id=run.pk, at=office.at(), chunk=4)
    request_recomputation(
        reason="Waits", by=coordinator, at=office.at(), rule_code="kg-67-reply-14"
    )
    confirm_year(
        jurisdiction="KG", year=2027, source_url="https://example.org", by=admin, at=office.at()
    )
    rule = ResponseRule.objects.filter(standing="dormant").first()
    rule.source_note += " Read again."
    edit_rule(rule=rule, by=admin, at=office.at())
    rule.pk, rule.version, rule._state.adding = None, rule.version + 5, True
    rule.effective_from = rule.effective_to = None
    add_rule(rule=rule, by=admin, at=office.at())
    authority = Authority.objects.get(slug="a-new-office")
    authority.notes = "Opened in 2026."
    edit_authority(authority=authority, by=admin, at=office.at())
    plan = ReminderPlan.objects.order_by("pk").first()
    plan.days_before = [*plan.days_before[:-1], 2]
    edit_plan(plan=plan, by=admin, at=office.at())


def quiet_and_mails(office: Office, inbox: servers.Inbox, officer: User, coordinator: User) -> None:
    office.go(9)
    open_dates = list(Deadline.objects.open().of_person(officer).order_by("due_on", "pk"))
    ahead = [d for d in open_dates if d.due_on > office.now.date()]
    acknowledge(deadline=ahead[0], by=officer, at=office.at())
    snooze(deadline=ahead[1], days=3, by=officer, at=office.at())
    move_date_if_ours(ahead[1], officer, office)
    inbox.replies[:] = ["accept and drop"]
    run_worker(office)
    office.now += datetime.timedelta(minutes=30)
    run_worker(office)
    dead = Mail.objects.filter(state=Mail.State.DEAD).first()
    send_again(mail=dead, by=coordinator, at=office.at())
    run_worker(office)
    office.go(10)
    hold_back(at=office.at(), reason="may have been sent before the restore")
    held = list(Mail.objects.filter(state=Mail.State.HELD).order_by("pk"))
    for mail, delivered in zip(held, (True, False), strict=False):
        settle(mail=mail, delivered=delivered, by=coordinator, at=office.at())
    office.go(14)  # the mail server is away altogether
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, servers.free_port()
    run_worker(office)
    settings.EMAIL_PORT = port
    office.now += datetime.timedelta(minutes=30)
    inbox.refusals[officer.email] = "550 no such mailbox"
    run_worker(office)
    inbox.refusals.clear()
    office.go(15)
    sweep(at=office.at(), worker="worker-2")


def move_date_if_ours(deadline: Deadline, officer: User, office: Office) -> None:
    """A muted date that moves: what was muted was its older clock."""
    if deadline.kind != Deadline.Kind.STATUTORY:
        deadline.refresh_from_db()
        move_date(
            deadline=deadline,
            to=deadline.due_on + DAY,
            reason="Put off.",
            by=officer,
            at=office.at(),
        )


def cases(office: Office, officer: User, coordinator: User) -> None:
    office.go(16)
    case = Case.objects.get(reference="SI-2022")
    close_case(
        case=case, close_reason="partly", note="All that could be done.", by=officer, at=office.at()
    )
    case.refresh_from_db()
    reopen_case(case=case, reason="A new ruling.", by=officer, at=office.at())
    case = Case.objects.get(reference="BIRDUINO-2020")
    second = User.objects.get(email="second@demo.test")
    add_member(case=case, user=second, by=officer, at=office.at())
    add_member(case=case, user=coordinator, by=officer, at=office.at())
    case.refresh_from_db()
    set_confidentiality(
        case=case, confidentiality=Confidentiality.TEAM, by=officer, at=office.at(), reason="Names."
    )
    remove_member(case=case, user=second, by=officer, at=office.at())
    case.refresh_from_db()
    case.lead = coordinator
    case.summary = "What it is about."
    edit_case(case=case, by=coordinator, at=office.at(), reason="Handed over.")


def pages(office: Office, officer: User) -> None:
    """Somebody signs in and reads: sessions, and what the record keeps of reading."""
    office.go(17)
    Authenticator.objects.filter(user=officer).delete()
    Authenticator.objects.create(user=officer, type="recovery_codes", data={"seed": "encrypted"})
    client = Client(headers={"user-agent": "A browser"})
    viewer = User.objects.get(email=VIEWER)
    client.post("/accounts/login/", {"login": viewer.email, "password": PASSWORD})
    for address in ("/", "/cases/LAWYERS-2020/", "/cases/", "/demands/"):
        assert client.get(address).status_code == 200, address


# Writing it down


def plain(value: Any) -> Any:
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return str(value)


def write(path: Path) -> None:
    counted = {}
    with lzma.open(path, "wt", preset=9, encoding="utf-8") as file:
        for model in apps.get_models(include_auto_created=True):
            table = model._meta.db_table
            fields = model._meta.concrete_fields
            rows = model._base_manager.order_by("pk").values_list(*(f.attname for f in fields))
            for row in rows.iterator():
                columns = dict(zip((f.column for f in fields), row, strict=True))
                line = json.dumps([table, columns], default=plain, ensure_ascii=False)
                file.write(line + "\n")
            counted[table] = len(rows)
    for table, number in counted.items():
        print(f"{number:6} {table}")
    print(path.stat().st_size, "bytes")


def main() -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.ALLOWED_HOSTS = ["*"]
    with time_machine.travel(FIRST, tick=True) as traveller, servers.inbox() as inbox:
        call_command("migrate", verbosity=0)
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", inbox.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        live(Office(traveller), inbox)
    write(Path(sys.argv[1]))


if __name__ == "__main__":
    main()
