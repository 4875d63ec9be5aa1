"""The report for a meeting, over the demands a filter chooses."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from tracker import permissions
from tracker.filters.demands import DemandFilter
from tracker.models import Demand
from tracker.reports.summary import summary
from tracker.reports.workload import workload


@require_safe
def report(request: HttpRequest) -> HttpResponse:
    on = timezone.localdate()
    demands = Demand.objects.visible_to(request.user)
    narrowed = DemandFilter(request.GET, demands, request=request, on=on)
    coordinates = permissions.coordinates(request.user)
    return render(
        request,
        "reports/report.html",
        {
            "section": "reports",
            "on": on,
            "filter": narrowed,
            "summary": summary(narrowed.qs, user=request.user, on=on),
            "workload": workload(user=request.user, on=on) if coordinates else [],
        },
    )
