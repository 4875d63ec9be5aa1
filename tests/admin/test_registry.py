"""Every table is at the desk, on the one base, with what a desk page must have."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.filters import RelatedFieldListFilter
from django.db import models

from tracker.admin.base import ReadOnlyAdmin, ScopedInline, ScopedModelAdmin
from tracker.admin.scoping import ScopedRelatedFilter

DESK = sorted(admin.site._registry.items(), key=lambda item: item[0].__name__)
RECORD = {
    "StatusChange",
    "StatusProposal",
    "DeadlineChange",
    "Event",
    "EventChain",
    "EventValue",
    "Mail",
    "MailTransition",
    "Reminder",
    "SweepRun",
    "Outage",
    "EscalationChoice",
    "Invitation",
    "AccountChange",
    "EmergencyAccess",
}
# Rows on which nothing else stands; everything with a history is closed or cancelled instead.
DELETABLE = {
    "Membership",
    "CaseLink",
    "Signatory",
    "CitedNorm",
    "DatedFact",
    "Evidence",
    "ReminderPlan",
    "CalendarDay",
    "ResponseGrade",
}


def relation(model: type[models.Model], path: str) -> bool:
    field = None
    for part in path.split("__"):
        field = model._meta.get_field(part)
        if field.is_relation:
            model = field.related_model
    return field.is_relation


# The machinery's own: nobody has anything to look up there.
HIDDEN = {"FormSubmission", "GuessLimit"}


def test_every_table_is_at_the_desk():
    tables = {
        model
        for model in apps.get_app_config("tracker").get_models()
        if model.__name__ not in HIDDEN
    }
    assert tables == set(admin.site._registry)


@pytest.mark.parametrize(("model", "desk"), DESK, ids=[model.__name__ for model, _ in DESK])
class TestEachTable:
    def test_stands_on_the_one_base(self, model, desk):
        assert isinstance(desk, ScopedModelAdmin)
        assert all(issubclass(inline, ScopedInline) for inline in desk.inlines)

    def test_edits_nothing_in_the_list(self, model, desk):
        assert desk.list_editable == ()

    def test_filters_by_relations_through_the_gate(self, model, desk):
        for item in desk.list_filter:
            if isinstance(item, tuple):
                assert item[1] is ScopedRelatedFilter
                assert issubclass(item[1], RelatedFieldListFilter)
            else:
                assert not relation(model, item), item

    def test_reads_the_list_with_its_relations(self, model, desk):
        for name in desk.list_display:
            if name in {field.name for field in model._meta.concrete_fields}:
                field = model._meta.get_field(name)
                if field.is_relation:
                    paths = [path.split("__")[0] for path in desk.list_select_related or ()]
                    assert name in paths, name

    def test_orders_its_rows(self, model, desk):
        assert desk.ordering

    def test_offers_people_in_a_select_and_the_rest_by_typing(self, model, desk):
        for field in [*model._meta.concrete_fields, *model._meta.many_to_many]:
            if not field.is_relation or not field.editable or isinstance(desk, ReadOnlyAdmin):
                continue
            known = set(desk.autocomplete_fields) | set(desk.fixed_fields)
            readonly = set(desk.readonly_fields)
            few = field.related_model.__name__ == "User"
            shown = {
                name
                for _title, options in desk.fieldsets
                for line in options["fields"]
                for name in (line if isinstance(line, tuple | list) else [line])
            }
            assert few or field.name in known | readonly or field.name not in shown, field.name

    def test_says_what_each_group_of_fields_is_for(self, model, desk):
        if not isinstance(desk, ReadOnlyAdmin):
            for _title, options in desk.fieldsets:
                assert options.get("description"), desk

    def test_deletes_only_what_nothing_stands_on(self, model, desk, rf, owner, administrator):
        for person in (owner, administrator):
            request = rf.get("/")
            request.user = person
            if desk.has_delete_permission(request):
                assert model.__name__ in DELETABLE

    def test_lets_nobody_touch_the_record(self, model, desk, rf, administrator):
        if model.__name__ not in RECORD:
            return
        request = rf.get("/")
        request.user = administrator
        assert not desk.has_add_permission(request)
        assert not desk.has_change_permission(request)
        assert not desk.has_delete_permission(request)
