"""What somebody signs in with: password, one-time codes, passkeys, recovery codes.

The library that keeps codes and passkeys writes their rows itself; what is here is told of each
write, in its transaction, so that none is without its event and its notice.
"""

import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction

from tracker.models import Mail, User
from tracker.services.events import record_event
from tracker.services.people.cut_off import cut_off
from tracker.services.records import save_row
from tracker.services.security_notices import Notice, notify

Type = Authenticator.Type
ADDED = {
    Type.TOTP: Notice.CODES_ADDED,
    Type.WEBAUTHN: Notice.PASSKEY_ADDED,
    Type.RECOVERY_CODES: Notice.RECOVERY_CODES_MADE,
}
REMOVED = {Type.TOTP: Notice.CODES_REMOVED, Type.WEBAUTHN: Notice.PASSKEY_REMOVED}


@transaction.atomic
def change_password(
    *, person: User, password: str, at: datetime.datetime, kept_session: str
) -> User:
    """Set one's own new password, which the form has checked.

    All that was opened with the account ends (`cut_off`), but for the session this is done in.
    """
    person = _with_password(person, password, "person.password", at)
    cut_off(person=person, by=person, at=at, kept_session=kept_session)
    notify(person=person, notice=Notice.PASSWORD_CHANGED, by=person, at=at)
    return person


@transaction.atomic
def reset_password(*, person: User, password: str, at: datetime.datetime) -> User:
    """Set a new password by a link from a mail; all that was opened with the account ends.

    Second factors stay: whoever reads somebody's mail does not get in by it alone.
    """
    person = _with_password(person, password, "person.password_reset", at)
    cut_off(person=person, by=person, at=at)
    notify(person=person, notice=Notice.PASSWORD_RESET, by=person, at=at)
    return person


@transaction.atomic
def ask_reset(*, person: User, at: datetime.datetime, by: User | None = None) -> None:
    """Somebody, without `by` nobody knows who, asks for a link to a new password: to the owner."""
    record_event(action="person.reset_asked", about=person, case=None, by=by, at=at)
    notify(
        person=person,
        notice=Notice.RESET_ASKED,
        by=None,
        at=at,
        secret_link=Mail.SecretLink.RESET,
    )


@transaction.atomic
def factor_added(*, factor: Authenticator, person: User, at: datetime.datetime) -> None:
    _tell(person, ADDED[Type(factor.type)], at)


@transaction.atomic
def factor_removed(*, factor: Authenticator, person: User, at: datetime.datetime) -> None:
    """Of recovery codes nothing is told: new ones take their place, or the last factor went."""
    if notice := REMOVED.get(Type(factor.type)):
        _tell(person, notice, at)


@transaction.atomic
def recovery_code_used(*, person: User, at: datetime.datetime) -> None:
    _tell(person, Notice.RECOVERY_CODE_USED, at)


@transaction.atomic
def proof_failed(*, person: User, signed_in: bool, at: datetime.datetime) -> None:
    """A wrong password or code where the person is known: in a session of theirs, or, with
    `signed_in` False, after the right password.
    """
    notice = Notice.PROOF_FAILED if signed_in else Notice.SECOND_FACTOR_FAILED
    by = person if signed_in else None
    record_event(action=f"person.{notice.value}", about=person, case=None, by=by, at=at)
    notify(person=person, notice=notice, by=None, at=at)


def _with_password(person: User, password: str, action: str, at: datetime.datetime) -> User:
    person = User.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    person.set_password(password)
    return save_row(person, action=action, update_fields=["password"], by=person, at=at)


def _tell(person: User, notice: Notice, at: datetime.datetime) -> None:
    record_event(action=f"person.{notice.value}", about=person, case=None, by=person, at=at)
    notify(person=person, notice=notice, by=person, at=at)
