"""Documents: one page each, the file as an attachment, and adding one to a case."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from tracker import permissions
from tracker.forms.documents import DocumentForm
from tracker.models import Confidentiality, Document, Evidence
from tracker.services.document_risks import in_words
from tracker.services.documents import add_document
from tracker.views.correspondence import editable_case
from tracker.views.saving import form_page, refusals_on


@require_GET
def document_detail(request: HttpRequest, code: str) -> HttpResponse:
    document = get_object_or_404(Document.objects.visible_to(request.user), code=code)
    return render(
        request,
        "documents/detail.html",
        {
            "document": document,
            "dangers": in_words(document.risks or ()),
            # A document may also lie in a case this person must not know of.
            "cases": document.cases.visible_to(request.user).order_by("reference"),
            "facts": document.facts.order_by("happened_on", "pk"),
            "evidence": Evidence.objects.visible_to(request.user)
            .filter(document=document)
            .select_related("demand__case", "status_change")
            .order_by("pk"),
        },
    )


@require_GET
def document_file(request: HttpRequest, code: str) -> FileResponse:
    """The stored file, always as an attachment: nothing uploaded is ever run in our pages."""
    document = get_object_or_404(
        Document.objects.visible_to(request.user).exclude(file=""), code=code
    )
    if document.cases.exclude(confidentiality=Confidentiality.OPEN).exists():
        permissions.require_fresh(request, file=True)
    try:
        stored = document.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(
        stored,
        as_attachment=True,
        filename=document.filename,
        content_type=document.content_type or "application/octet-stream",
    )
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_http_methods(["GET", "POST"])
def document_new(request: HttpRequest, reference: str) -> HttpResponse:
    case = editable_case(request, reference)
    form = DocumentForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            document = add_document(
                new=form.new_document(), cases=[case], by=request.user, at=timezone.now()
            )
            messages.success(
                request,
                _("“%(title)s” is filed under %(case)s.")
                % {"title": document.title, "case": case.reference},
            )
            return redirect("case_detail", reference=case.reference)
    return form_page(request, "documents/new.html", form, case=case)
