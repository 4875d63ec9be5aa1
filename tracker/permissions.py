"""May a user do this to that? Asked at the entry points; services trust their caller.

What may be seen is not asked here: that is `visible_to(user)` on each QuerySet.
"""

import time

from allauth.account import app_settings
from allauth.account.authentication import get_authentication_records
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpRequest
from django.utils.translation import gettext as _

from tracker.models import Case, Role


class CaseClosed(PermissionDenied):
    """Its page leads to the case, where it may be reopened."""

    def __init__(self, case: Case) -> None:
        super().__init__(_("This case is closed, so it can be read and not changed"))
        self.case = case


def works(user) -> bool:
    """May change what they see: officers, coordinators, administrators."""
    return user.is_authenticated and user.works


def can_edit(user, case: Case) -> bool:
    """May change this case and what belongs to it."""
    return works(user) and not case.closed and not only_reads(user, case)


def only_reads(user, case: Case) -> bool:
    """Opened it in an emergency."""
    return case.pk in user.read_in_an_emergency


def check_works(user, case: Case | None = None) -> None:
    """Raises PermissionDenied with the sentence its page shows: for readers, and in a closed case.

    Ask it of what has passed the gate already; what is hidden must look absent.
    """
    if not works(user):
        raise PermissionDenied
    if case is not None and only_reads(user, case):
        raise PermissionDenied(_("You opened this case in an emergency, to read it and no more"))
    if case is not None and (case.closed or _closed_meanwhile(case)):
        raise CaseClosed(case)


def _closed_meanwhile(case: Case) -> bool:
    """In a write, waits for whoever is closing the case, and lets nobody begin to before it ends.

    Only a form that was sent has a transaction here; a page that is only read locks nothing.
    """
    held = Case.objects.select_for_update(no_key=True)
    return connection.in_atomic_block and held.get(pk=case.pk).closed


def coordinates(user) -> bool:
    """Runs the team: sees everybody's mails, approves stopping, shares work out."""
    return works(user) and user.coordinates


def check_coordinates(user) -> None:
    """Raises PermissionDenied."""
    if not coordinates(user):
        raise PermissionDenied


def keeps_account(user, person) -> bool:
    """May give a role, send a link for a password, or end access: administrators for everybody
    else, coordinators for those below their own role."""
    return user != person and (administers(user) or person.role in roles_to_give(user))


def roles_to_give(user) -> list[Role]:
    if administers(user):
        return list(Role)
    return [Role.VIEWER, Role.OFFICER] if coordinates(user) else []


def administers(user) -> bool:
    """Keeps people and reference data."""
    return works(user) and user.role == Role.ADMINISTRATOR


def may_reveal(user, case: Case | None) -> bool:
    """Needs to know the names and contacts of a case: whoever works in its team, and is not
    travelling. Those of no case (`None`), whoever works.

    No role stands above it, and an open case opens none of them.
    """
    if not works(user) or user.travelling:
        return False
    return case is None or case.lead_id == user.pk or case.memberships.filter(user=user).exists()


def needs_second_factor(user) -> bool:
    """Whether a password alone is too little for their role (TRACKER_SECOND_FACTOR)."""
    return user.is_authenticated and user.role in settings.SECOND_FACTOR_ROLES


def keeps_reference(user) -> bool:
    """May edit authorities, rules, calendar days and reminder plans."""
    return coordinates(user)


def check_keeps_reference(user) -> None:
    """Raises PermissionDenied, with the sentence its page shows readers."""
    if not keeps_reference(user):
        raise PermissionDenied


# Before what outlasts an unlocked session


class FileNeedsConfirming(ReauthenticationRequired):
    """What was asked for is a file: the page it was asked from stays, and must not be a form."""


class FactorNeedsConfirming(ReauthenticationRequired):
    """One proof was given, or none; this one asks for both."""


def is_fresh(request: HttpRequest) -> bool:
    """Whether the person gave a password, a code or a passkey within the last minutes.

    Signing in counts, unlike with the library's own pages for the second factor.
    """
    return bool(fresh_proofs(request))


def fresh_proofs(request: HttpRequest) -> set[str]:
    """What was given within the last minutes: "password", "mfa", and "passkey" as well for one."""
    given = set()
    for record in get_authentication_records(request, request.user):
        if 0 <= time.time() - record["at"] < app_settings.REAUTHENTICATION_TIMEOUT:
            given.add(record["method"])
            if record.get("type") == "webauthn":
                given.add("passkey")
    return given


def require_both(request: HttpRequest) -> None:
    """Password and second factor; a passkey is both, for it asks the device who holds it.

    Raises ReauthenticationRequired. For whoever has a second factor: one of the two may be in the
    hands of somebody else, that is what the other is for.
    """
    asked = {"password", "mfa"} if request.user.has_usable_password() else {"mfa"}
    given = fresh_proofs(request)
    if "passkey" not in given and not asked <= given:
        raise FactorNeedsConfirming


def require_fresh(request: HttpRequest, *, file: bool = False) -> None:
    """Raises ReauthenticationRequired, which leads to the question and back."""
    if not is_fresh(request):
        raise FileNeedsConfirming if file else ReauthenticationRequired
