"""Authorities: how often asked, how often answered."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tracker import permissions
from tracker.models import Authority
from tracker.reports.authorities import authority_page, authority_rows
from tracker.services.authorities import publish_authority
from tracker.views.lists import page_of
from tracker.views.saving import refusals_told


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
        Authority.objects.visible_to(request.user).select_related("default_rule", "born_in"),
        slug=slug,
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


@require_POST
def authority_publish(request: HttpRequest, slug: str) -> HttpResponse:
    authority = get_object_or_404(Authority.objects.visible_to(request.user), slug=slug)
    permissions.check_keeps_reference(request.user)
    with refusals_told(request):
        authority = publish_authority(authority=authority, by=request.user, at=timezone.now())
        messages.success(request, _("Published. All staff see it and can choose it now."))
    return redirect("authority_detail", slug=authority.slug)
