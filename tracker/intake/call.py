"""What a call is: a clause that asks, and whom."""

from dataclasses import dataclass

from tracker.intake.spans import Span


@dataclass(frozen=True, slots=True)
class Call:
    """A clause that asks for something.

    `parties` are the stretches that name who is asked; `to_reader` says the clause
    addresses the reader ("you", "Вас"); `own_voice` says the issuer speaks of
    itself as we or I; `opens_list` says that what is asked follows as a list.
    `complement` is where the thing asked for begins.
    """

    span: Span
    parties: tuple[Span, ...]
    to_reader: bool
    own_voice: bool
    opens_list: bool
    complement: int
