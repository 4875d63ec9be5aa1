"""Private calendar addresses; each person sees their own, and nobody sees a secret."""

from django.contrib import admin

from tracker.admin.base import ReadOnlyAdmin
from tracker.models import FeedToken


@admin.register(FeedToken)
class FeedTokenAdmin(ReadOnlyAdmin):
    section = "people"
    list_display = ["name", "created_at", "last_used_at", "revoked_at"]
    search_fields = ["name"]
    ordering = ["-created_at", "-pk"]
