"""What a response rule says, free of any table. Values are the ones stored in the database."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Unit(StrEnum):
    CALENDAR_DAY = "calendar_day"
    WORKING_DAY = "working_day"
    MONTH = "month"


class AnchorKind(StrEnum):
    """The event a period runs from."""

    DATED = "dated"
    SENT = "sent"
    DELIVERED = "delivered"
    RECEIVED = "received"
    REGISTERED = "registered"
    PREVIOUS_REPLY = "previous_reply"


class FirstDay(StrEnum):
    """Whether the day of the event is day 1. TWO_READINGS: the law can be read either way."""

    EXCLUDED = "excluded"
    COUNTED = "counted"
    TWO_READINGS = "two_readings"


class Roll(StrEnum):
    """What happens when the last day is not worked."""

    NONE = "none"
    FORWARD = "forward"


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time in law: 14 working days, 30 calendar days, 1 month."""

    quantity: int
    unit: Unit

    def __post_init__(self) -> None:
        if self.quantity < 1:
            raise ValueError("A period is at least one day or month long.")


@dataclass(frozen=True, slots=True)
class RuleSpec:
    """One version of a response rule.

    `registration`: how long the body may take to register what it received; it is what
    makes the registration day unknown after sending; it is counted as its own rule says,
    whatever the reply's. `extension`: what the rule allows.
    """

    code: str
    version: str
    period: Period
    anchor: AnchorKind
    first_day: FirstDay = FirstDay.EXCLUDED
    roll: Roll = Roll.NONE
    calendar: str = ""
    registration: Period | None = None
    registration_first_day: FirstDay = FirstDay.EXCLUDED
    registration_roll: Roll = Roll.NONE
    extension: Period | None = None
    norm: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Anchor:
    """The event that is known, and its day."""

    kind: AnchorKind
    day: date
