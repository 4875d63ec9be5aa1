"""A demand more, and the words of one corrected. What becomes of it has its own pages."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tracker.forms.demand_texts import DemandForm
from tracker.models import Demand
from tracker.services.demand_texts import add_demand, edit_demand
from tracker.views.correspondence import editable_case
from tracker.views.demands import editable_demand
from tracker.views.saving import form_page, refusals_on


@require_http_methods(["GET", "HEAD", "POST"])
def demand_new(request: HttpRequest, reference: str) -> HttpResponse:
    case = editable_case(request, reference)
    form = DemandForm(request.POST or None, instance=Demand(case=case), reader=request.user)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            made = add_demand(
                demand=form.instance,
                addressees=form.cleaned_data["addressees"],
                by=request.user,
                at=timezone.now(),
            )
            messages.success(request, _("Demand %(number)d is added.") % {"number": made.number})
            return redirect("demand_detail", pk=made.pk)
    return form_page(request, "demands/edit.html", form, section="cases", case=case)


@require_http_methods(["GET", "HEAD", "POST"])
def demand_edit(request: HttpRequest, pk: int) -> HttpResponse:
    demand = editable_demand(request, pk)
    form = DemandForm(request.POST or None, instance=demand, reader=request.user)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            edit_demand(
                demand=form.instance,
                addressees=form.cleaned_data["addressees"],
                reason=form.cleaned_data["change_reason"],
                by=request.user,
                at=timezone.now(),
            )
            messages.success(request, _("The demand is saved."))
            return redirect("demand_detail", pk=pk)
    return form_page(
        request,
        "demands/edit.html",
        form,
        section="cases",
        case=demand.case,
        number=demand.number,
        pk=pk,
    )
