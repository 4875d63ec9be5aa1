"""The calls in the prose of an appeal, and what every reader of demands goes by."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from tracker.intake import calls_en, calls_ru
from tracker.intake.addressees import Addressee, Addressees, introduced
from tracker.intake.call import Call
from tracker.intake.lines import Block
from tracker.intake.people import read_party
from tracker.intake.response import asks_for_reply, is_reply_item
from tracker.intake.spans import Span, inside, quoted, sentences, trim
from tracker.intake.words import has_authority

_OWN_TASK = re.compile(
    r"^(?:instructs?|mandates?|decides?|resolves?|notes?|welcomes?|condemns?|express(?:es)?|"
    r"recalls?|reaffirms?|поруч(?:ает|ить)|осужда\w+|отмеча\w+|приветству\w+|постановля\w+)\b",
    re.IGNORECASE,
)

SUPPORTERS = re.compile(
    r"^(?:please\s+)?(?:to\s+)?(?:sign|share|donate|write to|spread|join us|subscribe|forward|"
    r"tweet|подпишите|поделитесь|подписать|распространите)\b",
    re.IGNORECASE,
)

_TURNED = re.compile(
    r"\b(?:turn(?:ed|s)?|appeal(?:ed|s)?|address(?:ed|es)?|"
    r"spoke)\s+(?:also\s+)?to\s+(?P<party>[^.,;:«“]{3,100})[.;:,]",
    re.IGNORECASE,
)

_SPOKEN_OF = re.compile(
    r"\b(?:noted|said|stressed|reminded|believe|say|note|"
    r"remind)\s+(?:that\s+)?(?P<party>the\s+[^.,;:«“]{3,80}?)\s+(?:did|do|does|have|has|had|"
    r"failed|are|were|was|is)\b",
    re.IGNORECASE,
)

_AND_AT_END = re.compile(r"[;,]\s+(?:and|or|as well as|и|а также|жана)\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Demand:
    """One demand, with those it is addressed to.

    `own_voice` and `listed` tell the judge of the whole text how the demand was found.
    """

    span: Span
    addressees: tuple[Addressee, ...]
    own_voice: bool
    listed: bool


class ProseReader:
    """Reads stretches of the text; `addressees` grows with the parties it meets."""

    def __init__(
        self,
        text: str,
        blocks: list[Block],
        addressees: Addressees,
        *,
        english: bool,
        reported: bool,
        title: Span | None = None,
    ) -> None:
        self.text = text
        self.blocks = [block for block in blocks if block.kind not in {"noise", "note"}]
        self.title = title
        self.addressees = addressees
        self.reported = reported
        self.find_calls: Callable[..., list[Call]] = (
            calls_en.find_calls if english else calls_ru.find_calls
        )
        self.quotes = quoted(text)
        self.demands: list[Demand] = []
        self.reader: tuple[Addressee, ...] = tuple(addressees.heading)

    def _words(self, span: Span) -> str:
        return self.text[span.start : span.end]

    def _add(
        self, span: Span, asked: tuple[Addressee, ...], *, own_voice: bool, listed: bool
    ) -> None:
        joined = _AND_AT_END.search(self._words(span)) if listed else None
        span = trim(
            self.text,
            span.start,
            span.start + joined.start() if joined else span.end,
            leading="–—-•*",
            trailing=";.,:",
        )
        words = self._words(span)
        if len(words) < 8 or not re.search(r"[^\W\d_]{2}", words) or asks_for_reply(words):
            return
        if listed and (
            is_reply_item(words)
            or SUPPORTERS.match(words)
            or _OWN_TASK.match(words)
            or words.endswith("?")
        ):
            return
        if any(
            known.span.start < span.end and span.start < known.span.end
            for known in self.demands[-12:]
        ):
            return
        self.demands.append(Demand(span, asked, own_voice, listed))

    def _read_calls(self, span: Span) -> list[Call]:
        calls: list[Call] = []
        if self.reported:
            self._notice_spoken_to(span)
        for sentence in sentences(self.text, span.start, span.end):
            if inside(self.quotes, sentence.start) and not self.reported:
                continue
            found = self.find_calls(self.text, sentence, reported=self.reported)
            if asks_for_reply(self._words(sentence)) and not any(
                asks_for_reply(self._words(c.span)) for c in found
            ):
                # "Ответ просим направить ...": the answer stands before the clause that asks.
                continue
            for call in found:
                if inside(self.quotes, call.span.start) and not self.reported:
                    continue
                calls.append(call)
                asked = self._asked_by(call)
                if not call.opens_list:
                    self._add(call.span, asked, own_voice=call.own_voice, listed=False)
        return calls

    def _asked_by(self, call: Call) -> tuple[Addressee, ...]:
        if call.parties:
            asked = self._entries_of(call.parties)
            if self.reported:
                self.reader = asked or self.reader
            return asked
        return self.reader if call.to_reader or call.own_voice else ()

    def _entries_of(self, parties: tuple[Span, ...]) -> tuple[Addressee, ...]:
        asked = []
        for span in parties:
            party = read_party(self.text, span.start, span.end)
            if party is None:
                continue
            if (
                party.office
                and not party.name
                and not has_authority(self._words(party.office))
                and len(self._words(party.office).split()) > 12
            ):
                continue
            if party.name and not party.office:
                party = introduced(self.text, party.name) or party
            asked.append(self.addressees.add(party))
        return tuple(dict.fromkeys(asked))

    def _notice_spoken_to(self, span: Span) -> None:
        for pattern in (_TURNED, _SPOKEN_OF):
            match = pattern.search(self.text, span.start, min(span.end, span.start + 1000))
            if not match or inside(self.quotes, match.start()):
                continue
            stretch = Span(match.start("party"), match.end("party"))
            party = read_party(self.text, stretch.start, stretch.end)
            if (
                party
                and (party.name or has_authority(self._words(stretch)))
                and not re.match(r"the (?:decisions?|statement|court)", self._words(stretch))
            ):
                ahead = self.text[match.end() : span.end]
                if re.search(r"\byou\b|(?<![а-яё])вы(?![а-яё])", ahead, re.IGNORECASE):
                    self.reader = self._entries_of((stretch,))
