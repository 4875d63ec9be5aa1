"""The log of no case is read by every coordinator, and holds no word of a restricted one."""

import pytest
from django.urls import reverse

from tests.admin.conftest import MARKER
from tests.now import NOW
from tracker.models import Event, EventValue, FeedToken, Role
from tracker.services.documents import NewDocument, add_document
from tracker.services.feeds import make_feed, new_secret, revoke_feed
from tracker.services.records import edit_row


@pytest.fixture
def busy_owner(hidden, owner, signed_in):
    """Somebody of the team, who types the marker wherever something is kept."""
    client = signed_in(owner)
    client.get(f"/demands/export/?q={MARKER}")
    client.get(f"/demands/?q={MARKER}")
    for table in ("demand", "signatory", "case", "document"):
        address = reverse(f"admin:tracker_{table}_changelist")
        row = hidden[table].pk
        asked = {"action": "export_csv", "_selected_action": [row]}
        assert client.post(f"{address}?q={MARKER}", asked).status_code == 200
    client.get(f"/cases/{MARKER}/"), client.get(f"/documents/{MARKER.lower()}/")
    client.post("/cases/new/", {"text": f"To the court.\n\n{MARKER} must be released."})
    filed = NewDocument(title=f"{MARKER} paper", kind="note", text=MARKER)
    paper = add_document(new=filed, cases=[], by=owner, at=NOW)
    paper.title = f"{MARKER} again"
    edit_row(row=paper, by=owner, at=NOW, reason=MARKER)
    feed = make_feed(
        user=owner, name=MARKER, secret=new_secret(), everything=True, by=owner, at=NOW
    )
    revoke_feed(feed=feed, by=owner, at=NOW)
    client.post("/accounts/login/", {"login": MARKER, "password": MARKER})
    return client


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.ADMINISTRATOR])
def test_an_outside_coordinator_reads_no_word_of_it(role, busy_owner, stranger, signed_in):
    stranger.role = role
    stranger.save()
    client = signed_in(stranger)
    made = set(Event.objects.filter(case_id=None).values_list("action", flat=True))
    assert made > {"export.demands", "export.document", "feed.made", "feed.revoked"}
    assert made > {"document.added", "document.edited", "draft.started"}
    asked = 0
    for model in (Event, EventValue):
        name = f"admin:tracker_{model._meta.model_name}"
        numbers = list(model.objects.values_list("pk", flat=True))
        pages = [client.get(reverse(f"{name}_changelist"))]
        for number in numbers if model is Event else ():
            for page in ("change", "history"):
                pages.append(client.get(reverse(f"{name}_{page}", args=[number])))
        export = {"action": "export_csv", "_selected_action": numbers, "select_across": "1"}
        pages.append(client.post(reverse(f"{name}_changelist"), export))
        for page in pages:
            asked += page.status_code == 200
            assert MARKER not in page.text, page.request["PATH_INFO"]
    assert asked > 10


def test_a_row_that_the_log_does_not_name_is_told_by_its_number(busy_owner, coordinator, signed_in):
    feed = FeedToken.objects.latest("pk")
    page = signed_in(coordinator).get(reverse("admin:tracker_event_changelist") + "?q=feed.made")
    assert f"feedtoken {feed.pk}" in page.text
