"""The reduced view for a journey: turned on for oneself, lifted for a colleague."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tracker.forms.people import TravelForm
from tracker.services.people.travel import end_travel, start_travel
from tracker.views.fresh import fresh
from tracker.views.people import colleague
from tracker.views.saving import form_page, refusals_on, refusals_told


@require_http_methods(["GET", "HEAD", "POST"])
def own_travel(request: HttpRequest) -> HttpResponse:
    form = TravelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            start_travel(
                person=request.user,
                until=form.cleaned_data["until"],
                by=request.user,
                at=timezone.now(),
            )
            messages.success(request, _("The reduced view is on."))
            return redirect("own_travel")
    return form_page(request, "people/travel.html", form)


@require_POST
@fresh
def person_travel_end(request: HttpRequest, pk: int) -> HttpResponse:
    person = colleague(request, pk)
    with refusals_told(request):
        end_travel(person=person, by=request.user, at=timezone.now())
        messages.success(request, _("%(name)s sees everything again.") % {"name": person.name})
    return redirect("people_list")
