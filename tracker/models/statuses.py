"""The statuses of a demand: what each means, what it asks for, and which may follow which.

To add one: a member of `Status`, its line in `STATUS_FACTS`, and the moves that lead to it.
Nothing else in the code lists statuses.
"""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    AWAITING = "awaiting", _("awaiting")
    UNDER_CONSIDERATION = "under_consideration", _("under consideration")
    COMMITMENT = "commitment", _("commitment given")
    PARTIAL = "partial", _("partly implemented")
    IMPLEMENTED = "implemented", _("implemented")
    NOT_IMPLEMENTED = "not_implemented", _("not implemented")
    REJECTED = "rejected", _("rejected")
    CONTRARY = "contrary", _("contrary measures")
    NOT_ASSESSABLE = "not_assessable", _("not assessable")
    OVERTAKEN = "overtaken", _("overtaken by events")
    WITHDRAWN = "withdrawn", _("withdrawn")
    DISCONTINUED = "discontinued", _("discontinued")


@dataclass(frozen=True)
class StatusFacts:
    """What the field expects of a status.

    `evidence` is the number of documents a move into it needs; `official_suffices` lets one
    official act replace them; `independent` asks for one that is not the authority's own claim.
    """

    symbol: str
    tint: str
    meaning: str
    evidence: int = 0
    independent: bool = False
    official_suffices: bool = False
    terminal: bool = False
    reviewed: bool = True


STATUS_FACTS: dict[str, StatusFacts] = {
    Status.AWAITING: StatusFacts(
        "◷", "slate", _("Sent; nothing is known about a reply or an action.")
    ),
    Status.UNDER_CONSIDERATION: StatusFacts(
        "◐", "amber", _("Registered, forwarded or asked about; nothing promised."), evidence=1
    ),
    Status.COMMITMENT: StatusFacts(
        "◔", "amber", _("The authority promised a definite step."), evidence=1
    ),
    Status.PARTIAL: StatusFacts(
        "◑", "amber", _("Steps were really taken; more is needed."), evidence=1, independent=True
    ),
    Status.IMPLEMENTED: StatusFacts(
        "✓",
        "green",
        _("Everything asked is done and confirmed."),
        evidence=2,
        independent=True,
        official_suffices=True,
        terminal=True,
        reviewed=False,
    ),
    Status.NOT_IMPLEMENTED: StatusFacts(
        "✕", "red", _("The time passed, or the reply does not carry it out."), evidence=1
    ),
    Status.REJECTED: StatusFacts("✕", "red", _("Refused in words."), evidence=1),
    Status.CONTRARY: StatusFacts(
        "▼", "red", _("Measures make worse what the demand is about."), evidence=1
    ),
    Status.NOT_ASSESSABLE: StatusFacts(
        "?", "slate", _("Information is missing or contradictory; say what was sought and where.")
    ),
    Status.OVERTAKEN: StatusFacts(
        "–",
        "slate",
        _("Events removed what the demand was about."),
        evidence=1,
        terminal=True,
        reviewed=False,
    ),
    Status.WITHDRAWN: StatusFacts(
        "–",
        "slate",
        _("The authors or the person concerned withdrew it."),
        evidence=1,
        terminal=True,
        reviewed=False,
    ),
    Status.DISCONTINUED: StatusFacts(
        "–", "slate", _("Not achieved; we stop and say why."), terminal=True, reviewed=False
    ),
}

_ANY_OPEN = (Status.NOT_ASSESSABLE, Status.WITHDRAWN, Status.OVERTAKEN, Status.DISCONTINUED)

# Which status may follow which. Four more follow from every status that is not terminal
# (`_ANY_OPEN`); a terminal one reopens as “awaiting”, and “implemented” may also relapse.
MOVES: dict[str, tuple[str, ...]] = {
    Status.AWAITING: tuple(s for s in Status if s != Status.AWAITING),
    Status.UNDER_CONSIDERATION: (
        Status.COMMITMENT,
        Status.PARTIAL,
        Status.IMPLEMENTED,
        Status.NOT_IMPLEMENTED,
        Status.REJECTED,
        Status.CONTRARY,
        *_ANY_OPEN,
    ),
    Status.COMMITMENT: (
        Status.PARTIAL,
        Status.IMPLEMENTED,
        Status.NOT_IMPLEMENTED,
        Status.REJECTED,
        Status.CONTRARY,
        *_ANY_OPEN,
    ),
    Status.PARTIAL: (
        Status.PARTIAL,
        Status.IMPLEMENTED,
        Status.NOT_IMPLEMENTED,
        Status.CONTRARY,
        *_ANY_OPEN,
    ),
    Status.IMPLEMENTED: (Status.PARTIAL, Status.CONTRARY, Status.AWAITING),
    Status.NOT_IMPLEMENTED: (
        Status.PARTIAL,
        Status.IMPLEMENTED,
        Status.CONTRARY,
        Status.REJECTED,
        *_ANY_OPEN,
    ),
    Status.REJECTED: (Status.PARTIAL, Status.IMPLEMENTED, Status.CONTRARY, *_ANY_OPEN),
    Status.CONTRARY: tuple(s for s in Status if s not in {Status.CONTRARY, Status.AWAITING}),
    Status.NOT_ASSESSABLE: tuple(s for s in Status if s != Status.NOT_ASSESSABLE),
    Status.OVERTAKEN: (Status.AWAITING,),
    Status.WITHDRAWN: (Status.AWAITING,),
    Status.DISCONTINUED: (Status.AWAITING,),
}

TERMINAL = tuple(status for status, facts in STATUS_FACTS.items() if facts.terminal)


def needs_second_person(from_status: str, to_status: str) -> bool:
    """Entering a terminal status and leaving “contrary” take two people."""
    return STATUS_FACTS[to_status].terminal or from_status == Status.CONTRARY


class Extent(models.TextChoices):
    INITIAL = "initial", _("first steps")
    SUBSTANTIVE = "substantive", _("substantive steps")
