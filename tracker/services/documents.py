"""Taking papers in: what may be uploaded, and how a document row comes to be."""

import datetime
import hashlib
from dataclasses import dataclass
from pathlib import PurePath

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from tracker.intake.invisible import visible
from tracker.models import Case, Document, User
from tracker.services.days import today_of
from tracker.services.document_risks import risks_of
from tracker.services.records import save_row
from tracker.services.refusals import Refused

# Ending -> (type to serve it as, first bytes). The type comes from this table, never from the
# uploader; active formats (HTML, SVG, office files meant for macros) are not in it: a program runs
# what such an ending promises. What hides in the others is kept and marked, `document_risks.py`.
ALLOWED_FILES = {
    "pdf": ("application/pdf", b"%PDF-"),
    "jpg": ("image/jpeg", b"\xff\xd8\xff"),
    "jpeg": ("image/jpeg", b"\xff\xd8\xff"),
    "png": ("image/png", b"\x89PNG\r\n\x1a\n"),
    "docx": (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        b"PK\x03\x04",
    ),
    "odt": ("application/vnd.oasis.opendocument.text", b"PK\x03\x04"),
    "eml": ("message/rfc822", b""),
    "txt": ("text/plain; charset=utf-8", b""),
}


@dataclass(frozen=True)
class NewDocument:
    """A document as a form gives it; `file` and `text` may both be empty for a mere address."""

    title: str
    kind: str
    url: str = ""
    publisher: str = ""
    dated_on: datetime.date | None = None
    text: str = ""
    file: UploadedFile | None = None
    by_authority: bool = False
    provenance: str = ""
    language: str = ""
    reliability: str = Document.Reliability.UNKNOWN


def ending_of(file: UploadedFile) -> str:
    return PurePath(file.name or "").suffix.lower().lstrip(".")


def check_upload(file: UploadedFile) -> str:
    """The content type to keep the file under.

    Raises Refused for an ending that is not allowed, content that is not what the ending
    says, an empty or oversized file.
    """
    ending = ending_of(file)
    if ending not in ALLOWED_FILES:
        raise Refused(
            "file",
            _("This kind of file cannot be taken. Send a PDF, DOCX, ODT, JPG, PNG, EML or TXT."),
        )
    if not file.size:
        raise Refused("file", _("The file is empty. Choose it again."))
    if file.size > settings.UPLOAD_MAX_BYTES:
        raise Refused(
            "file",
            _("The file is larger than %(size)d MB. Send a smaller scan.")
            % {"size": settings.UPLOAD_MAX_BYTES // 1024 // 1024},
        )
    content_type, start = ALLOWED_FILES[ending]
    file.seek(0)
    if file.read(max(len(start), 1))[: len(start)] != start:
        raise Refused(
            "file",
            _("The content is not what “.%(ending)s” says. Save it again in that format.")
            % {"ending": ending},
        )
    if ending in ("txt", "eml"):
        _check_text(file)
    file.seek(0)
    return content_type


def _check_text(file: UploadedFile) -> None:
    file.seek(0)
    # A program or a picture; and UTF-16, which not every reader of these files opens.
    if b"\x00" in file.read():
        raise Refused("file", _("This is not a text file. Send the text, or the document as PDF."))


def add_document(
    *, new: NewDocument, cases: list[Case], by: User | None, at: datetime.datetime
) -> Document:
    """Store a document under the given cases, with what its file could do. Raises Refused."""
    content_type = check_upload(new.file) if new.file else ""
    risks = risks_of(new.file, ending_of(new.file)) if new.file else []
    with transaction.atomic():
        document = Document(
            title=new.title,
            kind=new.kind,
            url=new.url,
            publisher=new.publisher,
            dated_on=new.dated_on,
            obtained_on=today_of(by, at),
            text=new.text,
            by_authority=new.by_authority,
            provenance=new.provenance,
            language=new.language,
            reliability=new.reliability,
            added_by=by,
        )
        if new.file:
            document.sha256 = _digest(new.file)
            document.filename = visible(PurePath(new.file.name or "").name)[:200]
            document.risks = risks
            document.content_type = content_type
            document.file = new.file
        document.full_clean(exclude=["file", "code"])
        # It has its cases only once it is saved, so its event is told which.
        save_row(document, cases=cases, by=by, at=at)
        document.cases.set(cases)
    return document


def _digest(file: UploadedFile) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    return digest.hexdigest()
