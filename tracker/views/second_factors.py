"""Second factors: whom the settings ask for one, how they are led to it, how secrets are kept."""

from urllib.parse import urlsplit

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tracker.models import SEALED, User, seal, unseal
from tracker.permissions import needs_second_factor
from tracker.services.people.kept_words import KEPT, reference_of
from tracker.views.signed_out import keep

ENROLLING = "enrolling"  # in the session, from the first step until the codes were written down
HAS_FACTOR = "has_factor"  # in the session, so that each further page asks the database nothing
# All that somebody reaches who must set up a second factor first.
ENROLMENT = {
    *("second_factor_first", "mfa_activate_totp", "mfa_add_webauthn", "mfa_view_recovery_codes"),
    *("account_reauthenticate", "account_logout", "set_language", "health"),
}


class MFAAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        """With the keys of encrypted columns: who has the database alone makes no codes."""
        return str(seal(text))

    def decrypt(self, encrypted_text: str) -> str:
        if encrypted_text.startswith(SEALED):
            return unseal(encrypted_text)
        return encrypted_text  # of an older program

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Not the last of somebody who must have one."""
        others = main_factors(authenticator.user).exclude(pk=authenticator.pk)
        return not needs_second_factor(authenticator.user) or others.exists()

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        return _("Passkey %(n)d") % {"n": main_factors(user).filter(type=type).count() + 1}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The name people reach the site by; without https that can only be this machine's."""
        own = urlsplit(
            settings.BASE_URL if settings.HTTPS else context.request.build_absolute_uri()
        )
        return {"id": own.hostname or "", "name": settings.MFA_TOTP_ISSUER}


def main_factors(person: User):
    """What signs in by itself or beside the password; recovery codes only stand in for these."""
    return Authenticator.objects.filter(
        user=person, type__in=[Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    )


def must_enrol(request: HttpRequest) -> bool:
    user = request.user
    if not user.is_authenticated or not needs_second_factor(user):
        return False
    if not request.session.get(HAS_FACTOR) and main_factors(user).exists():
        request.session[HAS_FACTOR] = True
    return not request.session.get(HAS_FACTOR)


class SecondFactorMiddleware(MiddlewareMixin):
    """Leads whoever must have a second factor and has none to set one up, and nowhere else.

    What they sent meanwhile is kept, as after the end of a session.
    """

    def process_request(self, request):
        request.must_enrol = must_enrol(request)
        if request.must_enrol and KEPT in request.session:
            # It comes back after the recovery codes, not before.
            request.session[KEPT] = {**request.session[KEPT], "shown": True}

    def process_view(self, request, view, args, kwargs):
        if request.resolver_match.url_name in ENROLMENT:
            if request.must_enrol:
                request.session[ENROLLING] = True
            return None
        if not request.must_enrol:
            request.session.pop(ENROLLING, None)
            return None
        if request.method == "POST" and keep(request, person=reference_of(request.user)):
            messages.warning(
                request, _("What you sent is kept: it comes back when the second factor is set up.")
            )
        return redirect("second_factor_first")


@require_safe
def first(request: HttpRequest) -> HttpResponse:
    """At the first sign-in of somebody who must have one."""
    if not request.must_enrol:
        return redirect("mfa_index")
    return render(request, "mfa/first.html")
