"""The list of dates across cases."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from tracker.filters.deadlines import DeadlineFilter
from tracker.models import Deadline
from tracker.reports.deadlines import deadline_rows
from tracker.views.lists import page_of


@require_safe
def deadline_list(request: HttpRequest) -> HttpResponse:
    on = timezone.localdate()
    deadlines = Deadline.objects.visible_to(request.user)
    narrowed = DeadlineFilter(request.GET, deadlines, request=request, on=on)
    return render(
        request,
        "deadlines/list.html",
        {
            "section": "deadlines",
            "on": on,
            "filter": narrowed,
            "page": page_of(request, deadline_rows(narrowed.qs)),
        },
    )
