"""The demands of an appeal: the items of its lists and the calls in its prose."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from tracker.intake import calls_en, calls_ru
from tracker.intake.addressees import Addressee, Addressees, introduced
from tracker.intake.call import Call
from tracker.intake.issued import find_dates
from tracker.intake.lines import Block
from tracker.intake.lists import (
    GROUP,
    LEAD_WORDS,
    NOT_A_LEAD,
    SECTION,
    inline_pieces,
    is_title,
    party_named_first,
    run_of_items,
)
from tracker.intake.people import is_name, read_party
from tracker.intake.response import asks_for_reply, is_reply_item
from tracker.intake.spans import Span, inside, quoted, sentences, trim
from tracker.intake.words import DATIVE_START, has_authority, has_office, sounds_like_demand

_OWN_TASK = re.compile(
    r"^(?:instructs?|mandates?|decides?|resolves?|notes?|welcomes?|condemns?|express(?:es)?|"
    r"recalls?|reaffirms?|поруч(?:ает|ить)|осужда\w+|отмеча\w+|приветству\w+|постановля\w+)\b",
    re.IGNORECASE,
)

_SUPPORTERS = re.compile(
    r"^(?:please\s+)?(?:to\s+)?(?:sign|share|donate|write to|spread|join us|subscribe|forward|"
    r"tweet|подпишите|поделитесь|подписать|распространите)\b",
    re.IGNORECASE,
)

_CLOSING = re.compile(
    r"^(?:sincerely|respectfully|yours|kind regards|regards|best|signed|signator|signatures|"
    r"с уважением|подпис|кол койгон|урматоо|thank you|name\s*/|contacts?|контакт|дата|date)\b",
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

_WRITE_TO = re.compile(
    r"\bwrite to\s+(?P<party>[^,:;]{3,120}?),?\s+(?:urging|calling|asking|requesting|and)\b",
    re.IGNORECASE,
)
_AND_AT_END = re.compile(r"[;,]\s+(?:and|or|as well as|и|а также|жана)\s*$", re.IGNORECASE)

_LONGEST_ITEM = 6000


@dataclass(frozen=True, slots=True)
class Demand:
    """One demand, with those it is addressed to.

    `own_voice` and `listed` tell the judge of the whole text how the demand was found.
    """

    span: Span
    addressees: tuple[Addressee, ...]
    own_voice: bool
    listed: bool


@dataclass(slots=True)
class _List:
    """A list of demands that is open: whom its items address, and how its unmarked items look."""

    asked: tuple[Addressee, ...]
    taken: int = 0
    marked: bool | None = None
    gap: bool | None = None
    section: bool = False
    lead: Span | None = None


class DemandReader:
    """Walks through the blocks once; `addressees` grows with the parties it meets."""

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
        self.list: _List | None = None
        self.reader: tuple[Addressee, ...] = tuple(addressees.heading)

    def read(self, start: int) -> list[Demand]:
        """The demands after the heading, which ends at `start`, in order of the text."""
        index = 0
        blocks = [block for block in self.blocks if block.end > start]
        while index < len(blocks):
            block = blocks[index]
            if block.kind == "item":
                run = run_of_items(blocks, index)
                self._read_items(run)
                index += len(run)
            else:
                self._read_paragraph(block, blocks[index + 1] if index + 1 < len(blocks) else None)
                index += 1
        return sorted(self.demands, key=lambda demand: demand.span)

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
            or _SUPPORTERS.match(words)
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

    # Lists

    def _read_items(self, run: list[Block]) -> None:
        opened = self.list
        if self._are_names(run):
            if opened and opened.lead and not opened.taken:
                self._add(
                    Span(opened.lead.start, run[-1].end),
                    opened.asked,
                    own_voice=True,
                    listed=False,
                )
            self.list = None
            return
        if opened is None:
            alike = [b for b in run if sounds_like_demand(self._words(b.span))]
            lead = self._conducted(run)
            if (
                len(run) >= 2
                and len(alike) >= 2
                and (len(alike) * 2 > len(run) or len(alike) + lead >= len(run))
            ) and not self._is_told(run[0]):
                opened = _List(self.reader)
        if opened is None:
            for block in run:
                self._read_calls(block.span)
                for child in block.children:
                    self._read_calls(child.span)
            return
        self.list = opened
        for block in run:
            self._read_item(opened, block)
        if not opened.section:
            self.list = None

    def _are_names(self, run: list[Block]) -> bool:
        """Whether most items open with a person's name: prisoners to be released, or signatures."""
        named = sum(
            1
            for b in run
            if is_name(
                self.text,
                b.body,
                b.body + len(re.split(r"[,;(–—\n]|\s-\s", self._words(b.span))[0]),
            )
        )
        return named * 2 > len(run)

    def _conducted(self, run: list[Block]) -> int:
        return sum(
            1
            for b in run
            if re.search(
                r"\bmust be\b|\bshould be\b|должн\w+ быть", self._words(b.span), re.IGNORECASE
            )
        )

    def _is_told(self, first: Block) -> bool:
        """The line before opens the list as something else ("were detained:")."""
        before = self.text[max(0, first.start - 200) : first.start].rstrip()
        return before.endswith(":") and not LEAD_WORDS.search(before.rsplit("\n", 1)[-1])

    def _read_item(self, opened: _List, block: Block) -> None:
        words = self._words(block.span)
        if block.children and words.rstrip().endswith(":"):
            party = self._group_party(block.span)
            if party:
                asked = self._entries_of((party,))
                for child in block.children:
                    self._add(Span(child.body, child.end), asked, own_voice=True, listed=True)
                return
        asked = opened.asked
        end = min(block.end, block.body + _LONGEST_ITEM)
        calls = self.find_calls(
            self.text, Span(block.body, min(block.own_end, block.body + 400)), reported=False
        )
        # "encourage the governments to ..." is what the addressee of the list shall do.
        speaks = re.match(
            r"(?:\W*)(?:we\s|[a-z]+s\s|[а-яё]+(?:ет|ют|ем|ит|ят)\s)", words, re.IGNORECASE
        )
        if calls and speaks and calls[0].parties and calls[0].span.start - block.body < 12:
            asked = self._entries_of(calls[0].parties)
        asked = self._named_first(words, block.body) or asked
        opened.taken += 1
        self._add(Span(block.body, end), asked, own_voice=True, listed=True)

    def _named_first(self, words: str, start: int) -> tuple[Addressee, ...]:
        end = party_named_first(words)
        return self._entries_of((Span(start, start + end),)) if end else ()

    def _group_party(self, span: Span) -> Span | None:
        """The addressee a heading inside a list names ("To the Government of X:")."""
        words = self._words(span)
        match = re.match(
            r"(?:we\s+(?:call|urge)\s+(?:up)?on\s+|recommendations?\s+)?(?:to|for|"
            r"for the attention of|к|от|для)\s+",
            words,
            re.IGNORECASE,
        )
        start = span.start + (match.end() if match else 0)
        rest = trim(self.text, start, span.end, trailing=":,. ")
        named = self._words(rest)
        if not named or len(named) > 160 or not GROUP.match(words) or not has_authority(named):
            return None
        if match or DATIVE_START.match(named):
            return rest
        return (
            rest
            if re.match(r"(?:the\s+)?(?:[\w’'-]+\s+){0,2}?[\w’'-]+", named)
            and has_office(" ".join(named.split()[:3]))
            and not sounds_like_demand(named)
            else None
        )

    # Paragraphs

    def _read_paragraph(self, block: Block, following: Block | None) -> None:
        span = block.span
        words = self._words(span)
        short = len(words) <= 160
        if is_title(block, self.title):
            if SECTION.match(words):
                self.list = _List(self.reader, section=True)
            return
        if self.list is not None:
            if self._read_unmarked(self.list, block):
                return
            if short and words.endswith(":") or (short and following and following.kind == "item"):
                party = self._group_party(span)
                if party:
                    self.list = _List(self._entries_of((party,)), section=self.list.section)
                    return
            self.list = None
        if short and SECTION.match(words) and not NOT_A_LEAD.search(words):
            self.list = _List(self._party_in_lead(span), section=not words.endswith(":"))
            return
        if (
            short
            and words.endswith(":")
            and self.demands
            and self.demands[-1].listed
            and following
            and following.kind == "item"
        ):
            party = self._group_party(span)
            if party:
                self.list = _List(self._entries_of((party,)))
                return
        if self._read_inline_list(block):
            return
        calls = self._read_calls(span)
        if (
            words.rstrip().endswith(":")
            and not NOT_A_LEAD.search(words)
            and not asks_for_reply(words)
        ):
            last = sentences(self.text, max(span.start, span.end - 1400), span.end)[-1]
            opener = next((c for c in reversed(calls) if c.opens_list), None)
            if not inside(self.quotes, last.start) and (
                opener or LEAD_WORDS.search(self._words(last))
            ):
                self.list = _List(
                    (self._asked_by(opener) if opener else self._party_in_lead(last))
                    or self.reader,
                    lead=opener.span if opener else None,
                )

    def _party_in_lead(self, span: Span) -> tuple[Addressee, ...]:
        for call in self.find_calls(self.text, span, reported=False):
            if call.parties:
                return self._entries_of(call.parties)
        written = _WRITE_TO.search(self._words(span))
        if written and has_authority(written.group("party")):
            place = Span(span.start + written.start("party"), span.start + written.end("party"))
            return self._entries_of((place,))
        return self.reader

    def _read_unmarked(self, opened: _List, block: Block) -> bool:
        """Takes a paragraph as an item of the open list, where the list has lost its marks."""
        words = self._words(block.span)
        if (
            opened.marked
            or len(words) > 700
            or _CLOSING.match(words)
            or self._group_party(block.span)
            and words.endswith(":")
        ):
            return False
        if (
            find_dates(self.text, block.body, min(block.own_end, block.body + 40))
            and len(words) < 40
        ):
            return False
        if is_name(self.text, block.body, block.own_end) or len(words.split()) < 2:
            return False
        last_open = bool(opened.taken) and self.text[: block.start].rstrip().endswith((";", ","))
        single = len(sentences(self.text, block.body, block.own_end)) == 1
        like_first = opened.gap is None or opened.gap == block.gap
        first_person = re.search(
            r"\b(?:we|our|i)\b|(?<![а-яё])(?:мы|наш\w*)(?![а-яё])", words[:80], re.IGNORECASE
        )
        fits = (
            words.endswith(";")
            or last_open
            or (single and words[:1].islower())
            or (sounds_like_demand(words) and like_first)
            or (
                single
                and like_first
                and len(words) <= 300
                and not first_person
                and not words.endswith(":")
                and not opened.section
                and opened.taken < 40
            )
        )
        if not fits:
            return False
        if _SUPPORTERS.match(words):
            return False
        opened.gap = block.gap if opened.gap is None else opened.gap
        opened.taken += 1
        asked = self._named_first(words, block.body) or opened.asked
        self._add(block.span, asked, own_voice=True, listed=True)
        return True

    def _read_inline_list(self, block: Block) -> bool:
        """ "We demand: 1) ...; 2) ..." in one paragraph."""
        words = self.text[block.body : min(block.own_end, block.body + _LONGEST_ITEM)]
        colon = words.find(":")
        while 0 < colon < len(words) - 12:
            lead_start = max(words.rfind(". ", 0, colon) + 1, 0)
            lead = words[lead_start:colon]
            if (
                LEAD_WORDS.search(lead)
                and not NOT_A_LEAD.search(lead)
                and not inside(self.quotes, block.body + colon)
            ):
                pieces = inline_pieces(words, colon + 1)
                if pieces:
                    if lead_start:
                        self._read_calls(Span(block.body, block.body + lead_start))
                    asked = self._party_in_lead(
                        trim(self.text, block.body + lead_start, block.body + colon + 1)
                    )
                    for start, end in pieces:
                        self._add(
                            Span(block.body + start, block.body + end),
                            asked,
                            own_voice=True,
                            listed=True,
                        )
                    return True
            colon = words.find(":", colon + 1)
        return False

    # Prose

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
