"""Another address, or the end of a second factor: asked for, agreed to, refused."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tracker.forms.people import AccountChangeForm
from tracker.models import AccountChange, User
from tracker.permissions import coordinates
from tracker.services.people.account_changes import approve_change, ask_change, refuse_change
from tracker.tasks.reminders import hint_sweep
from tracker.views.fresh import fresh
from tracker.views.saving import form_page, refusals_on, refusals_told


@require_http_methods(["GET", "HEAD", "POST"])
@fresh
def change_ask(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """For oneself; for a colleague, whoever runs the team."""
    if pk != request.user.pk and not coordinates(request.user):
        raise PermissionDenied
    person = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    if kind not in AccountChange.Kind.values:
        raise Http404
    form = AccountChangeForm(request.POST or None, kind=kind)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            ask_change(
                person=person, kind=kind, by=request.user, at=timezone.now(), **form.cleaned_data
            )
            hint_sweep()
            messages.success(
                request,
                _("It is asked for. A second person must agree, and %(name)s is told.")
                % {"name": person.name},
            )
            return redirect(page_of(request, person))
    shown = {"person": person, "kind": kind, "label": AccountChange.Kind(kind).label}
    return form_page(request, "people/change.html", form, **shown, section="people")


@require_POST
@fresh
def change_approve(request: HttpRequest, pk: int) -> HttpResponse:
    if not coordinates(request.user):
        raise PermissionDenied
    change = get_object_or_404(AccountChange.objects.visible_to(request.user), pk=pk)
    with refusals_told(request):
        approve_change(change=change, by=request.user, at=timezone.now())
        messages.success(request, _("You agreed. It is done when the wait is over."))
    return redirect("person_detail", pk=change.person_id)


@require_POST
def change_refuse(request: HttpRequest, pk: int) -> HttpResponse:
    change = get_object_or_404(AccountChange.objects.visible_to(request.user), pk=pk)
    with refusals_told(request):
        refuse_change(change=change, by=request.user, at=timezone.now())
        hint_sweep()
        messages.success(request, _("Refused. Nothing is changed."))
    return redirect(page_of(request, change.person))


def page_of(request: HttpRequest, person: User) -> str:
    own = person == request.user or not coordinates(request.user)
    return "profile" if own else person_address(person)


def person_address(person: User) -> str:
    return f"/people/{person.pk}/"
