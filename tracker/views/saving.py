"""What a service refuses, shown to whoever asked for it; and the status of the page."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest

from tracker.forms.refusals import show_refusal
from tracker.services.refusals import Refused, StaleRecord


@contextmanager
def refusals_on(form: BaseForm) -> Iterator[None]:
    """The form says why; the block around the service ends there."""
    try:
        yield
    except StaleRecord:
        form.read_again()
    except (Refused, ValidationError) as refused:
        show_refusal(form, refused)


@contextmanager
def refusals_told(request: HttpRequest) -> Iterator[None]:
    """For a button without a form of its own: on the page one goes back to."""
    try:
        yield
    except Refused as refused:
        messages.error(request, str(refused))


def status_of(form: BaseForm) -> int:
    refused = bool(form.errors)
    return 409 if getattr(form, "stale", False) else 422 if refused else 200
