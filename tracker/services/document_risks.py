"""What a file could do to whoever opens it: found by a program that can do nothing itself."""

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tracker.services import document_reader
from tracker.services.refusals import Refused

PATIENCE = 20  # seconds on the clock; the program has fewer of the processor's
READS = {"pdf", "docx", "odt", "eml"}


class Risk(models.TextChoices):
    MACROS = "macros", gettext_lazy("It holds macros, small programs that can run when it is open.")
    SCRIPT = "script", gettext_lazy("It holds a script that can run when it is open.")
    LAUNCH = "launch", gettext_lazy("It can start another program or send something away.")
    STARTS = "starts", gettext_lazy("It does something by itself as soon as it is open.")
    ATTACHMENT = "attachment", gettext_lazy("Other files are packed in it.")
    REMOTE = (
        "remote",
        gettext_lazy("It fetches something from elsewhere, so somebody sees."),
    )
    LOCKED = "locked", gettext_lazy("It is locked with a password, so nobody could look into it.")
    UNREADABLE = "unreadable", gettext_lazy("It is built so oddly that nobody could look into it.")


def risks_of(file: UploadedFile, ending: str) -> list[str]:
    """Codes of `Risk`. Raises Refused for what cannot be taken at all."""
    if ending not in READS:
        return []
    file.seek(0)
    found = _look(ending, file.read())
    file.seek(0)
    if found.get("refused") == "damaged":
        raise Refused("file", _("The document is damaged. Open it, save it, send it again."))
    if "refused" in found:
        raise Refused("file", _("This document cannot be taken. Save it as PDF and send that."))
    return found["risks"]


def _look(ending: str, content: bytes) -> dict:
    program = str(Path(document_reader.__file__))
    try:
        ran = subprocess.run(  # noqa: S603 - our own program; the file goes in as bytes alone
            [sys.executable, "-I", "-S", program, ending],
            input=content,
            capture_output=True,
            timeout=PATIENCE,
            env={},
            cwd="/",
            check=True,
        )
        return json.loads(ran.stdout)
    except (subprocess.SubprocessError, ValueError):
        return {"risks": [Risk.UNREADABLE.value]}


def in_words(risks: Iterable[str]) -> list[str]:
    return [str(Risk(risk).label) for risk in risks if risk in Risk.values]
