"""What went out, what came in, and how each answer does to each demand."""

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminDateWidget, AutocompleteSelect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tracker.admin.base import ScopedModelAdmin, ScopedTabularInline, nobody, shown
from tracker.admin.forms import EditingForm
from tracker.admin.scoping import ScopedRelatedFilter, visible
from tracker.models import Action, Addressee, Response, ResponseGrade
from tracker.permissions import works
from tracker.reports.revisions import named
from tracker.services.correspondence import (
    SILENCE,
    NewGrade,
    direction_of,
    grade_response,
    log_action,
    record_response,
)


class ActionForm(EditingForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "kind" not in self.fields:
            return
        if self.instance.kind == Action.Kind.RESPONSE:
            self.fields["kind"].disabled = True
        else:
            # An answer stops clocks and is graded, so it is entered as a response.
            self.fields["kind"].choices = [
                choice
                for choice in self.fields["kind"].choices
                if choice[0] != Action.Kind.RESPONSE
            ]

    def clean(self):
        cleaned = super().clean()
        case = cleaned.get("case") or getattr(self.instance, "case", None)
        addressee = cleaned.get("addressee")
        if case and addressee and addressee.case_id != case.pk:
            self.add_error("addressee", _("Choose an addressee of the same case."))
        tied = set(self.initial.get("documents", ()))
        for document in set(cleaned.get("documents", ())) - tied:
            if case and not document.cases.filter(pk=case.pk).exists():
                self.add_error(
                    "documents",
                    _("File “%(title)s” with this case first.") % {"title": document.title},
                )
        return cleaned


@admin.register(Action)
class ActionAdmin(ScopedModelAdmin):
    form = ActionForm
    section = "answers"
    list_display = ["happened_on", "kind", "direction", "case_reference", "addressee", "by_name"]
    case_reference = shown("case__reference", gettext_lazy("case"))
    by_name = shown("by__name", gettext_lazy("entered by"))
    list_select_related = ["case", "addressee__case", "addressee__authority", "by"]
    list_filter = ["direction", "kind", ("by", ScopedRelatedFilter), ("case", ScopedRelatedFilter)]
    search_fields = ["note", "case__reference"]
    date_hierarchy = "happened_on"
    ordering = ["-happened_on", "-pk"]
    autocomplete_fields = ["case", "addressee", "documents"]
    fixed_fields = ("case", "direction", "by", "at")
    fieldsets = [
        (
            None,
            {
                "fields": ["case", "kind", "happened_on", "addressee", "note", "documents"],
                "description": gettext_lazy(
                    "One letter, call or step. An answer is entered under “responses”, because it "
                    "stops clocks."
                ),
            },
        ),
    ]

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None:
            return fieldsets
        entered = {
            "fields": ["direction", "by", "at"],
            "description": gettext_lazy("Set when it was entered."),
        }
        return [*fieldsets, (gettext_lazy("Entered"), entered)]

    def create(self, row, form, *, by, at):
        return log_action(
            case=row.case,
            kind=row.kind,
            happened_on=row.happened_on,
            note=row.note,
            addressee=row.addressee,
            by=by,
            at=at,
        )

    def edit(self, row, form, *, by, at):
        row.direction = direction_of(row.kind)
        super().edit(row, form, by=by, at=at)


class GradeWriting:
    def create(self, row, form, *, by, at):
        grade = NewGrade(demand=row.demand, grade=row.grade, reasoned=row.reasoned, note=row.note)
        [made] = grade_response(response=row.response, grades=[grade], by=by, at=at)
        return made


class GradeForm(EditingForm):
    """A letter that came is graded A to E; silence is put on record on the case page."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance._state.adding and "grade" in self.fields:
            self.fields["grade"].choices = [
                choice for choice in self.fields["grade"].choices if choice[0] not in SILENCE
            ]
        if not self.instance._state.adding and "demand" in self.fields:
            self.fields["demand"].disabled = True

    def clean_grade(self):
        grade = self.cleaned_data["grade"]
        if not self.instance._state.adding and self.instance.response_id and grade in SILENCE:
            raise forms.ValidationError(_("A letter that came cannot be graded as silence."))
        return grade


class ResponseGradeInline(GradeWriting, ScopedTabularInline):
    model = ResponseGrade
    form = GradeForm
    fields = ["demand", "grade", "reasoned", "note"]
    ordering = ["demand__number"]
    may_delete = staticmethod(works)

    def rows_to_choose(self, db_field, request):
        rows = super().rows_to_choose(db_field, request)
        if db_field.name == "demand" and self.parent:
            return rows.filter(case=self.parent.action.case_id)
        return rows


class ResponseForm(EditingForm):
    addressee = forms.ModelChoiceField(Addressee.objects.none(), label=gettext_lazy("addressee"))
    received_on = forms.DateField(
        label=gettext_lazy("received on"),
        widget=AdminDateWidget,
        help_text=gettext_lazy("The day it reached us; it stops the addressee's clocks."),
    )
    note = forms.CharField(
        label=gettext_lazy("what it says"),
        required=False,
        widget=forms.Textarea,
        help_text=gettext_lazy("Two sentences a colleague needs."),
    )


@admin.register(Response)
class ResponseAdmin(ScopedModelAdmin):
    form = ResponseForm
    section = "answers"
    inlines = [ResponseGradeInline]
    list_display = [
        "incoming_number",
        "dated_on",
        "addressee_name",
        "case_reference",
        "confidential",
    ]
    case_reference = shown("action__case__reference", gettext_lazy("case"))
    addressee_name = shown("action__addressee__authority__name", gettext_lazy("addressee"))
    list_select_related = ["action__case", "action__addressee__authority"]
    list_filter = ["confidential", ("action__case", ScopedRelatedFilter)]
    search_fields = ["incoming_number", "action__case__reference", "action__note"]
    date_hierarchy = "dated_on"
    ordering = ["-action__happened_on", "-pk"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "addressee",
                    "received_on",
                    "incoming_number",
                    "dated_on",
                    "note",
                    "confidential",
                ],
                "description": gettext_lazy(
                    "A letter that came in. Save it, then grade it per demand below."
                ),
            },
        ),
    ]

    def get_fieldsets(self, request, obj=None):
        if obj is None:
            return super().get_fieldsets(request, obj)
        description = gettext_lazy("Its day and note are part of the action it came with.")
        fields = ["action", "incoming_number", "dated_on", "confidential"]
        return [(None, {"fields": fields, "description": description})]

    def get_readonly_fields(self, request, obj=None):
        return ("action", "addressee", "received_on", "note") if obj else ()

    def get_inlines(self, request, obj):
        return super().get_inlines(request, obj) if obj else []

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        if "addressee" in form.base_fields:
            field = form.base_fields["addressee"]
            field.queryset = named(visible(Addressee, request.user))
            field.widget = AutocompleteSelect(
                Action._meta.get_field("addressee"), self.admin_site, choices=field.choices
            )
        return form

    def create(self, row, form, *, by, at):
        given = form.cleaned_data
        return record_response(
            addressee=given["addressee"],
            received_on=given["received_on"],
            incoming_number=given["incoming_number"],
            dated_on=given["dated_on"],
            note=given["note"],
            confidential=given["confidential"],
            by=by,
            at=at,
        )


@admin.register(ResponseGrade)
class ResponseGradeAdmin(ScopedModelAdmin):
    """Looked up here; entered on the response's page or, for silence, on the case page."""

    form = GradeForm
    section = "answers"
    may_add = staticmethod(nobody)
    may_delete = staticmethod(works)
    list_display = ["grade", "demand", "addressee", "graded_on", "by_name"]
    by_name = shown("by__name", gettext_lazy("graded by"))
    list_select_related = ["demand__case", "addressee__case", "addressee__authority", "by"]
    list_filter = ["grade", "reasoned", ("by", ScopedRelatedFilter)]
    search_fields = ["note", "demand__text", "demand__case__reference"]
    date_hierarchy = "graded_on"
    ordering = ["-graded_on", "-pk"]
    fixed_fields = ("demand", "addressee", "response", "graded_on", "by")
    fieldsets = [
        (
            None,
            {
                "fields": ["demand", "addressee", "response", "grade", "reasoned", "note"],
                "description": gettext_lazy(
                    "How one addressee answered one demand, in the letters of the UN Human Rights "
                    "Committee."
                ),
            },
        ),
        (
            gettext_lazy("Entered"),
            {
                "fields": ["graded_on", "by"],
                "description": gettext_lazy("Set when it was graded."),
            },
        ),
    ]
