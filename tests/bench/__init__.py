"""The measurements of the README's tables. One module per subject, each with a

    def measure(place: Place) -> Iterator[Figure]

that works on a fresh, migrated database of its own. `make bench` runs them all on PostgreSQL.
"""

from dataclasses import dataclass

from tests.programs import Programs
from tests.servers import BrokerServer, Inbox


@dataclass(frozen=True)
class Figure:
    """One line of a table: what was measured, how much, in what, and what to hold it against."""

    what: str
    value: float
    unit: str
    beside: str = ""

    def __str__(self) -> str:
        return f"{self.what:<64} {self.value:>12,.1f} {self.unit:<8} {self.beside}".rstrip()


@dataclass(frozen=True)
class Place:
    """Where a measurement runs: real servers, and programs that use the same database."""

    programs: Programs
    broker: BrokerServer
    inbox: Inbox
