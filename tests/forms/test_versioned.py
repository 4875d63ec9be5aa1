"""What a page that has grown old says: who changed what since, and what still stands in it."""

import pytest

from tests.factories.cases import CaseFactory
from tests.factories.documents import DocumentFactory
from tests.page_forms import loaded, send
from tracker.models import Case

PAGE = "/cases/OPEN-1/facts/"


@pytest.fixture
def late(signed_in, owner, colleague, case):
    """The colleague's form as it was before the owner changed title and place."""
    client = signed_in(colleague)
    old = loaded(client, PAGE)
    send(signed_in(owner), PAGE, title="First's title", place="Osh")
    return lambda **typed: client.post(PAGE, old | typed)


def test_what_was_changed_since_is_told(late, owner):
    [step] = late(title="Second's title").context["form"].changed_since
    assert step.by == owner.name
    assert [(change.label, change.after) for change in step.changes] == [
        ("title", "First's title"),
        ("place", "Osh"),
    ]


def test_a_field_that_both_changed_says_what_is_stored(late):
    form = late(title="Second's title").context["form"]
    assert form.errors["title"] == [
        "It became “First's title” meanwhile. What you typed still stands here."
    ]
    assert form["title"].value() == "Second's title"
    assert (form["place"].value(), "place" in form.errors) == ("Osh", False)


def test_a_name_the_reader_may_not_see_is_not_told(late):
    hidden = CaseFactory(confidentiality="team")
    Case.objects.filter(reference="OPEN-1").update(source=DocumentFactory(cases=[hidden]))
    mine = DocumentFactory(cases=[Case.objects.get(reference="OPEN-1")])
    form = late(source=mine.pk).context["form"]
    assert form.errors["source"] == [
        "It became “(not shown)” meanwhile. What you typed still stands here."
    ]


def test_a_page_without_its_version_is_loaded_again(late):
    form = late(shown_version="").context["form"]
    assert form.non_field_errors() == ["This page is incomplete. Load it again, then save."]
