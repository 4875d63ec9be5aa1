"""The servers and builders that the other tests stand on."""

import smtplib

import pytest
from django.db import DatabaseError, connection, transaction
from redis import Redis

from tests.factories import authorities, cases, deadlines, demands, documents, people
from tests.factories.people import PASSWORD
from tracker.models import Event, User

FACTORIES = [
    authorities.AddresseeFactory,
    authorities.AuthorityFactory,
    cases.CaseFactory,
    cases.CitedNormFactory,
    cases.MembershipFactory,
    cases.SignatoryFactory,
    deadlines.CalendarDayFactory,
    deadlines.DeadlineFactory,
    deadlines.ResponseRuleFactory,
    deadlines.StatutoryDeadlineFactory,
    demands.DemandFactory,
    documents.DocumentFactory,
    documents.EvidenceFactory,
    people.UserFactory,
]


def test_the_database_is_the_one_asked_for(db, request):
    asked = request.config.getoption("database")
    assert connection.vendor == {"sqlite": "sqlite", "postgres": "postgresql"}[asked]


@pytest.mark.parametrize("factory", FACTORIES, ids=lambda factory: factory.__name__)
def test_a_factory_builds_a_row_that_the_model_finds_valid(db, factory):
    row = factory()
    row.full_clean()
    assert type(row).objects.get(pk=row.pk) == row


def test_a_person_of_the_factory_can_sign_in(owner):
    assert owner.check_password(PASSWORD)


@pytest.mark.parametrize("time", ["first", "second"])
def test_rows_of_the_record_are_cleaned_up_after_a_test_and_stay_append_only(
    transactional_db, time, case
):
    event = Event.objects.create(
        at="2026-01-05T09:00Z", action=time, model="case", object_id=case.pk
    )
    assert Event.objects.count() == 1
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Event.objects.filter(pk=event.pk).update(action="altered")


def test_the_broker_is_a_real_server_that_loses_nothing_when_killed(broker):
    with Redis(unix_socket_path=str(broker.socket)) as client:
        client.set("hint", "sweep")
    broker.stop()
    assert not broker.answers()
    broker.start()
    with Redis(unix_socket_path=str(broker.socket)) as client:
        assert client.get("hint") == b"sweep"


def test_the_inbox_keeps_what_a_real_connection_delivers(inbox, settings):
    with smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT) as client:
        client.sendmail("a@example.org", ["b@example.org"], "Subject: One\r\n\r\nText\r\n")
        inbox.replies.append("451 later")
        with pytest.raises(smtplib.SMTPDataError, match="later"):
            client.sendmail("a@example.org", ["b@example.org"], "Subject: Two\r\n\r\nText\r\n")
    assert [mail.message["Subject"] for mail in inbox.to("b@example.org")] == ["One"]


def test_the_inbox_can_break_the_line_after_it_kept_the_mail(inbox, settings):
    inbox.replies.append("accept and drop")
    client = smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        client.sendmail("a@example.org", ["b@example.org"], "Subject: One\r\n\r\nText\r\n")
    client.close()
    assert len(inbox.received) == 1


def test_other_programs_see_the_database_of_the_test(programs):
    people.UserFactory(email="seen@example.org")
    print_people = "from tracker.models import User; print(list(User.objects.values('email')))"
    ran = programs.manage("shell", "--no-imports", "-c", print_people)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.strip() == "[{'email': 'seen@example.org'}]"
    assert User.objects.count() == 1


def test_the_browser_opens_pages_of_the_running_site(page):
    assert page.goto("/accounts/login/").ok
    assert page.locator("input[name=login]").count() == 1
