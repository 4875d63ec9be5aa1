"""Reminder plans, and a record of what was planned and sent."""

import re

from django import forms
from django.contrib import admin
from django.utils.translation import gettext, gettext_lazy

from tracker.admin.base import ReadOnlyAdmin, ScopedModelAdmin, shown
from tracker.admin.scoping import ScopedRelatedFilter
from tracker.models import (
    Mail,
    MailTransition,
    Mute,
    Outage,
    Reminder,
    ReminderPlan,
    SweepRun,
)
from tracker.permissions import coordinates, keeps_reference
from tracker.services.reference import add_plan, edit_plan, remove_plan


def listed(days) -> str:
    """14, 7, 3; what is no list as it is."""
    return ", ".join(map(str, days)) if isinstance(days, list) else str(days)


class DaysField(forms.CharField):
    """Whole days with commas between them."""

    def __init__(self, **kwargs):
        super().__init__(
            help_text=gettext_lazy("For example 14, 7, 3, 1, 0; 0 is the day itself."), **kwargs
        )

    def prepare_value(self, value):
        return value if isinstance(value, str) else listed(value)

    def to_python(self, value):
        words = re.split(r"[\s,;]+", super().to_python(value).strip("[] ,;"))
        try:
            return [int(word) for word in words if word]
        except ValueError:
            raise forms.ValidationError(
                gettext("Write whole days with commas between them, for example 14, 7, 3, 1, 0.")
            ) from None

    def has_changed(self, initial, data):
        return super().has_changed(self.prepare_value(initial), data)


@admin.register(ReminderPlan)
class ReminderPlanAdmin(ScopedModelAdmin):
    section = "clocks"
    may_add = may_change = may_delete = staticmethod(keeps_reference)
    list_display = ["kind", "case_reference", "days", "repeat_every", "repeat_at_most"]
    case_reference = shown("case__reference", gettext_lazy("case"))
    list_select_related = ["case"]
    list_filter = ["kind", ("case", ScopedRelatedFilter)]
    search_fields = ["case__reference"]
    ordering = ["kind", "case__reference"]
    autocomplete_fields = ["case"]
    fixed_fields = ("case", "kind")
    fieldsets = [
        (
            None,
            {
                "fields": ["case", "kind", "days_before"],
                "description": gettext_lazy(
                    "On which days a deadline of this kind is remembered by e-mail."
                ),
            },
        ),
        (
            gettext_lazy("After the day has passed"),
            {
                "fields": ["repeat_every", "repeat_at_most", "second_person_after"],
                "description": gettext_lazy("How long we insist, and when somebody else is told."),
            },
        ),
    ]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "days_before":
            return DaysField(label=db_field.verbose_name)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @admin.display(description=gettext_lazy("days before"), ordering="days_before")
    def days(self, row):
        return listed(row.days_before)

    def create(self, row, form, *, by, at):
        return add_plan(plan=row, by=by, at=at)

    def edit(self, row, form, *, by, at):
        edit_plan(plan=row, by=by, at=at)

    def remove(self, row, *, by, at):
        remove_plan(plan=row, by=by, at=at)


@admin.register(Reminder)
class ReminderAdmin(ReadOnlyAdmin):
    list_display = ["deadline", "person_name", "offset_days", "fire_on", "state", "reason"]
    list_select_related = ["deadline__case", "person"]
    person_name = shown("person__name", gettext_lazy("person"))
    list_filter = ["state", ("person", ScopedRelatedFilter)]
    search_fields = ["deadline__title", "deadline__case__reference", "person__name"]
    date_hierarchy = "fire_on"
    ordering = ["-send_at", "-pk"]
    # The mail has a gate of its own: it is its reader's, and may tell of other cases.
    exclude = ["mail"]


@admin.register(Mail)
class MailAdmin(ReadOnlyAdmin):
    list_display = [
        "local_day",
        "kind",
        "person_name",
        "state",
        "attempts",
        "sent_at",
        "last_error",
    ]
    list_select_related = ["person"]
    person_name = shown("person__name", gettext_lazy("person"))
    list_filter = ["state", "kind", ("person", ScopedRelatedFilter)]
    search_fields = ["subject", "to_address", "person__name"]
    date_hierarchy = "local_day"
    ordering = ["-local_day", "-pk"]
    # Its words tell of cases with gates of their own; the page of the reminders asks at each.
    exclude = ["body_text", "body_html", "token", "lease_until"]
    not_exported = ["body_text"]


@admin.register(MailTransition)
class MailTransitionAdmin(ReadOnlyAdmin):
    list_display = ["mail", "from_state", "to_state", "reason", "worker", "at"]
    list_select_related = ["mail__person"]
    list_filter = ["to_state"]
    search_fields = ["reason", "worker"]
    date_hierarchy = "at"
    ordering = ["-at", "-pk"]


@admin.register(Mute)
class MuteAdmin(ReadOnlyAdmin):
    list_display = ["person_name", "deadline", "kind", "until", "at"]
    person_name = shown("person__name", gettext_lazy("person"))
    list_select_related = ["person", "deadline__case"]
    list_filter = ["kind", ("person", ScopedRelatedFilter)]
    search_fields = ["person__name", "deadline__title", "deadline__case__reference"]
    date_hierarchy = "until"
    ordering = ["-at", "-pk"]


@admin.register(SweepRun)
class SweepRunAdmin(ReadOnlyAdmin):
    may_view = staticmethod(coordinates)
    list_display = ["started_at", "finished_at", "planned", "mails", "sent", "failed", "error"]
    list_filter = ["failed"]
    search_fields = ["worker", "error"]
    date_hierarchy = "started_at"
    ordering = ["-started_at", "-pk"]


@admin.register(Outage)
class OutageAdmin(ReadOnlyAdmin):
    may_view = staticmethod(coordinates)
    list_display = ["failures", "pause_until"]
    ordering = ["pk"]
