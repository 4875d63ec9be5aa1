"""After a rule or a calendar was edited: which open deadlines would move, and moving them."""

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from tracker import permissions
from tracker.dates.calendars import JURISDICTIONS
from tracker.forms.calendars import RecomputationForm
from tracker.models import Deadline, Recomputation, ResponseRule
from tracker.services.deadlines.recompute import preview, progress, request_recomputation
from tracker.tasks.deadlines import hint_recompute
from tracker.views.saving import form_page

SHOWN = 100


def scope_of(request: HttpRequest) -> dict[str, str]:
    """One rule or one calendar, from the address; anything else is not there."""
    code, rule = request.GET.get("calendar", ""), request.GET.get("rule", "")
    if code in JURISDICTIONS and not rule:
        return {"jurisdiction": code}
    if rule and not code and ResponseRule.objects.filter(code=rule).exists():
        return {"rule_code": rule}
    raise Http404


@require_http_methods(["GET", "HEAD", "POST"])
def recomputation_new(request: HttpRequest) -> HttpResponse:
    """Old day and new of each deadline that would move; nothing moves until it is confirmed."""
    permissions.check_keeps_reference(request.user)
    scope = scope_of(request)
    form = RecomputationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            asked = request_recomputation(
                **scope, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now()
            )
            hint_recompute()
        return redirect("recomputation_detail", pk=asked.pk)
    found = preview(user=request.user, **scope)
    return form_page(
        request,
        "calendars/preview.html",
        form,
        section="deadlines",
        scope=scope,
        found=found,
        moves=found.moves[:SHOWN],
        more=max(0, len(found.moves) - SHOWN),
    )


@require_safe
def recomputation_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """How far it is; the page loads itself again until it is done."""
    permissions.check_keeps_reference(request.user)
    run = get_object_or_404(
        Recomputation.objects.visible_to(request.user).select_related("requested_by"), pk=pk
    )
    named = {problem["deadline"] for problem in run.problems if problem["deadline"]}
    seen = set(
        Deadline.objects.visible_to(request.user).filter(pk__in=named).values_list("pk", flat=True)
    )
    return render(
        request,
        "calendars/progress.html",
        {
            "section": "deadlines",
            "run": run,
            "progress": progress(run=run, user=request.user),
            "problems": [p for p in run.problems if p["deadline"] in seen | {None}],
        },
    )
