"""Parts of a form's field for the templates that draw it."""

from django import template
from django.forms import BaseForm, BoundField
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def as_shown(field: BoundField) -> SafeString:
    """The hidden twin with the value as the page shows it, which groups of choices leave out."""
    shown = field.field.show_hidden_initial
    return field.as_hidden(only_initial=True) if shown else SafeString("")


@register.filter
def errors_told(form: BaseForm) -> int:
    """A field, and the form as a whole, may have more than one."""
    return sum(len(told) for told in form.errors.values())
