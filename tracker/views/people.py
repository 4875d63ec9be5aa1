"""Colleagues: who is here, and what is done when something happens to one of them."""

from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tracker.forms.people import LeavingForm, RoleForm
from tracker.models import AccountChange, User
from tracker.permissions import check_coordinates, keeps_account, roles_to_give
from tracker.reports.people import colleagues, person_page, waiting_changes
from tracker.services.credentials import ask_reset
from tracker.services.people.account_changes import apply_due_changes
from tracker.services.people.accounts import change_role
from tracker.services.people.cut_off import cut_off
from tracker.services.people.leaving import in_hand, leave
from tracker.tasks.reminders import hint_sweep
from tracker.views.fresh import fresh
from tracker.views.saving import form_page, refusals_on


@require_safe
def people_list(request: HttpRequest) -> HttpResponse:
    check_coordinates(request.user)
    apply_due_changes(at=timezone.now())
    shown = {
        "people": colleagues(request.user),
        "changes": waiting_changes(request.user),
        "section": "people",
    }
    return render(request, "people/list.html", shown)


def colleague(request: HttpRequest, pk: int) -> User:
    """For whoever runs the team."""
    check_coordinates(request.user)
    return get_object_or_404(User.objects.visible_to(request.user), pk=pk)


def kept_colleague(request: HttpRequest, pk: int) -> User:
    """Somebody whose account one keeps: below one's own role, or anybody else's of all."""
    person = colleague(request, pk)
    if not keeps_account(request.user, person):
        raise PermissionDenied
    return person


@require_safe
def person_detail(request: HttpRequest, pk: int) -> HttpResponse:
    person = colleague(request, pk)
    apply_due_changes(at=timezone.now())
    person.refresh_from_db()
    keeps = keeps_account(request.user, person)
    shown = {
        "person": person,
        "shown": person_page(person, request.user),
        "keeps": keeps,
        "kinds": AccountChange.Kind,
        "roles": RoleForm(roles=roles_to_give(request.user), initial={"role": person.role}),
        "section": "people",
    }
    return render(request, "people/detail.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@fresh
def person_role(request: HttpRequest, pk: int) -> HttpResponse:
    person = kept_colleague(request, pk)
    typed, initial = request.POST or None, {"role": person.role}
    form = RoleForm(typed, roles=roles_to_give(request.user), initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            role = form.cleaned_data["role"]
            change_role(person=person, role=role, by=request.user, at=timezone.now())
            hint_sweep()
            messages.success(request, _("The role is changed. %(name)s is told.") % named(person))
            return redirect("person_detail", pk=person.pk)
    return form_page(request, "people/role.html", form, person=person, section="people")


@require_POST
@fresh
def person_reset(request: HttpRequest, pk: int) -> HttpResponse:
    """Start a new password, never choose one: the link goes to the person's own address."""
    person = kept_colleague(request, pk)
    ask_reset(person=person, by=request.user, at=timezone.now())
    hint_sweep()
    messages.success(request, _("A link for a new password goes to %(name)s.") % named(person))
    return redirect("person_detail", pk=person.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@fresh
def person_leave(request: HttpRequest, pk: int) -> HttpResponse:
    person = kept_colleague(request, pk)
    form = LeavingForm(request.POST or None, person=person, reader=request.user)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            successor = form.cleaned_data["successor"]
            leave(person=person, successor=successor, by=request.user, at=timezone.now())
            hint_sweep()
            messages.success(request, _("The account of %(name)s is closed.") % named(person))
            return redirect("person_detail", pk=person.pk)
    hand = in_hand(person, seen_by=request.user)
    return form_page(request, "people/leave.html", form, person=person, hand=hand, section="people")


@require_http_methods(["GET", "HEAD", "POST"])
def person_cut_off(request: HttpRequest, pk: int) -> HttpResponse:
    person = colleague(request, pk)
    if person == request.user:
        return redirect("own_cut_off")
    if request.method != "POST":
        return render(request, "people/cut_off.html", {"person": person, "section": "people"})
    cut_off(person=person, by=request.user, at=timezone.now())
    messages.success(
        request, _("%(name)s is signed out everywhere and cut off.") % {"name": person.name}
    )
    return redirect("people_list")


@require_http_methods(["GET", "HEAD", "POST"])
def own_cut_off(request: HttpRequest) -> HttpResponse:
    if request.method != "POST" or "sure" not in request.POST:
        return render(request, "people/cut_off.html", {"person": None})
    cut_off(person=request.user, by=request.user, at=timezone.now())
    logout(request)
    messages.success(request, _("You are signed out everywhere. Old calendar addresses are void."))
    return redirect("account_login")


def named(person: User) -> dict[str, str]:
    return {"name": person.name}
