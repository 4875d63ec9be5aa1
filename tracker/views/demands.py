"""Demands across cases; one demand with its history; its export."""

import csv

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tracker import permissions
from tracker.filters.demands import DemandFilter
from tracker.forms.demands import ReviewForm
from tracker.forms.versioned import VERSION
from tracker.models import Demand
from tracker.reports.demands import demand_page, demand_rows, export_rows
from tracker.services.access import note_export
from tracker.services.demands import set_review_date
from tracker.views.lists import page_of
from tracker.views.saving import form_page, refusals_on
from tracker.views.unsent import typed_for


def visible_demand(request: HttpRequest, pk: int) -> Demand:
    return get_object_or_404(
        Demand.objects.visible_to(request.user).select_related(
            "case__source", "case__lead", "owner"
        ),
        pk=pk,
    )


def editable_demand(request: HttpRequest, pk: int) -> Demand:
    """A demand one may change: seen, by somebody who works on cases, in a case not closed."""
    demand = visible_demand(request, pk)
    permissions.check_works(request.user, demand.case)
    return demand


@require_safe
def demand_list(request: HttpRequest) -> HttpResponse:
    on = timezone.localdate()
    demands = Demand.objects.visible_to(request.user)
    narrowed = DemandFilter(request.GET, demands, request=request, on=on)
    return render(
        request,
        "demands/list.html",
        {
            "section": "demands",
            "on": on,
            "filter": narrowed,
            "page": page_of(request, demand_rows(narrowed.qs)),
        },
    )


@require_safe
def demand_export(request: HttpRequest) -> HttpResponse:
    """Exactly the rows the list shows under the same filter; a wrong filter exports nothing."""
    permissions.require_fresh(request, file=True)
    on = timezone.localdate()
    demands = Demand.objects.visible_to(request.user)
    narrowed = DemandFilter(request.GET, demands, request=request, on=on)
    if narrowed.problems:
        return render(
            request,
            "demands/export_refused.html",
            {"section": "demands", "filter": narrowed},
            status=400,
        )
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="demands-{on:%Y-%m-%d}.csv"'
    response.write("\ufeff")  # without it spreadsheets misread Cyrillic
    writer = csv.writer(response, quoting=csv.QUOTE_ALL)
    rows = list(export_rows(narrowed.qs, on))
    writer.writerows(rows)
    note_export(
        what="demands",
        rows=len(rows) - 1,
        filters=narrowed.form.fields.keys() & request.GET.keys(),
        by=request.user,
        at=timezone.now(),
    )
    return response


@require_safe
def demand_detail(request: HttpRequest, pk: int) -> HttpResponse:
    demand = visible_demand(request, pk)
    return render(
        request,
        "demands/detail.html",
        {
            "section": "demands",
            "on": timezone.localdate(),
            "demand": demand,
            "case": demand.case,
            "shown": demand_page(demand, user=request.user),
            "can_edit": permissions.can_edit(request.user, demand.case),
            "review_form": ReviewForm(
                typed_for(request, reverse("demand_review", args=[pk])),
                initial={VERSION: demand.version, "review_on": demand.review_on},
            ),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def demand_review(request: HttpRequest, pk: int) -> HttpResponse:
    demand = editable_demand(request, pk)
    if not request.POST:
        return redirect("demand_detail", pk=pk)  # its address opened again, after an error
    form = ReviewForm(request.POST)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            set_review_date(
                demand=demand,
                **form.cleaned_data,
                by=request.user,
                at=timezone.now(),
            )
            messages.success(
                request,
                _("You will be shown this demand again on %(day)s.")
                % {"day": date_format(form.cleaned_data["review_on"])},
            )
            return redirect("demand_detail", pk=demand.pk)
    return form_page(
        request, "demands/review.html", form, section="demands", demand=demand, case=demand.case
    )
