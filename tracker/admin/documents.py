"""Papers, the dated facts in them, and what they prove about demands."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tracker.admin.base import ScopedModelAdmin, ScopedTabularInline
from tracker.admin.forms import EditingForm
from tracker.admin.scoping import ScopedRelatedFilter
from tracker.models import DatedFact, Document, Evidence
from tracker.permissions import works
from tracker.services.documents import NewDocument, add_document


class DatedFactInline(ScopedTabularInline):
    model = DatedFact
    fields = ["happened_on", "precision", "statement"]
    ordering = ["happened_on", "pk"]
    may_delete = staticmethod(works)
    classes = ["collapse"]


@admin.register(Document)
class DocumentAdmin(ScopedModelAdmin):
    inlines = [DatedFactInline]
    place = 3
    list_display = ["title", "kind", "publisher", "dated_on", "verification", "by_authority"]
    list_filter = [
        "kind",
        "verification",
        "reliability",
        "by_authority",
        ("cases", ScopedRelatedFilter),
    ]
    search_fields = ["title", "publisher", "code", "url"]
    date_hierarchy = "dated_on"
    ordering = ["-dated_on", "title"]
    autocomplete_fields = ["cases"]
    not_exported = ["text", "filename"]
    fieldsets = [
        (
            None,
            {
                "fields": ["title", "kind", "cases", "publisher", "url"],
                "description": gettext_lazy(
                    "Seen by whoever sees one of its cases; without a case, by all who work here."
                ),
            },
        ),
        (
            gettext_lazy("What it says"),
            {
                "fields": ["text", "file", "stored_file", "sha256"],
                "description": gettext_lazy(
                    "The words, the file, or both. Neither changes afterwards where demands are "
                    "marked in it: evidence stays what it was."
                ),
            },
        ),
        (
            gettext_lazy("How far it can be trusted"),
            {
                "fields": [
                    "dated_on",
                    "obtained_on",
                    "language",
                    "provenance",
                    "by_authority",
                    "reliability",
                    "verification",
                ],
                "description": gettext_lazy("Where it came from, and who stands behind it."),
            },
        ),
    ]
    readonly_fields = ["stored_file", "sha256"]

    def get_readonly_fields(self, request, obj=None):
        readonly = super().get_readonly_fields(request, obj)
        if obj and obj.source_of.exists():
            readonly = (*readonly, "text")
        return readonly

    def get_exclude(self, request, obj=None):
        return ["file"] if obj else None

    def get_fieldsets(self, request, obj=None):
        hidden = {"file"} if obj else {"stored_file", "sha256"}
        return [
            (name, {**options, "fields": [f for f in options["fields"] if f not in hidden]})
            for name, options in super().get_fieldsets(request, obj)
        ]

    @admin.display(description=gettext_lazy("file"))
    def stored_file(self, document):
        if not document or not document.file:
            return _("none")
        return format_html(
            '<a href="{}">{}</a>',
            reverse("document_file", args=[document.code]),
            document.filename or _("open"),
        )

    def create(self, row, form, *, by, at):
        given = form.cleaned_data
        made = add_document(
            new=NewDocument(
                title=given["title"],
                kind=given["kind"],
                url=given["url"],
                publisher=given["publisher"],
                dated_on=given["dated_on"],
                text=given["text"],
                file=given["file"] or None,
                by_authority=given["by_authority"],
                provenance=given["provenance"],
                language=given["language"],
                reliability=given["reliability"],
            ),
            cases=list(given["cases"]),
            by=by,
            at=at,
        )
        for name in ("verification", "obtained_on"):
            if given[name]:
                setattr(made, name, given[name])
        super().edit(made, form, by=by, at=at)
        return made

    def view_on_site(self, obj):
        return reverse("document_detail", args=[obj.code])


@admin.register(DatedFact)
class DatedFactAdmin(ScopedModelAdmin):
    list_display = ["happened_on", "precision", "statement", "document"]
    list_select_related = ["document"]
    list_filter = ["precision", ("document", ScopedRelatedFilter)]
    search_fields = ["statement", "document__title"]
    date_hierarchy = "happened_on"
    ordering = ["happened_on", "pk"]
    autocomplete_fields = ["document"]
    fixed_fields = ("document",)
    may_delete = staticmethod(works)
    fieldsets = [
        (
            None,
            {
                "fields": ["document", "happened_on", "precision", "statement", ("start", "end")],
                "description": gettext_lazy(
                    "One thing the document says happened, no more exact than the document is."
                ),
            },
        )
    ]


class EvidenceAdminForm(EditingForm):
    def clean(self):
        cleaned = super().clean()
        demand, document = cleaned.get("demand"), cleaned.get("document")
        if demand and document and not document.cases.filter(pk=demand.case_id).exists():
            # Else the name of a restricted case's paper would show on another case's pages.
            self.add_error("document", _("File the document with the demand's case first."))
        return cleaned


@admin.register(Evidence)
class EvidenceAdmin(ScopedModelAdmin):
    form = EvidenceAdminForm
    place = 4
    list_display = ["demand", "document", "stance", "confidence", "happened_on", "weighed"]
    list_select_related = ["demand__case", "document"]
    list_filter = ["stance", "confidence", "caused_by_appeal", ("document", ScopedRelatedFilter)]
    search_fields = ["claim", "document__title", "demand__case__reference"]
    date_hierarchy = "happened_on"
    ordering = ["-happened_on", "-pk"]
    autocomplete_fields = ["demand", "document"]
    fixed_fields = ("demand", "document", "status_change")
    may_delete = staticmethod(works)
    fieldsets = [
        (
            None,
            {
                "fields": ["demand", "document", "claim", "stance"],
                "description": gettext_lazy(
                    "What one document says about one demand. Once it was weighed in a change of "
                    "status it stays as it is."
                ),
            },
        ),
        (
            gettext_lazy("When, and how sure"),
            {
                "fields": [("happened_on", "precision"), "confidence", "caused_by_appeal"],
                "description": gettext_lazy("Sources that disagree stand side by side."),
            },
        ),
    ]

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and not self._weighed(obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and not self._weighed(obj)

    @staticmethod
    def _weighed(row) -> bool:
        return bool(row and (row.status_change_id or row.proposal_id))

    @admin.display(description=gettext_lazy("weighed"), boolean=True)
    def weighed(self, row):
        return self._weighed(row)
