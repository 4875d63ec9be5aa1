"""The everyday changes of a case, each with the form of its own page."""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tracker.forms.demands import DayField, DocumentField
from tracker.forms.draft_case import APPEAL, HEAD, LANGUAGES, REPLY, WORK, NotAhead
from tracker.forms.masked import MaskedForm
from tracker.forms.numbers import sent_number
from tracker.forms.people import PersonField
from tracker.forms.versioned import ReasonedForm, VersionedForm
from tracker.models import Case, CloseReason, Document, Phase, User
from tracker.services.cases import phases_after


class CaseForm(VersionedForm):
    def __init__(self, *args: Any, on: datetime.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on


class FactsForm(NotAhead, MaskedForm, CaseForm, ReasonedForm):
    """What the appeal is; its reference names addresses, so it is changed in the admin alone."""

    issued_on = DayField(label=_("Dated"), required=False)
    source = DocumentField(
        label=_("Source text"),
        queryset=Document.objects.none(),
        required=False,
        empty_label=_("none"),
        help_text=_("One of the documents of this case; demands are marked in it."),
    )

    class Meta:
        model = Case
        fields = [*HEAD, *APPEAL, *WORK, "source", *REPLY]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Papers of this case alone, so that no title of another crosses over.
        papers = Document.objects.visible_to(self.reader).filter(cases=self.instance)
        self.fields["source"].queryset = papers.order_by("title", "pk")
        languages = dict(LANGUAGES)
        # A text loaded from a file may be in a language that is not offered here.
        languages.setdefault(self.instance.language, self.instance.language)
        self.fields["language"].widget = forms.Select(choices=[*languages.items()])
        self.fields["language"].help_text = ""
        for name, rows in {"summary": 3, "response_request": 2}.items():
            self.fields[name].widget.attrs["rows"] = rows
        for name in ("reply_address", "contacts"):
            self.fields[name].widget.attrs["rows"] = 2


class LeadForm(CaseForm, ReasonedForm):
    lead = PersonField(
        label=_("Lead"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("nobody"),
        help_text=_(
            "Answers for the case, and gets its reminders where nobody else is named. Joins the "
            "team of a case that is not open to all."
        ),
    )

    class Meta:
        model = Case
        fields = ["lead"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The lead of today stays a choice though they may work no more, or the form could not
        # show who it is.
        people = User.objects.working() | User.objects.filter(pk=self.instance.lead_id)
        self.fields["lead"].queryset = people.order_by("name", "pk")


class ConfidentialityForm(CaseForm, ReasonedForm):
    class Meta:
        model = Case
        fields = ["confidentiality"]
        widgets = {"confidentiality": forms.RadioSelect}


class PhaseForm(CaseForm, ReasonedForm):
    phase = forms.ChoiceField(
        label=_("New phase"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the new phase.")},
    )

    class Meta:
        model = Case
        fields = ["phase"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phase"].choices = [
            (phase, Phase(phase).label)
            for phase in phases_after(self.instance.phase)
            if phase != Phase.CLOSED
        ]


class CloseForm(CaseForm):
    close_reason = forms.ChoiceField(
        label=_("Why it is closed"),
        choices=[("", _("choose")), *CloseReason.choices],
        error_messages={"required": _("Choose why the case is closed.")},
    )
    closing_note = forms.CharField(
        label=_("Closing note"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What came of the appeal, and why it ends now."),
        error_messages={
            "required": _("Write the closing note: what came of the appeal, and why now.")
        },
    )

    class Meta:
        model = Case
        fields = ["close_reason", "closing_note"]


class ReopenCaseForm(CaseForm):
    reason = forms.CharField(
        label=_("Which new facts reopen it"),
        max_length=100,
        help_text=_("A few words, for whoever reads the history next year."),
        error_messages={"required": _("Say which new facts reopen the case.")},
    )

    class Meta:
        model = Case
        fields: list[str] = []


class MemberForm(forms.Form):
    user = PersonField(
        label=_("Whom"),
        queryset=User.objects.none(),
        empty_label=_("choose"),
        error_messages={"required": _("Choose who joins the team.")},
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = User.objects.active().exclude(memberships__case=case)
        field = self.fields["user"]
        field.queryset = others.order_by("name", "pk")
        # Added in another window meanwhile, so they stand in the list no more.
        chosen = sent_number(self.data.get("user", ""))
        if there := User.objects.filter(memberships__case=case, pk=chosen).first():
            field.error_messages["invalid_choice"] = _now("%(name)s is already on the team.") % {
                "name": there.name
            }
