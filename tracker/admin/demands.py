"""Demands, and the record of what became of them."""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tracker.admin.base import ReadOnlyAdmin, ScopedModelAdmin, ScopedStackedInline, shown
from tracker.admin.forms import NumberedReasonedForm, NumberedVersionedForm
from tracker.admin.scoping import ScopedRelatedFilter
from tracker.models import Demand, StatusChange, StatusProposal
from tracker.services.days import too_far


class StatusShown:
    @admin.display(description=gettext_lazy("status"), ordering="status")
    def status_with_link(self, demand):
        if not demand or not demand.pk:
            return _("awaiting")
        return format_html(
            '{} · <a href="{}">{}</a>',
            demand.get_status_display(),
            reverse("demand_status", args=[demand.pk]),
            _("Change the status"),
        )


class ReviewedForm(NumberedVersionedForm):
    def clean_review_on(self):
        day = self.cleaned_data["review_on"]
        typed = day and "review_on" in self.changed_data
        if typed and (sentence := too_far(day, timezone.localdate())):
            raise ValidationError(sentence)
        return day


class DemandInline(StatusShown, ScopedStackedInline):
    model = Demand
    form = ReviewedForm
    ordering = ["number"]
    readonly_fields = ["status_with_link"]
    show_change_link = True
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("number", "heading"),
                    "text",
                    ("basis", "kind"),
                    ("owner", "review_on"),
                    "status_with_link",
                ],
                "description": gettext_lazy(
                    "One thing asked, word for word. Split what has parts."
                ),
            },
        ),
    ]


class DemandAdminForm(ReviewedForm, NumberedReasonedForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "addressees" in self.fields and not self.instance._state.adding:
            rows = self.fields["addressees"].queryset
            self.fields["addressees"].queryset = rows.filter(case=self.instance.case_id)

    def clean(self):
        cleaned = super().clean()
        case = cleaned.get("case") or getattr(self.instance, "case", None)
        for addressee in cleaned.get("addressees", ()):
            if case and addressee.case_id != case.pk:
                self.add_error("addressees", _("Choose addressees of the same case."))
                break
        return cleaned


@admin.register(Demand)
class DemandAdmin(StatusShown, ScopedModelAdmin):
    form = DemandAdminForm
    place = 2
    list_display = [
        "short_text",
        "case_reference",
        "number",
        "status",
        "status_on",
        "review_on",
        "owner_name",
    ]
    case_reference = shown("case__reference", gettext_lazy("case"))
    owner_name = shown("owner__name", gettext_lazy("owner"))
    list_select_related = ["case", "owner"]
    list_filter = [
        "status",
        "kind",
        "basis",
        ("owner", ScopedRelatedFilter),
        ("case", ScopedRelatedFilter),
    ]
    search_fields = ["text", "heading", "case__reference"]
    date_hierarchy = "review_on"
    ordering = ["case__reference", "number"]
    autocomplete_fields = ["case", "addressees"]
    readonly_fields = ["status_with_link", "extent", "status_on"]
    fixed_fields = ("case",)
    fieldsets = [
        (
            None,
            {
                "fields": ["case", "number", "heading", "text", "basis", "kind"],
                "description": gettext_lazy("What is asked, in the words of the appeal."),
            },
        ),
        (
            gettext_lazy("Place in the source text"),
            {
                "fields": [("start", "end")],
                "description": gettext_lazy("Counted in characters from the beginning."),
                "classes": ["collapse"],
            },
        ),
        (
            gettext_lazy("Who and when"),
            {
                "fields": ["addressees", "owner", "met_when", "review_on"],
                "description": gettext_lazy(
                    "Who can carry it out, who follows it, and what would count as done."
                ),
            },
        ),
        (
            gettext_lazy("What became of it"),
            {
                "fields": ["status_with_link", "extent", "status_on"],
                "description": gettext_lazy(
                    "A status changes on its own page, with a date, a reason and evidence."
                ),
            },
        ),
        (
            gettext_lazy("This change"),
            {
                "fields": ["change_reason"],
                "description": gettext_lazy("Stands in the history beside your name."),
            },
        ),
    ]

    @admin.display(description=gettext_lazy("demand"), ordering="heading")
    def short_text(self, demand):
        return demand.short

    def view_on_site(self, obj):
        return reverse("demand_detail", args=[obj.pk])


@admin.register(StatusChange)
class StatusChangeAdmin(ReadOnlyAdmin):
    list_display = ["demand", "seq", "from_status", "to_status", "happened_on", "by_name", "at"]
    by_name = shown("by__name", gettext_lazy("by"))
    list_select_related = ["demand__case", "by"]
    list_filter = ["to_status", ("by", ScopedRelatedFilter)]
    search_fields = ["reason", "demand__text", "demand__case__reference"]
    date_hierarchy = "happened_on"
    ordering = ["-at", "-pk"]


@admin.register(StatusProposal)
class StatusProposalAdmin(ReadOnlyAdmin):
    list_display = ["demand", "to_status", "by_name", "at", "decision", "decided_by_name"]
    by_name = shown("by__name", gettext_lazy("proposed by"))
    decided_by_name = shown("decided_by__name", gettext_lazy("decided by"))
    list_select_related = ["demand__case", "by", "decided_by"]
    list_filter = ["decision", "to_status", ("by", ScopedRelatedFilter)]
    search_fields = ["reason", "demand__text", "demand__case__reference"]
    date_hierarchy = "at"
    ordering = ["-at", "-pk"]
