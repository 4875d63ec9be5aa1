"""The gate of the admin: rows, choices, filters and lookups hold only what the person may see."""

from django import forms
from django.contrib import admin
from django.contrib.admin.filters import RelatedOnlyFieldListFilter
from django.db import models
from django.db.models import Count
from django.forms.models import ModelChoiceIterator
from django.utils.translation import gettext as _

from tracker.models import Addressee, Authority, Mail, MailTransition, Outage, SweepRun, User
from tracker.permissions import coordinates
from tracker.reports.revisions import named


def visible(model: type[models.Model], user: User) -> models.QuerySet:
    """Every row of a table this person may see; a table without a gate has no place here."""
    if model in (SweepRun, Outage):  # counts of the machinery, of no case in particular
        return (
            model._default_manager.filter() if coordinates(user) else model._default_manager.none()
        )
    if model is MailTransition:
        return MailTransition.objects.filter(mail__in=Mail.objects.visible_to(user))
    return model._default_manager.visible_to(user)


class RememberedIterator(ModelChoiceIterator):
    """Reads the choices once per form class, not once per row of an inline."""

    def __iter__(self):
        if self.field.empty_label is not None:
            yield ("", self.field.empty_label)
        if not self.field.remembered:
            self.field.remembered.extend(self.choice(row) for row in self.queryset.all())
        yield from self.field.remembered


class RowChoiceField(forms.ModelChoiceField):
    iterator = RememberedIterator

    def __init__(self, *args, **kwargs):
        self.remembered = []  # shared by the copies that the rows of an inline make
        super().__init__(*args, **kwargs)


class PersonChoiceField(RowChoiceField):
    def label_from_instance(self, person: User) -> str:
        if person.is_active:
            return person.name
        return _("%(name)s (has left)") % {"name": person.name}


class ScopedRelatedFilter(RelatedOnlyFieldListFilter):
    """Offers related rows that are in use and may be seen, and answers for no others."""

    def field_choices(self, field, request, model_admin):
        used = model_admin.get_queryset(request).values(f"{self.field_path}__pk")
        rows = visible(field.remote_field.model, request.user).filter(pk__in=used)
        ordering = self.field_admin_ordering(field, request, model_admin)
        return [
            (row.pk, row.name if isinstance(row, User) else str(row))
            for row in named(rows).order_by(*ordering, "pk")
        ]

    def has_output(self):
        """Where one value is all there is to choose, the framework takes any for it."""
        return super().has_output() or self.lookup_val is not None

    def queryset(self, request, queryset):
        allowed = {str(key) for key, _name in self.lookup_choices}
        if self.lookup_val is not None and not set(self.lookup_val) <= allowed:
            return queryset.none()
        return super().queryset(request, queryset)

    def get_facet_queryset(self, changelist):
        """Counted in one column, where the framework asks for a column of every choice: databases
        take about two thousand."""
        rows = changelist.get_queryset(self.request, self.expected_parameters())
        counted = rows.order_by().values(self.field_path).annotate(n=Count("pk", distinct=True))
        found = dict(counted.values_list(self.field_path, "n"))
        choices = {f"{key}__c": found.get(key, 0) for key, _name in self.lookup_choices}
        return {**choices, "__c": found.get(None, 0)}


class Scoped:
    """For pages and inlines of the admin alike: choices of keys come through the gate.

    The queryset of a form field also decides what a POST may name, so a hidden row can neither
    be chosen, nor guessed by its number, nor be named by an error page.
    """

    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    def get_queryset(self, request):
        rows = named(visible(self.model, request.user))
        # Given here too: the list leaves a queryset alone that selects relations already.
        listed = getattr(self, "list_select_related", ()) or ()
        if listed:
            rows = rows.select_related(*listed)
        ordering = self.get_ordering(request)
        return rows.order_by(*ordering) if ordering else rows

    def rows_to_choose(self, db_field, request) -> models.QuerySet:
        model = db_field.remote_field.model
        rows = named(visible(model, request.user))
        if model is Authority and self.model is not Addressee:
            rows = rows.published()  # reference data names nobody's case; of an addressee see there
        if self.admin_site.is_registered(model):
            ordering = self.admin_site.get_model_admin(model).get_ordering(request)
            rows = rows.order_by(*ordering, "pk")
        return rows

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        kwargs["queryset"] = self.rows_to_choose(db_field, request)
        if db_field.name not in self.get_autocomplete_fields(request):
            people = db_field.remote_field.model is User
            kwargs["form_class"] = PersonChoiceField if people else RowChoiceField
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        kwargs["queryset"] = self.rows_to_choose(db_field, request)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        widget = getattr(field, "widget", None)
        if isinstance(widget, admin.widgets.RelatedFieldWidgetWrapper):
            # A pop-up may add or show the related row. It changes and deletes none in passing,
            # and people are looked after on their own page.
            widget.can_delete_related = widget.can_change_related = False
            if db_field.remote_field.model is User:
                widget.can_add_related = widget.can_view_related = False
        return field
