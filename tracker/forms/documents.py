"""Adding a document: a file, a text or an address, with where it came from."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tracker.models import Document
from tracker.services.documents import NewDocument


class PaperField(forms.FileField):
    """A file that may be left out, with what `services/documents.py` takes said beside it."""

    def __init__(self, **kwargs: Any) -> None:
        taken = _("PDF, DOCX, ODT, JPG, PNG, EML or TXT, at most 20 MB.")
        super().__init__(required=False, help_text=taken, **kwargs)


class DocumentForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=300)
    kind = forms.ChoiceField(label=_("Kind"), choices=Document.Kind.choices)
    publisher = forms.CharField(
        label=_("Source"),
        max_length=200,
        required=False,
        help_text=_("Who wrote or published it."),
    )
    url = forms.URLField(
        label=_("Address on the web"), max_length=700, required=False, assume_scheme="https"
    )
    dated_on = forms.DateField(
        label=_("Dated"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    file = PaperField(label=_("File"))
    text = forms.CharField(
        label=_("Text"), required=False, widget=forms.Textarea(attrs={"rows": 6})
    )
    provenance = forms.CharField(
        label=_("How it reached us"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    by_authority = forms.BooleanField(
        label=_("These are the authority's own words"),
        required=False,
        help_text=_("An authority's claim alone does not prove that it acted."),
    )

    def clean(self) -> dict:
        data = super().clean()
        if not self.errors and not (data["file"] or data["text"].strip() or data["url"]):
            raise forms.ValidationError(
                _("Give one of the three: a file, the text, or an address on the web.")
            )
        return data

    def new_document(self) -> NewDocument:
        return NewDocument(**self.cleaned_data)
