"""An office passes the appeal to another body: who holds the paper now, and by when it answers."""

import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tracker.models import Addressee, Authority, Case, Deadline, User
from tracker.services.authorities import check_usable
from tracker.services.deadlines.addressee import sync_deadlines
from tracker.services.deadlines.checks import check_has_come
from tracker.services.deadlines.end import forward_deadline
from tracker.services.deadlines.lock import RUNNING, check_state, hold_running, lock
from tracker.services.records import save_row
from tracker.services.refusals import Refused


@transaction.atomic
def forward_addressee(
    *,
    addressee: Addressee,
    authority: Authority,
    on: datetime.date,
    reason: str,
    by: User | None,
    at: datetime.datetime,
    deadline: Deadline | None = None,
    shown_version: int | None = None,
) -> Addressee:
    """Add the body that holds the appeal now, with its own clock; the old clocks end.

    The new addressee is asked the same demands, and by its authority's usual rule, sent on
    `on`. `deadline` is the one the person saw running, at `shown_version`. Raises Refused when
    that has changed or ended, the body is already in the chain, or the day is too early or has not
    come yet.
    """
    # One at a time per case, so that two new addressees cannot take the same number.
    case = Case.objects.select_for_update(no_key=True).get(pk=addressee.case_id)
    # Its clocks are held after it, as whoever edits it does.
    Addressee.objects.select_for_update(no_key=True).get(pk=addressee.pk)
    if deadline is not None:
        check_state(lock(deadline, shown_version), *RUNNING)
    _check_forwarding(addressee, authority, on, by, at)
    for running in hold_running(addressee.deadlines.by_law()):
        forward_deadline(deadline=running, reason=reason, on=on, by=by, at=at)
    new = Addressee(
        case=case,
        number=case.addressees.aggregate(last=Max("number"))["last"] + 1,
        authority=authority,
        channel=addressee.channel,
        sent_on=on,
        rule=authority.default_rule,
        forwarded_from=addressee,
    )
    save_row(new, action="addressee.forwarded", by=by, at=at, reason=reason)
    new.demands.set(addressee.demands.all())
    sync_deadlines(addressee=new, by=by, at=at)
    return new


def _check_forwarding(
    addressee: Addressee,
    authority: Authority,
    on: datetime.date,
    by: User | None,
    at: datetime.datetime,
) -> None:
    check_usable(authority, addressee.case)
    if authority.pk in {link.authority_id for link in chain(addressee)}:
        raise Refused(
            "authority",
            _("%(body)s has had this appeal already. Record its answer there instead.")
            % {"body": authority.name},
        )
    if addressee.sent_on and on < addressee.sent_on:
        raise Refused(
            "on",
            _("It cannot be forwarded before it was sent on %(day)s.")
            % {"day": date_format(addressee.sent_on)},
        )
    check_has_come(
        on,
        _("This day has not come yet. Enter the day on which it was forwarded."),
        field="on",
        by=by,
        at=at,
    )


def chain(addressee: Addressee) -> list[Addressee]:
    """Who had the paper, the first holder first and `addressee` last."""
    links = [addressee]
    while links[0].forwarded_from is not None:
        links.insert(0, links[0].forwarded_from)
    return links
