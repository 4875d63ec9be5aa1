"""Saying when the appeal was sent, received and registered: what an addressee's clock needs."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tracker.forms.addressees import DispatchForm
from tracker.services.addressees import AddresseeRefused, edit_addressee
from tracker.services.clocks import ClockError
from tracker.services.records import StaleRecord
from tracker.views.correspondence import editable_case


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def addressee_dates(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    case = editable_case(request, reference)
    addressee = get_object_or_404(
        case.addressees.select_related("authority", "rule", "case"), number=number
    )
    form = DispatchForm(request.POST or None, instance=addressee, on=timezone.localdate())
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            edit_addressee(addressee=form.dated(), by=request.user, at=timezone.now())
        except StaleRecord:
            addressee.refresh_from_db()
            form.data = form.data.copy()
            form.data["version"] = addressee.version
            form.add_error(
                None,
                _(
                    "A colleague changed this meanwhile. What you typed is still here; "
                    "look at the case in another window, then save on purpose."
                ),
            )
            status = 409
        except (AddresseeRefused, ClockError) as refused:
            form.add_error(None, str(refused))
        except ValidationError as invalid:
            for sentence in invalid.messages:
                form.add_error(None, sentence)
        else:
            messages.success(request, _("Saved. The clock follows the days you entered."))
            return redirect("case_detail", reference=case.reference)
    if form.errors and status == 200:
        status = 422
    return render(
        request,
        "cases/addressee.html",
        {"section": "cases", "case": case, "addressee": addressee, "form": form},
        status=status,
    )
