"""Deciding about a proposed next step."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tracker.forms.escalations import StepForm
from tracker.models import Deadline, EscalationStep, User
from tracker.permissions import check_works
from tracker.reports.escalations import next_steps
from tracker.services.escalations import decline_step, take_step
from tracker.views.saving import form_page, refusals_on


@require_http_methods(["GET", "POST"])
def next_step(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    deadline = get_object_or_404(
        Deadline.objects.visible_to(request.user).select_related("case", "rule", "addressee"),
        pk=pk,
    )
    check_works(request.user, deadline.case)
    now = timezone.now()
    open_steps = next_steps([deadline], timezone.localdate(now)).get(deadline.pk, [])
    proposed = next((s for s in open_steps if s.step.code == code), None)
    if proposed is None:
        law = deadline.rule.jurisdiction if deadline.rule else ""
        if not EscalationStep.objects.filter(code=code, jurisdiction__in=["", law]).exists():
            raise Http404
        messages.warning(
            request,
            _("This step is not open now: the clock does not call for it, or its time has passed."),
        )
        return redirect("deadline_detail", pk=pk)
    people = User.objects.working().able_to_see(deadline.case).order_by("name", "pk")
    form = StepForm(request.POST or None, people=people, initial={"owner": request.user})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        common = {"deadline": deadline, "step": proposed.step, "by": request.user, "at": now}
        with refusals_on(form):
            if data["decision"] == StepForm.TAKE:
                take_step(do_by=data["do_by"], until=proposed.until, owner=data["owner"], **common)
                messages.success(
                    request, _("“%(step)s” is on the agenda.") % {"step": proposed.step.name}
                )
            else:
                decline_step(reason=data["reason"], **common)
                messages.success(request, _("Noted. It will not be proposed again."))
            return redirect("case_detail", reference=deadline.case.reference)
    return form_page(
        request, "deadlines/next_step.html", form, deadline=deadline, proposed=proposed
    )
