"""Workers that are slow, killed, or both, in every order that chance finds.

The machine takes the steps of workers one by one, through the same functions that sending
calls, and keeps the mail server's own record of what it accepted. Leases are read from the
database's clock; "the leases run out" puts them into the past.
"""

import datetime
from collections import Counter, deque
from dataclasses import dataclass, field

import pytest
from django.db import transaction
from django.test import override_settings
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tests.factories.cases import CaseFactory
from tests.factories.deadlines import DeadlineFactory
from tests.factories.people import UserFactory
from tests.now import database_now
from tracker.models import Deadline, Mail, MailTransition, Mute, Reminder, User
from tracker.services.deadlines.change import move_date
from tracker.services.deadlines.end import close_deadline
from tracker.services.reminders import outbox
from tracker.services.reminders.digest import write_digests
from tracker.services.reminders.handover import mark_handover
from tracker.services.reminders.message import write_message
from tracker.services.reminders.mute import acknowledge, remind_again, snooze
from tracker.services.reminders.outbox import Accepted
from tracker.services.reminders.plan import plan_reminders
from tracker.services.reminders.recheck import PreparedMail, recheck
from tracker.services.reminders.schedule import digest_instant

pytestmark = pytest.mark.django_db

START = datetime.datetime(2026, 3, 9, 6, tzinfo=datetime.UTC)
HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)
PEOPLE = 3
WORKERS = ("w1", "w2")
OFFICE = ("notes a date", "moves a date", "closes a date", "has it", "snoozes", "wants it again")
ANSWERS = ("accepted", "accepted", "kept, line broken", "line broken", "busy", "refused")

workers = st.sampled_from(WORKERS)
answer = st.sampled_from(ANSWERS)
answers = st.lists(answer, min_size=1, max_size=6)

State = Mail.State
ALLOWED = {
    "": {State.PLANNED},
    State.PLANNED: {State.CLAIMED, State.CANCELLED},
    State.CLAIMED: {State.HANDOVER, State.RETRYING, State.CANCELLED, State.HELD, State.SENT},
    State.HANDOVER: {State.SENT, State.RETRYING, State.UNKNOWN, State.DEAD},
    # The answer of a server may come when the lease has run out, and another worker has tried.
    State.RETRYING: {State.CLAIMED, State.CANCELLED, State.SENT},
    State.UNKNOWN: {State.CLAIMED, State.HELD, State.SENT},
    State.HELD: {State.SENT},
    State.CANCELLED: {State.PLANNED},
}


@dataclass
class Worker:
    """What a process knows and a kill takes away."""

    waiting: deque[PreparedMail] = field(default_factory=deque)
    at_data: Mail | None = None  # handed over; the server has not answered yet
    accepted: Accepted | None = None


class Outbox(RuleBasedStateMachine):
    policy = "resend"

    @initialize()
    def open_the_office(self) -> None:
        self.overridden = override_settings(UNKNOWN_POLICY=self.policy)
        self.overridden.enable()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.at = START
        self.case = CaseFactory()
        self.people = [UserFactory(role="officer") for _ in range(PEOPLE)]
        self.workers = {name: Worker() for name in WORKERS}
        self.copies: Counter[str] = Counter()
        self.unmuted: set[int] = set()
        for person in self.people:
            self.note_a_date(person, START.date() + DAY)
        self.a_beat_plans(again=False)

    def teardown(self) -> None:
        if not hasattr(self, "savepoint"):
            return
        try:
            self.let_everything_settle()
            self.nothing_is_lost()
        finally:
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)
            self.overridden.disable()

    # The office

    @rule(what=st.sampled_from(OFFICE), which=st.integers(0, 99), days=st.integers(-10, 20))
    def somebody_works(self, what: str, which: int, days: int) -> None:
        day = self.at.date() + days * DAY
        dates = self.open_dates()
        if what == "notes a date" or not dates:
            self.note_a_date(self.people[which % PEOPLE], day)
            return
        deadline = dates[which % len(dates)]
        if what == "moves a date":
            move_date(deadline=deadline, due_on=day, reason="Moved.", by=None, at=self.at)
        elif what == "closes a date":
            today = self.at.date()
            close_deadline(deadline=deadline, reason="Done.", on=today, by=None, at=self.at)
        elif what == "has it":
            acknowledge(deadline=deadline, by=deadline.owner, at=self.at)
        elif what == "snoozes":
            snooze(deadline=deadline, days=which % 20 + 1, by=deadline.owner, at=self.at)
        else:
            remind_again(deadline=deadline, by=deadline.owner, at=self.at)
            self.unmuted.add(deadline.pk)

    def note_a_date(self, owner: User, day: datetime.date) -> None:
        DeadlineFactory(case=self.case, owner=owner, due_on=day, created_at=self.at)

    @rule(hours=st.integers(1, 72))
    def time_passes(self, hours: int) -> None:
        self.at += hours * HOUR

    # Sweeps

    @rule(again=st.booleans())
    def a_beat_plans(self, again: bool) -> None:
        for _ in range(1 + again):
            plan_reminders(at=self.at)
            write_digests(at=self.at)

    def the_leases_run_out(self) -> None:
        passed = database_now() - datetime.timedelta(seconds=1)
        Mail.objects.filter(lease_until__isnull=False).update(lease_until=passed)

    def somebody_recovers(self) -> None:
        outbox.recover(at=self.at, worker="recovery")

    # Workers

    @rule(name=workers, answers=answers)
    def a_worker_goes_on(self, name: str, answers: list[str]) -> None:
        for answer in answers:
            self.take_the_next_step(name, answer)

    @rule(turns=st.lists(st.tuples(workers, answer), min_size=1, max_size=8))
    def workers_go_on_by_turns(self, turns: list[tuple[str, str]]) -> None:
        for name, answer in turns:
            self.take_the_next_step(name, answer)

    @rule(name=workers, answers=answers)
    def a_worker_is_taken_for_dead(self, name: str, answers: list[str]) -> None:
        """Perhaps it only sleeps, and goes on when others have long dealt with what it held."""
        self.a_worker_goes_on(name, answers)
        self.the_leases_run_out()
        self.somebody_recovers()
        self.at += HOUR

    @rule(name=workers)
    def a_worker_is_killed(self, name: str) -> None:
        self.workers[name] = Worker()

    def take_the_next_step(self, name: str, answer: str) -> None:
        """Claim, hand over, hear the answer, or note it: whatever comes next."""
        worker = self.workers[name]
        if worker.at_data is not None:
            self.hear(worker, name, answer)
        elif worker.waiting:
            self.hand_over(worker, name)
        elif worker.accepted is not None:
            outbox.mark_sent(worker.accepted, worker=name)
            worker.accepted = None
        else:
            claimed = outbox.claim(at=self.at, worker=name, limit=2)
            worker.waiting.extend(recheck(claimed, at=self.at, worker=name))

    def hand_over(self, worker: Worker, name: str) -> None:
        prepared = worker.waiting.popleft()
        assert write_message(prepared.mail, prepared.reminders, at=self.at)
        if mark_handover(prepared.mail, worker=name, accepted=worker.accepted):
            worker.at_data = prepared.mail
        worker.accepted = None

    def hear(self, worker: Worker, name: str, answer: str) -> None:
        mail, worker.at_data = worker.at_data, None
        self.copies[mail.message_id] += answer in ("accepted", "kept, line broken")
        if answer == "accepted":
            worker.accepted = Accepted(mail, "250 OK")
        elif answer == "refused":
            outbox.mark_dead(mail, error="refused", worker=name)
        elif answer == "busy":
            outbox.mark_retrying(mail, error="busy", at=self.at, worker=name)
        else:
            outbox.mark_unknown(mail, error="no answer", at=self.at, worker=name)

    # What must hold after every step

    @invariant()
    def every_second_copy_was_unknown_before(self) -> None:
        if not hasattr(self, "copies"):
            return
        unknown = Counter(
            MailTransition.objects.filter(to_state=State.UNKNOWN).values_list(
                "mail__message_id", flat=True
            )
        )
        for message_id, copies in self.copies.items():
            most = 1 if self.policy == "hold" else 1 + unknown[message_id]
            assert copies <= most, f"{copies} copies, {unknown[message_id]} times unknown"

    @invariant()
    def what_counts_as_sent_was_accepted(self) -> None:
        if not hasattr(self, "copies"):
            return
        for message_id in Mail.objects.filter(state=State.SENT).values_list(
            "message_id", flat=True
        ):
            assert self.copies[message_id]
        sent = Reminder.objects.filter(state=Reminder.State.SENT)
        assert not sent.exclude(mail__state=State.SENT).exists()

    @invariant()
    def only_known_steps_are_taken(self) -> None:
        if not hasattr(self, "copies"):
            return
        for before, after in MailTransition.objects.values_list("from_state", "to_state"):
            assert after in ALLOWED[before], f"{before} -> {after}"

    # The end: nobody is killed any more, and the server takes what it is given

    def let_everything_settle(self) -> None:
        self.workers = {name: Worker() for name in WORKERS}
        for _ in range(3):
            self.the_leases_run_out()
            self.somebody_recovers()
            self.at += DAY
            self.a_beat_plans(again=False)
            while claimed := outbox.claim(at=self.at, worker="w1", limit=10):
                for prepared in recheck(claimed, at=self.at, worker="w1"):
                    write_message(prepared.mail, prepared.reminders, at=self.at)
                    assert mark_handover(prepared.mail, worker="w1")
                    self.copies[prepared.mail.message_id] += 1
                    outbox.mark_sent(Accepted(prepared.mail, "250 OK"), worker="w1")
            self.somebody_recovers()
        self.every_second_copy_was_unknown_before()
        self.what_counts_as_sent_was_accepted()
        self.only_known_steps_are_taken()

    def nothing_is_lost(self) -> None:
        assert not Mail.objects.filter(state__in=Mail.UNFINISHED).exists()
        for deadline in self.open_dates():
            newest = (
                Reminder.objects.filter(
                    deadline=deadline, generation=deadline.generation, send_at__lte=self.at
                )
                .select_related("mail")
                .order_by("fire_on", "offset_days")
                .last()
            )
            if newest is not None:
                assert self.is_accounted_for(newest), f"{newest.state} {newest.reason}"
            self.promises_are_kept(deadline)

    def promises_are_kept(self, deadline: Deadline) -> None:
        mute = Mute.objects.filter(deadline=deadline, generation=deadline.generation).last()
        if mute is None or mute.kind != Mute.Kind.SNOOZED:
            return
        if digest_instant(mute.person, mute.until) <= self.at:
            rows = Reminder.objects.filter(deadline=deadline, generation=deadline.generation)
            assert rows.filter(fire_on__gte=mute.until, send_at__lte=self.at).exists()

    def is_accounted_for(self, row: Reminder) -> bool:
        if row.state == Reminder.State.SENT:
            return True
        if row.state == Reminder.State.IN_MAIL:
            return row.mail.state in (State.HELD, State.DEAD)
        mutes = Mute.objects.filter(deadline=row.deadline, until__gt=row.fire_on)
        muted = row.deadline_id in self.unmuted or mutes.exists()
        return row.state == Reminder.State.SKIPPED and (
            row.reason == Reminder.Reason.TOO_OLD or row.reason == Reminder.Reason.MUTED and muted
        )

    def open_dates(self) -> list[Deadline]:
        if not hasattr(self, "case"):
            return []
        return list(Deadline.objects.open().filter(case=self.case).order_by("pk"))


class OutboxThatHolds(Outbox):
    policy = "hold"


@pytest.mark.parametrize("machine", [Outbox, OutboxThatHolds], ids=["resend", "hold"])
def test_nothing_is_lost_or_doubled_whatever_dies_when(machine):
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=30,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
