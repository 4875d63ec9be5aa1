"""Choosing a person, and what is asked about one."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tracker.models import AccountChange, Role, User


class PersonField(forms.ModelChoiceField):
    """People by name; their e-mail addresses stay out of the page."""

    def label_from_instance(self, obj: User) -> str:
        return obj.name


class TravelForm(forms.Form):
    until = forms.DateField(
        label=_("Up to and including"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Left empty, only a coordinator or administrator can end it."),
    )
    sure = forms.BooleanField(
        label=_("I know that I cannot take it back myself"),
        error_messages={"required": _("Tick this: you cannot take it back yourself.")},
    )


class InvitationForm(forms.Form):
    """What is needed of a colleague to be; they choose the rest themselves.

    No form of a row: somebody whose invitation was taken back may be invited again, and the
    service decides who.
    """

    def __init__(self, *args: Any, roles: list[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= forms.fields_for_model(User, ["name", "email", "role", "language"])
        self.fields["email"].help_text = _("The link goes there.")
        self.fields["role"].choices = [(role.value, role.label) for role in roles]


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, roles: list[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role.value, role.label) for role in roles]


class AccountChangeForm(forms.Form):
    new_address = forms.EmailField(
        label=_("New address"),
        max_length=254,
        error_messages={"required": _("Type the new address.")},
    )
    reason = forms.CharField(
        label=_("Why"),
        max_length=300,
        help_text=_("Whoever agrees reads this, and the person themselves."),
        error_messages={"required": _("Say why.")},
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind != AccountChange.Kind.ADDRESS:
            del self.fields["new_address"]


class LeavingForm(forms.Form):
    successor = PersonField(
        label=_("Who takes over"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("nobody"),
    )
    sure = forms.BooleanField(
        label=_("The account is closed and everything open with it ends now"),
        error_messages={"required": _("Tick this, so that nobody is closed out by mistake.")},
    )

    def __init__(self, *args: Any, person: User, reader: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        colleagues = User.objects.visible_to(reader).working().exclude(pk=person.pk)
        self.fields["successor"].queryset = colleagues.order_by("name", "pk")


class FirstPasswordForm(forms.Form):
    """As the library's own form for a new password asks."""

    password1 = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters: a few unlikely words are good."),
    )
    password2 = forms.CharField(
        label=_("The same again"),
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("password1") != data.get("password2"):
            self.add_error("password2", _("The two are not the same."))
        return data
