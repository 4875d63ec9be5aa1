"""What a service refuses, shown to whoever asked for it; and the page around a form."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from tracker.forms.refusals import show_refusal
from tracker.forms.versioned import VERSION, VersionedForm
from tracker.reports.revisions import changed_since
from tracker.services.refusals import Refused, StaleRecord


@contextmanager
def refusals_on(form: BaseForm) -> Iterator[None]:
    """The form says why; the block around the service ends there."""
    try:
        yield
    except StaleRecord as stale:
        if isinstance(form, VersionedForm):
            form.read_again()
        else:
            form.stale = stale
            form.add_error(None, str(stale))
    except (Refused, ValidationError) as refused:
        show_refusal(form, refused)


@contextmanager
def refusals_told(request: HttpRequest) -> Iterator[None]:
    """For a button without a form of its own: on the page one goes back to."""
    try:
        yield
    except Refused as refused:
        messages.error(request, str(refused))


def form_page(request: HttpRequest, template: str, form: BaseForm, **shown: Any) -> HttpResponse:
    """The page around a form, with the status of what became of it: as opened, refused, stale."""
    stale = getattr(form, "stale", None)
    if stale and not isinstance(form, VersionedForm):  # that one has caught up by itself
        shown_version = form.cleaned_data.get(VERSION) or 0
        form.changed_since = changed_since(stale.row, shown_version, request.user)
        form.data = typed_again(form.data, stale.row)
    status = 409 if stale else 422 if form.errors else 200
    return render(request, template, {"form": form, **shown}, status=status)


def typed_again(data: QueryDict, row: Any) -> QueryDict:
    """What was typed into a page that has grown old, to be sent on purpose from the present one."""
    typed = data.copy()
    typed[VERSION] = str(row.version)
    return typed
