"""The list of cases, and one case."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from tracker import permissions
from tracker.filters.cases import CaseFilter
from tracker.models import Case
from tracker.reports.cases import case_page, case_rows
from tracker.reports.emergency_access import emergencies_of
from tracker.views.lists import page_of


@require_safe
def case_list(request: HttpRequest) -> HttpResponse:
    on = timezone.localdate()
    cases = Case.objects.visible_to(request.user)
    narrowed = CaseFilter(request.GET, cases, request=request, on=on)
    return render(
        request,
        "cases/list.html",
        {
            "section": "cases",
            "on": on,
            "filter": narrowed,
            "page": page_of(request, case_rows(narrowed.qs, on)),
            "works": permissions.works(request.user),
        },
    )


@require_safe
def case_detail(request: HttpRequest, reference: str) -> HttpResponse:
    case = get_object_or_404(
        Case.objects.visible_to(request.user).select_related("lead", "source"),
        reference=reference,
    )
    now = timezone.now()
    on = timezone.localdate(now)
    return render(
        request,
        "cases/detail.html",
        {
            "section": "cases",
            "on": on,
            "now": now,
            "case": case,
            "shown": case_page(case, user=request.user, on=on),
            "works": permissions.works(request.user),
            "can_edit": permissions.can_edit(request.user, case),
            "emergencies": emergencies_of(case, at=now),
            "may_reveal": permissions.may_reveal(request.user, case),
        },
    )
