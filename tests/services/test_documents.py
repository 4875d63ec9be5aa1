"""Which files are taken in, and what is said of the others."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tracker.services.documents import check_upload
from tracker.services.refusals import Refused


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        (
            "answer.html",
            b"<script>",
            "This kind of file cannot be taken. Send a PDF, DOCX, ODT, JPG, PNG, EML or TXT.",
        ),
        ("empty.pdf", b"", "The file is empty. Choose it again."),
        (
            "reply.pdf",
            b"MZ this is a program",
            "The content is not what “.pdf” says. Save it again in that format.",
        ),
        ("large.pdf", b"%PDF-" + b"x" * 20, "The file is larger than 0 MB. Send a smaller scan."),
    ],
)
def test_a_file_that_cannot_be_taken_is_told_what_to_send_instead(
    settings, name, content, sentence
):
    settings.UPLOAD_MAX_BYTES = 20
    with pytest.raises(Refused) as refused:
        check_upload(SimpleUploadedFile(name, content))
    assert str(refused.value) == sentence


def test_a_file_is_served_as_its_ending_says():
    assert check_upload(SimpleUploadedFile("scan.PDF", b"%PDF-1.7")) == "application/pdf"
