"""One deadline: why that date, what happened to it, and what one may do. Dates set by hand."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from tracker import permissions
from tracker.forms import deadlines as forms
from tracker.forms.numbers import sent_number
from tracker.models import Case, Deadline, User
from tracker.reports.escalations import next_steps
from tracker.reports.reminders import running_quiets
from tracker.services import assignments, clock_changes, deadlines
from tracker.services.addressees import correct_first_day
from tracker.services.clocks import ClockError
from tracker.services.deadline_history import ChangedMeanwhileError
from tracker.services.forwarding import forward_addressee
from tracker.tasks.reminders import hint_sweep

State = Deadline.State
LEGAL = {Deadline.Kind.STATUTORY}
OURS = set(Deadline.Kind) - LEGAL
EVERY = set(Deadline.Kind)


@dataclass(frozen=True)
class Action:
    """One thing a person may do, where it is offered, and what the history calls it."""

    title: str
    button: str
    done: str
    form: type[forms.ChangeForm]
    service: Callable
    states: frozenset[str]
    kinds: frozenset[str] = frozenset(EVERY)
    writes: str = ""
    of_addressee: bool = False

    def offered(self, deadline: Deadline) -> bool:
        return (
            deadline.state in self.states
            and deadline.kind in self.kinds
            and not (self.of_addressee and deadline.addressee is None)
        )


OPEN = frozenset({State.OPEN})
RUNNING = frozenset({State.OPEN, State.PAUSED})
ENDED = frozenset({State.CLOSED, State.CANCELLED})

ACTIONS = {
    "close": Action(
        gettext_lazy("Close it"),
        gettext_lazy("Close it"),
        gettext_lazy("Closed. Its reminders are taken back."),
        forms.EndForm,
        deadlines.close_deadline,
        RUNNING,
        writes="closed",
    ),
    "extend": Action(
        gettext_lazy("Extend it"),
        gettext_lazy("Extend to this day"),
        gettext_lazy("Extended."),
        forms.ExtendForm,
        clock_changes.extend_deadline,
        OPEN,
        frozenset(LEGAL),
        writes="extended",
    ),
    "pause": Action(
        gettext_lazy("Pause it"),
        gettext_lazy("Pause the clock"),
        gettext_lazy("Paused. The days left are kept."),
        forms.PauseForm,
        clock_changes.pause_deadline,
        OPEN,
        frozenset(LEGAL),
        writes="paused",
    ),
    "resume": Action(
        gettext_lazy("Let it run on"),
        gettext_lazy("Let it run on"),
        gettext_lazy("It runs on."),
        forms.ResumeForm,
        clock_changes.resume_deadline,
        frozenset({State.PAUSED}),
        frozenset(LEGAL),
        writes="resumed",
    ),
    "correct": Action(
        gettext_lazy("Correct the day it runs from"),
        gettext_lazy("Count again from this day"),
        gettext_lazy("Counted again. The old day is kept in the history."),
        forms.CorrectForm,
        correct_first_day,
        RUNNING,
        frozenset(LEGAL),
        writes="corrected",
    ),
    "forward": Action(
        gettext_lazy("They forwarded it"),
        gettext_lazy("Record the forwarding"),
        gettext_lazy("Forwarded. The new body has its own clock if a rule binds it."),
        forms.ForwardForm,
        forward_addressee,
        RUNNING,
        frozenset(LEGAL),
        writes="forwarded",
        of_addressee=True,
    ),
    "move": Action(
        gettext_lazy("Move it"),
        gettext_lazy("Move to this day"),
        gettext_lazy("Moved."),
        forms.MoveForm,
        deadlines.move_date,
        OPEN,
        frozenset(OURS),
        writes="corrected",
    ),
    "assign": Action(
        gettext_lazy("Give it to somebody else"),
        gettext_lazy("Give it to them"),
        gettext_lazy("It is theirs now. They hear of it at once, if they want that."),
        forms.AssignForm,
        assignments.assign_deadline,
        RUNNING,
        writes="assigned",
    ),
    "cancel": Action(
        gettext_lazy("Cancel it"),
        gettext_lazy("Cancel it"),
        gettext_lazy("Cancelled. Its reminders are taken back."),
        forms.EndForm,
        deadlines.cancel_deadline,
        RUNNING,
        writes="cancelled",
    ),
    "reopen": Action(
        gettext_lazy("Reopen it"),
        gettext_lazy("Reopen it"),
        gettext_lazy("It runs again."),
        forms.ReopenForm,
        deadlines.reopen_deadline,
        ENDED,
        writes="reopened",
    ),
}


def visible_deadline(request: HttpRequest, pk: int) -> Deadline:
    seen = Deadline.objects.visible_to(request.user).select_related(
        "case__lead",
        "addressee__authority",
        "addressee__forwarded_from__authority",
        "demand",
        "owner",
        "rule",
        "created_by",
    )
    return get_object_or_404(seen, pk=pk)


def may_change(user: User, deadline: Deadline) -> bool:
    return permissions.works(user) and deadline.case.phase != "closed"


@require_safe
@login_required
def deadline_detail(request: HttpRequest, pk: int) -> HttpResponse:
    deadline = visible_deadline(request, pk)
    changing = may_change(request.user, deadline)
    on = timezone.localdate()
    return render(
        request,
        "deadlines/detail.html",
        {
            "section": "deadlines",
            "on": on,
            "deadline": deadline,
            "case": deadline.case,
            "changes": deadline.changes.select_related("by", "notice").order_by("-at", "-pk"),
            "reminders": deadline.reminders.filter(state="planned")
            .select_related("person")
            .order_by("send_at", "pk"),
            "quiets": running_quiets(deadline, on=on),
            "steps": next_steps([deadline], on).get(deadline.pk, []) if changing else [],
            "actions": [
                (name, action)
                for name, action in ACTIONS.items()
                if changing and action.offered(deadline)
            ],
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def deadline_change(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """Each step has a page of its own; what cannot be done now is not there."""
    deadline = visible_deadline(request, pk)
    permissions.check_works(request.user, deadline.case)
    chosen = ACTIONS.get(action)
    if chosen is None:
        raise Http404
    if chosen.of_addressee and deadline.addressee is None:
        raise Http404
    now = timezone.now()
    on = timezone.localdate(now)
    form = chosen.form(request.POST or None, deadline=deadline, on=on)
    status = 200
    if request.method == "POST":
        if sent_twice(request, deadline, chosen):
            return redirect("deadline_detail", pk=pk)
        status = 422
        if form.is_valid():
            subject = (
                {"addressee": deadline.addressee, "clock": deadline}
                if action == "forward"
                else {"deadline": deadline}
            )
            try:
                chosen.service(**subject, **form.arguments(), by=request.user, at=now)
            except ChangedMeanwhileError as error:
                # Of two clicks at once the second gets here, after the first was carried out.
                deadline.refresh_from_db()
                if not sent_twice(request, deadline, chosen):
                    messages.error(request, str(error))
                return redirect("deadline_detail", pk=pk)
            except ClockError as error:
                form.add_error(error.field if error.field in form.fields else None, str(error))
            else:
                messages.success(request, chosen.done)
                hint_sweep()
                return redirect("deadline_detail", pk=pk)
    elif not chosen.offered(deadline):
        raise Http404
    return render(
        request,
        "deadlines/change.html",
        {
            "section": "deadlines",
            "on": on,
            "deadline": deadline,
            "case": deadline.case,
            "action": chosen,
            "form": form,
        },
        status=status,
    )


def sent_twice(request: HttpRequest, deadline: Deadline, action: Action) -> bool:
    """A double click or a reload: the last step is this very one, by this person."""
    seen = sent_number(request.POST.get("version", ""))
    if seen is None or deadline.version != seen + 1:
        return False
    last = deadline.changes.order_by("-at", "-pk").first()
    return last is not None and (last.kind, last.by_id) == (action.writes, request.user.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def wake_me(request: HttpRequest, reference: str) -> HttpResponse:
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
        made = deadlines.set_date(case=case, **form.cleaned_data, by=request.user, at=now)
        messages.success(request, _("It is on the agenda."))
        hint_sweep()
        if made.demand_id:
            return redirect("demand_detail", pk=made.demand_id)
        return redirect("case_detail", reference=case.reference)
    return render(
        request,
        "deadlines/new.html",
        {"section": "cases", "case": case, "demand": demand, "form": form},
        status=422 if form.errors else 200,
    )
