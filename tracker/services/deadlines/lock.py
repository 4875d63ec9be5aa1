"""The row a step begins with: locked, unchanged since the person looked, in the right state."""

from typing import TypeVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tracker.models import Deadline
from tracker.services.refusals import Refused, check_shown

Rows = TypeVar("Rows", bound=QuerySet)
RUNNING = (Deadline.State.OPEN, Deadline.State.PAUSED)


def lock(deadline: Deadline, shown_version: int | None) -> Deadline:
    """The row as it is now, held until the end of the transaction.

    Raises StaleRecord when the person decided on an older version.
    """
    locked = (
        # Of the deadline alone: PostgreSQL locks no row of a join that may have found none, and
        # an addressee held here too would block whoever saves it and then its deadlines.
        # `no_key` as everywhere: a plain lock also shuts out whoever writes a row with a key to
        # this one, and that key is checked at commit only, when both may hold what the other needs.
        Deadline.objects.select_for_update(of=("self",), no_key=True)
        .select_related("case", "addressee__authority", "rule__registration")
        .get(pk=deadline.pk)
    )
    check_shown(locked, shown_version)
    return locked


def hold_running(deadlines: Rows) -> Rows:
    """Those that run, held as they are read, in one order for all.

    Listed first and locked one by one, a date that a colleague ended meanwhile would refuse the
    whole step; held here it is left out.
    """
    running = deadlines.filter(state__in=RUNNING)
    return running.select_for_update(of=("self",), no_key=True).order_by("pk")


def check_state(deadline: Deadline, *states: str) -> None:
    """Raise Refused unless the deadline is in one of the states."""
    if deadline.state not in states:
        raise Refused(
            "",
            _("This deadline is “%(state)s”, so this cannot be done now.")
            % {"state": deadline.get_state_display()},
        )
