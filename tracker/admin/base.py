"""The one base of every page of the admin.

A table's admin says who may do what (`may_view`, `may_add`, ... take a user) and which services
write it (`create`, `edit`, `remove`). Everything it shows and accepts passes the gate.
"""

import copy
import datetime
from collections.abc import Iterable

from django.contrib import admin, messages
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from tracker import permissions
from tracker.admin.export import export_csv
from tracker.admin.forms import EditingForm
from tracker.admin.lookups import DeclaredLookups
from tracker.admin.saving import PageRefused, refusing
from tracker.admin.scoping import Scoped
from tracker.forms.versioned import VERSION, VersionedForm
from tracker.models import MASK, Case, User, hidden_columns
from tracker.reports.revisions import revisions
from tracker.services.records import add_row, edit_row, note_links, remove_row
from tracker.services.refusals import Refused

CONFLICT = 409


def nobody(user: User) -> bool:
    """For what is never done in the admin."""
    return False


def shown(path: str, label):
    """A list's column with one short word of a related row: a person without the e-mail address,
    a case by its reference."""

    @admin.display(description=label, ordering=path)
    def column(self, row):
        for name in path.split("__"):
            row = getattr(row, name) if row is not None else None
        return row

    return column


class Writing:
    """Who may do what, and which service writes a row; overridden where a table has own rules.

    Rows come through `get_queryset`, which is the gate; these ask about the person alone.
    """

    may_view = staticmethod(permissions.works)
    may_add = staticmethod(permissions.works)
    may_change = staticmethod(permissions.works)
    may_delete = staticmethod(nobody)

    def has_view_permission(self, request, obj=None):
        return self.may_view(request.user)

    def has_add_permission(self, request, obj=None):
        return self.may_add(request.user)

    def has_change_permission(self, request, obj=None):
        return self.may_change(request.user)

    def has_delete_permission(self, request, obj=None):
        return self.may_delete(request.user)

    def create(self, row, form, *, by, at):
        """Returns the row as saved, which may be another copy than the form's."""
        return add_row(row=row, by=by, at=at)

    def edit(self, row, form, *, by, at):
        edit_row(row=row, by=by, at=at, reason=reason_of(form))

    def remove(self, row, *, by, at):
        remove_row(row=row, by=by, at=at)

    def save(self, row, form, change, *, by, at):
        """One call of the service; what it refuses is raised as the page's refusal."""
        with refusing(form):
            if change:
                self.edit(row, form, by=by, at=at)
                return
            made = self.create(row, form, by=by, at=at)
        if made is not row:  # the framework goes on with the form's copy
            row.pk = made.pk
            row.refresh_from_db()
            row._state.adding = False

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if not issubclass(self.form, VersionedForm) or VERSION in flatten_fieldsets(fieldsets):
            return fieldsets
        # The admin draws what its fieldsets name, and a form without its version is no use.
        *others, (name, options) = fieldsets
        return [*others, (name, {**options, "fields": [*options["fields"], VERSION]})]


def reason_of(form) -> str:
    return form.cleaned_data.get("change_reason", "")


class ScopedModelAdmin(Writing, Scoped, DeclaredLookups, admin.ModelAdmin):
    form = EditingForm
    section = "cases"
    place = 9  # among its section's tables; equal places by the alphabet
    actions = (export_csv,)
    list_per_page = 50
    list_max_show_all = 500
    object_history_template = "admin/object_history.html"
    # Of one request: when it acts, and what its form says was refused.
    at: datetime.datetime
    refusals: Iterable[Exception] = ()
    # Set when the row was first saved, and kept: a row stays with its case.
    fixed_fields: tuple[str, ...] = ()

    # Who may do what

    def has_module_permission(self, request):
        return self.may_view(request.user)

    def get_object(self, request, object_id, from_field=None):
        """Absent and hidden look the same, here as on the staff pages."""
        row = super().get_object(request, object_id, from_field)
        if row is None:
            raise Http404
        if not self.has_change_permission(request, row):
            for name in hidden_columns(row):  # shown as text, not in a form with masks of its own
                setattr(row, name, MASK)
        return row

    # Saving

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        form.reader = request.user
        form.refusals = self.refusals
        return form

    def get_readonly_fields(self, request, obj=None):
        readonly = super().get_readonly_fields(request, obj)
        return (*readonly, *self.fixed_fields) if obj else readonly

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        # The framework shares one admin between all requests: this copy knows when it acts.
        page = copy.copy(self)
        page.at = timezone.now()
        asked = (request, object_id, form_url, extra_context)
        if request.unsent:
            # To be shown as it was typed: where something is refused, nothing of it is saved.
            request.method = "POST"
            unsaved = _("Nothing is saved yet. Look through it, then save again.")
            page.refusals = [ValidationError(unsaved)]
        try:
            return super(ScopedModelAdmin, page).changeform_view(*asked)
        except PageRefused as refused:
            # It cannot refuse a row once its forms are valid: so the page is asked for again, and
            # its form says what the service said.
            page.refusals = refused.for_form()
            response = super(ScopedModelAdmin, page).changeform_view(*asked)
            if refused.is_conflict and response.status_code == 200:
                response.status_code = CONFLICT
            return response

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        rows = [form for group in context["inline_admin_formsets"] for form in group.formset.forms]
        forms = (context["adminform"].form, *rows)
        context["stale_forms"] = [form for form in forms if getattr(form, "stale", None)]
        response = super().render_change_form(request, context, *args, obj=obj, **kwargs)
        if context["stale_forms"]:
            response.status_code = CONFLICT
        return response

    def save_model(self, request, obj, form, change):
        if form.changed_data or not change:
            self.save(obj, form, change, by=request.user, at=self.at)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        links = {field.name for field in self.opts.many_to_many} & set(form.changed_data)
        if change and links:
            note_links(row=form.instance, fields=sorted(links), by=request.user, at=self.at)

    def save_formset(self, request, form, formset, change):
        inline, acting = formset.inline, {"by": request.user, "at": self.at}
        formset.save(commit=False)
        forms_of = {id(row_form.instance): row_form for row_form in formset.forms}
        for row in formset.deleted_objects:
            with refusing(forms_of[id(row)]):
                inline.remove(row, **acting)
        for row, _changed in formset.changed_objects:
            inline.save(row, forms_of[id(row)], change=True, **acting)
        for row in formset.new_objects:
            inline.save(row, forms_of[id(row)], change=False, **acting)
        formset.save_m2m()

    def delete_view(self, request, object_id, extra_context=None):
        try:
            return super().delete_view(request, object_id, extra_context)
        except (Refused, ValidationError) as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return HttpResponseRedirect(
                reverse(f"admin:tracker_{self.opts.model_name}_change", args=[object_id])
            )

    def delete_model(self, request, obj):
        self.remove(obj, by=request.user, at=timezone.now())

    def no_log(self, request, *args):
        """The services have written the event; the library's own log, with its titles, is empty."""

    log_addition = log_change = log_deletions = no_log

    # Pages

    def history_view(self, request, object_id, extra_context=None):
        row = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        return render(
            request,
            self.object_history_template,
            {
                **self.admin_site.each_context(request),
                "title": _("History: %s") % row,
                "module_name": capfirst(self.opts.verbose_name_plural),
                "object": row,
                "opts": self.opts,
                "steps": revisions(row, request.user),
            },
        )


class ReadOnlyAdmin(ScopedModelAdmin):
    """The record: looked at, never touched."""

    section = "record"
    may_add = may_change = may_delete = staticmethod(nobody)


class ScopedInline(Writing, Scoped):
    """Rows shown within another row's page."""

    form = EditingForm
    extra = 0

    def get_formset(self, request, obj=None, **kwargs):
        self.parent = obj
        formset = super().get_formset(request, obj, **kwargs)
        formset.inline = self
        formset.form.reader = request.user
        return formset

    def rows_to_choose(self, db_field, request) -> models.QuerySet:
        """Within a case's page, only its own addressees and demands."""
        rows = super().rows_to_choose(db_field, request)
        if self.parent_model is Case and of_case(db_field.remote_field.model):
            return rows.filter(case=self.parent)
        return rows

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.is_relation and of_case(db_field.remote_field.model):
            # Such a row is added in its own group of the same page.
            field.widget.can_add_related = field.widget.can_view_related = False
        return field


def of_case(model: type[models.Model]) -> bool:
    return any(field.name == "case" for field in model._meta.fields)


class ScopedTabularInline(ScopedInline, admin.TabularInline):
    """Each field carries its name: the head of its column is no label to whoever hears the page."""

    def get_formset(self, request, obj=None, **kwargs):
        class Named(super().get_formset(request, obj, **kwargs)):
            def add_fields(self, form, index):
                super().add_fields(form, index)
                for field in form.fields.values():
                    # A related row's widget wraps the one that is drawn.
                    drawn = getattr(field.widget, "widget", field.widget)
                    drawn.attrs["aria-label"] = capfirst(field.label)

        return Named


class ScopedStackedInline(ScopedInline, admin.StackedInline):
    pass
