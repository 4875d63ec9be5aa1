"""What a person does about a mail that failed, is held or was sent: again, or settled."""

import datetime
import logging

from django.db import transaction
from django.utils.translation import gettext as _

from tracker.models import Mail, Reminder, User
from tracker.services.events import record_event
from tracker.services.refusals import Refused
from tracker.services.reminders import outbox

log = logging.getLogger("tracker.reminders")


@transaction.atomic
def send_again(*, mail: Mail, by: User, at: datetime.datetime) -> Mail:
    """Send a failed, held or sent mail again, by the wish of a person, with its Message-ID.

    What it tells is checked, and written anew unless it may have been delivered before. Raises
    Refused while it is under way or waits to be sent anyway, or where all it told of has
    ended.
    """
    mail = Mail.objects.select_for_update(no_key=True).get(pk=mail.pk)
    again = (Mail.State.DEAD, Mail.State.HELD, Mail.State.SENT)
    if mail.state not in again:
        raise Refused(
            "",
            _("This e-mail is “%(state)s”; only a failed, held or sent one can be sent again.")
            % {"state": mail.get_state_display()},
        )
    before = mail.state
    if mail.kind == Mail.Kind.NOTICE:
        _check_notice(mail, at)
    told = Reminder.objects.filter(
        mail=mail, state__in=[Reminder.State.IN_MAIL, Reminder.State.SENT]
    )
    if mail.kind != Mail.Kind.NOTICE and not told.exclude(pk__in=told.stale()).exists():
        raise Refused(
            "",
            _("All that this e-mail told of has ended since, so there is nothing to send again."),
        )
    copies = max(mail.unknown_count, before == Mail.State.SENT)
    told.update(state=Reminder.State.IN_MAIL)
    outbox.transition(
        mail,
        to=Mail.State.RETRYING,
        reason="sent again by a person",
        next_attempt_at=at,
        attempts=0,
        unknown_count=copies,
        sent_at=None,
    )
    record_event(
        action="mail.send_again", about=mail, case=None, by=by, at=at, details={"before": before}
    )
    return mail


def _check_notice(mail: Mail, at: datetime.datetime) -> None:
    if mail.state == Mail.State.SENT:
        raise Refused("", _("This e-mail has been sent, and tells of one moment only."))
    if mail.secret_link and at - mail.created_at > datetime.timedelta(days=1):
        raise Refused("", _("Whoever still needs this link asks for a new one."))


def retry_failed(*, by: User, at: datetime.datetime) -> int:
    """Send every failed mail again that still has something to tell. Returns how many."""
    tried = 0
    for mail in Mail.objects.filter(state=Mail.State.DEAD).order_by("pk"):
        try:
            send_again(mail=mail, by=by, at=at)
            tried += 1
        except Refused:
            log.info("mail=%s stays as it is", mail.pk)
    return tried


@transaction.atomic
def settle_mail(*, mail: Mail, delivered: bool, by: User, at: datetime.datetime) -> Mail:
    """A person decides about a held or failed mail: it did arrive, or it need not be sent.

    Raises Refused for a mail in any other state.
    """
    mail = Mail.objects.select_for_update(no_key=True).get(pk=mail.pk)
    if mail.state not in (Mail.State.HELD, Mail.State.DEAD):
        raise Refused(
            "",
            _("This e-mail is “%(state)s”; there is nothing to decide about it.")
            % {"state": mail.get_state_display()},
        )
    rows = Reminder.objects.filter(mail=mail, state=Reminder.State.IN_MAIL)
    if delivered:
        outbox.transition(mail, to=Mail.State.SENT, reason="a person says it arrived", sent_at=at)
        rows.update(state=Reminder.State.SENT)
    else:
        outbox.transition(mail, to=Mail.State.CANCELLED, reason="a person decided not to send it")
        rows.update(state=Reminder.State.CANCELLED, reason=Reminder.Reason.DISCARDED)
    record_event(
        action="mail.settle",
        about=mail,
        case=None,
        by=by,
        at=at,
        details={"delivered": delivered},
    )
    return mail
