"""What a form carries besides what a person types: its token, and the page it stands on."""

import hashlib
import json
import uuid
from typing import Any

from django import template
from django.http import HttpRequest, QueryDict
from django.middleware.csrf import get_token
from django.utils.html import format_html

TOKEN = "form_token"  # noqa: S105 - a field's name
PAGE = "form_page"
CARRIED = ("csrfmiddlewaretoken", TOKEN, PAGE)

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
    shown = format_html(field, CARRIED[0], get_token(request))
    if request.user.is_authenticated:
        unsent = getattr(request, "unsent", None)
        sent = unsent.data if unsent else request.POST
        shown += format_html(field, TOKEN, token_of(sent) or uuid.uuid4())
        shown += format_html(field, PAGE, request.get_full_path())
    return shown


def token_of(data: QueryDict) -> uuid.UUID | None:
    try:
        return uuid.UUID(data.get(TOKEN, ""))
    except ValueError:
        return None


def key_of(request: HttpRequest) -> str:
    """The digest of a form as it was sent.

    The words are part of it: whoever goes back, changes them and sends the form again means
    another entry, and must not be answered as if it were made.
    """
    typed = sorted((name, texts) for name, texts in request.POST.lists() if name not in CARRIED)
    sent = [str(token_of(request.POST)), request.user.pk, request.get_full_path(), typed]
    digest = hashlib.sha256(json.dumps(sent).encode())
    for name, file in sorted(request.FILES.items()):
        digest.update(json.dumps([name, file.name]).encode())
        for chunk in file.chunks():
            digest.update(chunk)
        file.seek(0)
    return digest.hexdigest()
