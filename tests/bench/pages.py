"""Pages: 1,000 cases with 6 demands and 2 legal clocks each, as an officer reads them."""

import datetime
import statistics
import time
from collections.abc import Iterator

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import clients  # noqa: F401 - teaches the client of Django
from tests.bench import Figure, Place
from tests.factories.authorities import AddresseeFactory, AuthorityFactory
from tests.factories.cases import CaseFactory
from tests.factories.deadlines import ResponseRuleFactory, StatutoryDeadlineFactory
from tests.factories.demands import DemandFactory
from tests.factories.people import UserFactory
from tracker.models import Addressee, Authority, Case, Deadline, Demand, ResponseRule, User

CASES = 1000
VISITS = 20
PAGES = (
    "/",
    "/agenda/",
    "/agenda/?view=week",
    "/agenda/unscheduled/",
    "/cases/",
    "/cases/BENCH-7/",
    "/demands/",
    "/deadlines/",
    "/authorities/",
)


def measure(place: Place) -> Iterator[Figure]:
    settings.ALLOWED_HOSTS = ["testserver"]
    officer = UserFactory(name="Officer", email="officer@example.org")
    fill(officer, on=timezone.localdate())
    client = Client()
    client.force_login(officer, backend=settings.AUTHENTICATION_BACKENDS[0])
    for address in PAGES:
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(address)
        asked = len(queries)
        if answer.status_code != 200:
            raise SystemExit(f"{address} answers {answer.status_code}")
        times = []
        for _ in range(VISITS):
            begun = time.perf_counter()
            client.get(address)
            times.append(1000 * (time.perf_counter() - begun))
        slowest = f"slowest of {VISITS}: {max(times):.0f} ms, {asked} queries"
        yield Figure(f"{address}, median", statistics.median(times), "ms", slowest)


def fill(officer: User, *, on: datetime.date) -> None:
    """Rows straight into the tables: nothing here is about how they are written."""
    authorities = Authority.objects.bulk_create(AuthorityFactory.build_batch(30))
    [rule] = ResponseRule.objects.bulk_create([ResponseRuleFactory.build()])
    cases = Case.objects.bulk_create(
        CaseFactory.build(
            reference=f"BENCH-{number}", lead=officer if number % 10 == 0 else None, issued_on=on
        )
        for number in range(CASES)
    )
    Demand.objects.bulk_create(
        DemandFactory.build(case=case, number=number) for case in cases for number in range(1, 7)
    )
    addressees = Addressee.objects.bulk_create(
        AddresseeFactory.build(case=case, number=number, authority=authorities[number], rule=rule)
        for case in cases
        for number in (1, 2)
    )
    Deadline.objects.bulk_create(
        StatutoryDeadlineFactory.build(
            case=addressee.case,
            addressee=addressee,
            rule=rule,
            due_on=on + datetime.timedelta(days=number % 365 - 60),
        )
        for number, addressee in enumerate(addressees)
    )
