"""Cases and what belongs to their text: team, signatories, cited norms, links."""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tracker.admin.authorities import AddresseeInline
from tracker.admin.base import ScopedModelAdmin, ScopedTabularInline, reason_of, shown
from tracker.admin.deadlines import DeadlineInline
from tracker.admin.demands import DemandInline
from tracker.admin.forms import EditingForm, EditingReasonedForm, NumberedForm
from tracker.admin.scoping import ScopedRelatedFilter
from tracker.forms.draft_case import APPEAL, HEAD, REPLY, WORK, another_than_taken
from tracker.models import Case, CaseLink, CitedNorm, Membership, Phase, Signatory
from tracker.models import shown as shown_value
from tracker.permissions import works
from tracker.services.cases import (
    add_member,
    create_case,
    edit_case,
    phases_after,
    remove_member,
)


class CaseAdminForm(EditingReasonedForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "phase" not in self.fields:
            return
        if self.instance._state.adding:
            allowed = [phase for phase in Phase.values if phase != Phase.CLOSED]
        else:
            allowed = [self.instance.phase, *phases_after(self.instance.phase)]
        self.fields["phase"].choices = [c for c in Phase.choices if c[0] in allowed]

    def clean_reference(self):
        return another_than_taken(self.cleaned_data["reference"], of=self.instance)


class MembershipForm(EditingForm):
    """A membership is made or ended; it is never turned into somebody else's."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding and "user" in self.fields:
            self.fields["user"].disabled = True


class MembershipWriting:
    may_delete = staticmethod(works)

    def create(self, row, form, *, by, at):
        return add_member(case=row.case, user=row.user, by=by, at=at)

    def remove(self, row, *, by, at):
        remove_member(case=row.case, user=row.user, by=by, at=at)


class MembershipInline(MembershipWriting, ScopedTabularInline):
    model = Membership
    form = MembershipForm
    fields = ["user"]
    verbose_name_plural = gettext_lazy("team: who sees the case when it is not open to all")


class SignatoryInline(ScopedTabularInline):
    model = Signatory
    form = NumberedForm
    fields = ["number", "name", "role", "place", "group", "at_risk"]
    ordering = ["number"]
    may_delete = staticmethod(works)
    classes = ["collapse"]


class CitedNormInline(ScopedTabularInline):
    model = CitedNorm
    form = NumberedForm
    fields = ["number", "instrument", "article", "text", "url"]
    ordering = ["number"]
    may_delete = staticmethod(works)
    classes = ["collapse"]


@admin.register(Case)
class CaseAdmin(ScopedModelAdmin):
    form = CaseAdminForm
    inlines = [
        AddresseeInline,
        DemandInline,
        DeadlineInline,
        SignatoryInline,
        CitedNormInline,
        MembershipInline,
    ]
    place = 0
    list_display = ["reference", "title", "phase", "lead_name", "issued_on", "confidentiality"]
    lead_name = shown("lead__name", gettext_lazy("lead"))
    list_select_related = ["lead"]
    list_filter = [
        "phase",
        "kind",
        "track",
        "confidentiality",
        ("lead", ScopedRelatedFilter),
    ]
    search_fields = ["reference", "title", "issuer", "summary"]
    search_help_text = gettext_lazy("Reference, title, issuer or words of the summary.")
    date_hierarchy = "issued_on"
    ordering = ["reference"]
    autocomplete_fields = ["source"]
    readonly_fields = ["closed_at"]
    not_exported = ["contacts", "reply_address"]
    save_on_top = True
    fieldsets = [
        (
            None,
            {
                "fields": ["reference", *HEAD],
                "description": gettext_lazy("What a colleague must know to find the case."),
            },
        ),
        (
            gettext_lazy("The appeal"),
            {
                "fields": [*APPEAL, "source"],
                "description": gettext_lazy(
                    "As printed. The source text is a document; demands are marked in it."
                ),
            },
        ),
        (
            gettext_lazy("The reply it asks for"),
            {
                "fields": [*REPLY],
                "description": gettext_lazy("Word for word, with the address it gives."),
                "classes": ["collapse"],
            },
        ),
        (
            gettext_lazy("Our work"),
            {
                "fields": ["phase", *WORK, "lead", "confidentiality"],
                "description": gettext_lazy(
                    "How far we are, who answers for it, and who may see it. Whoever restricts a "
                    "case stays on its team."
                ),
            },
        ),
        (
            gettext_lazy("Closing"),
            {
                "fields": ["close_reason", "closing_note", "closed_at"],
                "description": gettext_lazy(
                    "Choose the phase “closed” above and say here why. Open dates are cancelled."
                ),
                "classes": ["collapse"],
            },
        ),
        (
            gettext_lazy("This change"),
            {
                "fields": ["change_reason"],
                "description": gettext_lazy("Stands in the history beside your name."),
            },
        ),
    ]

    def create(self, row, form, *, by, at):
        return create_case(case=row, by=by, at=at)

    def edit(self, row, form, *, by, at):
        edit_case(case=row, by=by, at=at, reason=reason_of(form))

    def view_on_site(self, obj):
        return reverse("case_detail", args=[obj.reference])


@admin.register(Membership)
class MembershipAdmin(MembershipWriting, ScopedModelAdmin):
    form = MembershipForm
    list_display = ["user_name", "case_reference", "added_at"]
    case_reference = shown("case__reference", gettext_lazy("case"))
    user_name = shown("user__name", gettext_lazy("person"))
    list_select_related = ["user", "case"]
    list_filter = [("user", ScopedRelatedFilter), ("case", ScopedRelatedFilter)]
    search_fields = ["user__name", "case__reference"]
    autocomplete_fields = ["case"]
    ordering = ["case__reference", "user__name"]
    fixed_fields = ("case", "user", "added_at")
    fieldsets = [
        (
            None,
            {
                "fields": ["case", "user"],
                "description": gettext_lazy(
                    "Who is on the team of a case. It is seen by them alone when it is not open "
                    "to all staff."
                ),
            },
        )
    ]

    def edit(self, row, form, *, by, at):
        """Both fields are fixed; there is nothing to save."""


class CaseLinkForm(EditingForm):
    def clean(self):
        cleaned = super().clean()
        if cleaned.get("case") and cleaned.get("case") == cleaned.get("other"):
            raise ValidationError({"other": _("A case cannot be linked to itself.")})
        return cleaned


@admin.register(CaseLink)
class CaseLinkAdmin(ScopedModelAdmin):
    form = CaseLinkForm
    list_display = ["case_reference", "kind", "other_reference"]
    other_reference = shown("other__reference", gettext_lazy("other case"))
    case_reference = shown("case__reference", gettext_lazy("case"))
    list_select_related = ["case", "other"]
    list_filter = ["kind", ("case", ScopedRelatedFilter)]
    search_fields = ["case__reference", "other__reference"]
    autocomplete_fields = ["case", "other"]
    ordering = ["case__reference"]
    may_delete = staticmethod(works)
    fieldsets = [
        (
            None,
            {
                "fields": ["case", "kind", "other"],
                "description": gettext_lazy("Read it as a sentence: this case continues that one."),
            },
        )
    ]


@admin.register(Signatory)
class SignatoryAdmin(ScopedModelAdmin):
    form = NumberedForm
    list_display = ["number", "case_reference", "named", "group", "at_risk"]
    case_reference = shown("case__reference", gettext_lazy("case"))
    list_select_related = ["case"]
    list_filter = ["at_risk", ("case", ScopedRelatedFilter)]
    # Names lie encrypted, and cannot be searched.
    search_fields = ["group", "case__reference"]
    autocomplete_fields = ["case"]
    ordering = ["case__reference", "number"]
    fixed_fields = ("case",)
    may_delete = staticmethod(works)
    fieldsets = [
        (
            None,
            {
                "fields": ["case", "number", "name", "role", "place", "group", "at_risk"],
                "description": gettext_lazy(
                    "As printed under the appeal. Without a number it goes to the end. Who is at "
                    "risk is masked for everybody, here too."
                ),
            },
        )
    ]

    @admin.display(description=gettext_lazy("name"))
    def named(self, signatory):
        return shown_value(signatory, "name") or "–"


@admin.register(CitedNorm)
class CitedNormAdmin(ScopedModelAdmin):
    form = NumberedForm
    list_display = ["instrument", "article", "number", "case_reference"]
    case_reference = shown("case__reference", gettext_lazy("case"))
    list_select_related = ["case"]
    list_filter = [("case", ScopedRelatedFilter)]
    search_fields = ["instrument", "article", "text"]
    autocomplete_fields = ["case"]
    ordering = ["case__reference", "number"]
    fixed_fields = ("case",)
    may_delete = staticmethod(works)
    fieldsets = [
        (
            None,
            {
                "fields": ["case", "number", "instrument", "article", "text", "url"],
                "description": gettext_lazy("The law or treaty, and how the appeal cites it."),
            },
        ),
        (
            gettext_lazy("Place in the source text"),
            {
                "fields": [("start", "end")],
                "description": gettext_lazy("Counted in characters from the beginning."),
                "classes": ["collapse"],
            },
        ),
    ]
