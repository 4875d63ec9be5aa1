"""Authorities, and addressees: an authority within one case."""

from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext_lazy

from tracker.admin.base import ScopedModelAdmin, ScopedStackedInline, reason_of, shown
from tracker.admin.forms import NumberedReasonedForm, NumberedVersionedForm
from tracker.admin.scoping import ScopedRelatedFilter
from tracker.models import Addressee, Authority
from tracker.permissions import keeps_reference
from tracker.services.addressees import add_addressee, edit_addressee


class AddresseeWriting:
    def create(self, row, form, *, by, at):
        return add_addressee(addressee=row, by=by, at=at)

    def edit(self, row, form, *, by, at):
        edit_addressee(addressee=row, by=by, at=at, reason=reason_of(form))


class AddresseeInline(AddresseeWriting, ScopedStackedInline):
    model = Addressee
    form = NumberedVersionedForm
    ordering = ["number"]
    autocomplete_fields = ["authority", "rule"]
    show_change_link = True
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("number", "authority", "person"),
                    ("channel", "sent_on", "delivered_on"),
                    ("received_on", "registered_on", "incoming_number"),
                    ("rule", "expected_by"),
                ],
                "description": gettext_lazy(
                    "The rule and the days start the clock, and move it when you correct them."
                ),
            },
        ),
    ]


@admin.register(Addressee)
class AddresseeAdmin(AddresseeWriting, ScopedModelAdmin):
    form = NumberedReasonedForm
    place = 1
    list_display = ["authority", "case_reference", "number", "sent_on", "registered_on", "rule"]
    case_reference = shown("case__reference", gettext_lazy("case"))
    list_select_related = ["authority", "case", "rule"]
    list_filter = [
        "channel",
        ("authority", ScopedRelatedFilter),
        ("rule", ScopedRelatedFilter),
        ("case", ScopedRelatedFilter),
    ]
    search_fields = ["authority__name", "person", "incoming_number", "case__reference"]
    date_hierarchy = "sent_on"
    ordering = ["case__reference", "number"]
    autocomplete_fields = ["case", "authority", "rule", "forwarded_from"]
    fixed_fields = ("case",)
    fieldsets = [
        (
            None,
            {
                "fields": ["case", "number", "authority", "person", "addressed_as"],
                "description": gettext_lazy("Whom the appeal addresses, and in which words."),
            },
        ),
        (
            gettext_lazy("How it reached them"),
            {
                "fields": [
                    "channel",
                    "sent_on",
                    "delivered_on",
                    "received_on",
                    "registered_on",
                    "incoming_number",
                    "forwarded_from",
                ],
                "description": gettext_lazy(
                    "The day of registration is worth a telephone call: most clocks run from it."
                ),
            },
        ),
        (
            gettext_lazy("When they must answer"),
            {
                "fields": ["rule", "expected_by"],
                "description": gettext_lazy(
                    "Where a law binds them, its rule. Otherwise the day by which we expect it."
                ),
            },
        ),
        (
            gettext_lazy("Notes and this change"),
            {
                "fields": ["notes", "change_reason"],
                "description": gettext_lazy("The reason stands in the history beside your name."),
            },
        ),
    ]


@admin.register(Authority)
class AuthorityAdmin(ScopedModelAdmin):
    section = "reference"
    place = 0
    may_add = may_change = staticmethod(keeps_reference)
    list_display = ["name", "kind", "jurisdiction", "default_rule"]
    list_select_related = ["default_rule"]
    list_filter = ["kind", "jurisdiction", ("default_rule", ScopedRelatedFilter)]
    search_fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}
    autocomplete_fields = ["default_rule"]
    ordering = ["name"]
    fieldsets = [
        (
            None,
            {
                "fields": ["name", "slug", "kind", "jurisdiction", "default_rule"],
                "description": gettext_lazy("The office itself; who holds it is said per case."),
            },
        ),
        (
            gettext_lazy("How to reach it"),
            {
                "fields": ["address", "email", "website", "notes"],
                "description": gettext_lazy("Copied onto letters, so keep it exact."),
            },
        ),
    ]

    def get_readonly_fields(self, request, obj=None):
        # A short name that speaks would be missed by whoever wants it for another authority.
        hidden = obj is not None and obj.born_in_id is not None
        return (*super().get_readonly_fields(request, obj), *(["slug"] if hidden else []))

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else super().get_prepopulated_fields(request, obj)

    def view_on_site(self, obj):
        return reverse("authority_detail", args=[obj.slug])
