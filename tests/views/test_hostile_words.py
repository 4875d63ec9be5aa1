"""Hostile words through every form; and words that lie in the database already, on every page, in
every mail, export and feed.
"""

import csv
import io
from email import message_from_bytes
from email.policy import default as modern

import pytest
from django.apps import apps
from django.db import models, transaction
from icalendar import Calendar

from tests import pages
from tests.admin.conftest import furnish
from tests.factories.deadlines import DeadlineFactory
from tests.hostile import UNSEEN, WORDS, harmless_cells, harmless_page
from tests.now import NOW, TODAY
from tests.views.test_pages import LISTS, addresses_of
from tests.views.test_second_clicks import FORMS, filled, reverse, site, uuid  # noqa: F401
from tracker.models import Case, Deadline, Document, Signatory
from tracker.services.feeds import make_feed, new_secret
from tracker.services.reminders.sweep import run_sweep

pytestmark = [pytest.mark.django_db, pytest.mark.once]

# Typed whole by the table of forms, where a form has no page of its own.
FREE = {"reason", "note", "title", "heading", "text", "closing_note", "new_authority", "day"}


def typed_fields(client, address: str) -> set[str]:
    """Where somebody may write what they like."""
    page = client.get(address)
    if page.status_code != 200:
        return FREE
    return FREE | {
        control.get("name", "")
        for control in pages.page(page).iter()
        if control.tag == "textarea"
        or (control.tag == "input" and control.get("type", "text") in ("text", "search", "url"))
    }


def texts_kept() -> list[str]:
    """All words of our tables."""
    kept = []
    for model in apps.get_app_config("tracker").get_models():
        columns = [
            column.attname
            for column in model._meta.concrete_fields
            if isinstance(column, models.CharField | models.TextField)
        ]
        for row in model._default_manager.values_list(*columns) if columns else ():
            kept += [text for text in row if isinstance(text, str)]
    return kept


@pytest.mark.parametrize("name", FORMS)
def test_a_form_takes_or_refuses_them_and_does_no_harm(name, site):  # noqa: F811
    arguments, typed, *query = FORMS[name](site)
    address = "".join([reverse(name.partition(":")[0], args=arguments), *query])
    client = site.client
    data = filled(client, address) | typed
    written = typed_fields(client, address) & {*data, *FREE}
    for word in WORDS.values():
        hostile = {field: [word] for field in written}
        with transaction.atomic():
            sent = data | hostile | {"form_token": str(uuid.uuid4())}
            answer = client.post(address, sent)
            assert answer.status_code in (200, 302, 400, 403, 404, 409, 422)
            harmless_page(answer)
            if answer.status_code == 302:
                assert answer.url.startswith("/") and not answer.url.startswith("//")
                harmless_page(client.get(answer.url))
            assert not [text for text in texts_kept() if UNSEEN.search(text)]
            transaction.set_rollback(True)


# What lies there already: rows of before, of imports, of other programs


@pytest.fixture(params=WORDS)
def rows(request, case, owner) -> dict:
    """One row of every table with the words in each text that takes them."""
    word = WORDS[request.param].replace("\x00", "")
    Case.objects.filter(pk=case.pk).update(title=word[:300], issuer=word[:300], place=word[:120])
    case.refresh_from_db()
    found = furnish(case, word[:150], owner)
    Document.objects.update(title=word[:300], publisher=word[:200], filename=f"{word[:150]}.pdf")
    Deadline.objects.update(title=word[:200])
    found["plain"] = DeadlineFactory(case=case, title=word[:200], due_on=TODAY, owner=owner)
    found["authority"].name = word[:150]
    found["authority"].save()
    return found


def test_no_page_is_broken_by_what_it_shows(signed_in, owner, case, rows):
    client = signed_in(owner)
    addresses = [
        *LISTS,
        "/agenda/",
        "/agenda/unscheduled/",
        "/reminders/",
        *addresses_of(case),
        f"/deadlines/{rows['plain'].pk}/",
        f"/documents/{rows['document'].code}/",
        f"/authorities/{rows['authority'].slug}/",
        *(
            f"/admin/tracker/{table}/{more}"
            for table, row in (
                ("case", case),
                ("demand", rows["demand"]),
                ("document", rows["document"]),
                ("deadline", rows["deadline"]),
                ("event", None),
            )
            for more in (("", f"{row.pk}/change/", f"{row.pk}/history/") if row else ("",))
        ),
    ]
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == (404 if "/correct/" in address else 200), address
        harmless_page(answer)


def test_no_cell_of_an_export_calculates_or_breaks(signed_in, owner, case, rows):
    client = signed_in(owner)
    files = [client.get("/demands/export/")]
    for table in ("case", "demand", "document", "deadline", "signatory", "evidence", "event"):
        model = apps.get_model("tracker", table)
        keys = list(model.objects.values_list("pk", flat=True))
        sent = {"action": "export_csv", "_selected_action": keys}
        files.append(client.post(f"/admin/tracker/{table}/", sent))
    for file in files:
        assert file.headers["Content-Type"].startswith("text/csv")
        words = file.content.decode("utf-8-sig")
        table = list(csv.reader(io.StringIO(words, newline=""), strict=True))
        assert len(table) > 1
        harmless_cells(table)
        assert not UNSEEN.search(words)
    assert Signatory.objects.exists()


def test_a_calendar_has_its_entries_and_no_others(client, owner, case, rows):
    secret = new_secret()
    make_feed(user=owner, name="Phone", secret=secret, everything=True, by=owner, at=NOW)
    file = client.get(f"/feeds/{secret}.ics").content
    calendar = Calendar.from_ical(file)
    assert len(calendar.walk("VEVENT")) == Deadline.objects.filter(state="open").count() > 0
    assert not [event for event in calendar.walk("VEVENT") if "hostile" in str(event.get("UID"))]
    assert not UNSEEN.search(file.decode())
    assert all(len(line) <= 75 for line in file.split(b"\r\n"))


def test_a_mail_has_one_receiver_and_the_headers_we_wrote(owner, case, rows, inbox):
    run_sweep(at=NOW, worker="test")
    for mail in inbox.received:
        assert mail.recipients == [owner.email]
        message = message_from_bytes(mail.content, policy=modern)
        assert set(message.keys()) & {"Bcc", "X-Hostile", "Cc"} == set()
        assert message.get_all("To") == [str(message["To"])] and not message.defects
        words = message.get_body(("plain",)).get_content()
        assert not UNSEEN.search(words + str(message["Subject"]))
        page = message.get_body(("html",)).get_content()
        assert "<hostile" not in page and "<script" not in page and 'hostile="' not in page
    assert inbox.received


@pytest.mark.parametrize("word", WORDS.values(), ids=WORDS)
def test_a_calendar_file_brings_in_names_and_nothing_else(signed_in, coordinator, word):
    entry = word.replace("\\", "\\\\").replace("\r", "").replace("\n", "\\n")
    file = io.BytesIO(
        "\r\n".join(
            [
                *("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", "BEGIN:VEVENT", "UID:1"),
                *("DTSTART;VALUE=DATE:20270309", f"SUMMARY:{entry}", "END:VEVENT"),
                *("END:VCALENDAR", ""),
            ]
        ).encode()
    )
    file.name = f"{word[:80]}.ics"
    answer = signed_in(coordinator).post("/calendars/KG/import/", {"file": file}, follow=True)
    assert answer.status_code in (200, 422)
    harmless_page(answer)
    assert not UNSEEN.search("".join(pages.page(answer).itertext()))
