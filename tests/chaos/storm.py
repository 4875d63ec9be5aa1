"""A storm: people with due dates, workers and beats that are killed, servers that go away."""

import datetime
import random
import time
from collections import Counter
from dataclasses import dataclass, field

import psutil
from django.db.models import Max
from django.utils import timezone

from tests.factories.cases import CaseFactory
from tests.programs import Programs
from tests.servers import BrokerServer, wait_until
from tests.smtp_sink import SinkServer, refused_for_good
from tracker.models import Deadline, Mail, MailTransition, Reminder, Role, SweepRun, User
from tracker.services.days import today_of

# Short leases and pauses, so that a few minutes hold what otherwise takes hours.
HURRY = {
    "TRACKER_SWEEP_SECONDS": "1",
    "TRACKER_MAIL_LEASE_SECONDS": "5",
    "TRACKER_MAIL_RETRY_SECONDS": "1",
    "EMAIL_TIMEOUT": "5",
}
SILENCE = datetime.timedelta(seconds=40)  # longer than a worker takes to start


@dataclass(frozen=True)
class Size:
    people: int
    kills: int
    workers: int = 3
    beats: int = 2
    broker_stops: int = 3
    mail_server_stops: int = 2
    patience: float = 240.0  # seconds, from the last blow to the last mail


@dataclass
class Result:
    """The mail server's own log, held against the outbox."""

    copies: Counter[str]
    mails: dict[str, Mail]
    killed: int
    replaced: int
    seconds: float

    @property
    def lost(self) -> list[Mail]:
        """Neither accepted by the mail server nor shown to a person."""
        shown = (Mail.State.DEAD, Mail.State.HELD)
        return [m for key, m in self.mails.items() if not self.copies[key] and m.state not in shown]

    @property
    def second_copies(self) -> int:
        return sum(copies - 1 for copies in self.copies.values() if copies > 1)

    @property
    def unexplained(self) -> list[Mail]:
        """Received more often than the outbox says it may have been."""
        return [
            mail
            for key, mail in self.mails.items()
            if self.copies[key] > 1 and self.copies[key] - 1 > mail.unknown_count
        ]

    @property
    def unknown(self) -> int:
        return sum(mail.unknown_count for mail in self.mails.values())

    def states(self) -> Counter[str]:
        return Counter(mail.state for mail in self.mails.values())

    def __str__(self) -> str:
        return (
            f"{len(self.mails)} mails, {self.killed} kills, {self.replaced} deaf workers "
            f"replaced, {self.seconds:.0f} s: "
            f"{len(self.lost)} lost, {self.second_copies} second copies on {self.unknown} "
            f"recorded as unknown, {len(self.unexplained)} unexplained; {dict(self.states())}"
        )


@dataclass
class Storm:
    programs: Programs
    broker: BrokerServer
    sink: SinkServer
    size: Size
    running: list = field(default_factory=list)
    killed: int = 0
    replaced: int = 0
    replaced_at: datetime.datetime | None = None

    def rage(self) -> Result:
        begun = time.monotonic()
        people_with_due_dates(self.size.people)
        self.running = [self.programs.worker() for _ in range(self.size.workers)]
        for _ in range(self.size.beats):
            self.programs.beat()
        wait_until(Mail.objects.exists, seconds=90, what=f"a first mail\n{self.programs.logs()}")
        self.blow()
        end = time.monotonic() + self.size.patience
        while not all_settled():
            states = Counter(Mail.objects.values_list("state", flat=True))
            assert time.monotonic() < end, f"not every mail settled: {states}"
            self.replace_deaf_workers()
            time.sleep(0.5)
        for process in self.programs.running:
            self.programs.kill(process)
        return Result(
            copies=self.sink.copies(),
            mails={mail.message_id: mail for mail in Mail.objects.order_by("pk")},
            killed=self.killed,
            replaced=self.replaced,
            seconds=time.monotonic() - begun,
        )

    def blow(self) -> None:
        """Kill, and in between take away the broker and the mail server, evenly spread."""
        size = self.size
        away = {
            round(size.kills * (n + 1) / (size.broker_stops + 1)): self.broker_away
            for n in range(size.broker_stops)
        } | {
            round(size.kills * (n + 1) / (size.mail_server_stops + 1)) + 1: self.mail_server_away
            for n in range(size.mail_server_stops)
        }
        while self.killed < size.kills:
            if self.kill_somebody():
                self.killed += 1
                if happening := away.get(self.killed):
                    happening()
            self.replace_deaf_workers()
            time.sleep(random.uniform(0.2, 0.8))

    def kill_somebody(self) -> bool:
        """kill -9 a process of a worker's pool, or now and then a whole worker."""
        number = random.randrange(len(self.running))
        worker = self.running[number]
        if random.random() < 0.15:
            self.programs.kill(worker)
            self.running[number] = self.programs.worker()
            return True
        try:
            pool = psutil.Process(worker.pid).children()
            random.choice(pool).kill()
        except (psutil.NoSuchProcess, IndexError):
            return False  # it is just starting
        return True

    def replace_deaf_workers(self) -> None:
        """What the supervisor does on silence: a worker may live on without doing anything.

        Celery's pool can lose a task together with a killed process, and then waits for ever.
        """
        newest = [
            SweepRun.objects.aggregate(last=Max("started_at"))["last"],
            MailTransition.objects.aggregate(last=Max("at"))["last"],
            self.replaced_at,  # the new ones are given as long to start
        ]
        if max(filter(None, newest)) < timezone.now() - SILENCE:
            self.replaced += len(self.running)
            for worker in self.running:
                self.programs.kill(worker)
            self.running = [self.programs.worker() for _ in self.running]
            self.replaced_at = timezone.now()

    def broker_away(self) -> None:
        self.broker.stop(wipe=True)
        time.sleep(2)
        self.broker.start()

    def mail_server_away(self) -> None:
        self.sink.kill()
        time.sleep(3)
        self.sink.start()


def people_with_due_dates(number: int) -> None:
    """One date each, in three days, and a digest hour that has come."""
    now = timezone.now()
    # So that nobody's day ends meanwhile. These zones are signed the other way.
    zone = f"Etc/GMT{now.hour - 12:+d}"
    people = User.objects.bulk_create(
        User(
            email=f"storm{n}@example.org",
            name=f"Person {n}",
            role=Role.OFFICER,
            time_zone=zone,
            digest_hour=1,
            password="!",
        )
        for n in range(number)
    )
    case = CaseFactory()
    due_on = today_of(people[0], now) + datetime.timedelta(days=3)
    Deadline.objects.bulk_create(
        Deadline(
            case=case,
            kind=Deadline.Kind.LOOK_AGAIN,
            title="Look again",
            due_on=due_on,
            overdue_after=due_on,
            owner=person,
            created_at=now,
        )
        for person in people
    )


def all_settled() -> bool:
    waiting = Mail.objects.filter(state__in=Mail.UNFINISHED).exists()
    return not waiting and not Reminder.objects.due(timezone.now()).exists()


def refused_people(share: float) -> int:
    return sum(refused_for_good(email, share) for email in emails())


def emails() -> list[str]:
    return list(
        User.objects.filter(email__startswith="storm")
        .order_by("pk")
        .values_list("email", flat=True)
    )


def recorded_unknown() -> set[str]:
    steps = MailTransition.objects.filter(to_state=Mail.State.UNKNOWN)
    return set(steps.values_list("mail__message_id", flat=True))
