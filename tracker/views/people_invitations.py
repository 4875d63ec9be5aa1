"""Inviting a colleague, and the page on which they choose their first password."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tracker.forms.people import FirstPasswordForm, InvitationForm
from tracker.models import Invitation
from tracker.permissions import check_coordinates, roles_to_give
from tracker.services.people.invitations import (
    accept_invitation,
    invite,
    invite_again,
    take_invitation_back,
)
from tracker.services.secret_links import invitation_of
from tracker.tasks.reminders import hint_sweep
from tracker.views.fresh import fresh
from tracker.views.people import kept_colleague
from tracker.views.saving import form_page, refusals_on, refusals_told

SECRET = "invitation"  # noqa: S105 - its name in the session


@require_http_methods(["GET", "HEAD", "POST"])
@fresh
def person_new(request: HttpRequest) -> HttpResponse:
    check_coordinates(request.user)
    form = InvitationForm(request.POST or None, roles=roles_to_give(request.user))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            invitation = invite(by=request.user, at=timezone.now(), **form.cleaned_data)
            hint_sweep()
            messages.success(
                request, _("The invitation goes to %(email)s.") % {"email": invitation.person.email}
            )
            return redirect("person_detail", pk=invitation.person_id)
    return form_page(request, "people/new.html", form, section="people")


@require_POST
@fresh
def invitation_again(request: HttpRequest, pk: int) -> HttpResponse:
    invitation = kept_invitation(request, pk)
    with refusals_told(request):
        invite_again(invitation=invitation, by=request.user, at=timezone.now())
        hint_sweep()
        messages.success(request, _("A new link is on its way; the one before is void."))
    return redirect("person_detail", pk=invitation.person_id)


@require_POST
def invitation_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    invitation = kept_invitation(request, pk)
    with refusals_told(request):
        take_invitation_back(invitation=invitation, by=request.user, at=timezone.now())
        messages.success(request, _("The invitation is taken back. Its link is void."))
    return redirect("person_detail", pk=invitation.person_id)


def kept_invitation(request: HttpRequest, pk: int) -> Invitation:
    invitation = get_object_or_404(Invitation.objects.visible_to(request.user), pk=pk)
    kept_colleague(request, invitation.person_id)
    return invitation


@login_not_required
@require_safe
@sensitive_variables("secret")
def invitation_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Out of the address and into the session: the page is asked for without it."""
    request.session[SECRET] = secret
    return redirect("invitation_accept")


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@sensitive_variables("secret")
def invitation_accept(request: HttpRequest) -> HttpResponse:
    secret = request.session.get(SECRET, "")
    invitation = invitation_of(secret, at=timezone.now())
    if invitation is None:
        return render(request, "people/invitation_void.html", status=404)
    form = FirstPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            password = form.cleaned_data["password1"]
            accept_invitation(secret=secret, password=password, at=timezone.now())
            del request.session[SECRET]
            messages.success(request, _("Your password is set. Sign in with it now."))
            return redirect("account_login")
    return form_page(request, "people/invitation.html", form, person=invitation.person)
