"""What is asked: the words of a demand, their place in the source text, and of whom."""

import datetime
from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from tracker.intake.spans import locate
from tracker.models import Addressee, Demand, User
from tracker.services.records import add_row, edit_row, note_links
from tracker.services.refusals import Refused


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
    edit_row(row=demand, by=by, at=at, reason=reason)
    if set(addressees) != set(stored.addressees.all()):
        demand.addressees.set(addressees)
        note_links(row=demand, fields=["addressees"], by=by, at=at)
    return demand


def _check_addressees(demand: Demand, addressees: Collection[Addressee]) -> None:
    if any(addressee.case_id != demand.case_id for addressee in addressees):
        raise Refused("addressees", _("Choose addressees of the same case."))


def _find_place(demand: Demand) -> None:
    """Words that stand nowhere in the source leave the place as it is: a person chose it."""
    source = demand.case.source
    if source and (span := locate(source.text, demand.text, demand.start or 0)):
        demand.start, demand.end = span.start, span.end
