"""Opening a restricted case in an emergency, and what that lets one do: read pages, no more."""

from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tracker.forms.emergency_access import EmergencyForm
from tracker.models import Case, EmergencyAccess
from tracker.permissions import check_coordinates, coordinates
from tracker.reports.emergency_access import read_in_an_emergency
from tracker.services.emergency_access import end_emergency_access, open_in_emergency
from tracker.views.fresh import fresh
from tracker.views.saving import form_page, refusals_on

# Nothing leaves as a list.
NOT_FOR = {"demand_export"}


class EmergencyMiddleware(MiddlewareMixin):
    """Tells the gate which cases this request may read. Only here does such an opening count.

    Asked by the clock at each request, so that none lasts longer than it should. Not where
    anything is written: there a case one only reads is as absent as any other.
    """

    def process_view(self, request, view, args, kwargs):
        match, user = request.resolver_match, request.user
        reads = request.method in ("GET", "HEAD") and "admin" not in match.app_names
        if reads and match.url_name not in NOT_FOR and coordinates(user) and not user.travelling:
            user.read_in_an_emergency = read_in_an_emergency(user, at=timezone.now())


@require_http_methods(["GET", "HEAD", "POST"])
@fresh
def emergency_open(request: HttpRequest) -> HttpResponse:
    check_coordinates(request.user)
    form = EmergencyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            opening = open_in_emergency(
                reference=form.cleaned_data["reference"],
                reason=form.cleaned_data["reason"],
                by=request.user,
                at=timezone.now(),
            )
            messages.success(request, _("The case is open to you to read. Its team is told."))
            return redirect("case_detail", reference=opening.case.reference)
    hours = settings.EMERGENCY_HOURS
    return form_page(request, "people/emergency.html", form, hours=hours, section="people")


@require_POST
def emergency_end(request: HttpRequest, pk: int) -> HttpResponse:
    """By whoever reads it so, and by whoever sees the case by right."""
    seen = Q(user=request.user) | Q(case__in=Case.objects.visible_to(request.user))
    opening = get_object_or_404(EmergencyAccess.objects.filter(seen), pk=pk)
    end_emergency_access(opening=opening, by=request.user, at=timezone.now())
    messages.success(request, _("The case is open to its team only again."))
    if opening.user == request.user:
        return redirect("desk")
    return redirect("case_detail", reference=opening.case.reference)
