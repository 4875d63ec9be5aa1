"""Colleagues: who is here, and what is done when something happens to one of them."""

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tracker.models import User
from tracker.permissions import check_coordinates
from tracker.reports.people import colleagues
from tracker.services.people.cut_off import cut_off


@require_safe
def people_list(request: HttpRequest) -> HttpResponse:
    check_coordinates(request.user)
    shown = {"people": colleagues(request.user), "section": "people"}
    return render(request, "people/list.html", shown)


def colleague(request: HttpRequest, pk: int) -> User:
    """Somebody else, for whoever runs the team."""
    check_coordinates(request.user)
    return get_object_or_404(User.objects.visible_to(request.user), pk=pk)


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
