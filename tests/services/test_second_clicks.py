"""The same form sent twice in the same moment, as a double click on a slow line does."""

import datetime
import threading

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections

from tests.factories.deadlines import DeadlineFactory
from tests.factories.people import UserFactory
from tracker.models import Document
from tracker.services.deadlines.recompute import request_recomputation
from tracker.services.documents import NewDocument, add_document
from tracker.services.intake import start_draft
from tracker.services.reminders.mute import acknowledge

AT = datetime.datetime(2026, 3, 4, 6, 0, tzinfo=datetime.UTC)
DUE = datetime.date(2026, 3, 10)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("form", ["quiet", "document", "draft", "recomputation"])
def test_two_clicks_at_once_write_one_row(form, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    owner = UserFactory()
    deadline = DeadlineFactory(due_on=DUE, owner=owner, case__lead=owner)
    clicks = {
        "quiet": lambda: acknowledge(deadline=deadline, by=owner, at=AT),
        "document": lambda: add_document(
            new=NewDocument(
                title="Reply",
                kind=Document.Kind.RESPONSE,
                file=SimpleUploadedFile("reply.pdf", b"%PDF-1.7"),
            ),
            cases=[deadline.case],
            by=owner,
            at=AT,
        ),
        "draft": lambda: start_draft(text="We call on you to answer.", by=owner, at=AT),
        "recomputation": lambda: request_recomputation(
            reason="Decree", jurisdiction="KG", by=owner, at=AT
        ),
    }
    start = threading.Barrier(2)
    written: list[int] = []

    def press() -> None:
        start.wait()
        try:
            written.append(clicks[form]().pk)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(written) == 2 and len(set(written)) == 1
