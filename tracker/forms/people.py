"""Choosing a person."""

from django import forms

from tracker.models import User


class PersonField(forms.ModelChoiceField):
    """People by name; their e-mail addresses stay out of the page."""

    def label_from_instance(self, obj: User) -> str:
        return obj.name
