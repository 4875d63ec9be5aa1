"""A new case from a text: paste it, correct what was read, confirm; or keep it as a document."""

from dataclasses import dataclass

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tracker.forms.intake import BackgroundForm, TextForm
from tracker.forms.review import Review, sent_rows, tidied
from tracker.models import Case, Document, Draft
from tracker.permissions import check_works
from tracker.services.intake import (
    confirm_draft,
    discard_draft,
    keep_as_document,
    save_corrections,
    start_draft,
)
from tracker.views.saving import form_page, refusals_on
from tracker.views.unsent import typed_for


@dataclass(frozen=True)
class Mark:
    """A stretch of the text and what it was read as; `number` is that of a demand."""

    start: int
    end: int
    kind: str
    number: int | None = None


def own_draft(request: HttpRequest, pk: int) -> Draft:
    return get_object_or_404(Draft.objects.visible_to(request.user).select_related("case"), pk=pk)


def finished(request: HttpRequest, draft: Draft) -> HttpResponse | None:
    """Where a draft leads that was confirmed or kept already; None for one still at work."""
    if draft.case and Case.objects.visible_to(request.user).filter(pk=draft.case.pk).exists():
        return redirect("case_detail", reference=draft.case.reference)
    kept = Document.objects.visible_to(request.user).filter(
        code=draft.corrected.get("document", "")
    )
    if draft.confirmed_at and kept:
        return redirect("document_detail", code=kept[0].code)
    return redirect("case_list") if draft.confirmed_at else None


@require_http_methods(["GET", "HEAD", "POST"])
def case_new(request: HttpRequest) -> HttpResponse:
    check_works(request.user)
    form = TextForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        draft = start_draft(
            text=form.cleaned_data["text"],
            filename=form.cleaned_data.get("filename", ""),
            source_url=form.cleaned_data["source_url"],
            by=request.user,
            at=timezone.now(),
        )
        return redirect("draft_review", pk=draft.pk)
    drafts = Draft.objects.visible_to(request.user).filter(confirmed_at=None)
    return form_page(
        request, "intake/new.html", form, drafts=drafts.order_by("-created_at", "pk")[:20]
    )


@require_http_methods(["GET", "HEAD", "POST"])
def draft_review(request: HttpRequest, pk: int) -> HttpResponse:
    draft = own_draft(request, pk)
    if elsewhere := finished(request, draft):
        return elsewhere
    on = timezone.localdate()
    if request.method != "POST":
        as_appeal = draft.proposal["is_appeal"] or draft.corrected or "appeal" in request.GET
        if not as_appeal and not request.POST:
            return background_page(request, draft, background_form(request, draft))
        review = Review(draft=draft, user=request.user, on=on, data=request.POST or None)
        return review_page(request, review)
    action = request.POST.get("action", "save")
    if action != "confirm":
        add = action.removeprefix("add_") if action.startswith("add_") else ""
        save_corrections(draft=draft, corrected=tidied(sent_rows(request.POST), add=add))
        anchor = {"demand": "#demands-end", "addressee": "#addressees-end"}.get(add, "")
        return redirect(reverse("draft_review", args=[draft.pk]) + anchor)
    review = Review(draft=draft, user=request.user, on=on, data=request.POST)
    save_corrections(draft=draft, corrected=review.rows)
    if review.is_valid():
        with refusals_on(review.facts):
            case = confirm_draft(
                draft=draft, data=review.new_case(), by=request.user, at=timezone.now()
            )
            messages.success(
                request,
                _("The case %(case)s stands. Correct it here whenever you learn more.")
                % {"case": case.reference},
            )
            return redirect("case_detail", reference=case.reference)
    return review_page(request, review, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
def draft_background(request: HttpRequest, pk: int) -> HttpResponse:
    draft = own_draft(request, pk)
    if elsewhere := finished(request, draft):
        return elsewhere
    if not request.POST:
        return redirect("draft_review", pk=pk)  # its address opened again, after an error
    form = background_form(request, draft, request.POST)
    if request.method != "POST" or not form.is_valid():
        return background_page(request, draft, form, status=422)
    document = keep_as_document(
        draft=draft,
        new=form.new_document(draft),
        cases=list(form.cleaned_data["cases"]),
        by=request.user,
        at=timezone.now(),
    )
    messages.success(request, _("“%(title)s” is kept.") % {"title": document.title})
    return redirect("document_detail", code=document.code)


@require_POST
def draft_discard(request: HttpRequest, pk: int) -> HttpResponse:
    draft = own_draft(request, pk)
    discard_draft(draft=draft, by=request.user, at=timezone.now())
    messages.success(request, _("The draft is gone. Nothing else was changed."))
    return redirect("case_new")


def review_page(request: HttpRequest, review: Review, status: int = 200) -> HttpResponse:
    draft = review.draft
    return render(
        request,
        "intake/review.html",
        {
            "draft": draft,
            "found": draft.proposal,
            "review": review,
            "marks": marks_of(review),
            "background": background_form(request, draft),
            "known": known_cases(request, draft),
        },
        status=status,
    )


def known_cases(request: HttpRequest, draft: Draft) -> QuerySet[Case]:
    """Cases made of these very words before, of those the person may see."""
    same = Document.objects.visible_to(request.user).filter(sha256=draft.sha256)
    return Case.objects.visible_to(request.user).filter(source__in=same).order_by("pk")


def background_page(
    request: HttpRequest, draft: Draft, form: BackgroundForm, status: int = 200
) -> HttpResponse:
    return render(
        request,
        "intake/background.html",
        {"draft": draft, "found": draft.proposal, "form": form},
        status=status,
    )


def background_form(request: HttpRequest, draft: Draft, data=None) -> BackgroundForm:
    found = draft.proposal
    return BackgroundForm(
        data or typed_for(request, reverse("draft_background", args=[draft.pk])),
        user=request.user,
        prefix="background",
        initial={
            "title": (found["title"] or draft.text.strip().splitlines()[0])[:300],
            "kind": Document.Kind.STATEMENT if found["is_appeal"] else Document.Kind.NEWS,
            "dated_on": found["issued_on"],
        },
    )


def marks_of(review: Review) -> list[Mark]:
    """Demands where they stand now; everything else where it was read."""
    found = review.draft.proposal
    marks = [Mark(span.start, span.end, "demand", n) for n, span in review.demand_places()]
    for kind, entries in (
        ("addressee", found["addressees"]),
        ("signatory", found["signatories"]),
        ("reply", filter(None, [found["response_request"]])),
        ("norm", found["offsets"]["legal_references"]),
        ("title", filter(None, [found["offsets"]["title"]])),
        ("date", filter(None, [found["offsets"]["issued_on"]])),
    ):
        marks.extend(Mark(entry["start"], entry["end"], kind) for entry in entries)
    return marks
