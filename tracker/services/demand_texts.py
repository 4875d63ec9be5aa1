"""What is asked: the words of a demand, their place in the source text, and of whom."""

import datetime
from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from tracker.intake.spans import locate
from tracker.models import Addressee, Demand, User
from tracker.services.records import add_row, edit_row, save_row
from tracker.services.refusals import Refused, check_shown


@transaction.atomic
def add_demand(
    *,
    demand: Demand,
    addressees: Collection[Addressee],
    by: User | None,
    at: datetime.datetime,
) -> Demand:
    """Add a demand (not saved yet); without a number it becomes the next one of its case.

    Without a place it gets the one where its words stand in the source text. Raises
    ValidationError, and Refused for addressees of another case.
    """
    _check_addressees(demand, addressees)
    if demand.start is None:
        _find_place(demand)
    add_row(row=demand, by=by, at=at)
    demand.addressees.set(addressees)
    return demand


@transaction.atomic
def edit_demand(
    *,
    demand: Demand,
    addressees: Collection[Addressee],
    by: User | None,
    at: datetime.datetime,
    reason: str = "",
) -> Demand:
    """Save a corrected copy, read at the version it shows, and whom it asks.

    Raises StaleRecord, ValidationError, and Refused for addressees of another case.
    """
    _check_addressees(demand, addressees)
    stored = Demand.objects.select_for_update(of=("self",), no_key=True).get(pk=demand.pk)
    if demand.text != stored.text:
        _find_place(demand)
    check_shown(stored, demand.version)
    if set(addressees) == set(stored.addressees.all()):
        return edit_row(row=demand, by=by, at=at, reason=reason)
    demand.full_clean()
    # The version counts a change of whom it asks too, or the second of two would undo the first.
    asked = {"addressees": None}  # that they changed, not from whom to whom
    save_row(demand, stored=stored, by=by, at=at, reason=reason, details=asked)
    demand.addressees.set(addressees)
    return demand


def _check_addressees(demand: Demand, addressees: Collection[Addressee]) -> None:
    if any(addressee.case_id != demand.case_id for addressee in addressees):
        raise Refused("addressees", _("Choose addressees of the same case."))


def _find_place(demand: Demand) -> None:
    """Words that stand nowhere in the source leave the place as it is: a person chose it."""
    source = demand.case.source
    if source and (span := locate(source.text, demand.text, demand.start or 0)):
        demand.start, demand.end = span.start, span.end
