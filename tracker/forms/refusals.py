"""What a service refused of a form, said on that form."""

from django.core.exceptions import ValidationError
from django.forms import BaseForm

from tracker.services.refusals import Refused


def show_refusal(form: BaseForm, refused: Refused | ValidationError) -> None:
    """Beside the field it names; at the head where the form has no such field."""
    if isinstance(refused, Refused):
        told = {refused.field: str(refused)}
    else:
        told = getattr(refused, "error_dict", {"": refused})
    for name, error in told.items():
        form.add_error(name if name in form.fields else None, error)
