"""What a service refuses of a form, as errors of that form; and the status of its page."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import BaseForm

from tracker.services.deadlines.refusals import DeadlineRefused
from tracker.services.records import StaleRecord
from tracker.services.refusals import FieldRefused


def taken(form: BaseForm, save: Callable[[], Any]) -> bool:
    """Whether the service took it; if not, the form says why."""
    try:
        save()
    except StaleRecord:
        form.read_again()
    except (FieldRefused, DeadlineRefused) as refused:
        form.add_error(refused.field if refused.field in form.fields else None, str(refused))
    except ValidationError as refused:
        for field, errors in getattr(refused, "error_dict", {"": refused}).items():
            form.add_error(field if field in form.fields else None, errors)
    else:
        return True
    return False


def status_of(form: BaseForm) -> int:
    refused = bool(form.errors)
    return 409 if getattr(form, "stale", False) else 422 if refused else 200
