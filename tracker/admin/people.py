"""Accounts, kept by administrators."""

from django.contrib import admin, messages
from django.utils import timezone
from django.utils.translation import gettext_lazy, ngettext

from tracker.admin.base import ReadOnlyAdmin, ScopedModelAdmin, nobody
from tracker.admin.export import export_csv
from tracker.admin.scoping import ScopedRelatedFilter
from tracker.models import AccountChange, EmergencyAccess, Invitation, User
from tracker.permissions import administers, coordinates, require_fresh
from tracker.services.people.accounts import edit_person
from tracker.services.people.cut_off import end_sessions


@admin.action(description=gettext_lazy("Sign out everywhere"), permissions=["change"])
def sign_out(modeladmin, request, queryset):
    count = sum(
        end_sessions(person=person, by=request.user, at=timezone.now()) for person in queryset
    )
    message = ngettext("%(n)d session was ended.", "%(n)d sessions were ended.", count)
    modeladmin.message_user(request, message % {"n": count}, messages.SUCCESS)


@admin.register(User)
class PersonAdmin(ScopedModelAdmin):
    section = "people"
    may_view = may_change = staticmethod(administers)
    may_add = staticmethod(nobody)
    actions = (export_csv, sign_out)
    list_display = ["name", "email", "role", "is_active", "away_until", "last_login"]
    list_filter = ["role", "is_active", "language", ("deputy", ScopedRelatedFilter)]
    search_fields = ["name", "email"]
    date_hierarchy = "date_joined"
    ordering = ["name", "pk"]
    readonly_fields = ["email", "last_login", "date_joined"]
    fieldsets = [
        (
            None,
            {
                "fields": ["name", "email", "role", "is_active"],
                "description": gettext_lazy(
                    "Colleagues are invited, and leave, on the page “People” of the site. Whoever "
                    "is deactivated or given another role is cut off at once."
                ),
            },
        ),
        (
            gettext_lazy("Reminders"),
            {
                "fields": [
                    "language",
                    "time_zone",
                    "digest_hour",
                    "mail_at_once",
                    "away_until",
                    "deputy",
                ],
                "description": gettext_lazy("Each person can change these in their own settings."),
            },
        ),
        (
            gettext_lazy("Account"),
            {
                "fields": ["last_login", "date_joined"],
                "description": gettext_lazy("Accounts are never deleted: the record names them."),
            },
        ),
    ]

    def changeform_view(self, request, *args, **kwargs):
        if request.method == "POST":
            require_fresh(request)
        return super().changeform_view(request, *args, **kwargs)

    def edit(self, row, form, *, by, at):
        edit_person(person=row, by=by, at=at)


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    section = "people"
    may_view = staticmethod(coordinates)
    list_display = ["person", "at", "expires_at", "accepted_at", "taken_back_at"]
    list_select_related = ["person"]
    ordering = ["-at", "-pk"]


@admin.register(AccountChange)
class AccountChangeAdmin(ReadOnlyAdmin):
    section = "people"
    list_display = ["person", "kind", "asked_at", "due_at", "approved_at", "refused_at"]
    list_select_related = ["person"]
    ordering = ["-asked_at", "-pk"]


@admin.register(EmergencyAccess)
class EmergencyAccessAdmin(ReadOnlyAdmin):
    list_display = ["case", "user", "at", "ends_at", "ended_at"]
    list_select_related = ["case", "user"]
    ordering = ["-at", "-pk"]
