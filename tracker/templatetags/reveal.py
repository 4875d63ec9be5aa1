"""Names and contacts as pages show them."""

from django import template
from django.db import models

from tracker.models import hidden_columns
from tracker.models import shown as shown_of

register = template.Library()


@register.filter
def shown(row: models.Model, column: str) -> str:
    """The value of a column, or what stands for it."""
    return shown_of(row, column)


@register.filter
def hides(row: models.Model) -> bool:
    """Whether something of a row is masked, so that it can be asked for."""
    return bool(hidden_columns(row))
