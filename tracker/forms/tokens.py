"""What a form carries besides what a person types: its token, and the page it stands on."""

import uuid
from typing import Any

from django import template
from django.middleware.csrf import get_token
from django.utils.html import format_html

CSRF = "csrfmiddlewaretoken"
TOKEN = "form_token"  # noqa: S105 - a field's name
PAGE = "form_page"
CARRIED = (CSRF, TOKEN, PAGE)

# Loaded for all templates by the settings, those of the libraries too.
register = template.Library()


@register.simple_tag(takes_context=True)
def csrf_token(context: Any) -> str:
    """Django's hidden field, and ours beside it.

    Under Django's name, because Django takes no form without it: so no form can go without ours.
    A form that is shown again keeps its token.
    """
    request = context.request
    field = '<input type="hidden" name="{}" value="{}">'
    shown = format_html(field, CSRF, get_token(request))
    if request.user.is_authenticated:
        unsent = getattr(request, "unsent", None)
        sent = unsent.data if unsent else request.POST
        shown += format_html(field, TOKEN, sent.get(TOKEN) or uuid.uuid4())
        shown += format_html(field, PAGE, request.get_full_path())
    return shown
