"""A program of its own, which looks into one file and can do nothing else.

    python -I -S document_reader.py docx < file

It is started by `document_risks.py`, prints what it found as JSON, and imports nothing of ours.
Before the first byte is read it gives up what it has: it may open no file and no connection,
start nothing, write nothing, and has little time and memory. A file that makes it stumble is
said to be unreadable; the server itself never parses one.
"""

import io
import json
import re
import resource
import sys
import zipfile
import zlib
from collections.abc import Iterator
from email import message_from_bytes

MEMORY = 512 * 1024 * 1024
SECONDS = 5
LARGEST_PART = 8 * 1024 * 1024  # of a packed file, as far as it is looked into
MOST_STREAMS = 5000
MEMBERS = {"docx": "word/document.xml", "odt": "content.xml"}
READ_PARTS = (".rels", "content.xml", "styles.xml", "document.xml")
MOST_MEMBERS = 2000
MOST_UNPACKED = 200 * 1024 * 1024

PDF_SIGNS = {
    "script": rb"/JavaScript\b",
    "launch": rb"/(Launch|GoToE|GoToR|SubmitForm|ImportData)\b",
    "starts": rb"/OpenAction\s*(?![\s\[])",  # an array is the page it opens at
    "attachment": rb"/(EmbeddedFiles?|FileAttachment|RichMedia)\b",
    "locked": rb"/Encrypt\b",
}
# So short that they come up by chance within pictures: looked for outside of streams alone.
SHORT_PDF_SIGNS = {
    "script": rb"/JS\b",
    "starts": rb"/AA\s*(<<|\d)",
    "attachment": rb"/(Movie|Sound|3D)\b",
}
OFFICE_SIGNS = {
    "macros": r"vbaproject|vbadata|^basic/|^scripts/|^macros/|macrosheets/",
    "attachment": r"embeddings/|oleobject|activex|\.(bin|exe|dll|scr|js|vbs|bat|cmd|ps1|lnk|msi|jar"
    r"|hta|ole)$|^object [^/]*/?|^objectreplacements/",
}


class Unusable(Exception):  # noqa: N818 - an answer
    """The file cannot be taken at all."""


def give_up_everything() -> None:
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 3),  # stdin, stdout, stderr: a file or a socket would be the 4th
    ):
        resource.setrlimit(what, (most, most))


def plain_names(content: bytes) -> bytes:
    """PDF lets any sign of a name be written as a number: /J#61vaScript."""
    return re.sub(rb"#([0-9A-Fa-f]{2})", lambda found: bytes([int(found[1], 16)]), content)


def object_streams(content: bytes) -> Iterator[bytes]:
    """What is packed: dictionaries are in streams of objects. One packed oddly cannot be read."""
    for number, found in enumerate(re.finditer(rb"(?<!end)stream\r?\n", content)):
        if b"ObjStm" not in plain_names(content[max(0, found.start() - 2000) : found.start()]):
            continue
        if number >= MOST_STREAMS:
            raise ValueError
        end = content.find(b"endstream", found.end())
        packed = content[found.end() : end if end > 0 else None]
        yield zlib.decompressobj().decompress(packed, LARGEST_PART)


def signs(text: bytes, table: dict[str, bytes]) -> set[str]:
    names = plain_names(text)
    return {risk for risk, sign in table.items() if re.search(sign, names)}


def pdf(content: bytes) -> set[str]:
    risks = signs(content, PDF_SIGNS)
    outside = re.sub(rb"(?<!end)stream\r?\n.*?endstream", b"", content, flags=re.DOTALL)
    risks |= signs(outside, SHORT_PDF_SIGNS)
    if "locked" in risks:
        return risks
    for packed in object_streams(content):
        risks |= signs(packed, PDF_SIGNS) | signs(packed, SHORT_PDF_SIGNS)
    return risks


def office(kind: str, content: bytes) -> set[str]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError) as error:
        raise Unusable("damaged") from error
    entries = archive.infolist()
    names = [entry.filename.lower() for entry in entries]
    if (
        MEMBERS[kind] not in {entry.filename for entry in entries}
        or len(entries) > MOST_MEMBERS
        # Said by the directory, so that a bomb is refused without being unpacked.
        or sum(entry.file_size for entry in entries) > MOST_UNPACKED
    ):
        raise Unusable("not taken")
    risks = {risk for risk, sign in OFFICE_SIGNS.items() for name in names if re.search(sign, name)}
    for entry in entries:
        if entry.flag_bits & 1:
            risks.add("locked")
        elif entry.filename.lower().endswith(READ_PARTS):
            with archive.open(entry) as part:
                text = part.read(LARGEST_PART)
            risks |= outside(text)
    return risks


def outside(text: bytes) -> set[str]:
    """What is fetched or run from elsewhere when the paper is opened; a mere link is not."""
    risks = set()
    for found in re.finditer(rb"<(?:\w+:)?Relationship\b[^>]*>", text):
        tag = found[0].lower()
        if b'targetmode="external"' in tag and not re.search(rb'type="[^"]*/hyperlink"', tag):
            risks.add("remote")
    if re.search(rb"\bDDE(AUTO)?\b\s", text) or b"dde-source" in text:
        risks.add("launch")
    if re.search(rb"<script:event-listener|<(?:\w+:)?script\b", text):
        risks.add("macros")
    if re.search(rb'<draw:(object|image|plugin|applet)[^>]*xlink:href="(https?|ftp|file|//)', text):
        risks.add("remote")
    return risks


def mail(content: bytes) -> set[str]:
    parts = [part for part in message_from_bytes(content).walk() if not part.is_multipart()]
    risks = set()
    for part in parts:
        kind = part.get_content_type()
        if part.get_filename() or kind not in ("text/plain", "text/html"):
            risks.add("attachment")
        if kind == "text/html":
            risks.add("remote")
    return risks


def look(kind: str, content: bytes) -> set[str]:
    if kind == "pdf":
        return pdf(content)
    if kind in MEMBERS:
        return office(kind, content)
    return mail(content) if kind == "eml" else set()


def warm_up() -> None:
    """Let the library load what it loads on the way: no file can be opened afterwards."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("content.xml", "<x/>")
        archive.writestr("имя", "<x/>")
    look("odt", whole.getvalue())
    html = (
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n"
    )
    name = b"--x\r\nContent-Disposition: attachment; filename*=utf-8''%D0%B8\r\n\r\n--x--"
    look("eml", html + name)
    "".encode("cp437"), "".encode("latin-1")


def main() -> None:
    warm_up()
    give_up_everything()
    try:
        found: dict[str, object] = {"risks": sorted(look(sys.argv[1], sys.stdin.buffer.read()))}
    except Unusable as unusable:
        found = {"refused": str(unusable)}
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
