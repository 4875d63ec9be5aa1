"""Mails that tell somebody what happened to their account: a row first, like every mail.

Call `notify` in the transaction of the change, beside its event. The subject is always the same
and no secret stands in the words: a mail may be read by somebody else. To tell of something new,
add a line to `Notice`.
"""

import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.template.loader import render_to_string
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from tracker.models import Mail, User
from tracker.services.days import today_of
from tracker.services.reminders.digest import message_id
from tracker.services.reminders.wording import long_date


class Notice(models.TextChoices):
    """What happened, as its owner is told."""

    PASSWORD_CHANGED = "password_changed", gettext_lazy("Your password was changed.")
    PASSWORD_RESET = (
        "password_reset",
        gettext_lazy("A new password was set by a link in an e-mail. You were signed out."),
    )
    RESET_ASKED = (
        "reset_asked",
        gettext_lazy(
            "Somebody asked for a new password for your account. If it was you, set one here:"
        ),
    )
    CODES_ADDED = (
        "codes_added",
        gettext_lazy("An app that makes one-time codes was added to your account."),
    )
    CODES_REMOVED = (
        "codes_removed",
        gettext_lazy("The app that makes one-time codes was removed from your account."),
    )
    PASSKEY_ADDED = "passkey_added", gettext_lazy("A passkey was added to your account.")
    PASSKEY_REMOVED = (
        "passkey_removed",
        gettext_lazy("A passkey was removed from your account."),
    )
    RECOVERY_CODES_MADE = (
        "recovery_made",
        gettext_lazy("New recovery codes were made for your account. The old ones are void."),
    )
    RECOVERY_CODE_USED = (
        "recovery_used",
        gettext_lazy("A recovery code of your account was used. It is void now."),
    )
    PROOF_FAILED = (
        "proof_failed",
        gettext_lazy(
            "In a session of yours, somebody was asked for your password or second factor, and "
            "gave a wrong one. There may have been further tries within the hour."
        ),
    )
    SECOND_FACTOR_FAILED = (
        "factor_failed",
        gettext_lazy(
            "Somebody who knows your password tried to sign in and gave a wrong second factor. If "
            "it was not you, change your password now. There may have been further tries within "
            "the hour."
        ),
    )
    ADDRESS_CHANGED = (
        "address_changed",
        gettext_lazy("The e-mail address of your account was changed."),
    )
    ROLE_CHANGED = "role_changed", gettext_lazy("Your role was changed.")
    ACCESS_ENDED = "access_ended", gettext_lazy("Your account was closed.")
    ACCESS_OPENED = "access_opened", gettext_lazy("Your account was opened again.")
    CUT_OFF = (
        "cut_off",
        gettext_lazy(
            "Your account was signed out everywhere. Calendar addresses and links for a new "
            "password that you had are void."
        ),
    )
    CASE_OPENED = (
        "case_opened",
        gettext_lazy(
            "A colleague who is not on its team opened a restricted case in an emergency, to read "
            "it for a few hours. The page of the case says who and why, and lets you end it."
        ),
    )
    TRAVEL_BEGAN = (
        "travel_began",
        gettext_lazy("Your account now shows a reduced view, because you travel."),
    )
    TRAVEL_ENDED = "travel_ended", gettext_lazy("Your account shows everything again.")
    INVITED = (
        "invited",
        gettext_lazy("A colleague invites you to work with Tracker. Choose your password here:"),
    )
    CHANGE_ASKED = (
        "change_asked",
        gettext_lazy(
            "Somebody asked to change the e-mail address of your account, or to remove its second "
            "factor. If you do not want that, sign in and refuse it in your settings."
        ),
    )
    CHANGE_REFUSED = (
        "change_refused",
        gettext_lazy("A change of your account that was asked for will not be made."),
    )
    FACTOR_REMOVED = (
        "factor_removed",
        gettext_lazy("The second factor of your account was removed. You were signed out."),
    )
    KEEPER_ADDED = (
        "keeper_added",
        gettext_lazy("A colleague may run the team now who could not before."),
    )


# Whoever tries on and on writes no hundred mails: of these one an hour (of links, one in ten
# minutes: the first may be lost), while each is an event.
ATTEMPTS = {Notice.PROOF_FAILED, Notice.SECOND_FACTOR_FAILED}


def notify(
    *,
    person: User,
    notice: Notice,
    by: User | None,
    at: datetime.datetime,
    former_address: str = "",
    secret_link: str = "",
    case: str = "",
) -> None:
    """Tell a person by mail, in their language, what `by` did to their account.

    `former_address` is told too, where the address is what changed. A notice with a
    `secret_link` (`Mail.SecretLink`) brings the address that opens the account; only where it
    was asked for. `case` is a reference. The mail goes out with the next sweep.
    """
    words = _words(person, notice, by, at, secret_link, case)
    when = at.isoformat()
    if notice in ATTEMPTS or secret_link:
        when = f"{at:%Y%m%d%H}" + (str(at.minute // 10) if secret_link else "")
    mails: list[Mail] = []
    for address in dict.fromkeys(filter(None, [person.email, former_address])):
        about = f"{person.pk}:{case}" if case else person.pk
        key = f"notice:{notice}:{about}:{when}:{len(mails)}"
        mails.append(
            Mail(
                key=key,
                message_id=message_id(key),
                kind=Mail.Kind.NOTICE,
                person=person,
                to_address=address,
                language=person.language,
                local_day=today_of(person, at),
                secret_link=secret_link,
                next_attempt_at=at,
                created_at=at,
                **words,
            )
        )
    Mail.objects.bulk_create(mails, ignore_conflicts=True)


def _words(
    person: User,
    notice: Notice,
    by: User | None,
    at: datetime.datetime,
    secret_link: str,
    case: str,
) -> dict[str, str]:
    local = at.astimezone(ZoneInfo(person.time_zone))
    with override(person.language):
        context = {
            "greeting": _("Good day, %(name)s.") % {"name": person.name},
            "what": f"{case}: {notice.label}" if case else notice.label,
            "when": f"{long_date(local.date())}, {time_format(local, 'H:i')}",
            "who": "" if secret_link else _who(person, by),
            "secret_link": secret_link,
            **_about_link(secret_link),
            "home": f"{settings.BASE_URL}/",
            "language": person.language,
        }
        return {
            "subject": render_to_string("emails/notice-subject.txt", context).strip(),
            "body_text": render_to_string("emails/notice-body.txt", context).strip() + "\n",
            "body_html": render_to_string("emails/notice-body.html", context),
        }


def _about_link(secret_link: str) -> dict[str, str]:
    if secret_link == Mail.SecretLink.INVITATION:
        note = _("The link works once, for %(days)d days. If you know nothing of it, do nothing.")
        note = note % {"days": settings.INVITATION_DAYS}
        return {"link_words": _("Choose your password"), "link_note": note}
    note = _("The link works once, and for two hours. If it was not you, nothing has changed.")
    return {"link_words": _("Set a new password"), "link_note": note}


def _who(person: User, by: User | None) -> str:
    """No name: it would tell whoever reads the mail who works here."""
    if by is None:
        return ""
    if by.pk == person.pk:
        return _("It was done in your name.")
    return _("A colleague who may do that did it; the record says who.")
