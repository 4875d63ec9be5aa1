"""Walks through the code: how far one reads from a person's step to what it leaves behind.

Not a speed. Each walk is done twice and counted the second time, by the profiler's hook on
every call into `tracker/`: calls; distinct functions; the files they lie in; how often the walk
comes back to a file it had left; and how deep it stands. Fewer is easier to follow.
"""

import datetime
import sys
import uuid
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

from django.conf import settings
from django.test import Client
from django.utils import timezone

from tests import clients  # noqa: F401 - teaches the client of Django
from tests.bench import Figure, Place
from tests.factories.authorities import AuthorityFactory
from tests.factories.cases import CaseFactory
from tests.factories.deadlines import DeadlineFactory, ResponseRuleFactory
from tests.factories.demands import DemandFactory
from tests.factories.people import UserFactory
from tracker.models import Addressee, Case, Deadline, Demand, Mail, Role, StatusChange, User
from tracker.services.intake import NewCase, NewDemand, confirm_draft, start_draft
from tracker.tasks.reminders import sweep

DAY = datetime.timedelta(days=1)


def measure(place: Place) -> Iterator[Figure]:
    settings.ALLOWED_HOSTS = ["testserver"]
    officer = UserFactory(email="officer@example.org", role=Role.OFFICER, digest_hour=0)
    for what, step in (
        ("POST of a status to its row", lambda: post_status(officer)),
        ("a confirmed draft to its deadline", lambda: confirm(officer)),
        ("a sweep to the mail server's 250", lambda: remind(officer)),
    ):
        walk_of(step)
        walk = walk_of(step)
        counted = f"{walk.functions} functions in {walk.files} files, depth {walk.deepest}"
        yield Figure(f"{what}: calls", walk.calls, "calls", counted)
        yield Figure(f"{what}: returns to a file already left", walk.returns, "returns")


class Walk:
    """Counts the calls of the program's own functions while it is the profiler's hook."""

    def __init__(self) -> None:
        self.path: list[tuple[str, str]] = []
        self.depth = self.deepest = 0

    def __call__(self, frame: FrameType, event: str, _: Any) -> None:
        code = frame.f_code
        # The body of a module or class and a comprehension are no function of anybody's.
        if "/tracker/" not in code.co_filename or code.co_name.startswith("<"):
            return
        if event == "call":
            self.path.append((code.co_filename, code.co_qualname))
            self.depth += 1
            self.deepest = max(self.deepest, self.depth)
        elif event == "return":
            self.depth -= 1

    @property
    def calls(self) -> int:
        return len(self.path)

    @property
    def functions(self) -> int:
        return len(set(self.path))

    @property
    def files(self) -> int:
        return len({file for file, _ in self.path})

    @property
    def returns(self) -> int:
        files = [file for file, _ in self.path]
        moves = sum(here != there for here, there in zip(files, files[1:], strict=False))
        return moves - (self.files - 1)


def walk_of(prepare: Callable[[], Callable[[], None]]) -> Walk:
    """The walk of the step that `prepare` gives; preparing is not part of it."""
    step, walk = prepare(), Walk()
    sys.setprofile(walk)
    try:
        step()
    finally:
        sys.setprofile(None)
    return walk


def post_status(officer: User) -> Callable[[], None]:
    """The form of a demand's status as a person sends it, with one new source."""
    demand = DemandFactory(case=CaseFactory(lead=officer))
    client = Client()
    client.force_login(officer, backend=settings.AUTHENTICATION_BACKENDS[0])
    address = f"/demands/{demand.pk}/status/"
    client.get(address)  # as a person does; and it makes what a server makes once
    today = timezone.localdate()
    typed = {
        "form_token": uuid.uuid4(),
        "shown_version": 1,
        "to_status": "not_implemented",
        "happened_on": today.isoformat(),
        "reason": "The time passed.",
        "review_on": (today + 30 * DAY).isoformat(),
        "source-TOTAL_FORMS": 1,
        "source-INITIAL_FORMS": 0,
        "source-0-claim": "No answer came.",
        "source-0-title": "Register of letters",
        "source-0-url": "https://example.org/register",
        "source-0-kind": "note",
        "source-0-stance": "supports",
        "source-0-confidence": "medium",
    }

    def step() -> None:
        client.post(address, typed)
        assert StatusChange.objects.filter(demand=demand).exists()

    return step


def confirm(officer: User) -> Callable[[], None]:
    """A case with one addressee, registered, and one demand."""
    today = timezone.localdate()
    number = Case.objects.count()
    text = f"Appeal {number}\n\nWe demand that the Government release them.\n"
    draft = start_draft(text=text, by=officer, at=timezone.now())
    days = dict.fromkeys(("sent_on", "received_on", "registered_on"), today)
    rule = ResponseRuleFactory()
    authority = AuthorityFactory()
    addressee = Addressee(addressed_as="the Government", authority=authority, rule=rule, **days)
    data = NewCase(
        case=Case(reference=f"WALK-{number}", title="Appeal", issuer="A network"),
        addressees=[addressee],
        demands=[NewDemand(Demand(text="release them"), [0])],
    )

    def step() -> None:
        case = confirm_draft(draft=draft, data=data, by=officer, at=timezone.now())
        assert Deadline.objects.filter(case=case).exists()

    return step


def remind(officer: User) -> Callable[[], None]:
    """One date of one person, due today, in one mail."""
    Deadline.objects.update(state="closed", ended_on=timezone.localdate())
    DeadlineFactory(due_on=timezone.localdate(), owner=officer)
    sent = Mail.objects.filter(state="sent").count()

    def step() -> None:
        sweep()
        assert Mail.objects.filter(state="sent").count() == sent + 1

    return step
