"""Addressees of a case. Their rule and days drive the clocks, so every save looks after those."""

import datetime

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tracker.models import Addressee, Case, Deadline, User
from tracker.services.addressee_clocks import follow_addressee
from tracker.services.cases import changed_fields
from tracker.services.deadlines import cancel_deadline, set_date
from tracker.services.events import record_event
from tracker.services.records import save_record

DRIVES_CLOCKS = {
    "rule",
    "authority",
    "sent_on",
    "delivered_on",
    "received_on",
    "registered_on",
    "expected_by",
}


class AddresseeRefused(Exception):
    """The change is not allowed as it stands; nothing was written.

    `field` names the part of the form the person must look at ("" for the whole).
    """

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@transaction.atomic
def add_addressee(*, addressee: Addressee, by: User | None, at: datetime.datetime) -> Addressee:
    """Add an addressee (not saved yet) and start the clocks its rule and days call for.

    Without a number it becomes the next one of its case. Raises ValidationError,
    AddresseeRefused, and ClockError for days from which its rule cannot be counted.
    """
    Case.objects.select_for_update().get(pk=addressee.case_id)
    if not addressee.number:
        last = Addressee.objects.filter(case=addressee.case_id).aggregate(n=models.Max("number"))[
            "n"
        ]
        addressee.number = (last or 0) + 1
    _check_forwarding(addressee)
    addressee.full_clean()
    save_record(addressee, by=by, at=at)
    record_event(action="addressee.added", about=addressee, case=addressee.case, by=by, at=at)
    _follow(addressee, by, at)
    return addressee


@transaction.atomic
def edit_addressee(
    *, addressee: Addressee, by: User | None, at: datetime.datetime, reason: str = ""
) -> Addressee:
    """Save a corrected copy, read at the version it shows; its clocks follow a new rule or day.

    Raises StaleRecord, ValidationError, AddresseeRefused, and ClockError for days from which
    the rule cannot be counted.
    """
    stored = Addressee.objects.select_for_update().get(pk=addressee.pk)
    if addressee.case_id != stored.case_id:
        raise AddresseeRefused("case", _("An addressee stays with its case; add a new one there."))
    changed = changed_fields(stored, addressee)
    if not changed and addressee.version == stored.version:
        return addressee
    _check_forwarding(addressee)
    addressee.full_clean()
    save_record(addressee, by=by, at=at, reason=reason)
    record_event(
        action="addressee.edited",
        about=addressee,
        case=addressee.case,
        by=by,
        at=at,
        details={"changed": changed, "reason": reason},
    )
    if DRIVES_CLOCKS & set(changed):
        _follow(addressee, by, at)
    return addressee


def _check_forwarding(addressee: Addressee) -> None:
    first = addressee.forwarded_from
    if first and (first.case_id != addressee.case_id or first.pk == addressee.pk):
        raise AddresseeRefused("forwarded_from", _("Choose another addressee of the same case."))


def _follow(addressee: Addressee, by: User | None, at: datetime.datetime) -> None:
    running = addressee.deadlines.filter(
        state__in=[Deadline.State.OPEN, Deadline.State.PAUSED]
    ).order_by("pk")
    _drop_clocks_of_other_rules(addressee, running, by, at)
    _follow_wish(addressee, running, by, at)
    follow_addressee(addressee=addressee, by=by, at=at)


def _drop_clocks_of_other_rules(
    addressee: Addressee,
    running: models.QuerySet[Deadline],
    by: User | None,
    at: datetime.datetime,
) -> None:
    rule = addressee.rule
    codes = [step.code for step in (rule, rule and rule.registration) if step]
    for deadline in running.filter(kind=Deadline.Kind.STATUTORY).exclude(rule__code__in=codes):
        cancel_deadline(
            deadline=deadline,
            reason=_("Another rule, or none, binds this addressee."),
            on=timezone.localdate(at),
            by=by,
            at=at,
        )


def _follow_wish(
    addressee: Addressee,
    running: models.QuerySet[Deadline],
    by: User | None,
    at: datetime.datetime,
) -> None:
    """Our own “expected by” is a date of the addressee like any other, so it reminds too."""
    kept = False
    for deadline in running.filter(kind=Deadline.Kind.EXPECTED, demand=None):
        if not kept and deadline.due_on == addressee.expected_by:
            kept = True
            continue
        cancel_deadline(
            deadline=deadline,
            reason=_("Expected by another day, or no longer."),
            on=timezone.localdate(at),
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
