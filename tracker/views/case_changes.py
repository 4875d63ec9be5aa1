"""The everyday changes of a case: its facts, lead, phase, who sees it, its end and its return."""

import copy
import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from tracker import permissions
from tracker.forms import case_changes as forms
from tracker.models import Case, User
from tracker.reports.case_changes import what_ends, who_sees
from tracker.services.cases import close_case, edit_case, reopen_case
from tracker.tasks.reminders import hint_sweep
from tracker.views.saving import form_page, refusals_on


def edit(form: forms.CaseForm, by: User, at: datetime.datetime) -> None:
    edit_case(case=form.instance, by=by, at=at, reason=form.cleaned_data["change_reason"])


def close(form: forms.CaseForm, by: User, at: datetime.datetime) -> None:
    data = form.cleaned_data
    close_case(
        case=form.instance,
        close_reason=data["close_reason"],
        note=data["closing_note"],
        by=by,
        at=at,
    )


def reopen(form: forms.CaseForm, by: User, at: datetime.datetime) -> None:
    reopen_case(case=form.instance, reason=form.cleaned_data["reason"], by=by, at=at)


def who_hears(case: Case) -> str:
    if case.lead:
        return _now("Saved. Whoever leads the case now hears of its dates.")
    if case.restricted:
        return _now("Nobody leads the case now; its team hears of dates that name nobody.")
    return _now("Nobody leads the case now; the coordinators hear of dates that name nobody.")


@dataclass(frozen=True)
class CaseChange:
    """One change: its form, the service behind it, the words of its page.

    `shown` reads what the change would do, for the page to say before it is made.
    """

    form: type[forms.CaseForm]
    save: Callable[[Any, User, datetime.datetime], None]
    title: Any
    button: Any
    saved: Any
    shown: Callable[[Case], Any] | None = None
    of_closed: bool = False  # every other is of a case that is not closed


CHANGES = {
    "facts": CaseChange(
        form=forms.FactsForm,
        save=edit,
        title=_("Edit the facts"),
        button=_("Save the facts"),
        saved=_("The facts are saved."),
    ),
    "lead": CaseChange(
        form=forms.LeadForm,
        save=edit,
        title=_("Choose the lead"),
        button=_("Save the lead"),
        saved=who_hears,
    ),
    "phase": CaseChange(
        form=forms.PhaseForm,
        save=edit,
        title=_("Change the phase"),
        button=_("Save the phase"),
        saved=_("The phase is changed."),
    ),
    "confidentiality": CaseChange(
        form=forms.ConfidentialityForm,
        save=edit,
        title=_("Who may see the case"),
        button=_("Save who may see it"),
        saved=_("Saved. The case is seen by whom you chose."),
        shown=who_sees,
    ),
    "close": CaseChange(
        form=forms.CloseForm,
        save=close,
        title=_("Close the case"),
        button=_("Close the case"),
        saved=_("The case is closed. It can be read and, on new facts, reopened."),
        shown=what_ends,
    ),
    "reopen": CaseChange(
        form=forms.ReopenCaseForm,
        save=reopen,
        title=_("Reopen the case"),
        button=_("Reopen the case"),
        saved=_("The case is open again. Its dates were cancelled: set those that matter anew."),
        of_closed=True,
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
def case_change(request: HttpRequest, reference: str, change: str) -> HttpResponse:
    chosen = CHANGES.get(change)
    if chosen is None:
        raise Http404
    case = get_object_or_404(Case.objects.visible_to(request.user), reference=reference)
    permissions.check_works(request.user, None if chosen.of_closed else case)
    if chosen.of_closed and not case.closed:
        messages.info(request, _now("This case is not closed."))
        return redirect("case_detail", reference=reference)
    form = form_of(request, chosen, case)
    if request.method == "POST" and form.is_valid():
        if not form.has_changed():
            messages.info(request, _now("Nothing was changed."))
            return redirect("case_detail", reference=reference)
        with refusals_on(form):
            chosen.save(form, request.user, timezone.now())
            hint_sweep()
            said = chosen.saved
            messages.success(request, said(form.instance) if callable(said) else said)
            return redirect("case_detail", reference=reference)
    return form_page(
        request,
        "cases/change.html",
        form,
        section="cases",
        on=timezone.localdate(),
        case=case,
        change=change,
        chosen=chosen,
        shown=chosen.shown(case) if chosen.shown else None,
    )


def form_of(request: HttpRequest, chosen: CaseChange, case: Case) -> forms.CaseForm:
    """Of a copy, so that the page around the form tells of the case as it is stored."""
    return chosen.form(
        request.POST or None,
        instance=copy.copy(case),
        reader=request.user,
        on=timezone.localdate(),
    )
