"""Documents: seen with their case, handed out as attachments, refused when not what they say."""

import datetime
import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.factories.authorities import AddresseeFactory
from tests.factories.correspondence import ActionFactory
from tests.factories.demands import DemandFactory
from tests.factories.documents import DocumentFactory, EvidenceFactory
from tests.page_forms import one_form
from tests.pages import errors, find, part
from tracker.models import Document, Event

PDF = b"%PDF-1.7\n%%EOF\n"


def archive(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name in names:
            file.writestr(name, "x")
    return out.getvalue()


def fields(**changed) -> dict:
    return {"title": "Reply of the office", "kind": "response", "url": "", "text": ""} | changed


def add(client, case, **changed):
    return client.post(reverse("document_new", args=[case.reference]), fields(**changed))


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@pytest.mark.usefixtures("case")
def test_a_document_of_a_team_case_is_absent_for_everybody_else(
    signed_in, team_case, colleague, stranger, administrator
):
    document = DocumentFactory(cases=[team_case], title="The hidden reply")
    url = reverse("document_detail", args=[document.code])
    assert "The hidden reply" in signed_in(colleague).get(url).text
    for person in (stranger, administrator):
        answer = signed_in(person).get(url)
        assert (answer.status_code, "The hidden reply" in answer.text) == (404, False)


def test_a_shared_document_does_not_name_the_case_one_may_not_see(
    signed_in, case, team_case, stranger
):
    document = DocumentFactory(cases=[case, team_case])
    EvidenceFactory(document=document, demand__case=team_case, claim="A hidden claim")
    text = signed_in(stranger).get(reverse("document_detail", args=[document.code])).text
    assert "OPEN-1" in text
    assert "TEAM-1" not in text
    assert "A hidden claim" not in text


def test_whoever_is_not_signed_in_is_asked_to(client, case):
    document = DocumentFactory(cases=[case])
    for name in ("document_detail", "document_file"):
        answer = client.get(reverse(name, args=[document.code]))
        assert answer.headers["Location"].startswith("/accounts/login/")


def test_a_file_comes_back_as_it_was_and_only_as_an_attachment(signed_in, case, owner, viewer):
    answer = add(signed_in(owner), case, file=upload("Ответ прокуратуры.pdf", PDF))
    assert answer.headers["Location"] == reverse("case_detail", args=[case.reference])
    document = Document.objects.get()
    assert document.filename == "Ответ прокуратуры.pdf"
    assert "прокуратуры" not in document.file.name
    got = signed_in(viewer).get(reverse("document_file", args=[document.code]))
    assert b"".join(got.streaming_content) == PDF
    assert got.headers["Content-Type"] == "application/pdf"
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert got.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "no-store" in got.headers["Cache-Control"]


@pytest.mark.parametrize(
    "file",
    [
        ("page.html", b"<script>alert(1)</script>"),
        ("picture.svg", b"<svg/>"),
        ("scan.pdf", b"MZ\x90\x00"),
        ("scan.png", b"<html>"),
        ("empty.pdf", b""),
        ("notes.txt", b"\x00\x01\x02"),
        ("letter.docx", b"PK\x03\x04 not an archive"),
        ("letter.docx", archive("content.xml")),
        ("letter.docm", archive("word/document.xml", "word/vbaProject.bin")),
    ],
    ids=lambda file: file[0],
)
def test_a_file_that_is_not_what_it_says_is_refused_and_nothing_is_lost(
    signed_in, case, owner, file
):
    answer = add(signed_in(owner), case, file=upload(*file), provenance="By post")
    assert answer.status_code == 422
    assert "By post" in answer.text
    assert Document.objects.count() == 0


def test_a_real_archive_is_taken(signed_in, case, owner):
    add(signed_in(owner), case, file=upload("letter.docx", archive("word/document.xml")))
    assert Document.objects.get().content_type.endswith("wordprocessingml.document")


def test_a_file_that_could_do_something_is_kept_and_its_page_says_so(signed_in, case, owner):
    client = signed_in(owner)
    parts = ("word/document.xml", "word/vbaProject.bin", "word/embeddings/oleObject1.bin")
    add(client, case, file=upload("letter.docx", archive(*parts)))
    document = Document.objects.get()
    assert document.risks == ["attachment", "macros"]
    page = client.get(reverse("document_detail", args=[document.code]))
    assert len(find(part(page, "dangers"), "listitem")) == 2
    add(client, case, title="Plain", file=upload("plain.docx", archive("word/document.xml")))
    plain = Document.objects.get(title="Plain")
    assert not find(client.get(reverse("document_detail", args=[plain.code])), id="dangers")


def test_a_name_is_kept_without_the_signs_that_turn_it_round(signed_in, case, owner):
    client = signed_in(owner)
    add(client, case, file=upload("reply\u202efdp\u200b.exe.pdf", PDF))
    document = Document.objects.get()
    assert document.filename == "replyfdp.exe.pdf"


def test_a_file_over_the_limit_is_refused(signed_in, case, owner, settings):
    settings.UPLOAD_MAX_BYTES = 10
    answer = add(signed_in(owner), case, file=upload("scan.pdf", PDF))
    assert answer.status_code == 422
    assert Document.objects.count() == 0


def test_a_document_of_nothing_is_refused(signed_in, case, owner):
    answer = add(signed_in(owner), case)
    assert (answer.status_code, list(errors(answer))) == (422, ["__all__"])


def test_viewers_read_and_strangers_find_nothing(signed_in, case, team_case, viewer, stranger):
    url = reverse("document_new", args=[case.reference])
    assert signed_in(viewer).get(url).status_code == 403
    assert add(signed_in(viewer), case, text="words").status_code == 403
    assert add(signed_in(stranger), team_case, text="words").status_code == 404
    assert signed_in(stranger).get(reverse("document_new", args=["NONE"])).status_code == 404
    assert Document.objects.count() == 0


def test_a_second_click_files_a_document_once(signed_in, case, owner, tmp_path):
    form = one_form()
    for _click in range(2):
        answer = add(signed_in(owner), case, file=upload("reply.pdf", PDF), **form)
        assert answer.status_code == 302
    assert len(list((tmp_path / "documents").iterdir())) == Document.objects.count() == 1
    assert Event.objects.filter(action="document.added").count() == 1
    # Another form is another document, whatever it holds.
    add(signed_in(owner), case, file=upload("reply.pdf", PDF))
    assert Document.objects.count() == 2


def test_nothing_is_added_to_a_closed_case(signed_in, case, owner):
    case.phase, case.close_reason = "closed", "resolved"
    case.closed_at = datetime.datetime(2026, 3, 1, tzinfo=datetime.UTC)
    case.save()
    address = reverse("document_new", args=[case.reference])
    assert signed_in(owner).get(address).status_code == 403
    assert add(signed_in(owner), case, text="words").status_code == 403
    assert address not in signed_in(owner).get(f"/cases/{case.reference}/").text
    assert Document.objects.count() == 0


def test_documents_are_only_read_at_their_addresses(signed_in, case, owner):
    document = DocumentFactory(cases=[case])
    client = signed_in(owner)
    assert client.post(reverse("document_detail", args=[document.code])).status_code == 405
    assert client.get(reverse("document_file", args=[document.code])).status_code == 404
    assert client.get(reverse("document_detail", args=["none"])).status_code == 404


def test_a_document_is_obtained_on_the_persons_own_day(signed_in, case, owner, time_machine):
    owner.time_zone = "Asia/Bishkek"
    owner.save()
    time_machine.move_to(datetime.datetime(2026, 3, 9, 20, 0, tzinfo=datetime.UTC))
    assert add(signed_in(owner), case, text="They refuse.").status_code == 302
    assert Document.objects.get().obtained_on == datetime.date(2026, 3, 10)


def test_a_paper_of_a_hidden_case_is_named_on_no_page_of_another(
    signed_in, case, team_case, owner, stranger
):
    demand = DemandFactory(case=case, number=1)
    paper = DocumentFactory(title="Secret paper", cases=[team_case])
    EvidenceFactory(demand=demand, document=paper)
    action = ActionFactory(addressee=AddresseeFactory(case=case))
    action.documents.add(paper)
    pages = ["/cases/OPEN-1/", f"/demands/{demand.pk}/", f"/demands/{demand.pk}/status/"]
    assert all("Secret paper" in signed_in(owner).get(page).text for page in pages)
    assert not any("Secret paper" in signed_in(stranger).get(page).text for page in pages)
