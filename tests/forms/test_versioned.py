"""What a page that has grown old says: who changed what since, and what still stands in it."""

import pytest

from tests.factories.cases import CaseFactory
from tests.factories.documents import DocumentFactory
from tests.page_forms import loaded, send
from tracker.models import Case

PAGE = "/cases/OPEN-1/facts/"
ADVICE = "What you typed is kept. Look through it, then save again."


def said(answer) -> list[str]:
    return answer.context["form"].non_field_errors()


@pytest.fixture
def late(signed_in, owner, colleague, case):
    """The colleague's form as it was before the owner changed title and place."""
    client = signed_in(colleague)
    old = loaded(client, PAGE)
    send(signed_in(owner), PAGE, title="First's title", place="Osh")
    return lambda **typed: client.post(PAGE, old | typed)


def test_what_both_changed_is_told_with_both_words(late):
    who, title, place, advice = said(late(title="Second's title"))
    assert who == (
        "Aigul Owner changed “OPEN-1 First's title” on 23 Nov 2026, 12:00, after you opened this "
        "page. Nothing is saved yet."
    )
    assert title == (
        "“Title” is now “First's title”. You wrote “Second's title”, which still stands below."
    )
    assert place == "“Place” is now “Osh”, filled in below."
    assert advice == ADVICE


def test_a_name_the_reader_may_not_see_is_not_told(late):
    hidden = CaseFactory(confidentiality="team")
    Case.objects.filter(reference="OPEN-1").update(source=DocumentFactory(cases=[hidden]))
    assert "“Source text” is now “(not shown)”, filled in below." in said(late(summary="Mine"))


def test_a_page_without_its_version_is_loaded_again(late):
    assert said(late(shown_version="")) == ["This page is incomplete. Load it again, then save."]
