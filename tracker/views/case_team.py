"""Who is on the team of a case: they alone see it when it is not open to all."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tracker.forms.case_changes import MemberForm
from tracker.forms.numbers import sent_number
from tracker.models import Case, User
from tracker.reports.case_changes import who_sees
from tracker.services.cases import add_member, remove_member
from tracker.views.correspondence import editable_case
from tracker.views.saving import form_page, refusals_on, refusals_told


@require_http_methods(["GET", "HEAD", "POST"])
def case_team(request: HttpRequest, reference: str) -> HttpResponse:
    case = editable_case(request, reference)
    if request.method == "POST" and "remove" in request.POST:
        return without(request, case)
    typed = request.POST if "user" in request.POST else None
    form = MemberForm(typed, case=case)
    if request.method == "POST" and form.is_valid():
        person = form.cleaned_data["user"]
        with refusals_on(form):
            add_member(case=case, user=person, by=request.user, at=timezone.now())
            messages.success(request, _("%(name)s is on the team.") % {"name": person.name})
            return redirect("case_team", reference=reference)
    return page(request, case, form)


def page(
    request: HttpRequest, case: Case, form: MemberForm, *, leaving: bool = False
) -> HttpResponse:
    shown = {"case": case, "team": who_sees(case), "leaving": leaving}
    return form_page(request, "cases/team.html", form, section="cases", **shown)


def without(request: HttpRequest, case: Case) -> HttpResponse:
    """A second click, about somebody who is off the team already, is told the same."""
    people = User.objects.visible_to(request.user)
    person = get_object_or_404(people, pk=sent_number(request.POST["remove"]))
    leaves = case.restricted and person == request.user and person != case.lead
    if leaves and "sure" not in request.POST:
        return page(request, case, MemberForm(case=case), leaving=True)
    with refusals_told(request):
        remove_member(case=case, user=person, by=request.user, at=timezone.now())
        messages.success(request, _("%(name)s is off the team.") % {"name": person.name})
        if leaves:
            return redirect("case_list")
    return redirect("case_team", reference=case.reference)
