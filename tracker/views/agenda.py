"""The agenda by day, week and month, and what has no date."""

from urllib.parse import urlencode

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
def agenda(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    form = AgendaForm(request.GET, reader=request.user, today=today)
    shown = agenda_page(
        user=request.user, span=form.span, around=form.around, on=today, choice=form.choice
    )
    filters = urlencode([(name, request.GET[name]) for name in FILTERS if form.asked(name)])
    return render(
        request,
        "agenda/agenda.html",
        {
            "section": "agenda",
            "on": today,
            "form": form,
            "shown": shown,
            "spans": Span.choices,
            "filters": filters,
            "and_filters": f"&{filters}" if filters else "",
            "within": today if shown.first <= today <= shown.last else shown.first,
            "works": permissions.works(request.user),
        },
    )


@require_safe
def unscheduled(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    form = UnscheduledForm(request.GET, reader=request.user)
    owner = form.asked("owner")
    shown = find_unscheduled(user=request.user, owner=owner, days=form.days_silent, on=today)
    return render(
        request,
        "agenda/unscheduled.html",
        {
            "section": "agenda",
            "on": today,
            "form": form,
            "owner": owner,
            "shown": shown,
            "most": SHOWN,
            "works": permissions.works(request.user),
        },
    )
