"""A person's own settings."""

from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _

from tracker.forms.people import PersonField
from tracker.models import User
from tracker.services.profiles import OWN_FIELDS


class ProfileForm(forms.ModelForm):
    deputy = PersonField(
        label=_("Deputy"),
        queryset=User.objects.none(),
        required=False,
        help_text=_("Gets your reminders while you are away."),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=[(name, name) for name in sorted(available_timezones()) if "/" in name],
        help_text=_("Reminders and dates follow this clock."),
    )

    class Meta:
        model = User
        fields = OWN_FIELDS
        widgets = {"away_until": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["digest_hour"].help_text = _("0 to 23, by the clock of your time zone.")
        self.fields["deputy"].queryset = (
            User.objects.active().exclude(pk=self.instance.pk).order_by("name", "pk")
        )

    def clean(self) -> dict:
        data = super().clean()
        if data.get("away_until") and not data.get("deputy"):
            self.add_error("deputy", _("Say who gets your reminders while you are away."))
        return data
