"""What is asked: the words of a demand, its kind, and of whom."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tracker.forms.correspondence import AddresseeField
from tracker.forms.people import PersonField
from tracker.forms.versioned import ReasonedForm
from tracker.models import Addressee, Demand, User


class AskedField(forms.ModelMultipleChoiceField):
    label_from_instance = AddresseeField.label_from_instance


class DemandForm(ReasonedForm):
    """Of a demand that has its case; a new one needs no reason."""

    text = forms.CharField(
        label=_("Word for word"),
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write what is asked, in the words of the appeal.")},
    )
    addressees = AskedField(
        label=_("Asked of"),
        queryset=Addressee.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    owner = PersonField(
        label=_("Owner"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("whoever leads the case"),
        help_text=_("Follows this demand and hears of its dates."),
    )

    class Meta:
        model = Demand
        fields = ["text", "heading", "addressees", "kind", "basis", "owner", "met_when"]
        widgets = {"met_when": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        case = self.instance.case
        self.fields["addressees"].queryset = case.addressees.select_related("authority").order_by(
            "number", "pk"
        )
        people = User.objects.working().able_to_see(case)
        people |= User.objects.filter(pk=self.instance.owner_id)
        self.fields["owner"].queryset = people.distinct().order_by("name", "pk")
        if self.instance._state.adding:
            del self.fields["change_reason"]
