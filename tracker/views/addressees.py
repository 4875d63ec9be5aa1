"""Saying when the appeal was sent, received and registered: what an addressee's clock needs."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tracker.forms.addressees import DispatchForm, FurtherAddresseeForm
from tracker.forms.draft_case import office_choices
from tracker.models import SILENT_WHEN_LATE, Addressee, Deadline
from tracker.services.addressees import add_addressee, edit_addressee
from tracker.services.deadlines.lock import RUNNING
from tracker.tasks.reminders import hint_sweep
from tracker.views.correspondence import editable_case
from tracker.views.saving import form_page, refusals_on


@require_http_methods(["GET", "HEAD", "POST"])
def addressee_dates(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    case = editable_case(request, reference)
    addressee = get_object_or_404(
        case.addressees.select_related("authority", "rule", "case"), number=number
    )
    ran = clocks(addressee).filter(state__in=RUNNING).exists()
    form = DispatchForm(
        request.POST or None, instance=addressee, on=timezone.localdate(), reader=request.user
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            edit_addressee(addressee=form.instance, by=request.user, at=timezone.now())
            messages.success(request, what_was_saved(addressee, ran=ran))
            return redirect("case_detail", reference=case.reference)
    return form_page(
        request, "cases/addressee.html", form, section="cases", case=case, addressee=addressee
    )


@require_http_methods(["GET", "HEAD", "POST"])
def addressee_new(request: HttpRequest, reference: str) -> HttpResponse:
    """Somebody the case addresses too, as when it was entered; a new office is made with it."""
    case = editable_case(request, reference)
    form = FurtherAddresseeForm(
        request.POST or None, on=timezone.localdate(), **office_choices(request.user, case)
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            add_addressee(addressee=form.addressee_of(case), by=request.user, at=timezone.now())
            hint_sweep()
            messages.success(request, _("The addressee is added."))
            return redirect("case_detail", reference=case.reference)
    return form_page(request, "cases/addressee_new.html", form, section="cases", case=case)


def clocks(addressee: Addressee) -> QuerySet[Deadline]:
    """The time to answer, without the time to register."""
    return Deadline.objects.filter(addressee=addressee, kind__in=SILENT_WHEN_LATE)


def what_was_saved(addressee: Addressee, *, ran: bool) -> str:
    """What the days entered did to the clock, if anything; `ran`: it did before."""
    found = clocks(addressee)
    if found.filter(state__in=RUNNING).exists():
        return _("Saved. The clock follows the days you entered.")
    if ran:
        return _("Saved. The clock has no day to run from any more, so it is cancelled.")
    if found.exists():
        return _("Saved. The clock has ended and stays as it is.")
    return _("Saved. No clock runs for this addressee yet.")
