"""Read a text as an appeal and show what a case would be made of."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from tracker.intake import read_appeal
from tracker.management.sentences import SentenceCommand
from tracker.services.intake import decode_text
from tracker.services.refusals import Refused


class Command(SentenceCommand):
    help = "Show what is found in the text of an appeal: whom it asks for what, and by when."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="a text: UTF-8, UTF-16 or Windows-1251")
        parser.add_argument("--json", action="store_true", help="print the whole proposal as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["file"])
        try:
            content = path.read_bytes()
        except OSError as error:
            reason = error.strerror or _("it cannot be read")
            raise CommandError(f"{path}: {reason}.", returncode=2) from error
        try:
            text = decode_text(content)
        except Refused as error:
            raise CommandError(f"{path}: {error}", returncode=2) from error
        proposal = read_appeal(text).as_dict()
        if options["json"]:
            self.stdout.write(json.dumps(proposal, ensure_ascii=False, indent=2))
        else:
            self.stdout.write("\n".join(_lines(proposal)))


def _lines(proposal: dict[str, Any]) -> list[str]:
    """The proposal for a reader: one thing a line, the longest lists last."""
    if not proposal["is_appeal"]:
        return [_("This is not an appeal: nobody is asked for anything."), *_head(proposal)]
    reply = proposal["response_request"]
    return [
        *_head(proposal),
        *_listed(_("To"), [_party(a) for a in proposal["addressees"]]),
        *_listed(_("Demands"), [d["text"] for d in proposal["demands"]], numbered=True),
        *_listed(_("Reply"), [reply["text"]] if reply else []),
        *_listed(_("Cites"), proposal["legal_references"]),
        *_listed(
            _("Signed by"),
            [
                ", ".join(filter(None, (s["name"], s["role"], s["place"])))
                for s in proposal["signatories"]
            ],
            numbered=True,
        ),
    ]


def _head(proposal: dict[str, Any]) -> list[str]:
    facts = {
        _("Title"): proposal["title"],
        _("Kind"): proposal["kind"],
        _("Dated"): proposal["issued_on"],
        _("Place"): proposal["place"],
        _("Language"): proposal["language"],
        _("Issued by"): "; ".join(proposal["issuers"]),
    }
    return [f"{name}: {value}" for name, value in facts.items() if value]


def _party(addressee: dict[str, Any]) -> str:
    return ", ".join(filter(None, (addressee["office"], addressee["name"])))


def _listed(name: str, entries: list[str], *, numbered: bool = False) -> list[str]:
    if not entries:
        return []
    marks = [f"{n}." if numbered else "-" for n in range(1, len(entries) + 1)]
    return [f"{name}:", *(f"  {mark} {entry}" for mark, entry in zip(marks, entries, strict=True))]
