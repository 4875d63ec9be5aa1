"""Addressees of a case. Their rule and days drive the clocks, so every save looks after those."""

import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from tracker.models import Addressee, Anchor, Deadline, User
from tracker.services.authorities import add_authority, check_usable
from tracker.services.days import today_of
from tracker.services.deadlines.addressee import sync_deadlines
from tracker.services.deadlines.change import correct_anchor
from tracker.services.deadlines.compute import known_anchor
from tracker.services.deadlines.end import cancel_deadline
from tracker.services.deadlines.lock import hold_running
from tracker.services.deadlines.start import set_date
from tracker.services.records import add_row, changes, save_row
from tracker.services.refusals import Refused

ON_ITS_WAY = (Anchor.SENT, Anchor.DELIVERED, Anchor.RECEIVED, Anchor.REGISTERED)
DRIVES_CLOCKS = {
    "rule",
    "authority",
    "sent_on",
    "delivered_on",
    "received_on",
    "registered_on",
    "expected_by",
}


@transaction.atomic
def add_addressee(*, addressee: Addressee, by: User | None, at: datetime.datetime) -> Addressee:
    """Add an addressee (not saved yet) and start the clocks its rule and days call for.

    Without a number it becomes the next one of its case. Raises ValidationError, and
    Refused for days from which its rule cannot be counted.
    """
    if addressee.authority.pk is None:
        addressee.authority = add_authority(
            authority=addressee.authority, case=addressee.case, by=by, at=at
        )
    _check_forwarding(addressee)
    check_usable(addressee.authority, addressee.case)
    add_row(row=addressee, by=by, at=at)
    _sync(addressee, by, at)
    return addressee


@transaction.atomic
def edit_addressee(
    *, addressee: Addressee, by: User | None, at: datetime.datetime, reason: str = ""
) -> Addressee:
    """Save a corrected copy, read at the version it shows; its clocks follow a new rule or day.

    Raises StaleRecord, ValidationError, and Refused for days from which the rule cannot be
    counted.
    """
    stored = Addressee.objects.select_for_update(no_key=True).get(pk=addressee.pk)
    if addressee.case_id != stored.case_id:
        raise Refused("case", _("An addressee stays with its case; add a new one there."))
    changed = changes(stored, addressee)
    if not changed:  # also a second click, at the version the first one left behind
        return stored
    _check_forwarding(addressee)
    check_usable(addressee.authority, addressee.case)
    addressee.full_clean()
    save_row(addressee, stored=stored, by=by, at=at, reason=reason)
    if DRIVES_CLOCKS & set(changed):
        _sync(addressee, by, at)
    return addressee


@transaction.atomic
def correct_first_day(
    *,
    deadline: Deadline,
    anchor: str,
    anchor_on: datetime.date,
    reason: str,
    by: User | None,
    at: datetime.datetime,
    shown_version: int | None = None,
) -> Deadline:
    """Count a clock again from another day, and let the addressee know that day too.

    The addressee keeps it only where its clock would then run from there by itself: “received”
    changes nothing of one that is registered. Raises Refused as `correct_anchor` does, and
    for a day that does not fit the others on its way.
    """
    addressee = (
        # First, as whoever saves the addressee does: two in the other order would block for ever.
        Addressee.objects.select_for_update(of=("self",), no_key=True)
        .select_related("case", "authority", "rule__registration")
        .filter(pk=deadline.addressee_id)
        .first()
    )
    corrected = correct_anchor(
        deadline=deadline,
        anchor=anchor,
        anchor_on=anchor_on,
        reason=reason,
        by=by,
        at=at,
        shown_version=shown_version,
    )
    if addressee is None or anchor not in ON_ITS_WAY or corrected.rule is None:
        return corrected
    setattr(addressee, f"{anchor}_on", anchor_on)
    known = known_anchor(addressee=addressee, runs_from=corrected.rule.anchor)
    if (known.kind.value, known.day) != (anchor, anchor_on):
        return corrected
    days = [day for step in ON_ITS_WAY if (day := getattr(addressee, f"{step}_on"))]
    if days != sorted(days):
        raise Refused(
            "anchor_on", _("It cannot be before an earlier step on its way, nor after a later one.")
        )
    edit_addressee(addressee=addressee, by=by, at=at, reason=reason)
    corrected.refresh_from_db()
    return corrected


def _check_forwarding(addressee: Addressee) -> None:
    first = addressee.forwarded_from
    if first and (first.case_id != addressee.case_id or first.pk == addressee.pk):
        raise Refused("forwarded_from", _("Choose another addressee of the same case."))


def _sync(addressee: Addressee, by: User | None, at: datetime.datetime) -> None:
    sync_deadlines(addressee=addressee, by=by, at=at)
    _sync_expected_date(addressee, by, at)


def _sync_expected_date(addressee: Addressee, by: User | None, at: datetime.datetime) -> None:
    """Our own “expected by” is a date of the addressee like any other, so it reminds too."""
    kept = False
    expected = addressee.deadlines.filter(kind=Deadline.Kind.EXPECTED, demand=None)
    for deadline in hold_running(expected):
        if not kept and deadline.due_on == addressee.expected_by:
            kept = True
            continue
        cancel_deadline(
            deadline=deadline,
            reason=_("Expected by another day, or no longer."),
            on=today_of(by, at),
            by=by,
            at=at,
        )
    if addressee.expected_by and not kept:
        set_date(
            case=addressee.case,
            addressee=addressee,
            kind=Deadline.Kind.EXPECTED,
            due_on=addressee.expected_by,
            title=_("%(authority)s: answer expected")
            % {"authority": addressee.authority.name[:150]},
            by=by,
            at=at,
        )
