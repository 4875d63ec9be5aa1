"""Days the published calendars have wrong, years a person has checked, and moves that followed."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from tracker.admin.base import ReadOnlyAdmin, ScopedModelAdmin, shown
from tracker.admin.consequences import TellsMoves
from tracker.models import CalendarDay, CalendarYear, Recomputation
from tracker.permissions import coordinates, keeps_reference


@admin.register(CalendarDay)
class CalendarDayAdmin(TellsMoves, ScopedModelAdmin):
    section = "reference"
    counted_by = "calendar", "jurisdiction"
    may_add = may_change = may_delete = staticmethod(keeps_reference)
    list_display = ["day", "jurisdiction", "kind", "scope", "reason"]
    list_filter = ["jurisdiction", "kind", "scope"]
    search_fields = ["reason"]
    date_hierarchy = "day"
    ordering = ["-day", "jurisdiction"]
    fieldsets = [
        (
            None,
            {
                "fields": ["jurisdiction", "day", "kind", "scope", "reason"],
                "description": gettext_lazy(
                    "A day the published calendar has wrong: moved, given or taken by decree. "
                    "Once it is saved you are shown which open deadlines would move."
                ),
            },
        ),
        (
            gettext_lazy("Source"),
            {
                "fields": ["source_url", "decided_on"],
                "description": gettext_lazy("The decree, where anybody can read it."),
            },
        ),
    ]


@admin.register(CalendarYear)
class CalendarYearAdmin(ReadOnlyAdmin):
    """Confirmed on the calendar's own page, which also shows what the year holds."""

    section = "reference"
    list_display = ["year", "jurisdiction", "confirmed_by_name", "confirmed_at"]
    confirmed_by_name = shown("confirmed_by__name", gettext_lazy("confirmed by"))
    list_select_related = ["confirmed_by"]
    list_filter = ["jurisdiction"]
    ordering = ["-year", "jurisdiction"]


@admin.register(Recomputation)
class RecomputationAdmin(ReadOnlyAdmin):
    may_view = staticmethod(coordinates)
    list_display = ["requested_at", "rule_code", "jurisdiction", "state", "done", "total", "moved"]
    list_filter = ["state", "jurisdiction"]
    search_fields = ["rule_code", "reason"]
    date_hierarchy = "requested_at"
    ordering = ["-requested_at", "-pk"]
