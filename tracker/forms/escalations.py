"""Taking a next step, or saying why not."""

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from tracker.forms.people import PersonField
from tracker.models import User


class StepForm(forms.Form):
    TAKE, DECLINE = "take", "decline"

    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=[(TAKE, _("Take this step")), (DECLINE, _("Not in this case"))],
        widget=forms.RadioSelect,
        initial=TAKE,
    )
    do_by = forms.DateField(
        label=_("Do it by"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("A date of ours; you are reminded of it."),
    )
    owner = PersonField(label=_("Who does it"), queryset=User.objects.none(), required=False)
    reason = forms.CharField(
        label=_("Why not"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args, people: QuerySet[User], **kwargs) -> None:
        """`people` are those who may see the case."""
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = people

    def clean(self) -> dict:
        data = super().clean()
        if data.get("decision") == self.TAKE and not self.errors and not data["do_by"]:
            self.add_error("do_by", _("Choose the day by which it is to be done."))
        return data
