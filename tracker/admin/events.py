"""Who did what to which record."""

from django.contrib import admin
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy

from tracker.admin.base import ReadOnlyAdmin
from tracker.models import Event, EventChain, EventValue
from tracker.templatetags.history import event_words


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ["at", "by", "words", "record"]
    list_filter = ["model", "action"]
    search_fields = ["by_name", "values__new", "action"]
    date_hierarchy = "at"
    ordering = ["-at", "-pk"]
    readonly_fields = ["by", "record", "changed"]

    def get_queryset(self, request):
        return super().get_queryset(request).in_words()

    @admin.display(description=gettext_lazy("by"), ordering="by_name")
    def by(self, event):
        return event.by_name

    @admin.display(description=gettext_lazy("what"), ordering="action")
    def words(self, event):
        return event_words(event)

    @admin.display(description=gettext_lazy("record"))
    def record(self, event):
        # Of a row that not everybody may read, the log of no case knows the number alone.
        return event.label or f"{event.model} {event.object_id}"

    @admin.display(description=gettext_lazy("values"))
    def changed(self, event):
        values = [value for value in event.values.all() if not value.erased_at]
        return format_html_join("", "{}: {} → {}<br>", ((v.field, v.old, v.new) for v in values))


@admin.register(EventValue)
class EventValueAdmin(ReadOnlyAdmin):
    list_display = ["event", "field", "old", "new", "erased_at"]
    list_select_related = ["event"]
    list_filter = ["field"]
    search_fields = ["old", "new"]
    ordering = ["-pk"]
    not_exported = ["salt"]


@admin.register(EventChain)
class EventChainAdmin(ReadOnlyAdmin):
    list_display = ["case_id", "seq", "hash"]
    ordering = ["case_id"]
