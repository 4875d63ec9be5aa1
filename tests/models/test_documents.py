import pytest

from tests.factories.cases import CaseFactory
from tests.factories.documents import DocumentFactory
from tracker.models import Document

pytestmark = pytest.mark.django_db


def test_a_document_of_several_cases_is_listed_once(owner, viewer):
    document = DocumentFactory(cases=[CaseFactory(), CaseFactory()])
    assert list(Document.objects.visible_to(owner)) == [document]
    assert list(Document.objects.visible_to(viewer)) == [document]


def test_a_document_of_no_case_is_seen_by_those_who_work(owner, viewer):
    document = DocumentFactory()
    assert list(Document.objects.visible_to(owner)) == [document]
    assert list(Document.objects.visible_to(viewer)) == []


def test_a_document_of_a_hidden_case_is_seen_by_its_team_only(team_case, colleague, stranger):
    document = DocumentFactory(cases=[team_case])
    assert list(Document.objects.visible_to(colleague)) == [document]
    assert list(Document.objects.visible_to(stranger)) == []
