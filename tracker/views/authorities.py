"""Authorities: how often asked, how often answered."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from tracker import permissions
from tracker.models import Authority
from tracker.reports.authorities import authority_page, authority_rows
from tracker.views.lists import page_of


@require_safe
def authority_list(request: HttpRequest) -> HttpResponse:
    rows = authority_rows(request.user, timezone.localdate())
    return render(
        request,
        "authorities/list.html",
        {"section": "authorities", "page": page_of(request, rows)},
    )


@require_safe
def authority_detail(request: HttpRequest, slug: str) -> HttpResponse:
    authority = get_object_or_404(
        Authority.objects.visible_to(request.user).select_related("default_rule"), slug=slug
    )
    on = timezone.localdate()
    return render(
        request,
        "authorities/detail.html",
        {
            "section": "authorities",
            "on": on,
            "authority": authority,
            "shown": authority_page(authority, user=request.user, on=on),
            "keeps_reference": permissions.keeps_reference(request.user),
            "may_reveal": permissions.may_reveal(request.user, None),
        },
    )
