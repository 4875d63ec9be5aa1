"""Who is asked: each addressee once, however often and however fully it is named."""

import re
from dataclasses import dataclass, field

from tracker.intake.people import Party
from tracker.intake.spans import Span, normalise, read, trim
from tracker.intake.words import (
    has_office,
)

_OFFICE_BEFORE = re.compile(r"[A-ZА-ЯЁ][\w’'-]+(?:\s+(?:of|the|for|[A-ZА-ЯЁ][\w’'-]+)){0,8}\s+$")


# An office and its holder this far apart are not shown as one stretch of the text.
_FAR = 1000


@dataclass(slots=True, eq=False)
class Addressee:
    """A post, a body or a group, or a person, or both; as written.

    `vague` says that a fuller name of the same body may come ("Dear deputies").
    """

    name: Span | None
    office: Span | None
    vague: bool = False

    @property
    def span(self) -> Span:
        """From the first of the two to the last; the office alone where they stand far apart."""
        named = [span for span in (self.office, self.name) if span]
        whole = Span(min(s.start for s in named), max(s.end for s in named))
        return whole if whole.end - whole.start <= _FAR else named[0]

    def label(self, text: str) -> str:
        """How demands refer to it: the office, or else the name."""
        words = self.office or self.name
        return read(text, words) if words else ""


@dataclass(slots=True)
class Addressees:
    """The addressees found so far, each once."""

    text: str
    entries: list[Addressee] = field(default_factory=list)
    heading: list[Addressee] = field(default_factory=list)

    def add(self, party: Party) -> Addressee:
        """The entry for this party: a known one where the words agree, else a new one."""
        known = self._known(party)
        if known is None:
            known = Addressee(party.name, party.office)
            self.entries.append(known)
            return known
        if (
            known.vague
            and party.office
            and len(self._words(party.office)) > len(self._words(known.office))
        ):
            known.office, known.vague = party.office, False
        if party.office and party.name and not (known.office and known.name):
            known.name, known.office = party.name, known.office or party.office
            if known.office == party.office or known.span.end - known.span.start > _FAR:
                known.office = party.office
        return known

    def _known(self, party: Party) -> Addressee | None:
        name, office = self._words(party.name), self._words(party.office)
        for entry in self.entries:
            entry_name, entry_office = self._words(entry.name), self._words(entry.office)
            if (
                name
                and entry_name
                and (name & entry_name)
                and (name <= entry_name or entry_name <= name)
            ):
                return entry
            if name and entry_name:
                continue
            if office and entry_office and _same_office(office, entry_office):
                return entry
            if office and entry.vague and entry_office < office:
                return entry
            if office and entry_name and not entry_office and not name and office <= entry_name:
                return entry
        return None

    def _words(self, span: Span | None) -> frozenset[str]:
        if span is None:
            return frozenset()
        words = re.findall(r"[^\W_]{2,}", normalise(self.text[span.start : span.end]).casefold())
        return frozenset(
            w[:5] if "\u0400" <= w[0] <= "\u04ff" else w.removesuffix("s")
            for w in words
            if w not in {"the", "of", "and", "все", "all"}
        )


_STATE = re.compile(
    r"kyrgyz|kazakh|tajik|uzbek|turkmen|russia|belaru|republic|federation|country|респуб|кырг|"
    r"казах|таджи|узбек|росси|федер|кр|рк|рф|рт|страны"
)


def _same_office(one: frozenset[str], other: frozenset[str]) -> bool:
    """The same post, where only the name of the state is left out on one side."""
    if one == other:
        return True
    smaller, larger = sorted((one, other), key=len)
    return (
        bool(smaller) and smaller < larger and all(_STATE.match(word) for word in larger - smaller)
    )


def introduced(text: str, name: Span) -> Party | None:
    """The person with the office that stands before the name in some place of the text."""
    words = text[name.start : name.end]
    at = text.find(words)
    while at >= 0:
        before = _OFFICE_BEFORE.search(text, max(0, at - 120), at)
        if before:
            # "Yesterday President ...": the office starts at its own first word.
            for word in re.finditer(r"\S+", before.group()):
                if has_office(word.group()):
                    office = trim(text, before.start() + word.start(), at, trailing=",–—- ")
                    there = Span(at, at + len(words))
                    return Party(Span(office.start, there.end), there, office)
        at = text.find(words, at + len(words))
    return None
