"""What one may do to a deadline, each step on a page of its own. Dates set by hand."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tracker import permissions
from tracker.forms import deadlines as forms
from tracker.forms.numbers import sent_number
from tracker.forms.refusals import show_refusal
from tracker.forms.versioned import VERSION
from tracker.models import Case, Deadline, User
from tracker.reports.revisions import changed_since
from tracker.services.deadlines.start import set_date
from tracker.services.refusals import Refused, StaleRecord
from tracker.tasks.reminders import hint_sweep
from tracker.views.deadline_actions import ACTIONS, Action, why_not
from tracker.views.deadlines import visible_deadline
from tracker.views.saving import form_page, typed_again


@require_http_methods(["GET", "HEAD", "POST"])
def deadline_change(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Each step has a page of its own; one that cannot be done now says why on the deadline's."""
    deadline = visible_deadline(request, pk)
    permissions.check_works(request.user, deadline.case)
    chosen = ACTIONS.get(action)
    if chosen is None:
        raise Http404
    if request.method == "POST":
        return carry_out(request, deadline, action)
    if not chosen.offered(deadline):
        messages.warning(request, why_not(action, deadline))
        return redirect("deadline_detail", pk=pk)
    # On a GET `request.POST` is what was typed before the session ended: see `unsent.py`.
    form = chosen.form(request.POST or None, deadline=deadline, on=timezone.localdate())
    return change_page(request, deadline, chosen, form)


def carry_out(request: HttpRequest, deadline: Deadline, name: str) -> HttpResponse:
    chosen = ACTIONS[name]
    # Before the form is looked at: what it offers may have changed with the deadline.
    shown = sent_number(request.POST.get(VERSION, ""))
    if shown is not None and shown < deadline.version:
        return conflict_page(request, deadline, name)
    if chosen.of_addressee and deadline.addressee is None:
        messages.warning(request, why_not(name, deadline))
        return redirect("deadline_detail", pk=deadline.pk)
    now = timezone.now()
    form = chosen.form(request.POST, deadline=deadline, on=timezone.localdate(now))
    if form.is_valid():
        told = form.cleaned_data
        if chosen.of_addressee:
            told["addressee"] = deadline.addressee
        try:
            chosen.service(deadline=deadline, **told, by=request.user, at=now)
        except StaleRecord:
            return conflict_page(request, visible_deadline(request, deadline.pk), name)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, chosen.done)
            hint_sweep()
            return redirect("deadline_detail", pk=deadline.pk)
    return change_page(request, deadline, chosen, form, status=422)


def conflict_page(request: HttpRequest, deadline: Deadline, name: str) -> HttpResponse:
    """What the first did, above everything the second typed, ready to be sent on purpose."""
    chosen = ACTIONS[name]
    shown = sent_number(request.POST.get(VERSION, "")) or 0
    typed = typed_again(request.POST, deadline)
    return change_page(
        request,
        deadline,
        chosen,
        chosen.form(typed, deadline=deadline, on=timezone.localdate()),
        status=409,
        since=changed_since(deadline, shown, request.user),
        why_not="" if chosen.offered(deadline) else why_not(name, deadline),
    )


def change_page(
    request: HttpRequest,
    deadline: Deadline,
    action: Action,
    form: forms.ChangeForm,
    *,
    status: int = 200,
    **extra: Any,
) -> HttpResponse:
    return render(
        request,
        "deadlines/change.html",
        {
            "section": "deadlines",
            "on": timezone.localdate(),
            "deadline": deadline,
            "case": deadline.case,
            "action": action,
            "form": form,
            **extra,
        },
        status=status,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def date_new(request: HttpRequest, reference: str) -> HttpResponse:
    """Wake me later: a look-again date, an event or an expectation, on a case or a demand."""
    case = get_object_or_404(Case.objects.visible_to(request.user), reference=reference)
    permissions.check_works(request.user, case)
    now = timezone.now()
    number = sent_number(request.GET.get("demand", ""))
    demand = None if number is None else case.demands.filter(number=number).first()
    form = forms.DateForm(
        request.POST or None,
        case=case,
        on=timezone.localdate(now),
        people=User.objects.working().able_to_see(case).order_by("name", "pk"),
        demand=demand,
        user=request.user,
    )
    if request.method == "POST" and form.is_valid():
        made = set_date(case=case, **form.cleaned_data, by=request.user, at=now)
        messages.success(request, _("It is on the agenda."))
        hint_sweep()
        if made.demand_id:
            return redirect("demand_detail", pk=made.demand_id)
        return redirect("case_detail", reference=case.reference)
    return form_page(request, "deadlines/new.html", form, section="cases", case=case, demand=demand)
