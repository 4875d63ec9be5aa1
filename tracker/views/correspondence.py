"""Recording a response, grading it, logging a contact, putting silence on record."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from tracker import permissions
from tracker.forms.correspondence import ContactForm, GradeForm, ResponseForm
from tracker.forms.refusals import show_refusal
from tracker.models import Action, Case, Deadline, Response
from tracker.reports.revisions import Revision, revisions
from tracker.services.correspondence import (
    grade_response,
    log_action,
    note_silence,
    record_response,
    unanswered_demands,
)
from tracker.services.grades import take_back_silence
from tracker.services.refusals import Refused, StaleRecord
from tracker.views.saving import form_page, refusals_on, refusals_told


def editable_case(request: HttpRequest, reference: str) -> Case:
    """A case one may write to: seen, by somebody who works on cases, and not closed."""
    case = get_object_or_404(Case.objects.visible_to(request.user), reference=reference)
    permissions.check_works(request.user, case)
    return case


@require_http_methods(["GET", "HEAD", "POST"])
def response_new(request: HttpRequest, reference: str) -> HttpResponse:
    case = editable_case(request, reference)
    form = ResponseForm(
        request.POST or None,
        request.FILES or None,
        case=case,
        on=timezone.localdate(),
        initial={"addressee": request.GET.get("addressee")},
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        with refusals_on(form):
            response = record_response(
                addressee=data["addressee"],
                received_on=data["received_on"],
                dated_on=data["dated_on"],
                incoming_number=data["incoming_number"],
                note=data["note"],
                confidential=data["confidential"],
                document=form.new_document(),
                grades=form.new_grades(),
                closes_clocks=data["closes_clocks"],
                by=request.user,
                at=timezone.now(),
            )
            tell_what_is_left(request, response)
            tell_what_runs_on(request, case)
            return redirect("case_detail", reference=case.reference)
    return form_page(request, "cases/response_new.html", form, section="cases", case=case)


def tell_what_is_left(request: HttpRequest, response: Response) -> None:
    """After a letter: what it leaves unanswered, at once."""
    left = unanswered_demands(response)
    if not left:
        messages.success(request, _("The response is recorded; it speaks to every demand."))
        return
    numbers = ", ".join(str(demand.number) for demand in left)
    messages.warning(
        request,
        ngettext(
            "The response is recorded. It leaves demand %(numbers)s unanswered or not graded.",
            "The response is recorded. It leaves demands %(numbers)s unanswered or not graded.",
            len(left),
        )
        % {"numbers": numbers},
    )


def tell_what_runs_on(request: HttpRequest, case: Case) -> None:
    """A clock of a letter of ours names no addressee, so that no answer ends it by itself."""
    running = case.deadlines.open().by_law().filter(addressee=None)
    if titles := list(running.order_by("due_on", "pk").values_list("title", flat=True)):
        messages.info(
            request,
            _("Still running: %(titles)s. If this letter answers that too, close it.")
            % {"titles": "; ".join(titles)},
        )


@require_http_methods(["GET", "HEAD", "POST"])
def response_grade(request: HttpRequest, pk: int) -> HttpResponse:
    response = get_object_or_404(
        Response.objects.visible_to(request.user).select_related(
            "action__case", "action__addressee__authority"
        ),
        pk=pk,
    )
    case = editable_case(request, response.action.case.reference)
    form = GradeForm(request.POST or None, response=response)
    since: list[Revision] = []
    if request.method == "POST" and form.is_valid():
        try:
            grades = form.new_grades()
            grade_response(response=response, grades=grades, by=request.user, at=timezone.now())
        except StaleRecord as stale:
            steps = reversed(revisions(response, request.user))
            last = {step.event.new("demand"): step for step in steps}
            since = [step for number, step in last.items() if number in stale.parts]
            form = GradeForm(form.retyped(response), response=response)
        except Refused as refused:
            show_refusal(form, refused)
        else:
            tell_what_was_graded(request, [new.grade for new in grades])
            return redirect("case_detail", reference=case.reference)
    return render(
        request,
        "cases/response_grade.html",
        {"section": "cases", "case": case, "response": response, "form": form, "since": since},
        status=409 if since else 422 if form.errors else 200,
    )


def tell_what_was_graded(request: HttpRequest, touched: list[str]) -> None:
    """`touched`: the grades the person changed, "" for one taken back."""
    if not touched:
        messages.info(request, _("Nothing was changed."))
    elif any(touched):
        messages.success(request, _("The grades are saved."))
    else:
        said = ngettext("The grade is taken back.", "The grades are taken back.", len(touched))
        messages.success(request, said)


@require_http_methods(["GET", "HEAD", "POST"])
def contact_new(request: HttpRequest, reference: str) -> HttpResponse:
    case = editable_case(request, reference)
    form = ContactForm(
        request.POST or None, request.FILES or None, case=case, on=timezone.localdate()
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        with refusals_on(form):
            action = log_action(
                case=case,
                addressee=data["addressee"],
                kind=data["kind"],
                happened_on=data["happened_on"],
                note=data["note"],
                document=form.new_document(),
                by=request.user,
                at=timezone.now(),
            )
            return after_contact(request, action)
    return form_page(request, "cases/contact_new.html", form, section="cases", case=case)


# A notice moves no clock by itself: the step that does is offered at once.
MOVES_CLOCK = {Action.Kind.EXTENSION_NOTICE: "extend", Action.Kind.FORWARDING_NOTICE: "forward"}


def after_contact(request: HttpRequest, action: Action) -> HttpResponse:
    """Back to the case, or to the clock that a notice speaks of."""
    step = MOVES_CLOCK.get(Action.Kind(action.kind))
    clock = Deadline.objects.legal_of(action.addressee).first() if step else None
    if step and clock:
        messages.warning(
            request,
            _("Noted under “What happened”. The clock runs on as before until you say so here."),
        )
        return redirect("deadline_change", pk=clock.pk, action=step)
    if step:
        said = _("Noted under “What happened”. No clock was changed: none of theirs is running.")
    else:
        said = _("Noted. It stands under “What happened”.")
    messages.success(request, said)
    return redirect("case_detail", reference=action.case.reference)


@require_POST
def silence_note(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    case = editable_case(request, reference)
    addressee = get_object_or_404(case.addressees.select_related("authority"), number=number)
    if request.POST.get("take_back"):
        take_back_silence(addressee=addressee, by=request.user, at=timezone.now())
        said = _("Taken back: nobody has graded the silence of %(name)s.")
        messages.success(request, said % {"name": addressee.authority.name})
        return redirect("case_detail", reference=case.reference)
    with refusals_told(request):
        note_silence(
            addressee=addressee,
            grade=request.POST.get("grade", ""),
            by=request.user,
            at=timezone.now(),
        )
        messages.success(
            request,
            _("On record: %(name)s did not answer.") % {"name": addressee.authority.name},
        )
    return redirect("case_detail", reference=case.reference)
