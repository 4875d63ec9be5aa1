"""Drafts of appeals that are being read in; each person sees their own."""

from django.contrib import admin

from tracker.admin.base import ReadOnlyAdmin
from tracker.models import Draft


@admin.register(Draft)
class DraftAdmin(ReadOnlyAdmin):
    """Corrected on the intake pages, where the proposal stands beside the text."""

    list_display = ["pk", "filename", "created_at", "confirmed_at"]
    search_fields = ["filename"]
    date_hierarchy = "created_at"
    ordering = ["-created_at", "-pk"]
    # The case made of it has a gate of its own.
    exclude = ["case", "proposal", "corrected"]
