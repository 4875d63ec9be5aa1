"""Deadlines, the rules they are counted by, and their own record."""

from django import forms
from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tracker.admin.base import (
    ReadOnlyAdmin,
    ScopedModelAdmin,
    ScopedStackedInline,
    reason_of,
    shown,
)
from tracker.admin.consequences import TellsMoves
from tracker.admin.forms import EditingReasonedForm, EditingVersionedForm
from tracker.admin.scoping import ScopedRelatedFilter
from tracker.models import (
    BY_LAW,
    Deadline,
    DeadlineChange,
    ResponseRule,
)
from tracker.permissions import keeps_reference
from tracker.services.deadlines.change import move_date
from tracker.services.deadlines.start import set_date
from tracker.services.records import edit_row
from tracker.services.reference import edit_rule


class DeadlineForm(EditingVersionedForm):
    """By hand one sets dates of ours. A legal deadline follows its addressee's rule and days."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            if "kind" in self.fields:
                own = [c for c in Deadline.Kind.choices if c[0] not in BY_LAW]
                self.fields["kind"].choices = own
            return
        fixed = {"kind", "addressee", "demand"}
        movable = not self.instance.by_law and self.instance.state == Deadline.State.OPEN
        for name in fixed if movable else fixed | {"due_on"}:
            if name in self.fields:
                self.fields[name].disabled = True
                self.fields[name].show_hidden_initial = False
                if name == "due_on":
                    self.fields[name].widget = forms.DateInput()  # without "today"


class DeadlineWriting:
    def create(self, row, form, *, by, at):
        return set_date(
            case=row.case,
            kind=row.kind,
            due_on=row.due_on,
            title=row.title,
            demand=row.demand,
            addressee=row.addressee,
            owner=row.owner,
            by=by,
            at=at,
        )

    def edit(self, row, form, *, by, at):
        due_on, reason = row.due_on, reason_of(form)
        moved = "due_on" in form.changed_data
        if moved:  # by a step of its own, which its record shows
            row.due_on = form.initial["due_on"]
        edit_row(row=row, by=by, at=at, reason=reason)
        if moved:
            move_date(deadline=row, due_on=due_on, reason=reason, by=by, at=at)


class DeadlineInline(DeadlineWriting, ScopedStackedInline):
    model = Deadline
    form = DeadlineForm
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("kind", "title"),
                    ("due_on", "owner", "state"),
                    ("addressee", "demand"),
                ],
                "description": gettext_lazy(
                    "Add look-again dates, events and expected answers; legal deadlines start by "
                    "themselves."
                ),
            },
        ),
    ]
    readonly_fields = ["state"]
    ordering = ["due_on", "pk"]
    show_change_link = True


class DeadlineAdminForm(DeadlineForm, EditingReasonedForm):
    pass


@admin.register(Deadline)
class DeadlineAdmin(DeadlineWriting, ScopedModelAdmin):
    form = DeadlineAdminForm
    section = "clocks"
    place = 0
    list_display = ["title", "case_reference", "kind", "due_on", "state", "owner_name"]
    case_reference = shown("case__reference", gettext_lazy("case"))
    owner_name = shown("owner__name", gettext_lazy("owner"))
    list_select_related = ["case", "owner"]
    list_filter = [
        "state",
        "kind",
        ("owner", ScopedRelatedFilter),
        ("rule", ScopedRelatedFilter),
        ("case", ScopedRelatedFilter),
    ]
    search_fields = ["title", "case__reference"]
    date_hierarchy = "due_on"
    ordering = ["due_on", "pk"]
    autocomplete_fields = ["case", "addressee", "demand"]
    readonly_fields = [
        "state",
        "counted",
        "rule",
        "anchor",
        "anchor_on",
        "overdue_after",
        "provisional",
    ]
    fixed_fields = ("case",)
    fieldsets = [
        (
            None,
            {
                "fields": ["case", "kind", "title", "due_on", "owner"],
                "description": gettext_lazy(
                    "A date of ours. Legal deadlines start by themselves from the addressee's rule."
                ),
            },
        ),
        (
            gettext_lazy("What it is about"),
            {
                "fields": ["addressee", "demand"],
                "description": gettext_lazy("Leave both empty for the whole case."),
            },
        ),
        (
            gettext_lazy("How it runs"),
            {
                "fields": [
                    "state",
                    "counted",
                    "rule",
                    "anchor",
                    "anchor_on",
                    "overdue_after",
                    "provisional",
                ],
                "description": gettext_lazy(
                    "Extending, pausing, correcting and closing have their own page, because each "
                    "of these steps says why."
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

    @admin.display(description=gettext_lazy("its page"))
    def counted(self, deadline):
        if not deadline or not deadline.pk:
            return "–"
        return format_html(
            '<a href="{}">{}</a>',
            reverse("deadline_detail", args=[deadline.pk]),
            _("How it was counted, and what can be done"),
        )

    def view_on_site(self, obj):
        return reverse("deadline_detail", args=[obj.pk])


@admin.register(DeadlineChange)
class DeadlineChangeAdmin(ReadOnlyAdmin):
    list_display = ["deadline", "kind", "reason", "by_name", "at"]
    by_name = shown("by__name", gettext_lazy("by"))
    list_select_related = ["deadline__case", "by"]
    list_filter = ["kind", "beyond_rule", ("by", ScopedRelatedFilter)]
    search_fields = ["reason", "norm", "deadline__title", "deadline__case__reference"]
    date_hierarchy = "at"
    ordering = ["-at", "-pk"]
    # The notice is a document of its own gate.
    exclude = ["notice"]


@admin.register(ResponseRule)
class ResponseRuleAdmin(TellsMoves, ScopedModelAdmin):
    section = "reference"
    counted_by = "rule", "code"
    may_add = may_change = staticmethod(keeps_reference)
    list_display = [
        "name",
        "code",
        "version",
        "jurisdiction",
        "quantity",
        "unit",
        "standing",
        "verified_on",
    ]
    list_filter = ["jurisdiction", "standing", "unit", "anchor"]
    search_fields = ["code", "name", "norm", "article"]
    ordering = ["code", "-version"]
    autocomplete_fields = ["registration"]
    fieldsets = [
        (
            None,
            {
                "fields": ["name", "code", "version", "jurisdiction", "standing"],
                "description": gettext_lazy(
                    "One version of one rule. A changed law is a new version, so that old dates "
                    "keep the arithmetic of their time."
                ),
            },
        ),
        (
            gettext_lazy("The law"),
            {
                "fields": ["norm", "article", "source_url", "source_note"],
                "description": gettext_lazy("Where anybody can read it."),
            },
        ),
        (
            gettext_lazy("The arithmetic"),
            {
                "fields": [("quantity", "unit"), "anchor", "first_day", "roll", "registration"],
                "description": gettext_lazy("Fixed once a date was counted by this version."),
            },
        ),
        (
            gettext_lazy("Extension"),
            {
                "fields": [("extension_quantity", "extension_unit"), "extension_note"],
                "description": gettext_lazy("What the law lets the body add, and on which terms."),
                "classes": ["collapse"],
            },
        ),
        (
            gettext_lazy("In force, and verified"),
            {
                "fields": [("effective_from", "effective_to"), ("verified_by", "verified_on")],
                "description": gettext_lazy(
                    "Without “in force from” the rule starts no clock. Verified: somebody read the "
                    "law itself."
                ),
            },
        ),
    ]

    def edit(self, row, form, *, by, at):
        edit_rule(rule=row, by=by, at=at)
