"""Working-day calendars: what they hold, which year is confirmed, what a published file adds."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tracker import permissions
from tracker.dates.calendars import JURISDICTIONS, YearOutOfRangeError
from tracker.forms.calendars import ChosenDaysForm, ConfirmYearForm, HolidayFileForm
from tracker.reports import calendars as reports
from tracker.services.calendar_files import read_holidays
from tracker.services.calendars import confirm_year, import_days
from tracker.services.refusals import Refused
from tracker.views.saving import form_page, refusals_on
from tracker.views.unsent import typed_for


def known_code(code: str) -> str:
    if code not in JURISDICTIONS:
        raise Http404
    return code


@require_safe
def calendar_list(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "calendars/list.html",
        {
            "section": "deadlines",
            "calendars": reports.calendar_list(timezone.localdate()),
            "rules": reports.rules_in_use(request.user)
            if permissions.keeps_reference(request.user)
            else [],
        },
    )


@require_safe
def calendar_detail(request: HttpRequest, code: str) -> HttpResponse:
    """One year of one calendar; an impossible year is not there."""
    asked = request.GET.get("year", "")
    if asked and not (asked.isascii() and asked.isdigit()):
        raise Http404
    try:
        page = reports.year_page(
            known_code(code), int(asked[:6]) if asked else timezone.localdate().year
        )
    except YearOutOfRangeError as error:
        raise Http404 from error
    return render(
        request,
        "calendars/detail.html",
        {
            "section": "deadlines",
            "year": page,
            "form": ConfirmYearForm(
                typed_for(request, reverse("calendar_confirm", args=[code, page.year]))
            ),
            "keeps_reference": permissions.keeps_reference(request.user),
        },
    )


def keeper_only(request: HttpRequest) -> None:
    if not permissions.keeps_reference(request.user):
        raise Http404


@require_POST
def calendar_confirm(request: HttpRequest, code: str, year: int) -> HttpResponse:
    keeper_only(request)
    known_code(code)
    form = ConfirmYearForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write the address of the source in full, with https://."))
        return redirect(f"{reverse('calendar_detail', args=[code])}?year={year}")
    try:
        confirm_year(
            jurisdiction=code,
            year=year,
            source_url=form.cleaned_data["source_url"],
            by=request.user,
            at=timezone.now(),
        )
    except Refused as error:
        raise Http404 from error
    messages.success(
        request,
        _("%(year)s is confirmed. See below which open deadlines this touches.") % {"year": year},
    )
    return redirect(f"{reverse('recomputation_new')}?calendar={code}")


@require_http_methods(["GET", "HEAD", "POST"])
def calendar_import(request: HttpRequest, code: str) -> HttpResponse:
    """First the file, then its days to tick, then they are entered."""
    keeper_only(request)
    known_code(code)
    if request.method == "POST" and "chosen" in request.POST:
        return take_over(request, code)
    form = HolidayFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            read = read_holidays(form.cleaned_data["file"])
            kinds = reports.novelties(code, [entry.day for entry in read.days])
            return render(
                request,
                "calendars/choose.html",
                {
                    "section": "deadlines",
                    "code": code,
                    "label": reports.label_of(code),
                    "rows": [
                        (entry, kind, kind in reports.USEFUL)
                        for entry, kind in zip(read.days, kinds, strict=True)
                    ],
                    "useful": sum(kind in reports.USEFUL for kind in kinds),
                    "left_out": read.left_out,
                    "source_url": form.cleaned_data["source_url"],
                },
            )
    return form_page(
        request,
        "calendars/import.html",
        form,
        section="deadlines",
        code=code,
        label=reports.label_of(code),
    )


def take_over(request: HttpRequest, code: str) -> HttpResponse:
    form = ChosenDaysForm(request.POST)
    if form.is_valid():
        try:
            added = import_days(
                jurisdiction=code,
                **form.cleaned_data,
                by=request.user,
                at=timezone.now(),
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(
                request,
                ngettext(
                    "%(n)d day entered. See below which open deadlines it touches.",
                    "%(n)d days entered. See below which open deadlines they touch.",
                    len(added),
                )
                % {"n": len(added)},
            )
            return redirect(f"{reverse('recomputation_new')}?calendar={code}")
    return render(
        request,
        "calendars/import.html",
        {
            "section": "deadlines",
            "code": code,
            "label": reports.label_of(code),
            "form": HolidayFileForm(),
            "refused": form,
        },
        status=422,
    )
