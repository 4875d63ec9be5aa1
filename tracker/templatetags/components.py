"""What repeats on the pages, by name; the HTML of each is a file of `templates/components/`."""

from django import template

register = template.Library()


@register.filter
def named(row: object, otherwise: str = "–") -> str:
    """The name of a row that may be absent, so that a misspelling is not taken for an absence."""
    return row.name if row else otherwise
