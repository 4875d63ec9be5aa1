"""My desk: the first page after sign-in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from tracker import permissions
from tracker.reports.calendars import unconfirmed_years
from tracker.reports.desk import desk


@require_safe
def my_desk(request: HttpRequest) -> HttpResponse:
    now = timezone.localtime()
    coordinates = permissions.coordinates(request.user)
    whole_team = coordinates and request.GET.get("of") == "team"
    return render(
        request,
        "desk.html",
        {
            "section": "desk",
            "on": now.date(),
            "desk": desk(user=request.user, on=now.date(), whole_team=whole_team),
            "coordinates": coordinates,
            "unconfirmed_years": unconfirmed_years(now.date()) if coordinates else [],
            "works": permissions.works(request.user),
            "whole_team": whole_team,
            "owner_query": "" if whole_team else f"&owner={request.user.pk}",
        },
    )
