"""Files that do something when they are opened: taken, marked, and looked into by nobody but a
program that can do nothing."""

import io
import os
import random
import signal
import subprocess
import sys
import zipfile
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tracker.services import document_reader
from tracker.services.document_risks import Risk, in_words, risks_of
from tracker.services.refusals import Refused

pytestmark = pytest.mark.once


def packed(main: str = "word/document.xml", **parts: str | bytes) -> bytes:
    """An office file; `parts` are named with "__" for a slash and "_" for a dot."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(main, "<w:document/>")
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), content)
    return whole.getvalue()


def rels(kind: str, mode: str = "External") -> str:
    return (
        '<Relationships><Relationship Id="r1" Type="http://schemas.openxmlformats.org/office'
        f'Document/2006/relationships/{kind}" TargetMode="{mode}" Target="https://evil.test/x"/>'
        "</Relationships>"
    )


def pdf(body: str | bytes) -> bytes:
    body = body.encode() if isinstance(body, str) else body
    return b"%PDF-1.7\n1 0 obj\n" + body + b"\nendobj\ntrailer<</Root 1 0 R>>\n%%EOF"


def stream(head: str, content: bytes) -> bytes:
    return f"<<{head}>>\nstream\n".encode() + content + b"\nendstream"


ACTION = b"<</S /JavaScript /JS (app.alert\\(1\\))>>"
PICTURE = random.Random(7).randbytes(3_000_000)  # noise, as a scan is

FILES = [
    ("plain.docx", packed(), []),
    ("link.docx", packed(word___rels__document_xml_rels=rels("hyperlink")), []),
    ("macro.docx", packed(word__vbaProject_bin=b"\xd0\xcf"), ["attachment", "macros"]),
    ("program.docx", packed(word__embeddings__oleObject1_bin=b"MZ"), ["attachment"]),
    ("sheet.docx", packed(word__embeddings__Sheet1_xlsx=b"PK"), ["attachment"]),
    ("active.docx", packed(word__activeX__activeX1_xml="<x/>"), ["attachment"]),
    ("template.docx", packed(word___rels__settings_xml_rels=rels("attachedTemplate")), ["remote"]),
    ("picture.docx", packed(word___rels__document_xml_rels=rels("image")), ["remote"]),
    ("own.docx", packed(word___rels__document_xml_rels=rels("image", "Internal")), []),
    ("dde.docx", packed(word__styles_xml="<w:instrText>DDEAUTO c:\\\\x</w:instrText>"), ["launch"]),
    ("plain.odt", packed("content.xml"), []),
    ("basic.odt", packed("content.xml", Basic__Standard__Module1_xml="<x/>"), ["macros"]),
    ("object.odt", packed("content.xml", ObjectReplacements__1="x"), ["attachment"]),
    ("plain.pdf", pdf("<</Type /Catalog>>"), []),
    ("opens_at.pdf", pdf("<</OpenAction [3 0 R /Fit]>>"), []),
    ("scan.pdf", pdf(stream("/Subtype /Image /Filter /DCTDecode", PICTURE)), []),
    ("script.pdf", pdf(ACTION), ["script"]),
    ("hidden.pdf", pdf(b"<</S /J#61vaScript /#4aS (x)>>"), ["script"]),
    ("starts.pdf", pdf("<</OpenAction 5 0 R>>"), ["starts"]),
    ("launch.pdf", pdf("<</S /Launch /F (cmd.exe)>>"), ["launch"]),
    ("carries.pdf", pdf("<</Type /EmbeddedFile>>"), ["attachment"]),
    (
        "packed.pdf",
        pdf(stream("/Type /ObjStm /Filter /FlateDecode", zlib.compress(ACTION))),
        ["script"],
    ),
    ("odd.pdf", pdf(stream("/Type /ObjStm /Filter /ASCIIHexDecode", b"3c3c>")), ["unreadable"]),
    ("locked.pdf", pdf("<</Encrypt 4 0 R>>"), ["locked"]),
    ("plain.eml", b"Subject: x\r\n\r\nWords.", []),
    (
        "carries.eml",
        b"Content-Type: application/zip; name=x.zip\r\nContent-Disposition: attachment;"
        b" filename=x.zip\r\n\r\nUEs=",
        ["attachment"],
    ),
    ("page.eml", b"Content-Type: text/html\r\n\r\n<img src=https://evil.test/x>", ["remote"]),
    ("words.txt", b"/JavaScript", []),
]


@pytest.mark.parametrize(("name", "content", "risks"), FILES, ids=[name for name, *_ in FILES])
def test_what_a_file_could_do_is_found(name, content, risks):
    ending = name.rpartition(".")[2]
    assert risks_of(SimpleUploadedFile(name, content), ending) == risks


def test_each_mark_is_said_in_words():
    assert len(set(in_words(Risk.values))) == len(Risk)
    assert in_words(["of a later version"]) == []


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            b"PK\x03\x04 only",
            "The document is damaged. Open it, save it, send it again.",
        ),
        (packed("other.xml"), "This document cannot be taken. Save it as PDF and send that."),
        (
            packed(**{f"x{number}": "" for number in range(2001)}),
            "This document cannot be taken. Save it as PDF and send that.",
        ),
        (
            packed(bomb=b"0" * 210 * 1024 * 1024),
            "This document cannot be taken. Save it as PDF and send that.",
        ),
    ],
    ids=["damaged", "no document", "too many parts", "a bomb"],
)
def test_what_is_no_document_is_refused(content, sentence):
    with pytest.raises(Refused) as refused:
        risks_of(SimpleUploadedFile("x.docx", content), "docx")
    assert str(refused.value) == sentence


ATTEMPTS = {
    "opens a file": "open('/etc/hostname')",
    "writes": "import os; os.write(1, b'x') if os.fstat(1).st_size else open('/tmp/x', 'w')",
    "opens a connection": "import _socket; _socket.socket()",
    "starts a program": "import os; os.posix_spawn('/bin/true', ['true'], {}, file_actions="
    "[(os.POSIX_SPAWN_OPEN, 5, '/dev/null', 0, 0)])",
    "takes all memory": "b'x' * (1 << 30)",
    "never ends": "exec('while True: pass')",
}


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_the_program_can_do_nothing(attempt):
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import document_reader, _socket\n"
        "document_reader.SECONDS = 1; document_reader.give_up_everything()\n"
        f"{ATTEMPTS[attempt]}\nprint('done')"
    )
    folder = os.path.dirname(document_reader.__file__)  # noqa: PTH120
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, folder],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert "done" not in ran.stdout
    assert ran.returncode in (1, -signal.SIGXCPU, -signal.SIGKILL)


def test_a_file_it_stumbles_over_is_kept_and_marked():
    endless = pdf(stream("/Type /ObjStm", b"x" * 100) * 6000)
    assert risks_of(SimpleUploadedFile("x.pdf", endless), "pdf") == ["unreadable"]
