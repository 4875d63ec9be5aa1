"""Changing the status of a demand: the form, the conflict page, the second person, corrections."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tracker.forms.demands import EvidenceFormSet, StatusForm
from tracker.forms.numbers import sent_number
from tracker.forms.refusals import show_refusal
from tracker.forms.versioned import VERSION
from tracker.models import MOVES, Demand, Document, StatusChange, StatusProposal
from tracker.reports.revisions import changed_since
from tracker.services.demands import (
    change_status,
    confirm_proposal,
    correct_status,
    decline_proposal,
    withdraw_proposal,
)
from tracker.services.refusals import Refused, StaleRecord, check_shown
from tracker.services.status_rules import corrections_of
from tracker.views.demands import editable_demand
from tracker.views.saving import typed_again


def forms_for(
    request: HttpRequest,
    demand: Demand,
    moves: tuple[str, ...],
    data: object = None,
    mistaken: StatusChange | None = None,
) -> tuple[StatusForm, EvidenceFormSet]:
    files = request.FILES if data is not None else None
    documents = Document.objects.filter(cases=demand.case).order_by("title", "pk")
    form = StatusForm(
        data,
        files,
        demand=demand,
        moves=moves,
        reader=request.user,
        on=timezone.localdate(),
        mistaken=mistaken,
    )
    sources = EvidenceFormSet(
        data,
        files,
        prefix="source",
        form_kwargs={"documents": documents},
        error_messages={
            "missing_management_form": _(
                "The form arrived incomplete. Reload the page, send again."
            )
        },
    )
    return form, sources


def page(
    request: HttpRequest,
    demand: Demand,
    form: StatusForm,
    sources: EvidenceFormSet,
    *,
    status: int = 200,
    **extra: object,
) -> HttpResponse:
    return render(
        request,
        "demands/status.html",
        {
            "section": "demands",
            "on": timezone.localdate(),
            "demand": demand,
            "case": demand.case,
            "form": form,
            "sources": sources,
            **extra,
        },
        status=status,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def demand_status(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the status; two people at once: the second is shown what the first did."""
    demand = editable_demand(request, pk)
    if request.method != "POST":
        # A form that came back after sign-in is in `request.POST` of a GET: see `unsent.py`.
        forms = forms_for(request, demand, MOVES[demand.status], request.POST or None)
        return page(request, demand, *forms)
    return answer(request, demand, MOVES[demand.status], change_status)


@require_http_methods(["GET", "HEAD", "POST"])
def demand_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Replace a mistaken last step; both stay on record."""
    demand = editable_demand(request, pk)
    last = get_object_or_404(demand.changes.select_related("by", "corrects"), seq=demand.status_seq)
    moves = corrections_of(last)
    if request.method != "POST":
        forms = forms_for(request, demand, moves, request.POST or None, mistaken=last)
        return page(request, demand, *forms, mistaken=last)
    return answer(request, demand, moves, correct_status, mistaken=last)


def answer(
    request: HttpRequest,
    demand: Demand,
    moves: tuple[str, ...],
    service,
    mistaken: StatusChange | None = None,
) -> HttpResponse:
    form, sources = forms_for(request, demand, moves, request.POST, mistaken)
    try:
        if not (form.is_valid() and sources.is_valid()):
            # The service is not asked then, and to a demand that moved on no answer is right.
            check_shown(demand, sent_number(request.POST.get(VERSION, "")))
            return page(request, demand, form, sources, status=422, mistaken=mistaken)
        added = [source.new_evidence() for source in sources if source.filled]
        done = service(
            demand=demand, request=form.status_request(added), by=request.user, at=timezone.now()
        )
    except StaleRecord as stale:
        return conflict_page(request, stale.row)
    except Refused as refused:
        show_refusal(form, refused)
        return page(request, demand, form, sources, status=422, mistaken=mistaken)
    if isinstance(done, StatusProposal):
        messages.success(
            request,
            _("Proposed: “%(status)s”. It takes effect when a colleague confirms it.")
            % {"status": done.get_to_status_display()},
        )
    else:
        said = (
            _("Demand %(number)d is now “%(status)s”.")
            if mistaken is None
            else _("Corrected: demand %(number)d is “%(status)s”.")
        )
        messages.success(
            request, said % {"number": demand.number, "status": done.get_to_status_display()}
        )
    return redirect("demand_detail", pk=demand.pk)


def conflict_page(request: HttpRequest, demand: Demand) -> HttpResponse:
    """What the first did, above everything the second typed, ready to be sent on purpose."""
    shown = sent_number(request.POST.get(VERSION, "")) or 0
    typed = typed_again(request.POST, demand)
    form, sources = forms_for(request, demand, MOVES[demand.status], typed)
    return page(
        request,
        demand,
        form,
        sources,
        status=409,
        since=changed_since(demand, shown, request.user),
        file_lost=bool(request.FILES),
    )


@require_POST
def proposal_decide(request: HttpRequest, pk: int, proposal: int) -> HttpResponse:
    """The second person confirms or declines; the first may take it back."""
    demand = editable_demand(request, pk)
    waiting = get_object_or_404(demand.proposals.select_related("by"), pk=proposal)
    now = timezone.now()
    wanted = {
        "confirm": StatusProposal.Decision.CONFIRMED,
        "withdraw": StatusProposal.Decision.WITHDRAWN,
    }.get(request.POST.get("decision", ""), StatusProposal.Decision.DECLINED)
    try:
        if wanted == StatusProposal.Decision.CONFIRMED:
            change = confirm_proposal(proposal=waiting, by=request.user, at=now)
            messages.success(
                request,
                _("Confirmed: demand %(number)d is now “%(status)s”.")
                % {"number": demand.number, "status": change.get_to_status_display()},
            )
        elif wanted == StatusProposal.Decision.WITHDRAWN:
            withdraw_proposal(proposal=waiting, by=request.user, at=now)
            messages.success(request, _("Taken back. The evidence is free to be weighed again."))
        else:
            decline_proposal(
                proposal=waiting,
                reason=request.POST.get("reason", "").replace("\x00", ""),
                by=request.user,
                at=now,
            )
            messages.success(request, _("Declined. Your colleague will see why."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("demand_detail", pk=demand.pk)
