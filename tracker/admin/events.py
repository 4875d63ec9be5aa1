"""Who did what to which record."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from tracker.admin.base import ReadOnlyAdmin
from tracker.models import Event
from tracker.templatetags.history import event_words


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ["at", "by_name", "words", "label"]
    list_filter = ["model", "action"]
    search_fields = ["by_name", "label", "action"]
    date_hierarchy = "at"
    ordering = ["-at", "-pk"]

    @admin.display(description=gettext_lazy("what"), ordering="action")
    def words(self, event):
        return event_words(event)
