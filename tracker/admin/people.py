"""Accounts, kept by administrators."""

from django import forms
from django.contrib import admin, messages
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tracker.admin.base import ReadOnlyAdmin, ScopedModelAdmin
from tracker.admin.export import export_csv
from tracker.admin.forms import EditingForm
from tracker.admin.scoping import ScopedRelatedFilter
from tracker.models import AccountChange, EmergencyAccess, Invitation, User
from tracker.permissions import administers, coordinates
from tracker.services.people.accounts import create_person, edit_person, remove_second_factor
from tracker.services.people.cut_off import end_sessions


class PersonForm(EditingForm):
    new_password = forms.CharField(
        label=gettext_lazy("new password"),
        required=False,
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy(
            "At least 12 characters. Left empty for a new person, they set one themselves by "
            "“Forgot your password?”."
        ),
    )


@admin.action(description=gettext_lazy("Sign out everywhere"), permissions=["change"])
def sign_out(modeladmin, request, queryset):
    count = sum(
        end_sessions(person=person, by=request.user, at=timezone.now()) for person in queryset
    )
    message = ngettext("%(n)d session was ended.", "%(n)d sessions were ended.", count)
    modeladmin.message_user(request, message % {"n": count}, messages.SUCCESS)


@admin.action(
    description=gettext_lazy("Remove the second factor (lost telephone)"), permissions=["change"]
)
def forget_second_factor(modeladmin, request, queryset):
    for person in queryset:
        removed = remove_second_factor(person=person, by=request.user, at=timezone.now())
        if removed:
            message = _("%(name)s signs in with the password alone until they set a new one.")
        else:
            message = _("%(name)s has no second factor.")
        modeladmin.message_user(request, message % {"name": person.name})


@admin.register(User)
class PersonAdmin(ScopedModelAdmin):
    form = PersonForm
    section = "people"
    may_view = may_add = may_change = staticmethod(administers)
    actions = (export_csv, sign_out, forget_second_factor)
    list_display = ["name", "email", "role", "is_active", "away_until", "last_login"]
    list_filter = ["role", "is_active", "language", ("deputy", ScopedRelatedFilter)]
    search_fields = ["name", "email"]
    date_hierarchy = "date_joined"
    ordering = ["name", "pk"]
    readonly_fields = ["last_login", "date_joined"]
    fieldsets = [
        (
            None,
            {
                "fields": ["name", "email", "role", "is_active"],
                "description": gettext_lazy(
                    "Whoever is deactivated or given another role is signed out at once."
                ),
            },
        ),
        (
            gettext_lazy("Password"),
            {
                "fields": ["new_password", "last_login"],
                "description": gettext_lazy("A new password signs the person out everywhere."),
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
                "fields": ["date_joined"],
                "description": gettext_lazy("Accounts are never deleted: the record names them."),
            },
        ),
    ]

    def create(self, row, form, *, by, at):
        return create_person(person=row, password=form.cleaned_data["new_password"], by=by, at=at)

    def edit(self, row, form, *, by, at):
        edit_person(person=row, password=form.cleaned_data["new_password"], by=by, at=at)


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
