"""Asking for a name or contact that is masked, and the one page that shows it."""

from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tracker.forms.reveal import RevealForm
from tracker.models import HIDDEN, Authority, Case, Signatory, hidden_columns
from tracker.permissions import may_reveal, require_fresh
from tracker.services.records import case_of
from tracker.services.reveal import reveal, revealed
from tracker.views.saving import form_page, refusals_on

MODELS = {"case": Case, "signatory": Signatory, "authority": Authority}


@require_http_methods(["GET", "HEAD", "POST"])
def case_reveal(request: HttpRequest, reference: str) -> HttpResponse:
    return ask(
        request, get_object_or_404(Case.objects.visible_to(request.user), reference=reference)
    )


@require_http_methods(["GET", "HEAD", "POST"])
def signatory_reveal(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    people = Signatory.objects.visible_to(request.user).select_related("case")
    return ask(request, get_object_or_404(people, case__reference=reference, number=number))


@require_http_methods(["GET", "HEAD", "POST"])
def authority_reveal(request: HttpRequest, slug: str) -> HttpResponse:
    return ask(request, get_object_or_404(Authority.objects.visible_to(request.user), slug=slug))


def ask(request: HttpRequest, row: models.Model) -> HttpResponse:
    check(request, row)
    if not hidden_columns(row):
        raise Http404
    require_fresh(request)  # an unlocked screen shows nobody
    case = case_of(row)
    form = RevealForm(request.POST or None, of_a_case=case is not None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            event = reveal(
                row=row,
                purpose=form.cleaned_data["purpose"],
                by=request.user,
                at=timezone.now(),
            )
            return redirect("revealed", pk=event.pk)
    return form_page(request, "reveal/ask.html", form, row=row, case=case)


@require_safe
@never_cache
def revealed_page(request: HttpRequest, pk: int) -> HttpResponse:
    """For some minutes, for whoever asked, and only as long as they still may."""
    event = revealed(pk=pk, to=request.user, at=timezone.now())
    if event is None or event.model not in MODELS:
        raise Http404
    seen = MODELS[event.model].objects.visible_to(request.user)
    row = get_object_or_404(seen, pk=event.object_id)
    check(request, row)
    columns = [row._meta.get_field(name) for name in HIDDEN[event.model].columns]
    values = [(c.verbose_name, getattr(row, c.name)) for c in columns if getattr(row, c.name)]
    return render(
        request, "reveal/shown.html", {"row": row, "case": case_of(row), "values": values}
    )


def check(request: HttpRequest, row: models.Model) -> None:
    if not may_reveal(request.user, case_of(row)):
        raise PermissionDenied
