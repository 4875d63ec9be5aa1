"""A new case from a text: taking the text in, or keeping it as a background document."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tracker.forms.demands import DayField
from tracker.models import (
    Case,
    Document,
    Draft,
    User,
)
from tracker.services.documents import NewDocument
from tracker.services.intake import check_text, decode_text
from tracker.services.refusals import Refused


class TextForm(forms.Form):
    """The text of an appeal, pasted or as a file."""

    text = forms.CharField(
        label=_("Paste the text"),
        widget=forms.Textarea(attrs={"rows": 12}),
        required=False,
        strip=False,
        help_text=_("The whole text as published, signatures and footnotes included."),
    )
    file = forms.FileField(
        label=_("Or choose a text file"), required=False, help_text=_("Plain text (.txt).")
    )
    source_url = forms.URLField(
        label=_("Where it was published"),
        max_length=700,
        required=False,
        assume_scheme="https",
        help_text=_("The address of the page, so that a colleague finds the original."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        file, text = data.get("file"), data.get("text") or ""
        if file and text.strip():
            self.add_error("file", _now("Paste the text or choose a file, not both."))
        elif file:
            try:
                data["text"] = check_text(decode_text(file.read()))
                data["filename"] = file.name
            except Refused as error:
                self.add_error("file", str(error))
        elif "file" not in self.errors:
            try:
                data["text"] = check_text(text)
            except Refused as error:
                self.add_error("text", str(error))
        return data


class CasesField(forms.ModelMultipleChoiceField):
    default_error_messages = {
        "invalid_choice": _("One of the cases you ticked is not there any more. Choose again.")
    }

    def label_from_instance(self, obj: Case) -> str:
        return f"{obj.reference}: {obj.title}"


class BackgroundForm(forms.Form):
    """A text that is no appeal, filed under the cases it tells about."""

    title = forms.CharField(label=_("Title"), max_length=300)
    kind = forms.ChoiceField(label=_("Kind"), choices=Document.Kind.choices)
    publisher = forms.CharField(
        label=_("Source"),
        max_length=200,
        required=False,
        help_text=_("Who wrote or published it."),
    )
    dated_on = DayField(label=_("Dated"), required=False)
    cases = CasesField(
        label=_("File it under"),
        queryset=Case.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose the case or cases it tells about.")},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cases"].queryset = Case.objects.visible_to(user).order_by("-created_at", "pk")

    def new_document(self, draft: Draft) -> NewDocument:
        data = self.cleaned_data
        return NewDocument(
            title=data["title"],
            kind=data["kind"],
            url=draft.source_url,
            publisher=data["publisher"],
            dated_on=data["dated_on"],
            text=draft.text,
            language=draft.proposal["language"] or "",
        )
