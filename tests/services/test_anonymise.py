"""The people go out of a closed case, and nothing else; once, and never half."""

import datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.urls import reverse

from tests.factories.authorities import AddresseeFactory, AuthorityFactory
from tests.factories.cases import CaseFactory, SignatoryFactory
from tests.factories.deadlines import DeadlineFactory
from tests.factories.demands import DemandFactory
from tests.factories.documents import DocumentFactory
from tests.factories.reminders import MailFactory, ReminderFactory
from tests.now import NOW
from tracker.models import Authority, Case, Document, Draft, Event, EventValue, Mail, Signatory
from tracker.services.anonymise import anonymise_case, due
from tracker.services.event_erasures import verify_erasures
from tracker.services.events import verify_chains
from tracker.services.records import edit_row
from tracker.services.refusals import Refused
from tracker.services.reveal import reveal

pytestmark = pytest.mark.django_db
SECRET = "Zarina Marker"


def close(case: Case, closed_at=NOW) -> None:
    Case.objects.filter(pk=case.pk).update(
        phase="closed", closed_at=closed_at, close_reason="partly"
    )


def stored() -> str:
    """Every row of the tables that hold what people typed, opened."""
    opened = [
        str([getattr(row, column.attname) for column in model._meta.concrete_fields])
        for model in (Case, Signatory, Authority, Draft, Mail, EventValue, Document)
        for row in model.objects.order_by("pk")
    ]
    return "\n".join(opened)


@pytest.fixture
def closed(case, owner) -> Case:
    """With the marker wherever a person is named, and a file in the store."""
    Case.objects.filter(pk=case.pk).update(
        contacts=SECRET, reply_address=SECRET, response_request=SECRET
    )
    case.refresh_from_db()
    for number in (1, 2):
        row = SignatoryFactory(
            case=case, number=number, name=SECRET, role=SECRET, group=SECRET, at_risk=number == 2
        )
    row.group = f"{SECRET} 2"
    edit_row(row=row, by=owner, at=NOW)
    reveal(row=row, purpose=f"call {SECRET}", by=owner, at=NOW)
    paper = DocumentFactory(cases=[case], text=SECRET, filename=f"{SECRET}.pdf")
    paper.file.save("x.pdf", ContentFile(b"%PDF-"))
    Draft.objects.create(
        text=SECRET, proposal={"a": SECRET}, by=owner, case=case, created_at=NOW, confirmed_at=NOW
    )
    person = AuthorityFactory(kind="person", email="zarina@example.org", notes=SECRET)
    AddresseeFactory(case=case, authority=person)
    for state in ("sent", "planned"):
        letter = MailFactory(person=owner, state=state, body_text=SECRET if state == "sent" else "")
        ReminderFactory(
            deadline=DeadlineFactory(case=case), person=owner, mail=letter, state="in_mail"
        )
    DemandFactory(case=case, status="rejected")
    close(case)
    return Case.objects.get(pk=case.pk)


def test_nobody_is_named_any_more_and_the_rest_stays(
    closed, owner, django_capture_on_commit_callbacks
):
    demand = closed.demands.values().get()
    path = closed.documents.get().file.path
    with django_capture_on_commit_callbacks(execute=True):
        gone = anonymise_case(case=closed, by=owner, at=NOW, papers=True)
        assert Path(path).exists()
    assert SECRET not in stored()
    assert "zarina@" not in stored()
    assert not Path(path).exists()
    assert (gone.signatories, gone.contacts, gone.persons, gone.drafts) == (2, 1, 1, 1)
    assert (gone.mails, gone.papers) == (1, 1)
    assert list(closed.signatories.order_by("number").values_list("number", "at_risk")) == [
        (1, False),
        (2, True),
    ]
    assert closed.demands.values().get() == demand
    assert Mail.objects.filter(state="sent").get().to_address == ""
    assert Case.objects.get(pk=closed.pk).closed_at == NOW
    event = Event.objects.get(action="case.anonymised")
    assert (event.case_id, event.by_id, event.new("removed")["signatories"]) == (
        closed.pk,
        owner.pk,
        2,
    )
    connection.check_constraints()
    assert verify_chains() == verify_erasures() == []


def test_done_again_it_finds_nothing(closed, owner):
    anonymise_case(case=closed, by=owner, at=NOW, papers=True)
    events = Event.objects.count()
    assert not anonymise_case(case=closed, by=owner, at=NOW, papers=True)
    assert Event.objects.count() == events


def test_papers_stay_unless_they_are_asked_for(closed, owner, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        gone = anonymise_case(case=closed, by=owner, at=NOW)
    paper = closed.documents.get()
    assert (gone.papers, paper.text, Path(paper.file.path).exists()) == (0, SECRET, True)


def test_what_another_case_has_too_is_left_to_it(closed, owner):
    other = CaseFactory()
    closed.documents.get().cases.add(other)
    AddresseeFactory(case=other, authority=Authority.objects.get(kind="person"))
    gone = anonymise_case(case=closed, by=owner, at=NOW, papers=True)
    assert (gone.papers, gone.persons) == (0, 0)
    assert Document.objects.get().text == SECRET
    assert Authority.objects.get(kind="person").email == "zarina@example.org"


def test_a_dry_run_tells_the_same_numbers_and_leaves_everything(
    closed, owner, django_capture_on_commit_callbacks
):
    before, events = stored(), Event.objects.count()
    with django_capture_on_commit_callbacks(execute=True) as promised:
        would = anonymise_case(case=closed, by=owner, at=NOW, papers=True, dry_run=True)
    assert promised == []
    assert (stored(), Event.objects.count()) == (before, events)
    assert would == anonymise_case(case=closed, by=owner, at=NOW, papers=True)


def test_a_case_that_runs_is_refused(case, owner):
    SignatoryFactory(case=case, name=SECRET)
    with pytest.raises(Refused):
        anonymise_case(case=case, by=owner, at=NOW)
    assert Signatory.objects.get().name == SECRET


def test_the_page_of_the_case_still_opens(closed, owner, signed_in):
    anonymise_case(case=closed, by=owner, at=NOW, papers=True)
    client = signed_in(owner)
    for address in (
        reverse("case_detail", args=[closed.reference]),
        reverse("mail_detail", args=[Mail.objects.get(state="sent").pk]),
        reverse("document_detail", args=[closed.documents.get().code]),
        reverse("admin:tracker_signatory_changelist"),
        reverse("admin:tracker_case_history", args=[closed.pk]),
    ):
        assert (address, client.get(address).status_code) == (address, 200)


# The command


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("anonymise", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_takes_who_is_due(closed, settings):
    settings.ANONYMISE_AFTER_MONTHS = 12
    kept = CaseFactory(reference="KEPT-1", contacts=SECRET)
    close(kept, NOW - datetime.timedelta(days=300))
    close(closed, NOW - datetime.timedelta(days=400))
    assert list(due(months=12, at=NOW)) == [closed]
    assert run("--dry-run").startswith("OPEN-1: would go: signatories 2, contacts 1")
    assert Case.objects.get(pk=closed.pk).contacts == SECRET
    assert run().startswith("OPEN-1: gone: signatories 2")
    assert Case.objects.get(pk=kept.pk).contacts == SECRET
    assert run() == "OPEN-1: nothing left to remove\n"
    assert run("KEPT-1").startswith("KEPT-1: gone: signatories 0, contacts 1")


@pytest.mark.parametrize("arguments", [(), ("NONE-1",), ("OPEN-1",), ("--after", "-3")])
def test_without_a_case_or_a_time_nothing_goes(case, arguments):
    with pytest.raises(CommandError) as refused:
        run(*arguments)
    assert refused.value.returncode == 2
