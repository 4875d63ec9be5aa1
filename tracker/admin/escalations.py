"""The ladder of next steps, and what people decided about them."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from tracker.admin.base import ReadOnlyAdmin, ScopedModelAdmin, shown
from tracker.admin.scoping import ScopedRelatedFilter
from tracker.models import EscalationChoice, EscalationStep
from tracker.permissions import keeps_reference


@admin.register(EscalationStep)
class EscalationStepAdmin(ScopedModelAdmin):
    section = "reference"
    may_add = may_change = staticmethod(keeps_reference)
    list_display = ["number", "name", "jurisdiction", "opened_by", "forum", "window", "window_unit"]
    list_select_related = ["forum"]
    list_filter = ["jurisdiction", "opened_by", ("forum", ScopedRelatedFilter)]
    search_fields = ["code", "name"]
    ordering = ["jurisdiction", "number"]
    autocomplete_fields = ["forum"]
    fieldsets = [
        (
            None,
            {
                "fields": ["code", "jurisdiction", "number", "name", "advice"],
                "description": gettext_lazy(
                    "What can follow a silence or a refusal. It is proposed, and a person decides."
                ),
            },
        ),
        (
            gettext_lazy("When, where, and for how long"),
            {
                "fields": ["opened_by", "forum", "logged_as", ("window", "window_unit")],
                "description": gettext_lazy("A window is counted from the day the step opens."),
            },
        ),
        (
            gettext_lazy("Source"),
            {
                "fields": ["source_url", "source_note"],
                "description": gettext_lazy("Where anybody can read that this way is open."),
            },
        ),
    ]


@admin.register(EscalationChoice)
class EscalationChoiceAdmin(ReadOnlyAdmin):
    list_display = ["deadline", "step", "decision", "by_name", "at"]
    by_name = shown("by__name", gettext_lazy("by"))
    list_select_related = ["deadline__case", "step", "by"]
    list_filter = ["decision", ("step", ScopedRelatedFilter), ("by", ScopedRelatedFilter)]
    search_fields = ["reason", "deadline__title", "deadline__case__reference"]
    date_hierarchy = "at"
    ordering = ["-at", "-pk"]
