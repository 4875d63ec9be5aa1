"""The agenda by day, week and month, and what has no date."""

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from tracker import permissions
from tracker.forms.agenda import AgendaForm, UnscheduledForm
from tracker.reports.agenda import Span, agenda_page
from tracker.reports.unscheduled import SHOWN
from tracker.reports.unscheduled import unscheduled as find_unscheduled

FILTERS = ("owner", "case", "addressee")


@require_safe
@login_required
def agenda(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    form = AgendaForm(request.GET, reader=request.user, today=today)
    shown = None
    if form.is_valid():
        shown = agenda_page(
            user=request.user,
            span=form.cleaned_data["view"],
            around=form.cleaned_data["on"],
            on=today,
            choice=form.choice,
        )
    kept = [(name, request.GET[name]) for name in FILTERS if request.GET.get(name)]
    return render(
        request,
        "agenda/agenda.html",
        {
            "section": "agenda",
            "on": today,
            "form": form,
            "shown": shown,
            "spans": Span.choices,
            "filters": urlencode(kept),
            "works": permissions.works(request.user),
        },
        status=400 if shown is None else 200,
    )


@require_safe
@login_required
def unscheduled(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    form = UnscheduledForm(request.GET, reader=request.user)
    shown = None
    if form.is_valid():
        shown = find_unscheduled(
            user=request.user,
            owner=form.cleaned_data["owner"],
            days=form.cleaned_data["days"],
            on=today,
        )
    return render(
        request,
        "agenda/unscheduled.html",
        {
            "section": "agenda",
            "on": today,
            "form": form,
            "shown": shown,
            "most": SHOWN,
            "works": permissions.works(request.user),
        },
        status=400 if shown is None else 200,
    )
