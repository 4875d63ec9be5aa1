"""The demands of an appeal: the items of its lists, and the calls in its prose."""

import re
from dataclasses import dataclass

from tracker.intake.addressees import Addressee
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
from tracker.intake.people import is_name
from tracker.intake.prose import SUPPORTERS, Demand, ProseReader
from tracker.intake.response import asks_for_reply
from tracker.intake.spans import Span, inside, sentences, trim
from tracker.intake.words import DATIVE_START, has_authority, has_office, sounds_like_demand

_CLOSING = re.compile(
    r"^(?:sincerely|respectfully|yours|kind regards|regards|best|signed|signator|signatures|"
    r"с уважением|подпис|кол койгон|урматоо|thank you|name\s*/|contacts?|контакт|дата|date)\b",
    re.IGNORECASE,
)

_WRITE_TO = re.compile(
    r"\bwrite to\s+(?P<party>[^,:;]{3,120}?),?\s+(?:urging|calling|asking|requesting|and)\b",
    re.IGNORECASE,
)

# An item that swallowed the rest of a text without paragraphs is cut, and seen to be wrong.
_LONGEST_ITEM = 6000


@dataclass(slots=True)
class _List:
    """A list of demands that is open: whom its items address, and how its unmarked items look."""

    asked: tuple[Addressee, ...]
    taken: int = 0
    marked: bool | None = None
    gap: bool | None = None
    section: bool = False
    lead: Span | None = None


class DemandReader(ProseReader):
    """Walks through the blocks once and knows which list is open."""

    open_list: _List | None = None

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

    # Lists

    def _read_items(self, run: list[Block]) -> None:
        opened = self.open_list
        # “We demand the release of: 1. A. Example ...” is one demand with its list, not twenty.
        if self._are_names(run):
            if opened and opened.lead and not opened.taken:
                self._add(
                    Span(opened.lead.start, run[-1].end),
                    opened.asked,
                    own_voice=True,
                    listed=False,
                )
            self.open_list = None
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
        self.open_list = opened
        for block in run:
            self._read_item(opened, block)
        if not opened.section:
            self.open_list = None

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
                self.open_list = _List(self.reader, section=True)
            return
        if self.open_list is not None:
            if self._read_unmarked(self.open_list, block):
                return
            if short and words.endswith(":") or (short and following and following.kind == "item"):
                party = self._group_party(span)
                if party:
                    self.open_list = _List(
                        self._entries_of((party,)), section=self.open_list.section
                    )
                    return
            self.open_list = None
        if short and SECTION.match(words) and not NOT_A_LEAD.search(words):
            self.open_list = _List(self._party_in_lead(span), section=not words.endswith(":"))
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
                self.open_list = _List(self._entries_of((party,)))
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
                self.open_list = _List(
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
        if SUPPORTERS.match(words):
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
