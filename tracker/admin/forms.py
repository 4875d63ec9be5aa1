"""Forms of the admin: they show what a service refused, and cut no link the person does not see."""

from collections.abc import Iterable
from typing import ClassVar

from django.core.exceptions import ValidationError

from tracker.forms.masked import MaskedForm
from tracker.forms.refusals import show_refusal
from tracker.forms.versioned import ReasonedForm, VersionedForm
from tracker.services.refusals import Refused


class EditingForm(MaskedForm):
    """`refusals`, set on the form class of one request, are what a service refused of its page."""

    refusals: ClassVar[Iterable[Refused | ValidationError]] = ()

    def clean(self):
        cleaned = super().clean()
        self._keep_unseen_links()
        for refused in self.refusals:
            show_refusal(self, refused)
        return cleaned

    def _keep_unseen_links(self):
        """Links to rows this person does not see are not theirs to cut."""
        for field in self._meta.model._meta.many_to_many if self.instance.pk else ():
            if field.name in self.cleaned_data:
                seen = self.fields[field.name].queryset
                unseen = getattr(self.instance, field.name).exclude(pk__in=seen.values("pk"))
                self.cleaned_data[field.name] = [*self.cleaned_data[field.name], *unseen]


class NumberedForm(EditingForm):
    """Rows known by their number in a case; a new one without a number becomes the next."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "number" in self.fields and self.instance._state.adding:
            self.fields["number"].required = False


class EditingVersionedForm(EditingForm, VersionedForm):
    pass


class EditingReasonedForm(EditingForm, ReasonedForm):
    pass


class NumberedVersionedForm(NumberedForm, EditingVersionedForm):
    pass


class NumberedReasonedForm(NumberedForm, EditingReasonedForm):
    pass
